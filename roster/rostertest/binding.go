package rostertest

import (
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

func binds(t *testing.T, open Open) {
	h := settle(t, open)
	h.audits(t, 1, func() { h.bind(t, "o-1", 1) })
	h.tick()
	h.audits(t, 0, func() { h.bind(t, "o-1", 1) })
	who := h.me(t, "o-1")
	if who.PhoneFrom != roster.FromChat || len(who.Consents) != 1 || who.Consents[0].What != roster.PhoneKept {
		t.Errorf("bound %+v", who)
	}
	// Another WeChat takes the number, and nothing else.
	must(t, h.SetPlace(t.Context(), "o-1", first, "槐树院"))
	h.audits(t, 1, func() { h.bind(t, "o-2", 1) })
	if old := h.me(t, "o-1"); old.ID != who.ID || old.Phone != "" || old.Community != "槐树院" || len(old.Consents) != 0 {
		t.Errorf("who had the number: %+v", old)
	}
	if taken := h.me(t, "o-2"); taken.ID == who.ID || taken.Phone != number(1) || taken.Committee != "" {
		t.Errorf("who took it: %+v", taken)
	}
	who = h.me(t, "o-2")
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
	must(t, h.StopSMS(t.Context(), number(1), "key"))
	h.tick()
	h.prefer(t, "o-1", "water", "", false)
	must(t, h.SetPlace(t.Context(), "o-1", second, "槐树院"))
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

// recycles gives numbers that carriers handed to somebody else to their new owners.
func recycles(t *testing.T, open Open) {
	h := settle(t, open)
	register := func(n int) roster.Resident {
		who, err := h.Add(t.Context(), official, roster.Resident{Phone: number(n), Committee: first, Community: "槐树院", Tags: []string{"独居"},
			Consents:    []roster.Consent{{What: roster.Notices, How: "paper", Basis: roster.ByConsent}},
			Preferences: []roster.Preference{{Topic: "water"}}})
		must(t, err)
		return who
	}
	old, fresh, long := register(1), register(2), register(3)
	must(t, h.StopSMS(t.Context(), number(3), "key"))
	h.clock = noon.Add(180 * 24 * time.Hour)
	// Within 180 days it is the person that the committee registered.
	if got := h.bind(t, "o-2", 2); got.ID != fresh.ID || got.Community != "槐树院" || len(got.Tags) != 1 {
		t.Errorf("on day 180: %+v", got)
	}
	h.clock = noon.Add(181 * 24 * time.Hour)
	got := h.bind(t, "o-1", 1)
	if got.ID == old.ID || got.Committee != "" || got.Community != "" || len(got.Tags) != 0 || len(got.Preferences) != 0 ||
		len(got.Consents) != 1 || got.Consents[0].What != roster.PhoneKept {
		t.Errorf("the new owner inherits: %+v", got)
	}
	h.gone(t, roster.Key{ID: old.ID})
	// A sign of life counts: a choice that was told an official.
	must(t, h.SetPreference(t.Context(), official, long.ID, roster.Preference{Topic: "power"}, nil))
	if got := h.bind(t, "o-3", 3); got.ID != long.ID {
		t.Errorf("heard of a moment ago: %+v", got)
	}
	// A resident who follows under another openid keeps what is theirs.
	must(t, h.SetPlace(t.Context(), "o-4", second, ""))
	before := h.me(t, "o-4")
	if got := h.bind(t, "o-4", 2); got.ID != before.ID || got.Committee != second || got.Community != "" || len(got.Tags) != 0 {
		t.Errorf("the number of another follower: %+v", got)
	}
	if got := h.me(t, "o-2"); got.ID != fresh.ID || got.Phone != "" || got.Community != "槐树院" || len(got.Tags) != 1 {
		t.Errorf("that follower: %+v", got)
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
	must(t, h.SetPlace(t.Context(), "o-2", second, ""))
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
	if err := h.Erase(t.Context(), official, who.ID); !errors.Is(err, roster.ErrNoResident) {
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
	must(t, h.StopSMS(t.Context(), number(0), "key"))
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
