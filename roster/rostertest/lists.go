package rostertest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"towncrier/problem"
	"towncrier/roster"
)

func lists(t *testing.T, open Open) {
	h := settle(t, open)
	var ids []string
	for n := range 7 {
		ids = append(ids, h.add(t, n).ID)
	}
	h.bind(t, "o-1", 1)
	h.prefer(t, "o-2", "", "", true)
	ids = append(ids, h.me(t, "o-2").ID)
	must(t, h.StopSMS(t.Context(), number(3), "key"))
	committee := second
	h.tick()
	_, err := h.Change(t.Context(), official, ids[4], roster.Change{Committee: &committee, Tags: &[]string{"独居", "a\"b"}}, nil)
	must(t, err)
	all := func(f roster.Filter, limit int) (got []string) {
		t.Helper()
		for after := ""; ; {
			page, next, err := h.Roster.List(t.Context(), f, after, limit)
			must(t, err)
			for _, r := range page {
				got = append(got, r.ID)
			}
			if after = next; next == "" {
				return got
			}
		}
	}
	yes, no := true, false
	for name, c := range map[string]struct {
		f    roster.Filter
		want []string
	}{
		"all":       {roster.Filter{}, ids},
		"committee": {roster.Filter{Committee: second}, ids[4:5]},
		"community": {roster.Filter{Community: "花园小区"}, slices.Concat(ids[:4], ids[5:7])},
		"tag":       {roster.Filter{Tag: "a\"b"}, ids[4:5]},
		"phone":     {roster.Filter{HasPhone: &no}, ids[7:]},
		"wechat":    {roster.Filter{HasWeChat: &yes}, []string{ids[1], ids[7]}},
		"consent":   {roster.Filter{Consent: roster.PhoneKept}, ids[1:2]},
		"updated":   {roster.Filter{UpdatedSince: h.clock}, ids[4:5]},
		"several":   {roster.Filter{Committee: first, HasPhone: &yes, HasWeChat: &no, Consent: roster.Notices, Tag: "x"}, nil},
	} {
		for _, limit := range []int{1, 3, 100} {
			if got := all(c.f, limit); !slices.Equal(got, c.want) {
				t.Errorf("%s by %d: %q, want %q", name, limit, got, c.want)
			}
		}
	}
	if _, _, err := h.Roster.List(t.Context(), roster.Filter{}, "-?", 1); !errors.Is(err, problem.ErrCursor) {
		t.Errorf("a bad cursor: %v", err)
	}
	// A cursor outlives the resident it came from.
	_, next, err := h.Roster.List(t.Context(), roster.Filter{}, "", 2)
	must(t, err)
	must(t, h.Erase(t.Context(), official, ids[1]))
	page, _, err := h.Roster.List(t.Context(), roster.Filter{}, next, 1)
	if err != nil || len(page) != 1 || page[0].ID != ids[2] {
		t.Errorf("after an erased one: %+v, %v", page, err)
	}
	got, err := h.Roster.Stats(t.Context(), "")
	if want := (roster.Stats{Residents: 7, Phone: 6, WeChat: 1, Consented: 7, Stopped: 1, Committees: 2, Suppressed: 2}); err != nil || got != want {
		t.Errorf("stats %+v, %v; want %+v", got, err, want)
	}
	got, err = h.Roster.Stats(t.Context(), second)
	if want := (roster.Stats{Residents: 1, Phone: 1, Consented: 1, Committees: 1}); err != nil || got != want {
		t.Errorf("stats of one %+v, %v; want %+v", got, err, want)
	}
}

func committees(t *testing.T, open Open) {
	h := settle(t, open)
	all, err := h.Places(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].Code != first || !slices.Equal(all[0].Communities, []string{"槐树院", "花园小区"}) {
		t.Fatalf("committees %+v", all)
	}
	put := func(c roster.Committee, created bool) {
		t.Helper()
		got, err := h.Roster.PutCommittee(t.Context(), official, c)
		if err != nil || got != created {
			t.Fatalf("PutCommittee: %v, %v", got, err)
		}
	}
	h.audits(t, 0, func() { put(all[0], false) })
	all[0].Name, all[0].Communities = "改名社区居委会", []string{"新苑"}
	h.audits(t, 1, func() { put(all[0], false) })
	got, err := h.Roster.Committee(t.Context(), first)
	if err != nil || got.Name != "改名社区居委会" || !slices.Equal(got.Communities, []string{"新苑"}) {
		t.Errorf("changed %+v, %v", got, err)
	}
	who := h.add(t, 1)
	if err := h.Roster.DeleteCommittee(t.Context(), official, first); !errors.Is(err, roster.ErrInUse) {
		t.Errorf("delete one in use: %v", err)
	}
	must(t, h.Erase(t.Context(), official, who.ID))
	h.audits(t, 1, func() { must(t, h.Roster.DeleteCommittee(t.Context(), official, first)) })
	if err := h.Roster.DeleteCommittee(t.Context(), official, first); !errors.Is(err, roster.ErrNoCommittee) {
		t.Errorf("delete twice: %v", err)
	}
	for _, code := range []string{first, ""} {
		if _, err := h.Roster.Committee(t.Context(), code); !errors.Is(err, roster.ErrNoCommittee) {
			t.Errorf("committee %q: %v", code, err)
		}
	}
}

func cancelled(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.audits(t, 0, func() {
		for name, err := range map[string]error{
			"Prefer": h.Prefer(ctx, "o-1", "", "", true),
			"Bind":   failure(h.Bind(ctx, "o-1", number(1))),
			"Erase":  h.Erase(ctx, official, who.ID),
			"Stop":   h.StopSMS(ctx, number(1), "key"),
			"Me":     failure(h.Me(ctx, "o-1")),
			"Stats":  failure(h.Roster.Stats(ctx, "")),
			"Put":    failure(h.Roster.PutCommittee(ctx, official, roster.Committee{Code: "C-3", Name: "n"})),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want context.Canceled", name, err)
			}
		}
	})
	if !same(h.byPhone(t, 1), who) {
		t.Error("something was changed")
	}
}
