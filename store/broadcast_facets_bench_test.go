package store_test

import (
	"fmt"
	"testing"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store/storetest"
)

// BenchmarkFacets counts residents of 3,000 communities, a third of whom have one of eight tags, by what an audience can be chosen by.
func BenchmarkFacets(b *testing.B) {
	const residents = 200_000
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, fresh(b), storetest.Sealer(b))
			if _, err := db.Roster().PutCommittee(b.Context(), example, put); err != nil {
				b.Fatal(err)
			}
			s := db.Roster()
			state, err := s.BeginImport(b.Context(), [32]byte{1}, audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon})
			if err != nil {
				b.Fatal(err)
			}
			const slice = 100_000
			for from := 0; from < residents; from += slice {
				rows := make([]roster.ImportRow, slice)
				for i := range rows {
					n := from + i
					rows[i] = roster.ImportRow{Phone: phone.Number(fmt.Sprintf("199%08d", n)), Committee: example.Code, Community: fmt.Sprintf("小区%d", n%3000),
						Consent: roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}}
					if n%3 == 0 {
						rows[i].Tags = []string{fmt.Sprintf("标签%d", n%8)}
					}
				}
				if err := s.WriteSlice(b.Context(), state.ID, roster.ImportSlice{From: from, UpTo: from + slice, Rows: roster.NewImportRows(rows...)}, func(roster.ImportCounts) {}); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if counts, err := db.Broadcasts().FacetCounts(b.Context()); err != nil || len(counts) < 3000 {
					b.Fatal(len(counts), err)
				}
			}
			b.ReportMetric(float64(residents)*float64(b.N)/b.Elapsed().Seconds(), "residents/s")
		})
	}
}
