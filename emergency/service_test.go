package emergency_test

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/emergency"
	"towncrier/seal"
	"towncrier/store/storetest"
)

func hash(e emergency.Emergency) string { return hex.EncodeToString(e.Hash) }

// approve and end as the tests' people do.
func (p *process) approve(e emergency.Emergency) error {
	_, err := p.Approve(context.Background(), li, e.ID, hash(e))
	return err
}

func (p *process) end(e emergency.Emergency) error {
	_, err := p.End(context.Background(), wang, e.ID)
	return err
}

// begun has the audience of the broadcast written down, as an engine does.
func (p *process) begun(e emergency.Emergency) {
	p.t.Helper()
	if b, err := p.broadcasts.On(p.city().Library, nil).Start(context.Background(), e.Broadcast); err != nil || b.Status != broadcast.Freezing {
		p.t.Fatal(b.Status, err)
	}
}

// TestKilledInTheMiddle: a process that dies after any write of an approval or an end leaves what another process brings to the same state, and
// nothing is ever sent that is not published.
func TestKilledInTheMiddle(t *testing.T) {
	setting, sealer, e := fresh(t)
	on := func(setting string, writes int64) *process {
		return begin(t, storetest.Open(t, setting, sealer), writes)
	}
	// whole is where it all ends when nobody dies, after each of the two acts.
	whole := func(setting string) (out, over string) {
		p := on(storetest.Copy(t, setting), forEver)
		if err := p.approve(e); err != nil {
			t.Fatal(err)
		}
		out = p.state(e.ID)
		p.begun(e)
		if err := p.end(e); err != nil {
			t.Fatal(err)
		}
		return out, p.state(e.ID)
	}
	out, over := whole(setting)
	if !strings.Contains(out, " out revision 2") || !strings.Contains(out, e.Broadcast+" scheduled by wang and li to 12") || !strings.Contains(over, " ended ") ||
		!strings.Contains(over, e.Broadcast+" cancelled") || !strings.Contains(over, e.AllClear+" scheduled by wang and li to 12") || strings.Contains(over, " 4 ") {
		t.Fatalf("%s\n%s", out, over)
	}
	acts := []struct {
		name string
		do   func(*process, emergency.Emergency) error
		want string
	}{{"approve", (*process).approve, out}, {"end", (*process).end, over}}
	for i, act := range acts {
		for writes := int64(1); ; writes++ {
			here := storetest.Copy(t, setting)
			if i == 1 {
				p := on(here, forEver)
				if err := p.approve(e); err != nil {
					t.Fatal(err)
				}
				p.begun(e)
			}
			dying := on(here, writes)
			err := act.do(dying, e)
			if dying.left.Load() > 0 {
				if err != nil || writes < 4 {
					t.Errorf("%s after %d writes: %v", act.name, writes, err)
				}
				break
			}
			next := on(here, forEver)
			next.mayBeSent(e)
			for range 2 { // the second finds nothing to do
				if err := next.Advance(t.Context()); err != nil {
					t.Fatalf("%s, killed after %d writes: %v", act.name, writes, err)
				}
			}
			if got := next.state(e.ID); got != act.want {
				t.Errorf("%s, killed after %d writes:\n%s\nwant\n%s", act.name, writes, got, act.want)
			}
		}
	}
}

// mayBeSent fails when something is on its way that nobody can read.
func (p *process) mayBeSent(e emergency.Emergency) {
	p.t.Helper()
	for _, id := range []string{e.Broadcast, e.AllClear} {
		b, err := p.db.Broadcasts().Get(context.Background(), id)
		if err == nil && b.Status == broadcast.Scheduled && p.city().Library.Notices[b.Cites[0].Notice] == nil {
			p.t.Errorf("%s is on its way, and nothing of it is published", id)
		}
	}
}

// TestManyProcessesGoOn: several processes that do what is left at the same time publish once and send once.
func TestManyProcessesGoOn(t *testing.T) {
	for name, setting := range map[string]func(testing.TB) string{"SQLite": storetest.FreshSQLite, "PostgreSQL": storetest.FreshPostgres} {
		t.Run(name, func(t *testing.T) {
			setting, sealer := setting(t), storetest.Sealer(t)
			first := begin(t, storetest.Open(t, setting, sealer), forEver)
			people(t, first.db)
			sight, err := first.Declare(t.Context(), wang, burstMain)
			if err != nil {
				t.Fatal(err)
			}
			e := sight.Emergency
			race(t, setting, sealer, func(p *process) error {
				err := p.approve(e)
				return errors.Join(p.Advance(t.Context()), err)
			})
			if got := first.state(e.ID); !strings.Contains(got, "out revision 2") || strings.Contains(got, " 3 ") || strings.Count(got, " by wang") != 1 {
				t.Error(got)
			}
			first.begun(e)
			race(t, setting, sealer, func(p *process) error { return errors.Join(p.end(e), p.Advance(t.Context())) })
			if got := first.state(e.ID); !strings.Contains(got, " ended ") || strings.Contains(got, " 4 ") || strings.Count(got, " by wang") != 2 {
				t.Error(got)
			}
		})
	}
}

