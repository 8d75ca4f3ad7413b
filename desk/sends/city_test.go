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

// toEverybody is the id of a text that was approved and goes at once.
func toEverybody(t *testing.T, d *desktest.Desk) string {
	t.Helper()
	var drafts wire.Page[wire.Draft]
	d.Call(t, "author", http.MethodGet, "/drafts", nil, &drafts)
	draft := drafts.Items[0]
	in := wire.CreateBroadcast{Draft: draft.ID, Proposal: wire.Proposal{Audience: wire.Rule{All: true}, Window: "00:00-24:00"}}
	for _, m := range draft.Proposal.Messages {
		if m.Channel == "sms" {
			in.Proposal.Messages = append(in.Proposal.Messages, m)
		}
	}
	var b wire.Broadcast
	var preview wire.Preview
	d.Call(t, "author", http.MethodPost, "/broadcasts", in, &b)
	path := "/broadcasts/" + b.ID
	d.Call(t, "author", http.MethodGet, path+"/preview", nil, &preview)
	accept := []string{}
	for _, f := range preview.Faults {
		if f.Name != "" {
			accept = append(accept, f.Name)
		}
	}
	d.Call(t, "author", http.MethodPost, path+"/submit", wire.Acceptance{Accept: accept}, &b)
	d.Call(t, "approver", http.MethodPost, path+"/approve", wire.Approval{Hash: b.Hash, Accept: accept}, &b)
	d.Call(t, "author", http.MethodPost, path+"/schedule", nil, &b)
	return b.ID
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
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
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
