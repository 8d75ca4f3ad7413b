package store_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// BenchmarkImport writes 200,000 new residents and says how many a second.
func BenchmarkImport(b *testing.B) {
	const total, slice = 200_000, 200_000
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				setting := fresh(b)
				db := storetest.Open(b, setting, storetest.Sealer(b))
				if _, err := db.Roster().PutCommittee(b.Context(), example, put); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				bring(b, db, total, slice)
				b.StopTimer()
				if info, err := os.Stat(setting); err == nil {
					b.ReportMetric(float64(info.Size())/total, "bytes/resident")
				}
				b.StartTimer()
			}
			b.ReportMetric(total*float64(b.N)/b.Elapsed().Seconds(), "residents/s")
		})
	}
}

// bring imports total residents.
func bring(b *testing.B, db *store.DB, total, slice int) {
	b.Helper()
	s := db.Roster()
	state, err := s.BeginImport(b.Context(), [32]byte{1}, audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon})
	if err != nil {
		b.Fatal(err)
	}
	consent := roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}
	for from := 0; from < total; from += slice {
		rows := make([]roster.ImportRow, min(slice, total-from))
		for i := range rows {
			rows[i] = roster.ImportRow{Phone: phone.Number(fmt.Sprintf("199%08d", from+i)), Committee: example.Code,
				Community: "花园小区", Consent: consent}
		}
		slice := roster.ImportSlice{From: from, UpTo: from + len(rows), Rows: roster.NewImportRows(rows...)}
		if err := s.WriteSlice(b.Context(), state.ID, slice, func(roster.ImportCounts) {}); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.FinishImport(b.Context(), state.ID, audit.Act{Actor: audit.Local("test"), Action: "roster.import.done", At: noon}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkMe finds a follower among 20,000 residents; BenchmarkPrefer records a choice of theirs, audited.
func BenchmarkMe(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			r := follower(b, storetest.Open(b, fresh(b), storetest.Sealer(b)))
			for b.Loop() {
				if _, err := r.Me(b.Context(), other); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrefer(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			r := follower(b, storetest.Open(b, fresh(b), storetest.Sealer(b)))
			wants := false
			for b.Loop() {
				wants = !wants
				if err := r.Prefer(b.Context(), other, "water", roster.SMS, wants); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func follower(b *testing.B, db *store.DB) *roster.Roster {
	b.Helper()
	r := roster.New(roster.Config{Store: db.Roster(), Tickets: db.Inbox(), Now: time.Now})
	if _, err := r.PutCommittee(b.Context(), put.Actor, example); err != nil {
		b.Fatal(err)
	}
	bring(b, db, 20_000, 20_000)
	if _, err := r.Bind(b.Context(), other, "19900000001"); err != nil {
		b.Fatal(err)
	}
	return r
}
