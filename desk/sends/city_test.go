package sends_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
)

// large is a city with about 1,500 people who can be sent texts, of which this many go a second.
func large(texts int) desktest.Setting {
	return func(cfg *rehearsal.Config) { cfg.Residents, cfg.SMS.Rate = 2000, texts }
}

// progress is what the ledger says of a broadcast.
func progress(t *testing.T, d *desktest.Desk, id string) (p wire.Progress) {
	t.Helper()
	d.Call(t, "author", http.MethodGet, "/broadcasts/"+id+"/progress", nil, &p)
	return p
}

// in is how many messages of a broadcast are in a state.
func in(p wire.Progress, state string) (n int) {
	for _, c := range p.Counts {
		if c.State == state {
			n += value(c.N)
		}
	}
	return n
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// wait asks until something is so.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within three minutes: %s", what)
		}
	}
}

// number reads what a page writes as 1,234.
func number(t *testing.T, text string) (n int) {
	for _, digit := range strings.ReplaceAll(text, ",", "") {
		if digit < '0' || digit > '9' {
			t.Errorf("%q is no number", text)
			return 0
		}
		n = 10*n + int(digit-'0')
	}
	return n
}
