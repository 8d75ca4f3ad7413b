package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/audit"
	"towncrier/staff"
	"towncrier/store/storetest"
)

// trail is what the log says of somebody's acts, the oldest first, without whence.
func (r *fixture) trail(actor string) (all []audit.Entry) {
	r.t.Helper()
	all, err := r.db.Audit().List(r.t.Context(), 0, 200, audit.Filter{Actor: audit.Actor(actor)})
	if err != nil {
		r.t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// TestPagesOfPeopleAreAudited has what shows people leave an entry each, with whence it was asked.
func TestPagesOfPeopleAreAudited(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(2, here)
		ticket := r.ticket("问题")
		id := r.draft(staff.Author, sendsToAll)
		r.do(staff.Auditor, "GET", "/residents?limit=1", "").is(200)
		r.do(staff.Auditor, "POST", "/residents/search", `{"phone":"`+numbers+`7777"}`).is(404)
		r.do(staff.Auditor, "GET", "/inbox", "").is(200)
		r.do(staff.Auditor, "GET", "/inbox/"+ticket, "").is(200)
		r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/preview", "").is(200)
		r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/deliveries", "").is(200)
		for range 5 { // alike: one entry
			r.do(staff.Auditor, "DELETE", "/residents/"+strings.Repeat("0", 32), "").problem(403, "right")
		}
		var actions []string
		for _, e := range r.trail("staff:auditor-1") {
			if e.Action == "staff.activate" {
				continue // the key of the fixture
			}
			if e.Action != "resident.read" { // of a preview's sample
				actions = append(actions, e.Action)
			}
			if !strings.HasPrefix(e.Origin, "address=127.0.0.1 key=") || strings.Contains(e.Origin, "_") {
				r.t.Errorf("%s: whence %q", e.Action, e.Origin)
			}
		}
		want := "resident.list resident.search ticket.list ticket.read broadcast.preview broadcast.deliveries api.denied"
		if got := strings.Join(actions, " "); got != want {
			r.t.Errorf("audited: %s; want %s", got, want)
		}
		r.now.pass(time.Hour)
		r.do(staff.Auditor, "DELETE", "/residents/"+strings.Repeat("0", 32), "").problem(403, "right")
		if last := r.trail("staff:auditor-1"); !strings.HasSuffix(last[len(last)-1].Detail, "alike=4") {
			r.t.Errorf("after an hour: %s", last[len(last)-1].Detail)
		}
		// What changes something says whence, too.
		r.do(staff.Admin, "POST", "/staff", `{"id":"li","name":"李","role":"author"}`).is(201)
		if e := r.trail("staff:admin-1"); !strings.HasPrefix(e[len(e)-1].Origin, "address=127.0.0.1 key=") {
			r.t.Errorf("staff.add: %+v", e[len(e)-1])
		}
		if _, err := r.db.Audit().Verify(r.t.Context(), nil); err != nil {
			r.t.Error(err)
		}
	})
}

// TestRequestsAreLoggedWithWhence reads the lines of wrong keys, and counts what the metric hears.
func TestRequestsAreLoggedWithWhence(t *testing.T) {
	counts := map[string]int{}
	var mu sync.Mutex
	r := newFixture(t, storetest.One(t), func(c *api.Config) {
		c.Observe = func(operation string, status int) {
			mu.Lock()
			defer mu.Unlock()
			counts[fmt.Sprint(operation, " ", status)]++
		}
	})
	guessed := keys + "bcdefghijk_" + strings.Repeat("a", 26)
	for range 10 {
		r.as(guessed, "GET", "/me", "").problem(401, "key")
	}
	r.do(staff.Author, "GET", "/me", "").is(200)
	lines.Lock()
	log := lines.String()
	lines.Unlock()
	if n := strings.Count(log, "key=bcdefghijk status=401"); n != 1 || !strings.Contains(log, "operation=get-me staff=\"\" address=127.0.0.1 key=bcdefghijk status=401") {
		t.Errorf("%d lines of ten wrong keys that are alike, want 1 with whence", n)
	}
	mu.Lock()
	defer mu.Unlock()
	if counts["get-me 401"] != 10 || counts["get-me 200"] != 1 {
		t.Errorf("counted %v", counts)
	}
}
