package smstest

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/sms"
)

func reply(id, content string) sms.Reply {
	return sms.Reply{ID: id, Phone: mine, Content: content, DestCode: "01", At: noon, Raw: `{"sequence_id":"` + id + `","content":"` + content + `"}`}
}

func pushedTwice(t *testing.T, open func() sms.Store) {
	s := open()
	one, two := receipt("a", "h1", mine, true), reply("1", "收到，谢谢\n'\"\x00")
	if n := keep(t, s, noon, one, two, one); n != 2 {
		t.Errorf("kept %d, want 2", n)
	}
	if n := keep(t, open(), noon.Add(time.Hour), two, one); n != 0 {
		t.Errorf("kept %d of what was kept", n)
	}
	if n := keep(t, s, noon, sms.Receipt{Handle: "h2"}, sms.Receipt{Handle: "h2"}, sms.Receipt{Handle: "h3"}); n != 2 {
		t.Errorf("kept %d without their raw form, want 2", n)
	}
	var got []sms.Element
	for _, in := range claim(t, s, noon) {
		if !in.ReceivedAt.Equal(noon) || in.Tries != 1 {
			t.Errorf("received %s, try %d", in.ReceivedAt, in.Tries)
		}
		got = append(got, in.Element)
	}
	for _, want := range []sms.Element{{Receipt: &one}, {Reply: &two}} {
		found := false
		for _, e := range got {
			found = found || reflect.DeepEqual(e, want)
		}
		if !found {
			t.Errorf("%+v did not come back as it was", want)
		}
	}
}

func claimedOnce(t *testing.T, open func() sms.Store) {
	s := open()
	keep(t, s, noon, reply("1", "甲"), reply("2", "乙"), reply("3", "丙"))
	first, err := s.Claim(t.Context(), 2, noon, noon.Add(time.Minute))
	if err != nil || len(first) != 2 {
		t.Fatalf("claimed %d, want 2: %v", len(first), err)
	}
	rest := claim(t, open(), noon)
	if len(rest) != 1 || rest[0].ID == first[0].ID || rest[0].ID == first[1].ID {
		t.Fatalf("another process claimed %d, want the third", len(rest))
	}
	if err := s.Handled(t.Context(), []int64{first[0].ID}, noon); err != nil {
		t.Fatal(err)
	}
	if early := claim(t, s, noon.Add(59*time.Second)); len(early) != 0 {
		t.Errorf("%d were claimed within their lease", len(early))
	}
	again := claim(t, s, noon.Add(time.Minute))
	if len(again) != 2 || again[0].Tries != 2 {
		t.Errorf("%d were claimed after their lease, want the two that are not handled", len(again))
	}
}

func putOff(t *testing.T, open func() sms.Store) {
	s := open()
	keep(t, s, noon, reply("1", "甲"), reply("2", "乙"))
	both := claim(t, s, noon)
	if err := s.Handled(t.Context(), []int64{both[0].ID}, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.Later(t.Context(), []int64{both[0].ID, both[1].ID}, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if early := claim(t, s, noon.Add(59*time.Minute)); len(early) != 0 {
		t.Errorf("%d were claimed too early", len(early))
	}
	if due := claim(t, s, noon.Add(time.Hour)); len(due) != 1 || due[0].ID != both[1].ID || due[0].Tries != 2 {
		t.Errorf("%d are due, want the one that is not handled", len(due))
	}
}

func prunes(t *testing.T, open func() sms.Store) {
	s := open()
	begin(t, s, text("a", mine))
	keep(t, s, noon, receipt("a", "h1", mine, true), receipt("lost", "h2", mine, true), reply("1", "甲"))
	apply0 := claim(t, s, noon)
	var receipts []sms.Inbound
	for _, in := range apply0 {
		if in.Receipt != nil {
			receipts = append(receipts, in)
		}
	}
	if _, err := s.Apply(t.Context(), receipts, noon); err != nil {
		t.Fatal(err)
	}
	keep(t, s, noon.Add(time.Hour), receipt("new", "h3", mine, true), reply("2", "乙"))
	for _, c := range []struct {
		receipts, replies time.Time
		limit             int
		want              sms.Pruned
	}{
		{noon.Add(-1), noon.Add(-1), 10, sms.Pruned{}},
		{noon, noon.Add(-1), 10, sms.Pruned{Receipts: 2, Unmatched: 1, Numbers: 1}},
		{noon, noon, 10, sms.Pruned{Replies: 1}},
		{noon.Add(time.Hour), noon.Add(time.Hour), 1, sms.Pruned{Receipts: 1, Unmatched: 1, Replies: 1}},
		{noon.Add(time.Hour), noon.Add(time.Hour), 10, sms.Pruned{}},
	} {
		got, err := s.Prune(t.Context(), c.receipts, c.replies, c.limit)
		if err != nil || got != c.want {
			t.Errorf("pruned %+v, %v; want %+v", got, err, c.want)
		}
	}
}

// lateReceipt is of a text whose number was taken out meanwhile, as an erasure does: it settles the text, and what was pushed
// goes at once, since it names the number.
func lateReceipt(t *testing.T, open func() sms.Store) {
	s := open()
	begin(t, s, text("a", mine))
	if p, err := s.Prune(t.Context(), noon, noon, 10); err != nil || p.Numbers != 1 {
		t.Fatalf("pruned %+v, %v; want one number", p, err)
	}
	for range 2 { // pushed again, too
		keep(t, s, noon, receipt("a", "h1", mine, true))
		if unmatched, err := s.Apply(t.Context(), claim(t, s, noon), noon); err != nil || len(unmatched) != 0 {
			t.Fatalf("%d unmatched, %v", len(unmatched), err)
		}
	}
	stands(t, s, text("a", mine), sms.Delivered)
	if p, err := s.Prune(t.Context(), noon, noon, 10); err != nil || p.Receipts != 0 {
		t.Errorf("pruned %+v, %v; want no receipt left", p, err)
	}
}

// manyApply has every process push the same receipts in another order and apply what it finds.
func manyApply(t *testing.T, open func() sms.Store) {
	const texts = 30
	s := open()
	for i := range texts {
		begin(t, s, text(fmt.Sprint(i), mine))
	}
	var kept atomic.Int32
	var all sync.WaitGroup
	for p := range 4 {
		s := open()
		all.Go(func() {
			var pushed []sms.Element
			for i := range texts {
				r := receipt(fmt.Sprint((i*7+p*11)%texts), "h", mine, true)
				pushed = append(pushed, sms.Element{Receipt: &r})
			}
			n, err := s.Keep(t.Context(), pushed, noon)
			if err != nil {
				t.Error(err)
				return
			}
			kept.Add(int32(n))
			for {
				claimed, err := s.Claim(t.Context(), 7, noon, noon.Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if len(claimed) == 0 {
					return
				}
				if unmatched, err := s.Apply(t.Context(), claimed, noon); err != nil || len(unmatched) > 0 {
					t.Errorf("%d unmatched, %v", len(unmatched), err)
				}
			}
		})
	}
	all.Wait()
	if kept.Load() != texts {
		t.Errorf("kept %d, want each of %d once", kept.Load(), texts)
	}
	for i := range texts {
		stands(t, s, text(fmt.Sprint(i), mine), sms.Delivered)
	}
}
