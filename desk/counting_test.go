package desk_test

import (
	"database/sql"
	"net/http"
	"testing"
	"time"

	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	"towncrier/store/storetest"
)

// TestPagesWaitForNoCount: while nobody can count residents or deliveries, as in a city where that takes long, the pages that show counts are
// there without them; and with them once they are counted.
func TestPagesWaitForNoCount(t *testing.T) {
	desktest.InFull(t)
	setting := storetest.Start(t).URL()
	d := desktest.OpenDesk(t, desktest.WithHistory, func(cfg *rehearsal.Config) { cfg.Database = setting })
	raw, err := sql.Open("pgx", setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	one := func(query string) (id string) {
		t.Helper()
		if err := raw.QueryRowContext(t.Context(), query).Scan(&id); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return id
	}
	waits := "/desk/sends/" + one(`SELECT id FROM broadcast WHERE status = 'submitted' AND committee = '' ORDER BY num LIMIT 1`)
	done := "/desk/sends/" + one(`SELECT b.id FROM broadcast b WHERE b.status = 'done' AND b.committee = '' ORDER BY b.frozen DESC LIMIT 1`)
	draft := "/desk/sends/" + one(`SELECT id FROM broadcast WHERE status = 'draft' AND author = 'rehearsal-author' ORDER BY num LIMIT 1`)
	pages := []struct{ who, path, live, without, with string }{
		{"admin", "/desk/residents/counts", "/desk/residents/counts/live", "正在清点", "按社区"},
		{"approver", waits + "/approve", waits + "/approve/live", "正在清点", "现在的人数"},
		{"author", done + "/report", done + "/report/live", "正在清点", "按社区"},
		{"author", draft + "/edit", "", "各项人数正在清点", "三、发给谁"},
	}
	tx, err := raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for _, p := range pages {
		d.As(t, p.who) // signed in before
	}
	// Every count of residents reads their choices, and every count of deliveries reads them; no page does to be there.
	if _, err := tx.ExecContext(t.Context(), `LOCK TABLE preference, delivery IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	const held = 10 * time.Second // a page takes a fraction; one that waited would take all of it
	release := time.AfterFunc(held, func() { tx.Rollback() })
	for _, p := range pages {
		d.As(t, p.who).Open(p.path).Want(http.StatusOK).Sees(p.without)
	}
	if !release.Stop() {
		t.Fatalf("the pages took longer than the %v for which nothing could be counted", held)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			page := d.As(t, p.who).Open(p.path).Want(http.StatusOK)
			if page.Has(p.with) && !page.Has("正在清点") {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%s does not show what was counted:\n%s", p.path, page.Text())
			}
		}
		if p.live == "" {
			continue
		}
		for seen, want := range map[string]int{"": http.StatusOK, "?seen=counted": http.StatusNoContent} {
			if resp, _ := d.As(t, p.who).Send(http.MethodGet, p.live+seen, nil, nil); resp.StatusCode != want {
				t.Errorf("%s%s answers %d, not %d", p.live, seen, resp.StatusCode, want)
			}
		}
	}
}
