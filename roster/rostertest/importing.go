package rostertest

import (
	"errors"
	"slices"
	"testing"

	"towncrier/audit"
	"towncrier/roster"
)

// row is what a file says about the nth number.
func row(n int) roster.ImportRow {
	return roster.ImportRow{Phone: number(n), Committee: first, Community: "花园小区", Tags: []string{},
		Consent: roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}}
}

// bring imports rows, as one file, in slices of a size.
func (h *fixture) bring(t *testing.T, size int, rows ...roster.ImportRow) roster.ImportCounts {
	t.Helper()
	return h.bringFor(t, "", size, rows...)
}

// bringFor is bring by a person who keeps the residents of one committee.
func (h *fixture) bringFor(t *testing.T, own string, size int, rows ...roster.ImportRow) roster.ImportCounts {
	t.Helper()
	act := audit.Act{Actor: official, Action: "roster.import", At: h.clock}
	state, err := h.BeginImport(t.Context(), [32]byte{1}, act)
	must(t, err)
	for from := 0; from < len(rows); from += size {
		upTo := min(from+size, len(rows))
		slice := roster.ImportSlice{From: from, UpTo: upTo, Rows: roster.NewImportRows(rows[from:upTo]...), Own: own}
		must(t, h.WriteSlice(t.Context(), state.ID, slice, state.Counts.Add))
	}
	must(t, h.FinishImport(t.Context(), state.ID, act))
	return state.Counts
}

func imports(t *testing.T, open Open) {
	h := settle(t, open)
	const many = 5000 // more than the first transaction takes
	var rows []roster.ImportRow
	for n := range many {
		rows = append(rows, row(n))
	}
	h.prefer(t, "o-1", "", "", true)
	erased, stopped := h.bind(t, "o-1", 1), h.bind(t, "o-2", 2)
	must(t, h.SetPlace(t.Context(), "o-2", second, "槐树院"))
	must(t, h.StopSMS(t.Context(), number(2), "key"))
	must(t, h.EraseSelf(t.Context(), "o-1"))
	var got roster.ImportCounts
	h.audits(t, 2, func() { got = h.bring(t, many, rows...) })
	if want := (roster.ImportCounts{Added: many - 2, Changed: 1, Erased: 1, Stopped: 1}); got != want {
		t.Fatalf("first time %+v, want %+v", got, want)
	}
	h.gone(t, roster.Key{ID: erased.ID})
	h.gone(t, roster.Key{Phone: number(1)})
	who := h.byPhone(t, 2)
	if who.ID != stopped.ID || who.Committee != second || who.PlaceFrom != roster.FromChat || len(who.Consents) != 2 {
		t.Errorf("one who told their place in chat: %+v", who)
	}
	want(t, who, "water", roster.SMS, false)
	before := h.byPhone(t, 3)
	if before.PhoneFrom != roster.FromImport || before.PlaceFrom != roster.FromImport || before.Community != "花园小区" ||
		before.CreatedAt != noon || len(before.Consents) != 1 || before.Consents[0] != rows[3].Consent {
		t.Errorf("imported %+v", before)
	}
	h.tick()
	for _, size := range []int{many, 700} {
		if got, want := h.bring(t, size, rows...), (roster.ImportCounts{Unchanged: many - 1, Erased: 1, Stopped: 1}); got != want {
			t.Fatalf("the same again %+v, want %+v", got, want)
		}
	}
	if !same(h.byPhone(t, 3), before) || !same(h.byPhone(t, 2), who) {
		t.Error("the same file changed something")
	}
	change := []roster.ImportRow{row(3), row(4), row(5), row(6), row(many)}
	change[0].Committee, change[0].Community = second, ""
	change[1].Tags = []string{"独居"}
	change[2].Consent.At = noon.AddDate(0, 0, 1)
	change[3].Consent.At, change[3].Tags = noon.AddDate(0, 0, -1), nil // older: the one on record stays
	if got, want := h.bring(t, 2, change...), (roster.ImportCounts{Added: 1, Changed: 3, Unchanged: 1}); got != want {
		t.Fatalf("another file %+v, want %+v", got, want)
	}
	if r := h.byPhone(t, 3); r.Committee != second || r.Community != "花园小区" || !r.UpdatedAt.Equal(h.clock) || !r.CreatedAt.Equal(noon) {
		t.Errorf("moved %+v", r)
	}
	if r := h.byPhone(t, 4); !slices.Equal(r.Tags, []string{"独居"}) {
		t.Errorf("tagged %+v", r)
	}
	if r := h.byPhone(t, 5); !r.Consents[0].At.Equal(change[2].Consent.At) {
		t.Errorf("consented again %+v", r)
	}
	ids := make(map[string]bool)
	for after := ""; ; {
		page, next, err := h.Roster.List(t.Context(), roster.Filter{}, after, 0)
		must(t, err)
		for _, r := range page {
			ids[r.ID] = true
		}
		if after = next; next == "" {
			break
		}
	}
	if len(ids) != many {
		t.Errorf("%d residents, want %d", len(ids), many)
	}
}

