package api_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// TestForgedStopsAreUndoneByTwoAdmins has somebody with a leaked callback key stop residents' texts, while others stop theirs.
func TestForgedStopsAreUndoneByTwoAdmins(t *testing.T) {
	each(t, func(r *fixture) {
		ctx := r.t.Context()
		second := r.hire(staff.Person{ID: "admin-2", Name: "第二管理员", Role: staff.Admin})
		number := func(n int) phone.Number { return phone.Number(fmt.Sprintf("%s%04d", numbers, n)) }
		stop := func(n int, key string) {
			r.t.Helper()
			if err := r.roster.StopSMS(ctx, number(n), key); err != nil {
				r.t.Fatal(err)
			}
		}
		ids := map[int]string{}
		for n := range 8 { // 8 and 9 are numbers of nobody
			ids[n] = r.resident(n, here).ID
		}
		official := audit.Staff("wang")
		stop(0, "old") // before, so it is no forged one
		r.now.pass(time.Minute)
		since := r.now.Now()
		for n := range 10 {
			stop(n, "leaked")
		}
		stop(7, "other") // came in the same minute, under another key
		r.now.pass(time.Minute)
		until := r.now.Now()
		r.now.pass(time.Minute)
		stop(1, "leaked")                                                                                                  // asks again later, by SMS
		if err := r.roster.SetPreference(ctx, official, ids[2], roster.Preference{Channel: roster.SMS}, nil); err != nil { // on the telephone
			r.t.Fatal(err)
		}
		if err := r.roster.Suppress(ctx, official, number(9), roster.Stopped); err != nil { // who is no resident, likewise
			r.t.Fatal(err)
		}
		if err := r.roster.Suppress(ctx, official, number(3), roster.Erased); err != nil { // wants to be gone
			r.t.Fatal(err)
		}
		r.now.pass(time.Minute)

		seen := r.do(staff.Auditor, "GET", "/stops", "").is(200)["items"].([]any)
		if got := seen[0].(map[string]any); got["key"] != "leaked" || got["stops"] != 10.0 { // 3's went with its owner
			r.t.Errorf("seen: %v", seen)
		}
		ask := func(key, since, until, why string) answer {
			return r.do(staff.Admin, "POST", "/stops/undo", fmt.Sprintf(`{"key":%q,"since":%q,"until":%q,"why":%q}`, key, since, until, why))
		}
		form := func(at time.Time) string { return at.Format(time.RFC3339) }
		ask("leaked", form(until), form(since), "密钥泄露").problem(422, "invalid", "body.until")
		ask("leaked", form(since), form(r.now.Now().Add(time.Hour)), "密钥泄露").problem(422, "invalid", "body.until")
		ask("leaked", form(since.AddDate(0, 0, -40)), form(until), "密钥泄露").problem(422, "invalid", "body.since")
		ask("chat", form(since), form(until), "密钥泄露").problem(422, "invalid", "body.key")
		asked := ask("leaked", form(since), form(until), "密钥泄露").is(201)
		path := "/stops/undo/" + asked["id"].(string)
		if asked["left"] != 4.0 {
			r.t.Errorf("asked: %v", asked)
		}
		r.do(staff.Admin, "POST", path+"/confirm", "").problem(409, "own")
		r.do(staff.Admin, "POST", "/stops/undo/none/confirm", "").problem(404, "not-found")
		r.hire(staff.Person{ID: "admin-3", Name: "第三管理员", Role: staff.Admin})
		gone, err := r.roster.AskUndo(ctx, audit.Staff("admin-3"), roster.Undo{Key: "leaked", Since: since, Until: until, Why: "密钥泄露"})
		if err == nil {
			err = errors.Join(r.staff.Disable(ctx, audit.Local("test"), "admin-3", true), r.staff.Enable(ctx, audit.Local("test"), "admin-3"))
		}
		if err != nil {
			r.t.Fatal(err)
		}
		r.as(second, "POST", "/stops/undo/"+gone.ID+"/confirm", "").problem(404, "not-found") // who asked was disabled meanwhile
		r.twoAdminsStill(func(former audit.Actor) error {
			_, err := r.roster.AskUndo(ctx, former, roster.Undo{Key: "leaked", Since: since, Until: until, Why: "密钥泄露"})
			return err
		}, func(former audit.Actor) error {
			_, err := r.roster.ConfirmUndo(ctx, former, asked["id"].(string))
			return err
		})
		if why, _, _ := r.roster.Suppressed(ctx, number(4)); why != roster.Stopped {
			r.t.Errorf("undone before it was confirmed: %q", why)
		}
		for range 2 { // again is harmless
			if got := r.as(second, "POST", path+"/confirm", "").is(200); got["undone"] != 4.0 || got["left"] != 0.0 || got["confirmed_by"] != "staff:admin-2" {
				r.t.Errorf("confirmed: %v", got)
			}
		}
		for n, want := range []roster.Suppression{roster.Stopped, roster.Stopped, roster.Stopped, roster.Erased, "", "", "", roster.Stopped, "", roster.Stopped} {
			if why, _, err := r.roster.Suppressed(ctx, number(n)); why != want || err != nil {
				r.t.Errorf("number %d is %q, %v; want %q", n, why, err, want)
			}
		}
		if who, err := r.roster.Get(ctx, ids[4]); err != nil || who.Stopped || len(who.Preferences) != 0 {
			r.t.Errorf("a resident whose stop was forged: %+v, %v", who.Preferences, err)
		}
		for action, n := range map[string]int{"stops.ask": 2, "stops.undo": 1, "resident.resume": 4} {
			if got := r.do(staff.Auditor, "GET", "/audit?action="+action, "").is(200)["items"].([]any); len(got) != n {
				r.t.Errorf("%s: %d entries, want %d", action, len(got), n)
			}
		}
		stop(4, "leaked") // means it now
		if got := r.as(second, "POST", path+"/confirm", "").is(200); got["undone"] != 4.0 {
			r.t.Errorf("confirmed once more: %v", got)
		}
		if why, _, _ := r.roster.Suppressed(ctx, number(4)); why != roster.Stopped {
			r.t.Error("a stop after the undoing is undone")
		}
	})
}
