package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store/storetest"
)

// TestNoRoom fills the database in the middle of an import. Every write says then that there is no room and where, and the
// import goes on when there is.
func TestNoRoom(t *testing.T) {
	path := t.TempDir() + "/towncrier.db"
	db := storetest.Open(t, path, storetest.Sealer(t))
	s := db.Roster()
	if _, err := s.PutCommittee(t.Context(), example, put); err != nil {
		t.Fatal(err)
	}
	act := audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon}
	state, err := s.BeginImport(t.Context(), [32]byte{1}, act)
	if err != nil {
		t.Fatal(err)
	}
	const total = 20_000
	slice := roster.ImportSlice{UpTo: total, Rows: residents(total)}
	if err := db.LimitPages(t.Context(), 700); err != nil {
		t.Fatal(err)
	}
	err = s.WriteSlice(t.Context(), state.ID, slice, state.Counts.Add)
	saysNoRoom(t, err, path)
	if n := state.Counts.Added; n == 0 || n >= total {
		t.Fatalf("%d residents before the disk was full", n)
	}
	full := false
	for n := 0; n < 1000 && !full; n++ {
		_, err = db.Inbox().Add(t.Context(), inbox.Filing{From: resident, Kind: inbox.Question, Text: strings.Repeat("问题", 1000), At: noon}, "", noon)
		full = err != nil
	}
	saysNoRoom(t, err, path)

	if err := db.LimitPages(t.Context(), 1<<30); err != nil {
		t.Fatal(err)
	}
	again, err := s.BeginImport(t.Context(), [32]byte{1}, act)
	if err != nil || again != state {
		t.Fatalf("goes on at %+v, not %+v: %v", again, state, err)
	}
	if err := s.WriteSlice(t.Context(), state.ID, slice, state.Counts.Add); err != nil {
		t.Fatal(err)
	}
	if state.Counts != (roster.ImportCounts{Added: total}) {
		t.Errorf("in the end %+v", state.Counts)
	}
	if n, err := s.Stats(t.Context(), ""); err != nil || n.Residents != total || n.Consented != total {
		t.Errorf("kept %+v, %v", n, err)
	}
}

func saysNoRoom(t *testing.T, err error, where string) {
	t.Helper()
	if !errors.Is(err, roster.ErrNoRoom) || !strings.Contains(err.Error(), where) {
		t.Fatalf("on a full disk: %v", err)
	}
}

// residents are rows of a file.
func residents(n int) *roster.ImportRows {
	rows := new(roster.ImportRows)
	for i := range n {
		rows.Add(roster.ImportRow{Phone: phone.Number(fmt.Sprintf("199%08d", i)), Committee: example.Code, Community: "花园小区",
			Consent: roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}})
	}
	return rows
}

// TestImportIsChecked gives an import what only the database would refuse.
func TestImportIsChecked(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t, fresh(t), storetest.Sealer(t))
			s := db.Roster()
			state, err := s.BeginImport(t.Context(), [32]byte{1}, audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon})
			if err != nil {
				t.Fatal(err)
			}
			slice := roster.ImportSlice{UpTo: 10, Rows: residents(10)}
			err = s.WriteSlice(t.Context(), state.ID, slice, state.Counts.Add)
			if !errors.Is(err, roster.ErrNoCommittee) || state.Counts.Rows() > 0 {
				t.Errorf("into a committee that is not there: %+v, %v", state.Counts, err)
			}
			// The connection checks again what others write.
			if err := db.Exec(t.Context(), `INSERT INTO consent (resident, what, given_at, how, basis) VALUES (99, 'notices', 1, '', 'consent')`); err == nil {
				t.Error("a consent of nobody is kept")
			}
			if err := db.Exec(t.Context(), `INSERT INTO suppression (phone_find, reason, at) VALUES ('', 'whim', 1)`); err == nil {
				t.Error("a suppression for no reason is kept")
			}
		})
	}
}

// TestImportGoesOnInItsSlice cancels a slice after a part of it, and writes it again from another process's point of view.
func TestImportGoesOnInItsSlice(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			db := storetest.Open(t, setting, sealer)
			if _, err := db.Roster().PutCommittee(t.Context(), example, put); err != nil {
				t.Fatal(err)
			}
			act := audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon}
			const total = 30_000
			var state roster.ImportState
			for times := 1; ; times++ {
				s := storetest.Open(t, setting, sealer).Roster()
				begun, err := s.BeginImport(t.Context(), [32]byte{1}, act)
				if err != nil || begun.UpTo != 0 || begun.Counts != state.Counts {
					t.Fatalf("begun at %+v after %+v: %v", begun, state, err)
				}
				state = begun
				ctx, cancel := context.WithCancel(t.Context())
				err = s.WriteSlice(ctx, state.ID, roster.ImportSlice{UpTo: total, Rows: residents(total)}, func(n roster.ImportCounts) {
					state.Counts.Add(n)
					if times < 4 {
						cancel()
					}
				})
				cancel()
				if err == nil {
					if times < 3 {
						t.Fatalf("only %d transactions for %d rows", times, total)
					}
					break
				}
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}
			if state.Counts != (roster.ImportCounts{Added: total}) {
				t.Errorf("in the end %+v", state.Counts)
			}
		})
	}
}
