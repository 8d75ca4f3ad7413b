package api_test

import (
	"bufio"
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store/storetest"
)

// BenchmarkDeliveriesFile streams 200,000 deliveries with masked numbers, and says by how much the heap grew meanwhile, server and client.
func BenchmarkDeliveriesFile(b *testing.B) {
	const total = 200_000
	r := newFixture(b, storetest.Open(b, storetest.SQLite(b), storetest.Sealer(b)))
	r.crowd(total)
	id := r.approved(staff.Author, sendsToAll)
	r.act(staff.Author, id, "schedule", "", "scheduled")
	r.freezeAll(id)
	for b.Loop() {
		runtime.GC()
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		grown := uint64(0)
		req, err := http.NewRequestWithContext(b.Context(), "GET", r.url+"/broadcasts/"+id+"/deliveries.csv", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.key[staff.Admin])
		began := time.Now()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		lines, first := 0, time.Duration(0)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); lines++ {
			if lines == 0 {
				first = time.Since(began)
			}
			if lines%2000 == 0 {
				runtime.ReadMemStats(&now)
				grown = max(grown, now.HeapInuse-min(now.HeapInuse, before.HeapInuse))
			}
		}
		resp.Body.Close()
		if lines != total+1 {
			b.Fatalf("%d lines, want %d", lines, total+1)
		}
		b.ReportMetric(float64(grown)/(1<<20), "MiB-grown")
		b.ReportMetric(first.Seconds()*1000, "ms-to-first")
		b.ReportMetric(total/time.Since(began).Seconds(), "rows/s")
	}
}

// crowd registers total residents who agreed to notices.
func (r *fixture) crowd(total int) {
	r.t.Helper()
	s, at := r.db.Roster(), r.now.Now()
	state, err := s.BeginImport(r.t.Context(), [32]byte{1}, audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: at})
	if err != nil {
		r.t.Fatal(err)
	}
	const slice = 50_000
	for from := 0; from < total; from += slice {
		rows := make([]roster.ImportRow, slice)
		for i := range rows {
			rows[i] = roster.ImportRow{Phone: phone.Number(fmt.Sprintf("199%08d", from+i)), Committee: here,
				Consent: roster.Consent{What: roster.Notices, At: at, How: "paper", Basis: roster.ByConsent}}
		}
		if err := s.WriteSlice(r.t.Context(), state.ID, roster.ImportSlice{From: from, UpTo: from + slice, Rows: roster.NewImportRows(rows...)}, func(roster.ImportCounts) {}); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := s.FinishImport(r.t.Context(), state.ID, audit.Act{Actor: audit.Local("test"), Action: "roster.import.done", At: at}); err != nil {
		r.t.Fatal(err)
	}
}

// freezeAll writes down an audience of everybody, of any size.
func (r *fixture) freezeAll(id string) {
	r.t.Helper()
	ctx := r.t.Context()
	if _, err := r.broadcasts.Start(ctx, id); err != nil {
		r.t.Fatal(err)
	}
	for after := ""; ; {
		found, next, err := r.ledger.Candidates(ctx, nil, r.now.Now(), after, 500)
		if err != nil {
			r.t.Fatal(err)
		}
		slice := broadcast.Slice{After: after, Next: next}
		for _, c := range found {
			slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.Subject, Channels: []broadcast.Channel{broadcast.SMS}})
		}
		if written, err := r.ledger.Freeze(ctx, id, slice, r.now.Now()); err != nil || !written {
			r.t.Fatal(written, err)
		}
		if after = next; after == "" {
			return
		}
	}
}