func race(t *testing.T, setting string, sealer *seal.Sealer, do func(*process) error) {
	t.Helper()
	var all sync.WaitGroup
	for range 3 {
		p := begin(t, storetest.Open(t, setting, sealer), forEver)
		all.Go(func() {
			if err := do(p); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestApproversAreTold: each once, at their registered number; whoever has none is named.
func TestApproversAreTold(t *testing.T) {
	db := storetest.One(t)
	people(t, db)
	p := begin(t, db, forEver)
	sight, err := p.Declare(t.Context(), wang, burstMain)
	if err != nil {
		t.Fatal(err)
	}
	told := func(e emergency.Emergency, event emergency.Event) map[string]emergency.TellState {
		all := map[string]emergency.TellState{}
		for _, one := range e.Told {
			if one.Event == event {
				all[one.Staff] = one.State
			}
		}
		return all
	}
	e := sight.Emergency
	if got := told(e, emergency.Waits); len(got) != 2 || got["li"] != emergency.TellSent || got["zhao"] != emergency.TellNoNumber {
		t.Errorf("told %v", got)
	}
	if _, err := p.Approve(t.Context(), zhao, e.ID, hash(e)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := p.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if e, _ = p.Store.Get(t.Context(), e.ID); len(told(e, emergency.WentOut)) != 1 || told(e, emergency.WentOut)["li"] != emergency.TellSent {
		t.Errorf("told %v", e.Told)
	}
	want := []string{"U-" + e.ID + "-waits-li", "U-" + e.ID + "-went-out-li"}
	for end := time.Now().Add(20 * time.Second); !slices.Equal(p.texts(), want); time.Sleep(10 * time.Millisecond) { // an act does not wait for a slow provider
		if time.Now().After(end) {
			t.Fatalf("sent %v", p.texts())
		}
	}
}

// TestPausedBeforeItWasSent waits, published, until somebody goes on.
func TestPausedBeforeItWasSent(t *testing.T) {
	setting, sealer, e := fresh(t)
	dying := begin(t, storetest.Open(t, setting, sealer), 1) // right after the approval
	if err := dying.approve(e); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	p := begin(t, storetest.Open(t, setting, sealer), forEver)
	if _, err := p.Pause(t.Context(), zhao, e.ID, "再核对"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Advance(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.state(e.ID); !strings.Contains(got, `approved revision 2, paused by "zhao"`) || strings.Contains(got, " by wang") {
		t.Fatal(got)
	}
	if p.city().Library.Notices[e.ID] == nil {
		t.Error("it is not published")
	}
	if _, err := p.Resume(t.Context(), wang, e.ID); !errors.Is(err, emergency.ErrRight) {
		t.Error(err)
	}
	if after, err := p.Resume(t.Context(), li, e.ID); err != nil || after.Status != emergency.Out {
		t.Error(after.Status, err)
	}
	if got := p.state(e.ID); !strings.Contains(got, e.Broadcast+" scheduled") {
		t.Error(got)
	}
}

// TestEndedBeforeItWasSent tells nobody that something is over of which nobody was told.
func TestEndedBeforeItWasSent(t *testing.T) {
	setting, sealer, e := fresh(t)
	dying := begin(t, storetest.Open(t, setting, sealer), 1)
	if err := dying.approve(e); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	p := begin(t, storetest.Open(t, setting, sealer), forEver)
	if err := p.end(e); err != nil {
		t.Fatal(err)
	}
	if got := p.state(e.ID); !strings.Contains(got, " ended revision 0") || strings.Contains(got, " by wang") {
		t.Error(got)
	}
}

// TestWithdrawnMeanwhile: a notice that somebody withdrew by itself does not keep its emergency from ending.
func TestWithdrawnMeanwhile(t *testing.T) {
	setting, sealer, e := fresh(t)
	p := begin(t, storetest.Open(t, setting, sealer), forEver)
	if err := p.approve(e); err != nil {
		t.Fatal(err)
	}
	p.begun(e)
	if _, err := p.contents.Withdraw(t.Context(), "zhao", e.ID, ""); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(time.Minute)
	if err := p.end(e); err != nil {
		t.Fatal(err)
	}
	c := p.city()
	in := c.Intents["urgent.water"]
	if n := c.Library.Notices[e.ID]; n.SupersededBy != e.EndID() || !strings.Contains(in.Answer, "东街停水已于2030年5月7日12时1分结束") {
		t.Errorf("%+v, %s", n, in.Answer)
	}
	if !slices.Equal(in.Urgent, []string{"停水"}) { // of 停水, 断水, 没水, 来水 what the notices say
		t.Errorf("words %q", in.Urgent)
	}
}
