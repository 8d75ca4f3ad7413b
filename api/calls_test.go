package api_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

// find is an operation as a page does it.
func find[I, O any](t *testing.T, r *fixture, id string) api.Call[I, O] {
	t.Helper()
	call, err := api.Find[I, O](r.calls, id)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// called is somebody who was let in by other means than a key.
func (r *fixture) called(role staff.Role) api.Caller {
	r.t.Helper()
	p, err := r.staff.Get(r.t.Context(), string(role)+"-1")
	if err != nil {
		r.t.Fatal(err)
	}
	return api.Caller{Person: p, Session: "of a test"}
}

// TestCallsAreTheOperations: a caller in the process meets the rights, checks, defaults, cursors and limits of the API, and the same words.
func TestCallsAreTheOperations(t *testing.T) {
	r := lite(t)
	author, auditor := r.called(staff.Author), r.called(staff.Auditor)
	create := find[api.Body[wire.CreateBroadcast], wire.Broadcast](t, r, "create-broadcast")
	list := find[api.ListBroadcastsInput, wire.Page[wire.Broadcast]](t, r, "list-broadcasts")
	get := find[api.BroadcastInput, wire.Broadcast](t, r, "get-broadcast")

	draft := api.Body[wire.CreateBroadcast]{Body: wire.CreateBroadcast{Draft: "water"}}
	made, err := create.Do(t.Context(), author, "form-1", draft)
	if err != nil {
		t.Fatal(err)
	}
	again, err := create.Do(t.Context(), author, "form-1", draft)
	if err != nil || again.ID != made.ID {
		t.Errorf("the same form again made %s after %s: %v", again.ID, made.ID, err)
	}
	if other, err := create.Do(t.Context(), author, "form-2", draft); err != nil || other.ID == made.ID {
		t.Errorf("another form made %s: %v", other.ID, err)
	}
	page, err := list.Do(t.Context(), author, "", api.ListBroadcastsInput{Limit: 1})
	if err != nil || len(page.Items) != 1 || page.Next == "" {
		t.Fatalf("the first page is %v: %v", page, err)
	}
	rest, err := list.Do(t.Context(), author, "", api.ListBroadcastsInput{Following: api.Following{After: page.Next}})
	if err != nil || len(rest.Items) != 1 || rest.Items[0].ID != made.ID || rest.Next != "" {
		t.Errorf("the second page, of the usual length, is %v: %v", rest, err)
	}

	for name, c := range map[string]struct {
		do     func() error
		status int
		at     string
	}{
		"without the right": {func() error { _, err := create.Do(t.Context(), auditor, "", draft); return err }, 403, ""},
		"a wrong id":        {func() error { _, err := get.Do(t.Context(), author, "", api.BroadcastInput{ID: "x"}); return err }, 422, "path.id"},
		"no such thing": {func() error {
			_, err := get.Do(t.Context(), author, "", api.BroadcastInput{ID: "BAAAAAAAAAA"})
			return err
		}, 404, ""},
		"too long a page": {func() error {
			_, err := list.Do(t.Context(), author, "", api.ListBroadcastsInput{Limit: 201})
			return err
		}, 422, "query.limit"},
		"a made-up cursor": {func() error {
			_, err := list.Do(t.Context(), author, "", api.ListBroadcastsInput{Following: api.Following{After: "2.x"}})
			return err
		}, 400, "query.after"},
		"a field of the domain": {func() error {
			long := draft
			long.Body.Proposal.Title = strings.Repeat("长", broadcast.MaxTitle+1)
			_, err := create.Do(t.Context(), author, "form-3", long)
			return err
		}, 422, "body.proposal.title"},
		"the key of another request": {func() error {
			_, err := create.Do(t.Context(), author, "form-1", api.Body[wire.CreateBroadcast]{})
			return err
		}, 422, "header.Idempotency-Key"},
	} {
		err := c.do()
		refusal, ok := errors.AsType[*api.Refusal](err)
		if !ok || refusal.Status != c.status || refusal.Detail == "" {
			t.Errorf("%s: %#v", name, err)
			continue
		}
		if c.at != "" && (len(refusal.Errors) != 1 || refusal.Errors[0].Location != c.at) {
			t.Errorf("%s: %v, want a fault at %s", name, refusal.Errors, c.at)
		}
	}
}

// TestFilesOfCallsTakePlaces: a file that a page fetches takes one of its person's places until it is written, or its request is over.
func TestFilesOfCallsTakePlaces(t *testing.T) {
	r := lite(t)
	auditor := r.called(staff.Auditor)
	fetch := find[api.AuditFileInput, api.File](t, r, "list-audit-csv")
	begin := func(ctx context.Context) (api.File, error) { return fetch.Do(ctx, auditor, "", api.AuditFileInput{}) }
	leaves, leave := context.WithCancel(t.Context())
	first, err := begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = begin(leaves); err != nil {
		t.Fatal(err)
	}
	_, err = begin(t.Context())
	if refusal, is := errors.AsType[*api.Refusal](err); !is || refusal.Status != 429 {
		t.Errorf("a third file at once: %v", err)
	}
	if err := first.Write(io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err = begin(t.Context()); err != nil {
		t.Errorf("after one is written: %v", err)
	}
	leave()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err = begin(t.Context()); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("after the other's request is over: %v", err)
		}
	}
}

// TestCallsHaveTypes: a page that takes an operation for another does not start.
func TestCallsHaveTypes(t *testing.T) {
	r := lite(t)
	if _, err := api.Find[api.BroadcastInput, wire.Series](r.calls, "get-broadcast"); err == nil {
		t.Error("get-broadcast answers with a series")
	}
	if _, err := api.Find[api.BroadcastInput, wire.Broadcast](r.calls, "no-such-operation"); err == nil {
		t.Error("there is such an operation")
	}
	if !r.calls.Has("get-broadcast") || r.calls.Right("get-broadcast") != staff.ReadBroadcasts {
		t.Error("get-broadcast is unknown, or asks for another right")
	}
}
