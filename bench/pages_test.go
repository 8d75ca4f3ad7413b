package bench

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	"towncrier/store/storetest"
)

const (
	openPages = 200
	textsEach = 80 // second
	window    = 8 * time.Second
	times     = 3
)

// BenchmarkOpenPages says by how many percent 200 open pages of a broadcast under way, of one colleague, raise PostgreSQL's transactions, the rows
// that it returns and the blocks that it reads, against what the broadcast alone takes just before and just after; all of it three times.
func BenchmarkOpenPages(b *testing.B) {
	setting := storetest.FreshPostgres(b)
	desk := desktest.OpenDesk(b, func(cfg *rehearsal.Config) { cfg.Residents, cfg.SMS.Rate, cfg.Database = 9999, textsEach, setting })
	raw, err := sql.Open("pgx", setting)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	id := desk.TextEverybody(b)
	time.Sleep(window / 2)
	cookies := desk.As(b, "approver").Cookies()
	closed, open := [][3]float64{work(b, raw)}, [][3]float64{}
	for range times {
		ctx, closeAll := context.WithCancel(b.Context())
		var pages, shown sync.WaitGroup
		for range openPages {
			shown.Add(1)
			pages.Go(func() { watchPage(ctx, b, desk.URL+"/desk/sends/"+id+"/live", cookies, shown.Done) })
		}
		shown.Wait() // opening them is not watching
		open = append(open, work(b, raw))
		closeAll()
		pages.Wait()
		closed = append(closed, work(b, raw))
	}
	for i, what := range []string{"transactions", "rows", "blocks"} {
		var more []float64
		for at, did := range open {
			more = append(more, 100*(2*did[i]/(closed[at][i]+closed[at+1][i])-1))
		}
		b.ReportMetric(median(more), "%-more-"+what)
	}
	b.ReportMetric(0, "ns/op")
	var p wire.Progress
	desk.Call(b, "author", http.MethodGet, "/broadcasts/"+id+"/progress", nil, &p)
	if p.Status != "sending" {
		b.Errorf("at the end it is %s: there was nothing to watch", p.Status)
	}
	b.Logf("closed %.0f, open %.0f", closed, open)
}

// work is what the database does in a while.
func work(b *testing.B, raw *sql.DB) (did [3]float64) {
	b.Helper()
	read := func() (n [3]float64) {
		err := raw.QueryRowContext(b.Context(), `SELECT xact_commit + xact_rollback, tup_returned, blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()`).Scan(&n[0], &n[1], &n[2])
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	from := read()
	time.Sleep(window)
	for i, n := range read() {
		did[i] = n - from[i]
	}
	return did
}

// watchPage follows a page as a browser does, until ctx ends, and calls shown when it has something to show.
func watchPage(ctx context.Context, b *testing.B, address string, cookies []*http.Cookie, shown func()) {
	shown = sync.OnceFunc(shown)
	defer shown()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Accept", "text/event-stream")
	for _, c := range cookies {
		req.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Errorf("a page that watches gets %d", resp.StatusCode)
	}
	if _, err := io.CopyN(io.Discard, resp.Body, 1000); err != nil {
		b.Errorf("a page got less than 1,000 bytes: %v", err)
	}
	shown()
	if _, err := io.Copy(io.Discard, resp.Body); ctx.Err() == nil {
		b.Errorf("a page's stream ended: %v", err)
	}
}
