package rostertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/roster"
)

func comesBack(t *testing.T, open Open) {
	h := settle(t, open)
	var added roster.Resident
	h.audits(t, 1, func() {
		var err error
		added, err = h.Add(t.Context(), official, roster.Resident{
			Phone: number(1), Committee: first, Community: "槐树院", Tags: []string{"独居", "党员", "独居"},
			Consents: []roster.Consent{{What: roster.Notices, At: noon.Add(-time.Hour), How: "paper", Basis: roster.ByDuty},
				{What: roster.PhoneKept, How: "paper", Basis: roster.ByConsent}},
			Preferences: []roster.Preference{{Topic: "water", Channel: roster.SMS, Wants: true}, {Channel: roster.WeChat}},
		})
		must(t, err)
	})
	if added.PhoneFrom != roster.FromStaff || added.PlaceFrom != roster.FromStaff || len(added.Tags) != 2 || len(added.ID) != 32 {
		t.Errorf("added %+v", added)
	}
	got, err := h.Get(t.Context(), added.ID)
	must(t, err)
	if !same(got, added) || !same(h.byPhone(t, 1), added) {
		t.Errorf("got %+v, want %+v", got, added)
	}
	if got.OpenID != "" || got.CreatedAt != noon || got.Consents[0].Basis != roster.ByDuty || len(got.Preferences) != 2 {
		t.Errorf("got %+v", got)
	}
	for _, key := range []roster.Key{{ID: strings.Repeat("0", 32)}, {ID: "?"}, {}, {Phone: number(2)}, {OpenID: added.ID}} {
		h.gone(t, key)
	}
}

