package rostertest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towncrier/problem"
	"towncrier/roster"
)

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
			"nobody":           {failure(h.Change(t.Context(), official, missing, roster.Change{}, nil)), roster.ErrNoResident},
			"settle nowhere":   {h.SetPlace(t.Context(), "o-1", missing, ""), roster.ErrNoCommittee},
			"erase nobody":     {h.Erase(t.Context(), official, missing), roster.ErrNoResident},
			"prefer of nobody": {h.SetPreference(t.Context(), official, missing, roster.Preference{}, nil), roster.ErrNoResident},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		for field, err := range map[string]error{
			"consents":  failure(h.Add(t.Context(), official, roster.Resident{Phone: number(4), Consents: bad})),
			"tags":      failure(h.Change(t.Context(), official, other.ID, roster.Change{Tags: &[]string{"a\nb"}}, nil)),
			"community": h.SetPlace(t.Context(), "o-1", first, strings.Repeat("长", 65)),
			"channel":   h.Prefer(t.Context(), "o-1", "water", "post", true),
			"reason":    h.Suppress(t.Context(), official, number(4), "bored"),
			"code":      failure(h.Roster.PutCommittee(t.Context(), official, roster.Committee{Code: "示例", Name: "n"})),
			"name":      failure(h.Roster.PutCommittee(t.Context(), official, roster.Committee{Code: "C"})),
		} {
			var invalid *problem.Invalid
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
	must(t, h.SetPlace(t.Context(), "o-2", first, "花园小区"))
	h.audits(t, 0, func() { must(t, h.SetPlace(t.Context(), "o-2", first, "花园小区")) })
	who = h.me(t, "o-2")
	want(t, who, "water", roster.WeChat, false)
	if who.Committee != first || who.Community != "花园小区" || who.PlaceFrom != roster.FromChat {
		t.Errorf("settled %+v", who)
	}
}

func stopsStay(t *testing.T, open Open) {
	h := settle(t, open)
	who := h.add(t, 1)
	h.audits(t, 1, func() { must(t, h.StopSMS(t.Context(), number(1), "key")) })
	h.audits(t, 0, func() { must(t, h.StopSMS(t.Context(), number(1), "key")) })
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
	h.audits(t, 1, func() { must(t, h.StopSMS(t.Context(), number(3), "key")) })
	h.suppressed(t, 3, roster.Stopped)
	must(t, h.Suppress(t.Context(), official, number(3), roster.Erased))
	h.suppressed(t, 3, roster.Erased)
	h.audits(t, 0, func() {
		must(t, h.Suppress(t.Context(), official, number(3), roster.Erased))
		must(t, h.StopSMS(t.Context(), number(3), "key"))
	})
	h.suppressed(t, 3, roster.Erased)
}
