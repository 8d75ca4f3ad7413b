package notify_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/notify"
	"towncrier/problem"
	"towncrier/staff"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

var noon = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC) // in Shanghai

// phone is what reaches an approver's WeChat.
type phone struct {
	*notify.Service
	t       *testing.T
	now     time.Time
	waiting []notify.Thing
	refuses error
	shown   []string
}

func (p *phone) Send(_ context.Context, openid string, m notify.Message) error {
	if openid != "o-li" {
		p.t.Errorf("sent to %s", openid)
	}
	if p.refuses == nil {
		p.shown = append(p.shown, m.What+"|"+m.More)
	}
	return p.refuses
}

func newPhone(t *testing.T) *phone {
	db := storetest.One(t)
	p := &phone{t: t, now: noon}
	now := func() time.Time { return p.now }
	_, err := staff.New(db.Staff(), nil, now).Add(t.Context(), audit.Local("root"), staff.Person{ID: "li", Name: "李某", Role: staff.Approver})
	code := []byte("12345678901234567890123456789012")
	if err == nil {
		err = db.Signin().AskBinding(t.Context(), "li", "", code, noon.Add(time.Minute), noon)
	}
	if err == nil {
		_, err = db.Signin().ScanBinding(t.Context(), code, "o-li", noon)
	}
	if err == nil {
		_, err = db.Signin().EndBinding(t.Context(), "o-li", true, noon)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.Service = &notify.Service{Store: db.Notices(), Sender: p, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Zone:    func() *time.Location { return time.FixedZone("", 8*60*60) },
		Waiting: func(context.Context, staff.Person) ([]notify.Thing, error) { return p.waiting, nil }}
	return p
}

// hears is what a round shows.
func (p *phone) hears(what string, want ...string) {
	p.t.Helper()
	p.shown = nil
	if err := p.Round(p.t.Context()); err != nil && !errors.Is(err, p.refuses) {
		p.t.Fatal(err)
	}
	if !slices.Equal(p.shown, want) {
		p.t.Errorf("%s: %q; want %q", what, p.shown, want)
	}
}

var (
	emergency = notify.Thing{Task: "emergency-approve", Label: "应急公告待审批", ID: "E1", Since: noon}
	approval  = notify.Thing{Task: "broadcast-approve", Label: "群发待审批", ID: "B1", Since: noon}
	returned  = notify.Thing{Task: "content-returned", Label: "内容稿被退回", ID: "D1", Since: noon}
	today     = notify.Thing{Task: "broadcast-today", Label: "群发今天发送", ID: "B2", Since: noon}
)

// TestAThingIsToldOnce, several in one message, and what nobody has to do not at all; what came back is another thing.
func TestAThingIsToldOnce(t *testing.T) {
	p := newPhone(t)
	p.waiting = []notify.Thing{today}
	p.hears("nothing to do")
	p.waiting = []notify.Thing{approval, returned, today}
	p.hears("two", "群发待审批等|共2件，请登录工作台办理")
	p.hears("the same two")
	again := approval
	again.Since = noon.Add(time.Hour)
	p.waiting = []notify.Thing{again, returned}
	p.hears("submitted again", "群发待审批|请登录工作台办理")
}

// TestNightIsForWhatIsUrgent: what can wait is told in the morning, when it waits still.
func TestNightIsForWhatIsUrgent(t *testing.T) {
	p := newPhone(t)
	p.now, p.waiting = noon.Add(8*time.Hour), []notify.Thing{emergency, approval, returned} // 20:00
	p.hears("at night", "应急公告待审批|请登录工作台办理")
	p.waiting = []notify.Thing{emergency, approval}
	p.now = noon.Add(20*time.Hour - time.Second)
	p.hears("before eight")
	p.now = noon.Add(20 * time.Hour)
	p.hears("in the morning", "群发待审批|请登录工作台办理")
}

// TestEverybodyChoosesWhatToHear, and hears of nothing else.
func TestEverybodyChoosesWhatToHear(t *testing.T) {
	p := newPhone(t)
	p.waiting = []notify.Thing{emergency, approval, returned}
	if bad, ok := errors.AsType[*problem.Invalid](p.Choose(t.Context(), "li", []notify.Kind{"weather"})); !ok || bad.Field != "wanted" {
		t.Errorf("a kind that is none: %v", bad)
	}
	if err := p.Choose(t.Context(), "li", []notify.Kind{notify.Returned}); err != nil {
		t.Fatal(err)
	}
	p.hears("what was chosen", "内容稿被退回|请登录工作台办理")
	if err := p.Choose(t.Context(), "li", nil); err != nil {
		t.Fatal(err)
	}
	p.waiting[2].ID = "D2"
	p.hears("nothing chosen")
}

// TestWhatWasNotSentGoesLater, and what may have been sent never again.
func TestWhatWasNotSentGoesLater(t *testing.T) {
	p := newPhone(t)
	p.waiting = []notify.Thing{approval}
	p.refuses = notify.ErrNotNow
	p.hears("refused for now")
	p.refuses = nil
	p.hears("later", "群发待审批|请登录工作台办理")
	p.waiting[0].ID = "B9"
	p.refuses = errors.New("the answer was lost")
	p.hears("in doubt")
	p.refuses = nil
	p.hears("after a doubt")
}