// importHolds is about a committee's own file: what it could not add by hand it cannot bring in either.
func importHolds(t *testing.T, open Open) {
	h := settle(t, open)
	elsewhere := row(1)
	elsewhere.Committee = second
	h.bring(t, 10, elsewhere, row(3), row(4))
	h.bind(t, "o-2", 2) // of no committee
	must(t, h.StopSMS(t.Context(), number(3), "key"))
	must(t, h.StopSMS(t.Context(), number(5), "key"))
	must(t, h.Erase(t.Context(), official, h.byPhone(t, 4).ID))
	before := h.byPhone(t, 1)
	rows := []roster.ImportRow{row(0), row(1), row(2), row(3), row(4), row(5)}
	if held, err := h.CountHeld(t.Context(), roster.NewImportRows(rows...), first); err != nil || held != 4 {
		t.Errorf("%d would be held, %v; want 4", held, err)
	}
	for _, size := range []int{10, 1} {
		counts := h.bringFor(t, first, size, rows...)
		if counts.Held != 4 || counts.Added+counts.Changed+counts.Unchanged != 2 || counts.Stopped != 1 {
			t.Errorf("imported %+v", counts)
		}
	}
	if after := h.byPhone(t, 1); !same(after, before) {
		t.Errorf("another committee's resident became %+v", after)
	}
	h.gone(t, roster.Key{Phone: number(4)})
	h.gone(t, roster.Key{Phone: number(5)})
}

func importGoesOn(t *testing.T, open Open) {
	h := settle(t, open)
	var rows []roster.ImportRow
	for n := range 30 {
		rows = append(rows, row(n))
	}
	begin := func(wantUpTo int, want roster.ImportCounts) roster.ImportState {
		t.Helper()
		state, err := h.BeginImport(t.Context(), [32]byte{7}, audit.Act{Actor: official, Action: "roster.import", At: h.clock})
		must(t, err)
		if state.UpTo != wantUpTo || state.Counts != want {
			t.Fatalf("begun at %+v", state)
		}
		return state
	}
	var state roster.ImportState
	h.audits(t, 1, func() { state = begin(0, roster.ImportCounts{}) })
	slice := func(from, upTo int) func() (roster.ImportCounts, error) {
		return func() (counts roster.ImportCounts, err error) {
			s := roster.ImportSlice{From: from, UpTo: upTo, Rows: roster.NewImportRows(rows[from:upTo]...)}
			err = h.WriteSlice(t.Context(), state.ID, s, counts.Add)
			return counts, err
		}
	}
	one, two := slice(0, 10), slice(10, 20)
	if _, err := two(); !errors.Is(err, roster.ErrImportMoved) {
		t.Fatalf("the second slice first: %v", err)
	}
	counts, err := one()
	if err != nil || counts.Added != 10 {
		t.Fatalf("first: %+v, %v", counts, err)
	}
	if _, err := slice(0, 10)(); !errors.Is(err, roster.ErrImportMoved) {
		t.Fatalf("the first slice twice: %v", err)
	}
	if counts, err = two(); err != nil || counts.Added != 10 {
		t.Fatalf("the second after a failure: %+v, %v", counts, err)
	}
	h.audits(t, 0, func() { state = begin(20, roster.ImportCounts{Added: 20}) })
	if counts, err = slice(20, 30)(); err != nil || counts.Added != 10 {
		t.Fatalf("third: %+v, %v", counts, err)
	}
	done := audit.Act{Actor: official, Action: "roster.import.done", At: h.clock}
	h.audits(t, 1, func() { must(t, h.FinishImport(t.Context(), state.ID, done)) })
	if err := h.FinishImport(t.Context(), state.ID, done); !errors.Is(err, roster.ErrImportMoved) {
		t.Fatalf("finished twice: %v", err)
	}
	if _, err := slice(30, 30)(); !errors.Is(err, roster.ErrImportMoved) {
		t.Fatalf("a slice after the end: %v", err)
	}
	begin(0, roster.ImportCounts{})
}
