package bench

import (
	"os"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// emergencyResidents is a large city of which everybody is sent a text.
const emergencyResidents = 100_000

// BenchmarkEmergency has the real binary, on PostgreSQL, tell a large city of a burst main, and times it from the approval's request until the pretend
// platform accepted the first text. The aim is 10 s.
func BenchmarkEmergency(b *testing.B) {
	const burstMain = `{"template":"停水","fields":{"what":"供水主管道爆裂","where":"示例路","since":"00:00","advice":"请提前储水","issuer":"示例供水公司"},"audience":{"all":true}}`
	binary := buildBinary(b)
	var declared, approved, frozen, first []float64
	for b.Loop() {
		h := newBroadcaster(b, binary, storetest.Postgres(b), broadcast.SMS, emergencyResidents, time.Hour)
		begun := time.Now()
		e := h.call(b, h.author, "/emergencies", burstMain)
		declared = append(declared, time.Since(begun).Seconds())
		kept, err := h.db.Emergencies().Get(b.Context(), e.ID)
		if err != nil {
			b.Fatal(err)
		}
		begun = time.Now()
		h.call(b, h.approver, "/emergencies/"+e.ID+"/approve", `{"hash":"`+e.Hash+`"}`)
		approved = append(approved, time.Since(begun).Seconds())
		for accepted := 0; accepted == 0; time.Sleep(20 * time.Millisecond) {
			counts, err := h.ledger.Tally(b.Context(), kept.Broadcast)
			if err != nil {
				b.Fatal(err)
			}
			for _, c := range counts {
				if c.State == broadcast.Accepted || c.State == broadcast.Delivered {
					accepted += c.N
				}
			}
			if time.Since(begun) > 2*time.Minute {
				b.Fatalf("nothing is accepted within two minutes:\n%s", h.server.said)
			}
		}
		first = append(first, time.Since(begun).Seconds())
		sent, err := h.ledger.Get(b.Context(), kept.Broadcast)
		if err != nil {
			b.Fatal(err)
		}
		frozen = append(frozen, sent.FrozenAt.Sub(begun).Seconds())
		h.stop(b)
	}
	b.ReportMetric(median(declared), "s/declared")
	b.ReportMetric(median(approved), "s/approved")
	b.ReportMetric(median(frozen), "s/frozen")
	b.ReportMetric(median(first), "s/first-accepted")
	b.ReportMetric(median(first)/10, "of-10s-aim")
	b.ReportMetric(0, "ns/op")
}
