package broadcasttest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
)

func comesBack(t *testing.T, open Open) {
	p := open()
	b := draft("B1")
	b.Fallback = broadcast.Fallback{Wait: time.Hour, Doubtful: true}
	before := p.Audited(t)
	p.create(t, b)
	if got := p.Audited(t) - before; got != 1 {
		t.Errorf("%d audit entries, want 1", got)
	}
	got, err := open().Get(t.Context(), "B1")
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Fatalf("%+v, %v; want %+v", got, err, b)
	}
	if _, err := p.Get(t.Context(), "B2"); !errors.Is(err, broadcast.ErrNoBroadcast) {
		t.Errorf("%v, want ErrNoBroadcast", err)
	}
	if _, err := p.Tally(t.Context(), "B2"); err != nil {
		t.Errorf("a tally of nothing: %v", err)
	}
}

func changes(t *testing.T, open Open) {
	p := open()
	p.create(t, draft("B1"))
	before := p.Audited(t)
	no := errors.New("no")
	_, err := p.Change(t.Context(), "B1", func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Title = "lost"
		return []audit.Act{act("x", "B1")}, no
	})
	if !errors.Is(err, no) {
		t.Fatalf("%v, want the decision's error", err)
	}
	got, err := p.Change(t.Context(), "B1", func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Title = "lost"
		return nil, nil
	})
	if err != nil || got.Version != 1 || got.Title != "文明养犬" || p.Audited(t) != before {
		t.Fatalf("without acts: %+v, %v", got, err)
	}
	got, err = p.Change(t.Context(), "B1", func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Title, b.Frozen, b.FrozenAt, b.Version = "新的", 77, noon, 77
		return []audit.Act{act("broadcast.edit", "B1"), {}}, nil
	})
	if err != nil || got.Version != 2 || got.Title != "新的" || got.Frozen != 0 || !got.FrozenAt.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := p.Audited(t) - before; n != 1 {
		t.Errorf("%d audit entries, want 1: an act without an Action is none", n)
	}
	if kept, err := p.Get(t.Context(), "B1"); err != nil || !reflect.DeepEqual(kept, got) {
		t.Errorf("%+v, %v; want %+v", kept, err, got)
	}
	if _, err := p.Change(t.Context(), "B9", func(*broadcast.Broadcast) ([]audit.Act, error) { return nil, nil }); !errors.Is(err, broadcast.ErrNoBroadcast) {
		t.Errorf("%v, want ErrNoBroadcast", err)
	}
}

