package desktest

import (
	"net/http"
	"testing"

	"towncrier/api/wire"
)

// TextEverybody has a text approved that goes to everybody with a number, at any hour and at once, and gives its id.
func (d *Desk) TextEverybody(t testing.TB) string {
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
	d.Call(t, "author", http.MethodPost, "/broadcasts", in, &b)
	path := "/broadcasts/" + b.ID
	var preview wire.Preview
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
