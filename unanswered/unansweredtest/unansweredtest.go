// Package unansweredtest is the contract of unanswered.Store: every implementation runs it.
package unansweredtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/unanswered"
)

var noon = time.Date(2026, 11, 13, 4, 0, 0, 0, time.UTC)

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one
// more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() unanswered.Store))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() unanswered.Store)
	}{
		{"nothing", nothing},
		{"questions come back with their groups", comeBack},
		{"the most people count", people},
		{"a day has room for so many", room},
		{"what is taken back and what expires is gone", gone},
		{"a group that was left comes back when it grows", left},
		{"a group has a draft", drafted},
		{"many processes keep at once", races},
		{"a service tells people apart", service},
		{"what nothing is left of is counted by its topic", nothingLeft},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

const grown = 3

func act() audit.Act {
	return audit.Act{Actor: audit.Staff("wang"), Action: "question.test", Subject: "Q1", At: noon}
}

// add keeps a question on a day, in a group or in a new one.
func add(t *testing.T, s unanswered.Store, group int64, day unanswered.Day, text string) unanswered.Question {
	t.Helper()
	q, err := s.Add(t.Context(), unanswered.Question{Group: group, Day: day, Topic: "dog.law", Place: "甲小区", Text: text}, 1, 100)
	if err != nil || q.ID == 0 || q.Group == 0 {
		t.Fatal(q, err)
	}
	return q
}

func groups(t *testing.T, s unanswered.Store, status unanswered.Status) []unanswered.Group {
	t.Helper()
	all, err := s.Groups(t.Context(), status, grown, 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func nothing(t *testing.T, open func() unanswered.Store) {
	s := open()
	heads, err := s.Heads(t.Context(), 10)
	if len(heads) != 0 || err != nil || len(groups(t, s, unanswered.AnyStatus)) != 0 {
		t.Error(heads, err)
	}
	for _, err := range []error{
		s.Leave(t.Context(), 1, act()), s.SetDraft(t.Context(), 1, "D1", act()),
		func() error { _, err := s.Group(t.Context(), 1, grown); return err }(),
	} {
		if !errors.Is(err, unanswered.ErrNoGroup) {
			t.Error(err)
		}
	}
	if err := s.Remove(t.Context(), 1); err != nil {
		t.Error(err)
	}
}

func comeBack(t *testing.T, open func() unanswered.Store) {
	s := open()
	first := add(t, s, 0, 20000, "路灯不亮")
	second := add(t, s, first.Group, 20003, "路灯坏了")
	other := add(t, s, 0, 20001, "×小区停水")
	if second.Group != first.Group || other.Group == first.Group {
		t.Fatal(first, second, other)
	}
	heads, err := open().Heads(t.Context(), 10)
	if err != nil || !slices.Equal(heads, []unanswered.Question{first, other}) {
		t.Error(heads, err)
	}
	if heads, _ := s.Heads(t.Context(), 1); len(heads) != 1 || heads[0] != other {
		t.Error("the group that was asked last comes first:", heads)
	}
	all, err := s.Questions(t.Context(), first.Group)
	if err != nil || !slices.Equal(all, []unanswered.Question{second, first}) {
		t.Error(all, err)
	}
	got := groups(t, s, unanswered.Open)
	if len(got) != 2 || got[0].ID != first.Group || got[0].Count != 2 || got[0].First != 20000 || got[0].Last != 20003 || got[0].Topic != "dog.law" || got[0].People != 1 {
		t.Errorf("%+v", got)
	}
}

func people(t *testing.T, open func() unanswered.Store) {
	s := open()
	q := add(t, s, 0, 20000, "路灯不亮")
	for _, n := range []int{2, 3, 1} {
		if _, err := s.Add(t.Context(), q, n, 100); err != nil {
			t.Fatal(err)
		}
	}
	if g, err := s.Group(t.Context(), q.Group, grown); err != nil || g.People != 3 || g.Count != 4 {
		t.Error(g, err)
	}
}

func room(t *testing.T, open func() unanswered.Store) {
	s := open()
	for i := range 3 {
		q, err := s.Add(t.Context(), unanswered.Question{Day: 20000, Text: "路灯"}, 1, 2)
		if err != nil || (q.ID == 0) != (i == 2) {
			t.Error(i, q, err)
		}
	}
	if q, err := s.Add(t.Context(), unanswered.Question{Day: 20001, Text: "路灯"}, 1, 2); err != nil || q.ID == 0 {
		t.Error(q, err)
	}
}

func gone(t *testing.T, open func() unanswered.Store) {
	s := open()
	old, kept := add(t, s, 0, 20000, "路灯不亮"), add(t, s, 0, 20001, "停水")
	later := add(t, s, old.Group, 20001, "路灯坏了")
	if n, err := s.Expire(t.Context(), 20001); n != 1 || err != nil {
		t.Error(n, err)
	}
	if heads, _ := s.Heads(t.Context(), 10); !slices.Equal(heads, []unanswered.Question{kept, later}) {
		t.Error(heads)
	}
	if err := s.Remove(t.Context(), later.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Group(t.Context(), old.Group, grown); !errors.Is(err, unanswered.ErrNoGroup) {
		t.Error("a group is left without questions:", err)
	}
	if again := add(t, s, old.Group, 20002, "路灯坏了"); again.Group == old.Group {
		t.Error("the id of a group was used again")
	}
	if n, err := s.Expire(t.Context(), 20100); n != 2 || err != nil || len(groups(t, s, unanswered.AnyStatus)) != 0 {
		t.Error(n, err)
	}
}

func left(t *testing.T, open func() unanswered.Store) {
	s := open()
	q := add(t, s, 0, 20000, "路灯不亮")
	if err := s.Leave(t.Context(), q.Group, act()); err != nil {
		t.Fatal(err)
	}
	for range grown {
		if all := groups(t, s, unanswered.Left); len(all) != 1 || len(groups(t, s, unanswered.Open)) != 0 {
			t.Fatal(all)
		}
		add(t, s, q.Group, 20001, "路灯坏了")
	}
	if all := groups(t, s, unanswered.Open); len(all) != 1 || all[0].Count != 1+grown {
		t.Error(all)
	}
}

func drafted(t *testing.T, open func() unanswered.Store) {
	s := open()
	q := add(t, s, 0, 20000, "路灯不亮")
	if err := s.SetDraft(t.Context(), q.Group, "D7", act()); err != nil {
		t.Fatal(err)
	}
	if all := groups(t, s, unanswered.Drafted); len(all) != 1 || all[0].Draft != "D7" || all[0].Status != unanswered.Drafted {
		t.Error(all)
	}
	if err := s.Leave(t.Context(), q.Group, act()); err != nil || len(groups(t, s, unanswered.Left)) != 1 {
		t.Error(err, groups(t, s, unanswered.AnyStatus))
	}
}

func races(t *testing.T, open func() unanswered.Store) {
	s := open()
	q := add(t, s, 0, 20000, "路灯不亮")
	var all sync.WaitGroup
	for n := range 4 {
		other := open()
		all.Go(func() {
			for range 5 {
				if _, err := other.Add(context.Background(), unanswered.Question{Group: q.Group, Day: 20000, Text: "路灯"}, n, 100); err != nil {
					t.Error(err)
				}
				if _, err := other.Expire(context.Background(), 19000); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if g, err := s.Group(t.Context(), q.Group, grown); err != nil || g.Count != 21 || g.People != 3 {
		t.Error(g, err)
	}
}

// marks are Askers that remember all.
type marks map[unanswered.Question][]string

func (m marks) Mark(_ context.Context, first unanswered.Question, asker string) (bool, int, error) {
	if slices.Contains(m[first], asker) {
		return true, len(m[first]), nil
	}
	m[first] = append(m[first], asker)
	return false, len(m[first]), nil
}

// service asks as residents do: nothing is shown before three of them asked alike, and who asks again is one person still.
func service(t *testing.T, open func() unanswered.Store) {
	now := noon
	s := unanswered.New(unanswered.Config{Store: open(), Askers: marks{}, KeepFor: 365 * 24 * time.Hour, Now: func() time.Time { return now }})
	ask := func(asker, text string) int64 {
		id, err := s.Keep(t.Context(), unanswered.Asked{Asker: asker, At: now, Topic: "light", Place: "甲小区", Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	only := func() unanswered.Group {
		all, err := s.Groups(t.Context(), unanswered.AnyStatus, 10)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all[0]
	}
	ask("one", "路灯坏了找谁")
	ask("two", "请问路灯坏了谁管")
	for _, asker := range []string{"one", "two", "two"} {
		if id := ask(asker, "路灯坏了谁来管"); id != 0 {
			t.Error("kept again of the same person", id)
		}
	}
	if g := only(); g.Count != 2 || g.Shown() || g.Examples != nil || g.Places != nil {
		t.Errorf("two people asked: %+v", g)
	}
	now = now.Add(8 * 24 * time.Hour)
	ask("three", "路灯坏了谁负责")
	g := only()
	if !slices.Equal(g.Examples, []string{"路灯坏了谁负责", "请问路灯坏了谁管", "路灯坏了找谁"}) || !slices.Equal(g.Places, []unanswered.Place{{Name: "甲小区", N: 3}}) {
		t.Errorf("three people asked: %+v", g)
	}
	if n := len(g.Trend); n != unanswered.Weeks || g.Trend[n-1] != 1 || g.Trend[n-2] != 2 {
		t.Error(g.Trend)
	}
	now = now.Add(83 * 24 * time.Hour) // more than Keep after the first two, whatever a city set
	if n, err := s.Expire(t.Context()); n != 2 || err != nil {
		t.Error(n, err)
	}
	if g := only(); g.Count != 1 {
		t.Errorf("%+v", g)
	}
	if id := ask("four", "停水了怎么办"); s.Forget(t.Context(), id) != nil || only().Count != 1 {
		t.Error("what was taken back is there")
	}
}

func nothingLeft(t *testing.T, open func() unanswered.Store) {
	s := unanswered.New(unanswered.Config{Store: open(), Askers: marks{}, KeepFor: unanswered.Keep, Now: func() time.Time { return noon }})
	for _, q := range []struct{ asker, topic, text string }{
		{"one", "flu.cost", ""}, {"two", "flu.cost", ""}, {"two", "flu.cost", ""}, {"three", "flu.cost", ""}, {"one", "", ""}, {"one", "flu.cost", "疫苗多少钱"},
	} {
		if _, err := s.Keep(t.Context(), unanswered.Asked{Asker: q.asker, At: noon, Topic: q.topic, Text: q.text}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Groups(t.Context(), unanswered.Open, 10)
	if err != nil || len(all) != 3 || all[0].NothingLeft || !all[1].NothingLeft || !all[2].NothingLeft {
		t.Fatalf("%+v, %v", all, err)
	}
	if g := all[1]; g.Topic != "flu.cost" || g.Count != 3 || !g.Shown() || len(g.Examples) != 0 || all[2].Topic != "" || all[2].Count != 1 {
		t.Errorf("%+v", all)
	}
}