func lists(t *testing.T, open Open) {
	p := open()
	for n := range 5 {
		b := draft(fmt.Sprint("B", n))
		if n%2 == 1 {
			b.Committee, b.Cites = "C-1", []broadcast.Cite{{Notice: "pilot"}}
		}
		p.create(t, b)
	}
	p.setStatus(t, "B1", broadcast.Cancelled)
	var got []string
	for after := ""; ; {
		found, next, err := p.List(t.Context(), broadcast.Filter{}, after, 2)
		must(t, err)
		for _, b := range found {
			got = append(got, b.ID)
		}
		if after = next; after == "" {
			break
		}
	}
	if want := []string{"B4", "B3", "B2", "B1", "B0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	found, _, err := p.List(t.Context(), broadcast.Filter{Statuses: []broadcast.Status{broadcast.Draft}, Committee: "C-1", Author: "wang"}, "", 9)
	if err != nil || len(found) != 1 || found[0].ID != "B3" {
		t.Errorf("filtered: %v, %v", found, err)
	}
	finds(t, p)
	if _, _, err := p.List(t.Context(), broadcast.Filter{}, "!", 9); !errors.Is(err, problem.ErrCursor) {
		t.Errorf("%v, want ErrCursor", err)
	}
}

func occursOnce(t *testing.T, open Open) {
	procs := []Process{open(), open(), open()}
	made := make(chan bool)
	for i, p := range procs {
		go func() {
			b := draft(fmt.Sprint("B", i))
			b.Series, b.DueAt = "S1", noon
			created, err := p.Create(t.Context(), b, act("broadcast.new", b.ID))
			if err != nil {
				t.Error(err)
			}
			made <- created
		}()
	}
	n := 0
	for range procs {
		if <-made {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d were created, want 1", n)
	}
}

func series(t *testing.T, open Open) {
	p := open()
	s := broadcast.Series{ID: "S1", Cron: "0 9 * * 1", Until: noon.AddDate(1, 0, 0), Proposal: draft("").Proposal(), Author: "wang", CreatedAt: noon, UpdatedAt: noon}
	must(t, p.PutSeries(t.Context(), s, act("series.new", "S1")))
	got, err := open().GetSeries(t.Context(), "S1")
	must(t, err)
	s.Version = got.Version
	if !reflect.DeepEqual(got, s) {
		t.Fatalf("%+v, want %+v", got, s)
	}
	s.Stopped = true
	must(t, p.PutSeries(t.Context(), s, act("series.stop", "S1")))
	if err := p.PutSeries(t.Context(), s, act("series.stop", "S1")); !errors.Is(err, broadcast.ErrChanged) {
		t.Errorf("an older version: %v, want ErrChanged", err)
	}
	if all, err := p.ListSeries(t.Context()); err != nil || len(all) != 1 || !all[0].Stopped {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := p.GetSeries(t.Context(), "S2"); !errors.Is(err, broadcast.ErrNoBroadcast) {
		t.Errorf("%v, want ErrNoBroadcast", err)
	}
}

func candidates(t *testing.T, open Open) {
	p := open()
	_, err := p.Roster.PutCommittee(t.Context(), roster.Committee{Code: "C-1", Name: "示例", Street: "河东街道", Area: "示例区"}, act("committee.put", "C-1"))
	must(t, err)
	p.people(t, 0, 4)
	moved := roster.Resident{ID: subject(9), Phone: number(9), PhoneFrom: roster.FromStaff, OpenID: openid(9), Committee: "C-1", PlaceFrom: roster.FromStaff,
		Preferences: []roster.Preference{{Topic: "dog", Channel: roster.SMS, Wants: true, At: noon}}, CreatedAt: noon, UpdatedAt: noon}
	p.save(t, moved)
	p.edit(t, nil, roster.Edit{Suppress: map[phone.Number]roster.Suppression{number(1): roster.Stopped}})
	if known, err := p.Subscribe(t.Context(), openid(9), "T-1", true, noon); err != nil || !known {
		t.Fatal(known, err)
	}
	if known, err := p.Subscribe(t.Context(), "oNobody", "T-1", true, noon); err != nil || known {
		t.Fatal(known, err)
	}
	p.frozen(t, draft("B1"), []int{0, 9}, broadcast.SMS)
	var got []broadcast.Candidate
	for after := ""; ; {
		found, next, err := p.Candidates(t.Context(), nil, noon, after, 2)
		must(t, err)
		got = append(got, found...)
		if after = next; after == "" {
			break
		}
	}
	if len(got) != 5 {
		t.Fatalf("%d candidates, want 5", len(got))
	}
	want := broadcast.Candidate{Subject: subject(9), Committee: "C-1", Street: "河东街道", Area: "示例区", Phone: true, WeChat: true,
		Preferences: moved.Preferences, Templates: []string{"T-1"}, Recent: 1}
	if !reflect.DeepEqual(got[4], want) {
		t.Errorf("%+v, want %+v", got[4], want)
	}
	one := broadcast.Candidate{Subject: subject(1), Community: "花园小区", Tags: []string{"dog"}, Phone: true, Suppressed: true,
		Consents: []roster.Consent{{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}}}
	if !reflect.DeepEqual(got[1], one) {
		t.Errorf("%+v, want %+v", got[1], one)
	}
	if got, _, err := p.Candidates(t.Context(), nil, noon.Add(time.Hour), "", 1); err != nil || got[0].Recent != 0 {
		t.Errorf("recent since later: %+v, %v", got, err)
	}
	// A subscription goes with the openid.
	moved.OpenID = openid(10)
	p.save(t, moved)
	got, _, err = p.Candidates(t.Context(), nil, noon, "", 9)
	if err != nil || got[4].Templates != nil {
		t.Errorf("another WeChat has the subscriptions %v, %v", got[4].Templates, err)
	}
}

func numberLists(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	must(t, p.CreateList(t.Context(), broadcast.NumberList{ID: "L1", Title: "名单", Author: "li", CreatedAt: noon}, act("list.new", "L1")))
	p.edit(t, nil, roster.Edit{Suppress: map[phone.Number]roster.Suppression{number(77): roster.Erased}})
	add := func(numbers ...phone.Number) error {
		return p.AddNumbers(t.Context(), "L1", numbers, act("list.add", "L1"))
	}
	for _, lines := range []int{5, 10} { // a number whose owner was erased counts as any other
		must(t, add(number(0), number(2), number(50), number(2), number(77)))
		if all, err := p.Lists(t.Context()); err != nil || all[0].Lines != lines || all[0].Numbers != 4 {
			t.Errorf("%+v, %v; want %d lines, 4 numbers", all, err, lines)
		}
	}
	contents := func() broadcast.ListContent {
		t.Helper()
		all, err := p.ListContents(t.Context(), []string{"L0", "L1"})
		if err != nil || len(all) != 1 || all[0].ID != "L1" || len(all[0].Digest) != 32 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0]
	}
	content := contents()
	must(t, add(number(2)))
	content.Lines++
	if now := contents(); !reflect.DeepEqual(now, content) {
		t.Errorf("a number that was there made it %+v, before %+v", now, content)
	}
	must(t, add(number(51)))
	if now := contents(); now.Numbers != 5 || bytes.Equal(now.Digest, content.Digest) {
		t.Errorf("another number made it %+v, before %+v", now, content)
	}
	content = contents()
	named := func() (got []int) {
		found, _, err := p.Candidates(t.Context(), []string{"L1", "L2"}, noon, "", 9)
		must(t, err)
		for i, c := range found {
			if slices.Equal(c.Lists, []string{"L1"}) {
				got = append(got, i)
			}
		}
		return got
	}
	if got := named(); !slices.Equal(got, []int{0, 2}) {
		t.Errorf("named %v, want 0 and 2", got)
	}
	p.remove(t, 0)
	p.people(t, 0, 1)
	if got := named(); !slices.Equal(got, []int{1}) {
		t.Errorf("a number whose resident went is still named: %v", got)
	}
	if all, err := p.Lists(t.Context()); err != nil || len(all) != 1 || all[0].Numbers != 5 || all[0].Title != "名单" || all[0].Author != "li" {
		t.Errorf("%+v, %v", all, err)
	}
	if now := contents(); !reflect.DeepEqual(now, content) {
		t.Errorf("who went made it %+v, before %+v", now, content)
	}
	stays := func(by string) {
		t.Helper()
		e, ok := errors.AsType[*broadcast.ListInUseError](p.DeleteList(t.Context(), "L1", act("list.delete", "L1")))
		if !ok || e.By != by {
			t.Errorf("%v, want it in use by %s", e, by)
		}
	}
	b, s := draft("B1"), broadcast.Series{ID: "S1", Cron: "0 9 * * *", Until: noon.Add(time.Hour)}
	b.Audience = broadcast.Rule{Not: &broadcast.Rule{List: "L1"}}
	s.Proposal.Audience = b.Audience
	p.create(t, b)
	must(t, add(number(52)))
	must(t, p.PutSeries(t.Context(), s, act("series.new", "S1")))
	stays("B1")
	frozen := func(by string) {
		t.Helper()
		e, ok := errors.AsType[*broadcast.ListInUseError](add(number(53)))
		if !ok || e.By != by {
			t.Errorf("added to: %v, want it in use by %s", e, by)
		}
	}
	for _, status := range []broadcast.Status{broadcast.Submitted, broadcast.Approved, broadcast.Scheduled, broadcast.Held, broadcast.Freezing} {
		p.setStatus(t, "B1", status)
		frozen("B1")
	}
	p.setStatus(t, "B1", broadcast.Cancelled)
	stays("S1")
	frozen("S1")
	s.Version, s.Stopped = 1, true
	must(t, p.PutSeries(t.Context(), s, act("series.stop", "S1")))
	_, err := p.Roster.PutCommittee(t.Context(), roster.Committee{Code: "C-1", Street: "河东街道", Area: "示例区"}, act("committee.put", "C-1"))
	must(t, err)
	if all, err := p.Committees(t.Context()); err != nil || len(all) != 1 || all[0].Code != "C-1" || all[0].Area != "示例区" {
		t.Errorf("committees %+v, %v", all, err)
	}
	conditions := []broadcast.Rule{{List: "L1"}, {List: "L2"}, {Committee: "C-1"}, {Committee: "C-2"},
		{Street: "河东街道"}, {Street: "河西街道"}, {Area: "示例区"}, {Area: "别区"}}
	absent, err := p.Absent(t.Context(), conditions, "")
	if want := []broadcast.Rule{conditions[1], conditions[3], conditions[5], conditions[7]}; err != nil || !reflect.DeepEqual(absent, want) {
		t.Errorf("absent %+v, %v; want %+v", absent, err, want)
	}
	if absent, err := p.Absent(t.Context(), conditions[:1], "C-1"); err != nil || len(absent) != 1 {
		t.Errorf("the city's list is there for a committee: %v", err)
	}
	must(t, p.CreateList(t.Context(), broadcast.NumberList{ID: "L9", Title: "名单", Committee: "C-1", CreatedAt: noon}, act("list.new", "L9")))
	if absent, err := p.Absent(t.Context(), []broadcast.Rule{{List: "L9"}}, "C-1"); err != nil || len(absent) != 0 {
		t.Errorf("its own list is not: %v", err)
	}
	must(t, p.DeleteList(t.Context(), "L1", act("list.delete", "L1")))
	if err := p.DeleteList(t.Context(), "L1", act("list.delete", "L1")); !errors.Is(err, broadcast.ErrNoList) {
		t.Errorf("%v, want ErrNoList", err)
	}
	if err := add(number(1)); !errors.Is(err, broadcast.ErrNoList) {
		t.Errorf("%v, want ErrNoList", err)
	}
}
