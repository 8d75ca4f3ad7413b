package desk_test

import (
	"net/http"
	"testing"

	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	"towncrier/kv/kvtest"
	"towncrier/store/storetest"
)

// TestDatabaseAway: while PostgreSQL is away every page says so, and what to do; once it is back everything goes on, signed in as before.
func TestDatabaseAway(t *testing.T) {
	desktest.InFull(t)
	server := storetest.Start(t)
	d := desktest.OpenDesk(t, func(cfg *rehearsal.Config) { cfg.Database = server.URL() })
	b := d.SignIn(t, "author")
	pages := follow(t, d, patternsOf(d.App.Desk().Routes), "author").pages
	server.Crash()
	for _, shown := range pages {
		b.Get(shown[0].URL.RequestURI()).Want(http.StatusServiceUnavailable).Sees("数据库", "怎么办")
	}
	tab := desktest.OpenTab(t, d.URL, desktest.View{}).Carry(b)
	for _, fault := range look(tab.Open("/desk/").Sees("数据库")) {
		t.Errorf("the database is away: %s", fault)
	}
	server.Restart(t)
	b.Open("/desk/").Sees("今天要办")
}

// TestRedisAway: pages need no Redis to be seen.
func TestRedisAway(t *testing.T) {
	redis := kvtest.Start(t)
	d := desktest.OpenDesk(t, func(cfg *rehearsal.Config) { cfg.Redis = redis.URL() })
	b := d.SignIn(t, "author")
	pages := follow(t, d, patternsOf(d.App.Desk().Routes), "author").pages
	redis.Kill()
	for _, shown := range pages {
		b.Open(shown[0].URL.RequestURI())
	}
}
