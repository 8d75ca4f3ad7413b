package api_test

import (
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/staff"
)

// secondAdmin adds an admin with a key.
func (r *fixture) secondAdmin() string {
	return r.hire(staff.Person{ID: "admin-2", Name: "职员乙", Role: staff.Admin})
}

// TestNoAdminSeesAnothersKey goes through an invitation: two admins and the person's own number give one key.
func TestNoAdminSeesAnothersKey(t *testing.T) {
	each(t, func(r *fixture) {
		second := r.secondAdmin()
		r.do(staff.Admin, "POST", "/staff/approver-1/keys", "").problem(405, "method")
		made := r.do(staff.Admin, "POST", "/staff/approver-1/invitations", "").is(201)
		code, id := made["code"].(string), made["invitation"].(map[string]any)["id"].(string)
		confirm := func(key, body string) answer {
			return r.as(key, "POST", "/staff/invitations/"+id+"/confirm", body)
		}
		activate := func(sms string) answer {
			body := `{"code":"` + code + `"}`
			if sms != "" {
				body = `{"code":"` + code + `","sms_code":"` + sms + `"}`
			}
			return r.as("", "POST", "/activate", body)
		}
		activate("").problem(409, "unconfirmed", "body.code")
		own := `{"phone":"` + numbers + `0001"}`
		confirm(r.key[staff.Admin], own).problem(409, "second-admin", "path.invitation")
		confirm(second, `{}`).problem(422, "no-phone", "body.phone")
		confirm(second, `{"phone":"12"}`).problem(422, "invalid", "body.phone")
		confirm(second, `{"in_person":true}`).problem(409, "sms-on", "body.in_person")
		if got := confirm(second, own).is(200); got["state"] != "confirmed" || got["phone"] != "199****0001" || got["code"] != nil {
			r.t.Errorf("confirmed: %v", got)
		}
		confirm(second, own).problem(409, "settled", "path.invitation")
		activate("123456").problem(409, "code-gone")
		if got := activate("").is(200); got["status"] != "code-sent" || got["phone"] != "199****0001" || got["key"] != nil {
			r.t.Errorf("begun: %v", got)
		}
		activate("").problem(429, "too-soon")
		number, sms := r.texted()
		if string(number) != numbers+"0001" {
			r.t.Errorf("the code went to %v", number)
		}
		activate("x"+sms[1:]).problem(422, "wrong-code")
		opened := activate(sms).is(200)
		key, _ := opened["key"].(string)
		if opened["status"] != "activated" || opened["staff"] != "approver-1" || opened["expires_at"] != r.now.Now().Add(90*24*time.Hour).Format(time.RFC3339) {
			r.t.Errorf("opened: %v", opened)
		}
		r.as(key, "GET", "/me", "").is(200)
		r.do(staff.Approver, "GET", "/me", "").problem(401, "key") // the key before
		activate("").problem(422, "no-invitation", "body.code")
		r.now.pass(90 * 24 * time.Hour)
		r.as(key, "GET", "/me", "").problem(401, "key")
		entries, err := r.db.Audit().List(r.t.Context(), 0, 100, audit.Filter{Subject: "approver-1"})
		if err != nil {
			r.t.Fatal(err)
		}
		var who []string
		for _, e := range entries {
			who = append(who, string(e.Actor)+" "+e.Action)
			if personal.MatchString(e.Detail) || strings.Contains(e.Detail, "tca_") {
				r.t.Errorf("the log holds %q", e.Detail)
			}
		}
		if got := strings.Join(who[:3], ", "); got != "staff:approver-1 staff.activate, staff:admin-2 staff.confirm, staff:admin-1 staff.invite" {
			r.t.Errorf("recorded: %s", got)
		}
	})
}

func TestInvitationsAreListedAndTakenBack(t *testing.T) {
	r := lite(t)
	id := r.do(staff.Admin, "POST", "/staff/author-1/invitations", "").is(201)["invitation"].(map[string]any)["id"].(string)
	r.do(staff.Admin, "DELETE", "/staff/invitations/"+id, "").is(204)
	r.do(staff.Admin, "DELETE", "/staff/invitations/"+id, "").problem(409, "settled", "path.invitation")
	r.do(staff.Admin, "DELETE", "/staff/invitations/aaaaaaaaaa", "").problem(404, "not-found")
	r.do(staff.Admin, "POST", "/staff/nobody/invitations", "").problem(404, "not-found")
	if got := r.invitations(); len(got) != 1 || got[0]["state"] != "revoked" {
		t.Errorf("listed: %v", got)
	}
}

// invitations are those that nobody's key of the fixture came by.
func (r *fixture) invitations() (all []map[string]any) {
	r.t.Helper()
	for _, i := range r.do(staff.Auditor, "GET", "/staff/invitations", "").is(200)["items"].([]any) {
		if i := i.(map[string]any); i["issued_by"] != "staff:first-of-a-test" {
			all = append(all, i)
		}
	}
	return all
}

// TestActivationIsLimited has one address try code after code.
func TestActivationIsLimited(t *testing.T) {
	r := lite(t)
	for range 20 {
		r.as("", "POST", "/activate", `{"code":"tca_aaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`).problem(422, "no-invitation", "body.code")
	}
	r.as("", "POST", "/activate", `{"code":"tca_aaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`).problem(429, "rate")
	r.do(staff.Author, "GET", "/me", "").is(200) // colleagues at the same address go on
}

func TestOwnNumberIsRegistered(t *testing.T) {
	each(t, func(r *fixture) {
		ask := func(n string) answer { return r.do(staff.Author, "POST", "/me/phone", `{"phone":"`+n+`"}`) }
		ask("1").problem(422, "invalid", "body.phone")
		r.do(staff.Author, "POST", "/me/phone/confirm", `{"code":"123456"}`).problem(409, "code-gone")
		ask(numbers + "0009").is(200)
		number, code := r.texted()
		r.do(staff.Approver, "POST", "/me/phone/confirm", `{"code":"`+code+`"}`).problem(409, "code-gone")
		if got := r.do(staff.Author, "POST", "/me/phone/confirm", `{"code":"`+code+`"}`).is(200); got["phone"] != "199****0009" {
			r.t.Errorf("registered: %v", got)
		}
		if p, err := r.staff.Get(r.t.Context(), "author-1"); err != nil || p.Phone != number || p.Phone != phone.Number(numbers+"0009") {
			r.t.Errorf("%v, %v", p.Phone, err)
		}
		if me := r.do(staff.Author, "GET", "/me", "").is(200)["staff"].(map[string]any); me["phone"] != "199****0009" {
			r.t.Errorf("me: %v", me)
		}
	})
}
