// Package rostertest is the contract of roster.Store and roster.Importer, by way of the roster that stands on them: every
// implementation runs it.
package rostertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
)

// noon is when the suite begins: 2023-11-13 12:00 in China.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// Keeper is what an implementation is.
type Keeper interface {
	roster.Store
	roster.Importer
}

// Open is one more process's handle to a store, and how to count its audit entries.
type Open func() (k Keeper, audited func(t *testing.T) int)

// Run runs the contract. each calls test, once an implementation, on an empty store.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open Open))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"a resident comes back as they were added", comesBack},
		{"what is refused", refuses},
		{"change", changes},
		{"choices", choices},
		{"stops stay", stopsStay},
		{"bind", binds},
		{"merge", merges},
		{"another phone", rebinds},
		{"a number of somebody else", recycles},
		{"unfollow", unfollows},
		{"erase", erases},
		{"retention", expires},
		{"list and stats", lists},
		{"committees", committees},
		{"a file and a form are read alike", readAlike},
		{"names in a file and in a form", namesAlike},
		{"import", imports},
		{"import goes on", importGoesOn},
		{"import holds", importHolds},
		{"a cancelled context changes nothing", cancelled},
		{"two bind one number", bindRaces},
		{"import races erase", importRacesErase},
		{"prefer races unfollow", preferRacesUnfollow},
		{"merges race", mergesRace},
		{"a guarded change races a move", guardsRace},
		{"any sequence of acts", model},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

const (
	official = audit.Actor("staff:wang")
	first    = "C-1"
	second   = "C-2"
)

// house is a roster with its clock, the tickets that were forgotten, and committees C-1 and C-2.
type fixture struct {
	*roster.Roster
	Keeper
	audited   func(t *testing.T) int
	clock     time.Time
	forgotten []string
}

func (h *fixture) Forget(_ context.Context, openid string) error {
	h.forgotten = append(h.forgotten, openid)
	return nil
}

// tick lets a minute pass.
func (h *fixture) tick() { h.clock = h.clock.Add(time.Minute) }

func settle(t *testing.T, open Open) *fixture {
	t.Helper()
	h := &fixture{clock: noon}
	h.Keeper, h.audited = open()
	h.Roster = roster.New(roster.Config{Store: h.Keeper, Tickets: h, Now: func() time.Time { return h.clock }})
	for _, c := range []roster.Committee{
		{Code: first, Name: "示例社区居委会", Street: "河东街道", Area: "示例区", Communities: []string{"花园小区", "槐树院"}},
		{Code: second, Name: "另一社区居委会"},
	} {
		_, err := h.Roster.PutCommittee(t.Context(), official, c)
		must(t, err)
	}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// number is the nth example number.
func number(n int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", n)) }

func (h *fixture) add(t *testing.T, n int) roster.Resident {
	t.Helper()
	r, err := h.Roster.Add(t.Context(), official, roster.Resident{
		Phone: number(n), PhoneFrom: roster.FromImport, Committee: first, Community: "花园小区", PlaceFrom: roster.FromImport,
		Consents: []roster.Consent{{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}},
	})
	must(t, err)
	return r
}

func (h *fixture) me(t *testing.T, openid string) roster.Resident {
	t.Helper()
	r, err := h.Me(t.Context(), openid)
	must(t, err)
	return r
}

func (h *fixture) byPhone(t *testing.T, n int) roster.Resident {
	t.Helper()
	r, err := h.FindByPhone(t.Context(), number(n))
	must(t, err)
	return r
}

func (h *fixture) prefer(t *testing.T, openid, topic string, channel roster.Channel, wants bool) {
	t.Helper()
	must(t, h.Prefer(t.Context(), openid, topic, channel, wants))
}

func (h *fixture) bind(t *testing.T, openid string, n int) roster.Resident {
	t.Helper()
	r, err := h.Bind(t.Context(), openid, number(n))
	must(t, err)
	if kept := h.me(t, openid); !same(kept, r) {
		t.Fatalf("Bind returned %+v, kept is %+v", r, kept)
	}
	return r
}

func (h *fixture) gone(t *testing.T, key roster.Key) {
	t.Helper()
	if r, err := h.Keeper.Find(t.Context(), key); !errors.Is(err, roster.ErrNoResident) {
		t.Fatalf("still there: %+v, %v", r, err)
	}
}

func (h *fixture) suppressed(t *testing.T, n int, want roster.Suppression) {
	t.Helper()
	got, listed, err := h.Roster.Suppressed(t.Context(), number(n))
	must(t, err)
	if got != want || listed != (want != "") {
		t.Fatalf("suppression of %d: %q, want %q", n, got, want)
	}
}

// audits says how many entries do made.
func (h *fixture) audits(t *testing.T, want int, do func()) {
	t.Helper()
	before := h.audited(t)
	do()
	if got := h.audited(t) - before; got != want {
		t.Fatalf("%d audit entries, want %d", got, want)
	}
}

func same(a, b roster.Resident) bool {
	return a.ID == b.ID && a.Phone == b.Phone && a.PhoneFrom == b.PhoneFrom && a.OpenID == b.OpenID &&
		a.Committee == b.Committee && a.Community == b.Community && a.PlaceFrom == b.PlaceFrom && slices.Equal(a.Tags, b.Tags) &&
		slices.Equal(a.Consents, b.Consents) && slices.Equal(a.Preferences, b.Preferences) &&
		a.CreatedAt.Equal(b.CreatedAt) && a.UpdatedAt.Equal(b.UpdatedAt)
}

func want(t *testing.T, who roster.Resident, topic string, channel roster.Channel, wants bool) {
	t.Helper()
	if got := who.Wants(topic, channel); got != wants {
		t.Fatalf("wants %q by %q: %v, want %v; %+v", topic, channel, got, wants, who.Preferences)
	}
}
