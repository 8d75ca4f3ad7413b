package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

// held is a real store that counts only when it is let: a count of a big city takes as long.
type held struct {
	*store.Broadcasts
	begun, let chan struct{}
}

func (h held) AudienceCounts(ctx context.Context, s broadcast.Scope) ([]broadcast.Bucket, error) {
	h.begun <- struct{}{}
	<-h.let
	return h.Broadcasts.AudienceCounts(ctx, s)
}

// TestOneCountAtATime: previews cannot take the service away from who has to sign in, pause or cancel.
func TestOneCountAtATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		slow := held{db.Broadcasts(), make(chan struct{}), make(chan struct{})}
		r := newFixture(t, db, func(c *api.Config) {
			c.Broadcasts = broadcast.NewService(broadcast.Config{Store: slow, Content: func() *content.Library { return townLibrary(t) },
				Resident: c.Roster.Get, Now: c.Now, Sign: "示例小镇"})
		})
		r.agreeing(1, here)
		id := r.draft(staff.Author, sendsToAll)
		answers := make(chan answer)
		preview := func(role staff.Role) {
			go func() {
				a, err := r.try(context.Background(), r.key[role], "GET", "/broadcasts/"+id+"/preview", "")
				if err != nil {
					t.Error(err)
				}
				answers <- a
			}()
		}
		refused := func(role staff.Role) {
			t.Helper()
			start := time.Now()
			a := r.do(role, "GET", "/broadcasts/"+id+"/preview", "")
			a.problem(429, "counting")
			if a.header.Get("Retry-After") == "" || time.Since(start) > time.Second { // 100 ms on a machine that does nothing else
				t.Errorf("refused after %s: %v", time.Since(start), a.header)
			}
		}
		preview(staff.Author)
		<-slow.begun
		refused(staff.Author)
		preview(staff.Approver)
		<-slow.begun
		refused(staff.Auditor)
		r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "").problem(429, "counting")
		r.do(staff.Auditor, "GET", "/stats", "").problem(429, "counting")
		r.do(staff.Auditor, "GET", "/stats/committees", "").problem(429, "counting")
		r.do(staff.Auditor, "GET", "/me", "").is(200)
		other := r.draft(staff.Author, sendsToAll)
		r.act(staff.Author, other, "cancel", `{"why":"不发了"}`, "cancelled")
		close(slow.let)
		for range 2 {
			(<-answers).is(200)
		}
		preview(staff.Auditor)
		<-slow.begun
		(<-answers).is(200)
	})
}

// TestQuotaOfDrafts: nobody fills the database with drafts.
func TestQuotaOfDrafts(t *testing.T) {
	r := lite(t)
	for n := range 200 {
		_, err := r.broadcasts.New(t.Context(), broadcast.Official{ID: "author-1"}, broadcast.Proposal{Title: fmt.Sprint("草稿", n), Audience: broadcast.Rule{All: true}})
		if err != nil {
			t.Fatal(err)
		}
	}
	r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water"}`).problem(409, "quota")
	r.draft(staff.Committee, sendsToAll)
}

// TestEmptyObjectAsNoBody: an act that takes no body takes {} for one, which web clients send.
func TestEmptyObjectAsNoBody(t *testing.T) {
	r := lite(t)
	for n := range 10 {
		r.agreeing(n, here)
	}
	for _, body := range []string{"{}", " {}\n", ""} {
		id := r.draft(staff.Author, sendsToAll)
		hash := r.act(staff.Author, id, "submit", body, "submitted")["hash"].(string)
		r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`"}`, "approved")
		r.act(staff.Author, id, "schedule", body, "scheduled")
		r.act(staff.Author, id, "pause", body, "paused")
		r.act(staff.Author, id, "resume", body, "scheduled")
	}
	id := r.draft(staff.Author, sendsToAll)
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/schedule", `{"x":1}`).problem(400, "malformed")
}
