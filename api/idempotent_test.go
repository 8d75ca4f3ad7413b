package api_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/audit"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

const idem = "Idempotency-Key"

func TestOnce(t *testing.T) {
	each(t, func(r *fixture) {
		body := `{"phone":"` + numbers + `0001"}`
		first := r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1")
		first.is(201)
		if first.header.Get("Idempotency-Replayed") != "" {
			r.t.Error("the first answer says that it is a replay")
		}
		again := r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1")
		again.is(201)
		if again.body != first.body || again.header.Get("Location") != first.header.Get("Location") ||
			again.header.Get("Content-Type") != first.header.Get("Content-Type") || again.header.Get("Idempotency-Replayed") != "true" {
			r.t.Errorf("again: %v %s, first %v %s", again.header, again.body, first.header, first.body)
		}
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0002"}`, idem, "idem-1").problem(422, "key-reused", "header.Idempotency-Key")
		r.do(staff.Admin, "POST", "/residents/search", body, idem, "idem-1").problem(422, "key-reused", "header.Idempotency-Key")
		// Another person's key of the same name is another key.
		r.do(staff.Committee, "POST", "/residents", body, idem, "idem-1").problem(409, "number-held", "body.phone")
		// What was refused changed nothing: the key is free.
		r.do(staff.Admin, "POST", "/residents", `{"phone":"1"}`, idem, "idem-2").problem(422, "invalid", "body.phone")
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0003"}`, idem, "idem-2").is(201)

		id := first.is(201)["id"].(string)
		r.do(staff.Admin, "POST", "/residents/search", body, idem, "idem-4").is(200)
		for range 2 {
			r.do(staff.Admin, "DELETE", "/residents/"+id, "", idem, "idem-3").is(204)
		}
		// Nothing that was answered about somebody outlives them.
		r.do(staff.Admin, "POST", "/residents/search", body, idem, "idem-4").problem(404, "not-found")
		r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1").problem(409, "suppressed", "body.phone")
		r.now.pass(24 * time.Hour)
		r.do(staff.Admin, "DELETE", "/residents/"+id, "", idem, "idem-3").problem(404, "not-found")

		for _, bad := range []string{" ", "a b", "é", string(make([]byte, 0)), "a\tb"} {
			a := r.do(staff.Admin, "DELETE", "/residents/"+id, "", idem, bad)
			a.problem(400, "malformed", "header.Idempotency-Key")
		}
	})
}

// TestOnceAsOnePerson: who belongs to another committee now is not answered again what the one before was.
func TestOnceAsOnePerson(t *testing.T) {
	r := lite(t)
	n := r.resident(1, here).Phone
	search := func() answer {
		return r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+string(n)+`"}`, idem, "idem-1")
	}
	search().is(200)
	r.do(staff.Admin, "PATCH", "/staff/committee-1", `{"committee":"`+there+`"}`).is(200)
	r.key[staff.Committee] = r.hire(staff.Person{ID: "committee-1", Name: "职员丙", Role: staff.Committee, Committee: there})
	search().problem(404, "not-found")
}

func TestOnceOfMany(t *testing.T) {
	each(t, func(r *fixture) {
		var all sync.WaitGroup
		answers := make([]answer, 12)
		for i := range answers {
			all.Go(func() {
				var err error
				answers[i], err = r.try(r.t.Context(), r.key[staff.Admin], "POST", "/residents", `{"phone":"`+numbers+`0001"}`, idem, "idem-1")
				if err != nil {
					r.t.Error(err)
				}
			})
		}
		all.Wait()
		firsts := 0
		for _, a := range answers {
			switch {
			case a.status == 409:
				a.problem(409, "key-busy", "header.Idempotency-Key")
				if a.header.Get("Retry-After") != "1" {
					r.t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
				}
			case a.header.Get("Idempotency-Replayed") == "":
				a.is(201)
				firsts++
			default:
				a.is(201)
			}
		}
		if firsts != 1 {
			r.t.Errorf("%d requests were done, want 1", firsts)
		}
	})
}

// TestOnceAfterACrash has a process die between its claim and its answer.
func TestOnceAfterACrash(t *testing.T) {
	each(t, func(r *fixture) {
		body := `{"phone":"` + numbers + `0001"}`
		_, _, err := r.db.Idempotency().Claim(r.t.Context(), "admin-1 admin ", "idem-1", "POST /api/v1/residents\n"+body, r.now.Now(), time.Minute)
		if err != nil {
			r.t.Fatal(err)
		}
		r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1").problem(409, "key-busy", "header.Idempotency-Key")
		r.now.pass(time.Minute)
		r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1").is(201)
		if again := r.do(staff.Admin, "POST", "/residents", body, idem, "idem-1"); again.status != 201 || again.header.Get("Idempotency-Replayed") != "true" {
			r.t.Errorf("again: %d %s", again.status, again.body)
		}
	})
}

func TestSecretsAreShownOnce(t *testing.T) {
	each(t, func(r *fixture) {
		first := r.do(staff.Admin, "POST", "/staff/author-1/invitations", "", idem, "idem-1").is(201)
		if code := first["code"].(string); !strings.HasPrefix(code, "tca_") {
			r.t.Error("no activation code")
		}
		r.do(staff.Admin, "POST", "/staff/author-1/invitations", "", idem, "idem-1").problem(409, "key-spent")
		list := r.do(staff.Admin, "GET", "/staff/invitations", "")
		if got := r.invitations(); len(got) != 1 || strings.Contains(list.body, "tca_") {
			r.t.Errorf("invitations: %v, want 1 without its code", got)
		}
	})
}

// dying keeps staff, and dies once right after it has kept an invitation.
type dying struct {
	staff.InvitationStore
	alive *atomic.Bool
}

func (d dying) Invite(ctx context.Context, i staff.Invitation, digest []byte, only staff.InviteOnly, act audit.Act) error {
	if err := d.InvitationStore.Invite(ctx, i, digest, only, act); err != nil || !d.alive.CompareAndSwap(true, false) {
		return err
	}
	panic("the process dies")
}

// TestSecretsAfterACrash does not make a second invitation when the first one's answer is lost.
func TestSecretsAfterACrash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db, alive := open(), &atomic.Bool{}
		r := newFixture(t, db, func(c *api.Config) {
			c.Enrolment = staff.NewEnrolment(staff.EnrolmentConfig{Store: dying{db.Staff(), alive}, SMS: true, Now: c.Now})
		})
		invite := func(id, key string) answer {
			return r.do(staff.Admin, "POST", "/staff/"+id+"/invitations", "", idem, key)
		}
		alive.Store(true)
		invite("author-1", "idem-1").problem(500, "internal")
		for _, pause := range []time.Duration{0, time.Hour} {
			r.now.pass(pause)
			invite("author-1", "idem-1").problem(409, "key-spent")
		}
		if got := r.invitations(); len(got) != 1 {
			t.Errorf("invitations: %v, want that of the request", got)
		}
		// What was refused made none, and may be asked again.
		for range 2 {
			invite("nobody", "idem-2").problem(404, "not-found")
		}
	})
}