func refuses(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	must(t, h.Erase(t.Context(), official, h.add(t, 2).ID))
	bad := []roster.Consent{{What: roster.Notices, How: roster.InChat, Basis: roster.ByConsent}}
	missing, taken, erased := "C-9", who.Phone, number(2)
	other := h.add(t, 3)
	none := taken[:0]
	h.audits(t, 0, func() {
		for name, c := range map[string]struct {
			got  error
			want error
		}{
			"taken number":     {failure(h.Add(t.Context(), official, roster.Resident{Phone: taken})), roster.ErrPhoneTaken},
			"erased number":    {failure(h.Add(t.Context(), official, roster.Resident{Phone: erased})), roster.ErrSuppressed},
			"no number":        {failure(h.Add(t.Context(), official, roster.Resident{})), roster.ErrUnreachable},
			"no committee":     {failure(h.Add(t.Context(), official, roster.Resident{Phone: number(4), Committee: missing})), roster.ErrNoCommittee},
			"to a taken":       {failure(h.Change(t.Context(), official, other.ID, roster.Change{Phone: &taken}, nil)), roster.ErrPhoneTaken},
			"to an erased":     {failure(h.Change(t.Context(), official, other.ID, roster.Change{Phone: &erased}, nil)), roster.ErrSuppressed},
			"to no number":     {failure(h.Change(t.Context(), official, other.ID, roster.Change{Phone: &none}, nil)), roster.ErrUnreachable},
			"to no committee":  {failure(h.Change(t.Context(), official, other.ID, roster.Change{Committee: &missing}, nil)), roster.ErrNoCommittee},
			"nobody":           {failure(h.Change(t.Context(), official, missing, roster.Change{}, nil)), roster.ErrNotFound},
			"settle nowhere":   {h.Settle(t.Context(), "o-1", missing, ""), roster.ErrNoCommittee},
			"erase nobody":     {h.Erase(t.Context(), official, missing), roster.ErrNotFound},
			"prefer of nobody": {h.SetPreference(t.Context(), official, missing, roster.Preference{}, nil), roster.ErrNotFound},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		for field, err := range map[string]error{
			"consents":  failure(h.Add(t.Context(), official, roster.Resident{Phone: number(4), Consents: bad})),
			"tags":      failure(h.Change(t.Context(), official, other.ID, roster.Change{Tags: &[]string{"a\nb"}}, nil)),
			"community": h.Settle(t.Context(), "o-1", first, strings.Repeat("长", 65)),
			"channel":   h.Prefer(t.Context(), "o-1", "water", "post", true),
			"reason":    h.Suppress(t.Context(), official, number(4), "bored"),
			"code":      failure(h.Roster.PutCommittee(t.Context(), official, roster.Committee{Code: "示例", Name: "n"})),
			"name":      failure(h.Roster.PutCommittee(t.Context(), official, roster.Committee{Code: "C"})),
		} {
			var invalid *roster.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
	h.gone(t, roster.Key{OpenID: "o-1"})
	h.gone(t, roster.Key{Phone: number(4)})
}

// failure is the error of a call that returns a value too.
func failure[T any](_ T, err error) error { return err }

func changes(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	h.tick()
	phone, committee, tags := number(2), second, []string{"独居"}
	var got roster.Resident
	change := roster.Change{Phone: &phone, Committee: &committee, Tags: &tags,
		Consents: []roster.Consent{{What: roster.Notices, At: h.clock, How: "phone call", Basis: roster.ByConsent}}}
	h.audits(t, 1, func() {
		var err error
		got, err = h.Change(t.Context(), official, who.ID, change, nil)
		must(t, err)
	})
	if got.Phone != phone || got.PhoneFrom != roster.FromStaff || got.Committee != second || got.Community != "" ||
		got.PlaceFrom != roster.FromStaff || !slices.Equal(got.Tags, tags) || got.Consents[0].How != "phone call" || !got.UpdatedAt.Equal(h.clock) {
		t.Errorf("changed %+v", got)
	}
	if kept := h.byPhone(t, 2); !same(kept, got) {
		t.Errorf("kept %+v, want %+v", kept, got)
	}
	h.gone(t, roster.Key{Phone: number(1)})
	h.tick()
	h.audits(t, 0, func() {
		again, err := h.Change(t.Context(), official, who.ID, change, nil)
		if err != nil || !same(again, got) {
			t.Errorf("the same change again: %+v, %v", again, err)
		}
	})
}

func choices(t *testing.T, open Open) {
	h := settle(t, open)
	h.audits(t, 1, func() { h.prefer(t, "o-1", "", "", true) })
	who := h.me(t, "o-1")
	want(t, who, "water", roster.WeChat, true)
	if len(who.Consents) != 1 || who.Consents[0] != (roster.Consent{What: roster.Notices, At: noon, How: roster.InChat, Basis: roster.ByConsent}) {
		t.Errorf("consents %+v", who.Consents)
	}
	h.tick()
	h.audits(t, 0, func() { h.prefer(t, "o-1", "", "", true) })
	h.audits(t, 3, func() {
		h.prefer(t, "o-1", "water", "", false)
		h.prefer(t, "o-1", "power", roster.SMS, true)
		h.prefer(t, "o-1", "", "", false)
	})
	who = h.me(t, "o-1")
	want(t, who, "power", roster.SMS, false)
	if len(who.Preferences) != 1 || who.Subscribed("power") {
		t.Errorf("everything off leaves %+v", who.Preferences)
	}
	h.prefer(t, "o-1", "power", "", true)
	who = h.me(t, "o-1")
	want(t, who, "power", roster.WeChat, true)
	want(t, who, "water", roster.WeChat, false)
	if !who.Subscribed("power") || who.Subscribed("water") {
		t.Error("Subscribed")
	}
	h.prefer(t, "o-1", "", roster.WeChat, false)
	h.prefer(t, "o-1", "", "", true)
	who = h.me(t, "o-1")
	want(t, who, "power", roster.WeChat, false)
	want(t, who, "power", roster.SMS, true)
	h.prefer(t, "o-1", "", roster.WeChat, true)
	want(t, h.me(t, "o-1"), "power", roster.WeChat, true)
	must(t, h.Settle(t.Context(), "o-2", first, "花园小区"))
	h.audits(t, 0, func() { must(t, h.Settle(t.Context(), "o-2", first, "花园小区")) })
	who = h.me(t, "o-2")
	want(t, who, "water", roster.WeChat, false)
	if who.Committee != first || who.Community != "花园小区" || who.PlaceFrom != roster.FromChat {
		t.Errorf("settled %+v", who)
	}
}

func stopsStay(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	h.audits(t, 1, func() { must(t, h.StopSMS(t.Context(), number(1))) })
	h.audits(t, 0, func() { must(t, h.StopSMS(t.Context(), number(1))) })
	h.suppressed(t, 1, roster.Stopped)
	want(t, h.byPhone(t, 1), "water", roster.SMS, false)
	want(t, h.byPhone(t, 1), "water", roster.WeChat, true)
	for _, p := range []roster.Preference{{Channel: roster.SMS, Wants: true}} {
		if err := h.SetPreference(t.Context(), official, who.ID, p, nil); !errors.Is(err, roster.ErrSuppressed) {
			t.Errorf("an official takes back a stop: %v", err)
		}
	}
	must(t, h.SetPreference(t.Context(), official, who.ID, roster.Preference{Wants: true}, nil))
	want(t, h.byPhone(t, 1), "water", roster.SMS, false)
	// A number that goes takes its stop along.
	moved := number(2)
	_, err := h.Change(t.Context(), official, who.ID, roster.Change{Phone: &moved}, nil)
	must(t, err)
	h.suppressed(t, 1, roster.Stopped)
	// The owner takes it back.
	h.bind(t, "o-1", 2)
	h.prefer(t, "o-1", "", roster.SMS, true)
	want(t, h.me(t, "o-1"), "water", roster.SMS, true)
	h.prefer(t, "o-1", "", roster.SMS, false)
	h.suppressed(t, 2, roster.Stopped)
	h.prefer(t, "o-1", "", roster.SMS, true)
	h.suppressed(t, 2, "")
	// A number without a resident.
	h.audits(t, 1, func() { must(t, h.StopSMS(t.Context(), number(3))) })
	h.suppressed(t, 3, roster.Stopped)
	must(t, h.Suppress(t.Context(), official, number(3), roster.Erased))
	h.suppressed(t, 3, roster.Erased)
	h.audits(t, 0, func() {
		must(t, h.Suppress(t.Context(), official, number(3), roster.Erased))
		must(t, h.StopSMS(t.Context(), number(3)))
	})
	h.suppressed(t, 3, roster.Erased)
}

func binds(t *testing.T, open Open) {
	h := settle(t, open)
	h.audits(t, 1, func() { h.bind(t, "o-1", 1) })
	h.tick()
	h.audits(t, 0, func() { h.bind(t, "o-1", 1) })
	who := h.me(t, "o-1")
	if who.PhoneFrom != roster.FromChat || len(who.Consents) != 1 || who.Consents[0].What != roster.PhoneKept {
		t.Errorf("bound %+v", who)
	}
	// Another WeChat of the same number takes its place.
	h.bind(t, "o-2", 1)
	h.gone(t, roster.Key{OpenID: "o-1"})
	if h.me(t, "o-2").ID != who.ID {
		t.Error("the number's resident has another id")
	}
	// Binding lifts what kept the number away.
	must(t, h.EraseSelf(t.Context(), "o-2"))
	must(t, h.EraseSelf(t.Context(), "o-2"))
	h.suppressed(t, 1, roster.Erased)
	h.gone(t, roster.Key{Phone: number(1)})
	if again := h.bind(t, "o-2", 1); again.ID == who.ID {
		t.Error("the erased came back under their id")
	}
	h.suppressed(t, 1, "")
}

func merges(t *testing.T, open Open) {
	h := settle(t, open)
	holder := h.add(t, 1)
	must(t, h.SetPreference(t.Context(), official, holder.ID, roster.Preference{Topic: "water", Wants: true}, nil))
	must(t, h.StopSMS(t.Context(), number(1)))
	h.tick()
	h.prefer(t, "o-1", "water", "", false)
	must(t, h.Settle(t.Context(), "o-1", second, "槐树院"))
	chat := h.me(t, "o-1")
	var both roster.Resident
	h.audits(t, 1, func() { both = h.bind(t, "o-1", 1) })
	h.gone(t, roster.Key{ID: chat.ID})
	if both.ID != holder.ID || both.Phone != number(1) || both.PhoneFrom != roster.FromImport || both.Committee != second ||
		both.Community != "槐树院" || both.PlaceFrom != roster.FromChat || !both.CreatedAt.Equal(noon) {
		t.Errorf("merged %+v", both)
	}
	want(t, both, "water", roster.WeChat, false)
	want(t, both, "power", roster.WeChat, true)
	want(t, both, "power", roster.SMS, false)
	if len(both.Consents) != 2 {
		t.Errorf("consents %+v", both.Consents)
	}
}

func rebinds(t *testing.T, open Open) {
	h := settle(t, open)
	// Who bound one number takes another: the same resident.
	old := h.bind(t, "o-1", 1)
	h.prefer(t, "o-1", "", "", false)
	if now := h.bind(t, "o-1", 2); now.ID != old.ID || now.Phone != number(2) {
		t.Errorf("rebound %+v", now)
	}
	h.gone(t, roster.Key{Phone: number(1)})
	h.suppressed(t, 1, roster.Stopped)
	// Who is registered under one number proves another that is registered too.
	left, right := h.add(t, 3), h.add(t, 4)
	h.bind(t, "o-2", 3)
	h.prefer(t, "o-2", "", roster.SMS, false)
	if now := h.bind(t, "o-2", 4); now.ID != right.ID {
		t.Errorf("rebound %+v", now)
	}
	rest := h.byPhone(t, 3)
	if rest.ID != left.ID || rest.OpenID != "" {
		t.Errorf("left behind %+v", rest)
	}
	want(t, rest, "water", roster.SMS, false)
	want(t, h.byPhone(t, 4), "water", roster.SMS, false)
}

func unfollows(t *testing.T, open Open) {
	h := settle(t, open)
	must(t, h.Unfollow(t.Context(), "o-0"))
	// Known by chat alone: nothing stays but the stop of the number.
	h.bind(t, "o-1", 1)
	h.prefer(t, "o-1", "", roster.SMS, false)
	h.audits(t, 1, func() { must(t, h.Unfollow(t.Context(), "o-1")) })
	h.audits(t, 0, func() { must(t, h.Unfollow(t.Context(), "o-1")) })
	h.gone(t, roster.Key{OpenID: "o-1"})
	h.gone(t, roster.Key{Phone: number(1)})
	h.suppressed(t, 1, roster.Stopped)
	if !slices.Equal(h.forgotten, []string{"o-0", "o-1", "o-1"}) {
		t.Errorf("tickets forgotten of %q", h.forgotten)
	}
	// Known by a committee too: what chat told goes.
	who := h.add(t, 2)
	h.bind(t, "o-2", 2)
	must(t, h.Settle(t.Context(), "o-2", second, ""))
	h.prefer(t, "o-2", "water", "", true)
	h.prefer(t, "o-2", "power", "", false)
	must(t, h.Unfollow(t.Context(), "o-2"))
	rest := h.byPhone(t, 2)
	if rest.ID != who.ID || rest.OpenID != "" || rest.Committee != "" || len(rest.Consents) != 1 || rest.Consents[0].How != "paper" ||
		len(rest.Preferences) != 1 || rest.Preferences[0].Topic != "power" {
		t.Errorf("left %+v", rest)
	}
	h.suppressed(t, 2, "")
}

func erases(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	h.bind(t, "o-1", 1)
	h.audits(t, 1, func() { must(t, h.Erase(t.Context(), official, who.ID)) })
	if err := h.Erase(t.Context(), official, who.ID); !errors.Is(err, roster.ErrNotFound) {
		t.Errorf("erased twice: %v", err)
	}
	for _, key := range []roster.Key{{ID: who.ID}, {Phone: number(1)}, {OpenID: "o-1"}} {
		h.gone(t, key)
	}
	h.suppressed(t, 1, roster.Erased)
	if !slices.Equal(h.forgotten, []string{"o-1"}) {
		t.Errorf("tickets forgotten of %q", h.forgotten)
	}
	h.add(t, 2)
	must(t, h.Suppress(t.Context(), official, number(2), roster.Erased))
	h.gone(t, roster.Key{Phone: number(2)})
}

func expires(t *testing.T, open Open) {
	h := settle(t, open)
	for n := range 5 {
		h.add(t, n)
	}
	must(t, h.StopSMS(t.Context(), number(0)))
	h.bind(t, "o-1", 1)
	h.clock = noon.Add(48 * time.Hour)
	h.add(t, 5) // consented then, registered now
	_, err := h.Change(t.Context(), official, h.byPhone(t, 2).ID, roster.Change{Tags: &[]string{"独居"}}, nil)
	must(t, err)
	for _, wantN := range []int{2, 1, 0} {
		n, err := h.Expire(t.Context(), noon.Add(24*time.Hour), 2)
		if err != nil || n != wantN {
			t.Fatalf("Expire: %d, %v; want %d", n, err, wantN)
		}
	}
	for _, n := range []int{0, 3, 4} {
		h.gone(t, roster.Key{Phone: number(n)})
	}
	for _, n := range []int{1, 2, 5} {
		h.byPhone(t, n)
	}
	h.suppressed(t, 0, roster.Stopped)
	h.suppressed(t, 3, "")
}

func lists(t *testing.T, open Open) {
	h := settle(t, open)
	var ids []string
	for n := range 7 {
		ids = append(ids, h.add(t, n).ID)
	}
	h.bind(t, "o-1", 1)
	h.prefer(t, "o-2", "", "", true)
	ids = append(ids, h.me(t, "o-2").ID)
	must(t, h.StopSMS(t.Context(), number(3)))
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
	if _, _, err := h.Roster.List(t.Context(), roster.Filter{}, "-?", 1); !errors.Is(err, roster.ErrCursor) {
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
			"Stop":   h.StopSMS(ctx, number(1)),
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
