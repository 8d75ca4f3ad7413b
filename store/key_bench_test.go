package store_test

import (
	"testing"
	"time"

	"towncrier/store"
	"towncrier/store/storetest"
)

// BenchmarkRotate seals 60,000 values anew, pauses for other writers included.
func BenchmarkRotate(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			setting := fresh(b)
			db := storetest.Open(b, setting, storetest.Sealer(b))
			ticket := file(b, db, resident, "河东街的路灯坏了，请派人来看看")
			_, err := byHand(b, name, setting).ExecContext(b.Context(), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
				INSERT INTO ticket (number, grp, kind, status, topic, asker, asker_id, text, place, filed_at, due_at)
				SELECT 'n-' || i, 'n-' || i, kind, status, topic, asker, asker_id, text, place, filed_at, due_at FROM n, ticket WHERE number = $1`, ticket.Number)
			if err != nil {
				b.Fatal(err)
			}
			var values, slices int64
			for b.Loop() {
				r, err := db.Keys().TakenUpAfter(0).Rotate(b.Context(), rotation(noon), func(store.Rotation) { slices++ })
				if err != nil || r.Resealed != 60_000 {
					b.Fatalf("%+v, %v", r, err)
				}
				values += r.Resealed
			}
			b.ReportMetric(float64(values)/b.Elapsed().Seconds(), "values/s")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(slices), "ms/slice")
		})
	}
}

// BenchmarkRecord is what an entry in the audit log adds to a transaction, with the transaction.
func BenchmarkRecord(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			log := storetest.Open(b, fresh(b), storetest.Sealer(b)).Audit()
			act := rotation(time.Now())
			for b.Loop() {
				if err := log.Record(b.Context(), act); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
