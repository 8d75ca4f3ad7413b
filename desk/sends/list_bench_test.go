package sends_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/desk/desktest"
)

// BenchmarkList says how much slower the list of 5,000 broadcasts is than one of a page full, as x: of all, of what a search finds, and
// of what one wrote.
func BenchmarkList(b *testing.B) {
	few, many := filled(b, 50), filled(b, 5000)
	for name, query := range map[string]string{"all": "", "search": "?text=群发4", "none": "?text=没有这样的", "mine": "?mine=yes", "month": "?month=" + time.Now().Format("2006-01")} {
		b.Run(name, func(b *testing.B) {
			var took [2]time.Duration
			for i, d := range []*desktest.Desk{few, many} {
				browser := d.As(b, "author")
				var all []time.Duration
				for range 9 {
					begun := time.Now()
					browser.Send(http.MethodGet, "/desk/sends"+query, nil, nil)
					all = append(all, time.Since(begun))
				}
				slices.Sort(all)
				took[i] = all[len(all)/2]
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "x")
			b.ReportMetric(float64(took[1].Microseconds())/1000, "ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// filled is a city with so many drafts.
func filled(b *testing.B, n int) *desktest.Desk {
	b.Helper()
	d := desktest.OpenDesk(b)
	var drafts wire.Page[wire.Draft]
	d.Call(b, "author", http.MethodGet, "/drafts", nil, &drafts)
	begun := time.Now()
	var made wire.Broadcast
	d.Call(b, "author", http.MethodPost, "/broadcasts", wire.CreateBroadcast{Draft: drafts.Items[0].ID}, &made)
	rows := d.App.Store().Broadcasts()
	one, err := rows.Get(b.Context(), made.ID)
	if err != nil {
		b.Fatal(err)
	}
	for i := range n - 1 {
		one.ID, one.Title = broadcast.NewID(), fmt.Sprintf("群发%d", i)
		one.Words = one.Title + one.ID
		if _, err := rows.Create(b.Context(), one, audit.Act{Actor: audit.Staff(one.Author), Action: "broadcast.create", Subject: one.ID, At: one.CreatedAt}); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d made in %v", n, time.Since(begun))
	return d
}
