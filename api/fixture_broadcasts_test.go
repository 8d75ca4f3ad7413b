package api_test

import (
	"fmt"
	"net/http"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// agreeing registers the nth resident, who agreed to notices.
func (r *fixture) agreeing(n int, committee string) roster.Resident {
	r.t.Helper()
	who, err := r.roster.Add(r.t.Context(), audit.Local("test"), roster.Resident{
		Phone: phone.Number(fmt.Sprintf("%s%04d", numbers, n)), Committee: committee, PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport,
		Consents: []roster.Consent{{What: roster.Notices, Basis: roster.ByConsent, How: "paper", At: r.now.Now()}},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return who
}

// draft makes a broadcast of the fixture's draft; proposal is JSON of what replaces it.
func (r *fixture) draft(role staff.Role, proposal string) (id string) {
	r.t.Helper()
	made := r.do(role, "POST", "/broadcasts", `{"draft":"water","proposal":`+proposal+`}`)
	b := made.is(201)
	id = b["id"].(string)
	if made.header.Get("Location") != "/api/v1/broadcasts/"+id || b["status"] != "draft" || b["author"] != string(role)+"-1" {
		r.t.Fatalf("made %v at %s", b, made.header.Get("Location"))
	}
	return id
}

// act takes a step of a broadcast's life and demands a status after it.
func (r *fixture) act(role staff.Role, id, step, body, status string) map[string]any {
	r.t.Helper()
	b := r.do(role, "POST", "/broadcasts/"+id+"/"+step, body).is(200)
	if b["status"] != status {
		r.t.Fatalf("%s: %v, want it to be %s", step, b, status)
	}
	return b
}

// approved is a broadcast that waits to be scheduled.
func (r *fixture) approved(author staff.Role, proposal string) (id string) {
	r.t.Helper()
	id = r.draft(author, proposal)
	hash := r.act(author, id, "submit", "", "submitted")["hash"].(string)
	r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`"}`, "approved")
	return id
}

// begin freezes the audience of a scheduled broadcast, as the engine does.
func (r *fixture) begin(id string) {
	r.t.Helper()
	ctx := r.t.Context()
	b, err := r.broadcasts.Start(ctx, id)
	if err != nil || b.Status != broadcast.Freezing {
		r.t.Fatal(b.Status, err)
	}
	found, next, err := r.ledger.Candidates(ctx, b.Audience.Lists(), r.now.Now().Add(-time.Hour), "", 1000)
	if err != nil || next != "" {
		r.t.Fatal(next, err)
	}
	var slice broadcast.Slice
	planner := r.broadcasts.Planner(b)
	for _, c := range found {
		if b.Reaches(c) {
			plan := planner.Plan(c)
			slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.Subject, Channels: plan.Channels, Reason: plan.Reason})
		}
	}
	if written, err := r.ledger.Freeze(ctx, id, slice, r.now.Now()); err != nil || !written {
		r.t.Fatal(written, err)
	}
	if b, err = r.broadcasts.Whole(ctx, id); err != nil || b.Status != broadcast.Sending {
		r.t.Fatal(b.Status, b.Why, err)
	}
}

// deliver claims what is pending of SMS and settles it, the nth by the nth of outcomes.
func (r *fixture) deliver(id string, outcomes ...broadcast.State) {
	r.t.Helper()
	ctx, now := r.t.Context(), r.now.Now()
	chunks, err := r.ledger.Chunks(ctx, id, broadcast.SMS, 0, 100, 10, now)
	if err != nil || len(chunks) != 1 {
		r.t.Fatal(chunks, err)
	}
	claimed, err := r.ledger.Claim(ctx, chunks[0], broadcast.ClaimRows, now, now.Add(time.Minute))
	if err != nil || len(claimed.Messages) != len(outcomes) {
		r.t.Fatalf("%d letters, want %d: %v", len(claimed.Messages), len(outcomes), err)
	}
	var settled []broadcast.Settled
	for i, l := range claimed.Messages {
		settled = append(settled, broadcast.Settled{Delivery: l.Delivery, Claim: claimed.ID, Outcome: broadcast.Outcome{
			State: outcomes[i], Handle: "biz-1", Class: map[bool]string{true: "number"}[outcomes[i] == broadcast.Failed],
			Code: map[bool]string{true: "MK:0001"}[outcomes[i] == broadcast.Failed]}})
	}
	if err := r.ledger.RecordOutcomes(ctx, settled, now); err != nil {
		r.t.Fatal(err)
	}
}

const sendsToAll = `{"audience":{"all":true}}`

// status422 is for a refusal whose place is too deep to be worth spelling out.
func (a answer) status422(r *fixture) {
	r.t.Helper()
	a.is(http.StatusUnprocessableEntity)
}
