package api_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// activated are the keys of two admins, with whom the setting up is over.
func (r *fixture) activated() (first, second string) {
	r.t.Helper()
	return r.key[staff.Admin], r.hire(staff.Person{ID: "admin-2", Name: "职员乙", Role: staff.Admin})
}

// fetched is the file of a request to export numbers, which alone may show them.
func (r *fixture) fetched(key, id, query string) (status int, text string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.url+"/exports/"+id+"/file"+query, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// twoAdminsStill demands that each act is refused to who was let in as an admin, and was disabled or got another role before it was done.
func (r *fixture) twoAdminsStill(acts ...func(former audit.Actor) error) {
	r.t.Helper()
	for id, end := range map[string]func() error{
		"was-admin": func() error { return r.staff.Disable(r.t.Context(), audit.Local("test"), "was-admin", true) },
		"is-auditor": func() error {
			_, err := r.staff.Change(r.t.Context(), audit.Local("test"), "is-auditor", staff.Changes{Role: new(staff.Auditor)})
			return err
		},
	} {
		r.hire(staff.Person{ID: id, Name: "从前的管理员", Role: staff.Admin})
		if err := end(); err != nil {
			r.t.Fatal(err)
		}
		for i, act := range acts {
			if err := act(audit.Staff(id)); !errors.Is(err, staff.ErrActor) {
				r.t.Errorf("act %d by %s: %v", i, id, err)
			}
		}
	}
}

// TestNumbersLeaveByTwoAdmins asks for an export of numbers, which another admin confirms; who asked fetches it, once, within an hour.
func TestNumbersLeaveByTwoAdmins(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		r.agreeing(2, there)
		const body = `{"committee":"C01","why":"换系统"}`
		r.do(staff.Admin, "POST", "/exports", body).problem(409, "setup")
		first, second := r.activated()
		ask := func() string {
			r.t.Helper()
			return r.as(first, "POST", "/exports", body).is(201)["id"].(string)
		}
		confirm := func(key, id string) answer { return r.as(key, "POST", "/exports/"+id+"/confirm", "") }
		refuses := func(key, id, name string) {
			r.t.Helper()
			status := http.StatusConflict
			if name == "not-yours" {
				status = http.StatusForbidden
			}
			r.as(key, "POST", "/exports/"+id+"/file", "").problem(status, name, "path.id")
		}
		r.as(first, "POST", "/exports", `{"committee":"C99","why":"换系统"}`).problem(422, "no-committee", "body.committee")
		r.as(first, "POST", "/exports", `{"why":" "}`).problem(422, "invalid", "body.why")
		confirm(second, "none").problem(404, "not-found")
		r.as(first, "POST", "/exports/none/file", "").problem(404, "not-found")

		id := ask()
		confirm(first, id).problem(409, "own")
		refuses(first, id, "unconfirmed")
		if got := confirm(second, id).is(200); got["asked_by"] != "staff:admin-1" || got["confirmed_by"] != "staff:admin-2" || got["used_at"] != nil || got["state"] != "confirmed" {
			t.Errorf("confirmed: %v", got)
		}
		confirm(second, id).problem(409, "settled", "path.id")
		if got := r.waits(first); got != "export-fetch "+id {
			t.Errorf("of the one who asked: %q", got)
		}
		refuses(second, id, "not-yours")
		r.as(first, "POST", "/exports/"+id+"/file?format=pdf", "").problem(422, "invalid", "query.format")
		status, text := r.fetched(first, id, "")
		if status != 200 || !strings.Contains(text, "staff:admin-1申请，staff:admin-2确认，2023-11-13 12:0") ||
			!strings.Contains(text, numbers+"0001,C01") || strings.Contains(text, numbers+"0002") {
			t.Errorf("fetched: %d, %d bytes", status, len(text))
		}
		refuses(first, id, "used")
		if got := r.as(second, "GET", "/exports/"+id, "").is(200); got["used_by"] != "staff:admin-1" || got["state"] != "used" {
			t.Errorf("used: %v", got)
		}
		entries, err := r.db.Audit().List(r.t.Context(), 0, 10, audit.Filter{Action: "roster.export.full"})
		if err != nil || len(entries) != 1 || entries[0].Detail != "numbers=full format=csv request="+id+" asked=staff:admin-1 confirmed=staff:admin-2" {
			t.Errorf("audited %v, %v", entries, err)
		}
		if alarms := r.as(second, "GET", "/alarms", "").body; !strings.Contains(alarms, `"numbers-exported"`) || !strings.Contains(alarms, id) {
			t.Errorf("alarms: %s", alarms)
		}

		// The one who fetched it does not take note of it alone, and is not asked to.
		r.as(first, "POST", "/alarms/numbers-exported/acknowledge", "").problem(409, "own", "path.kind")
		if got := r.waits(first) + "; " + r.waits(second); got != "; alarm numbers-exported" {
			t.Errorf("once it was fetched: %q", got)
		}
		r.as(second, "POST", "/alarms/numbers-exported/acknowledge", "").is(204)

		late, stale, orphan := ask(), ask(), ask()
		r.twoAdminsStill(func(former audit.Actor) error {
			_, err := r.roster.AskNumbersExport(r.t.Context(), former, "", "换系统")
			return err
		}, func(former audit.Actor) error {
			_, err := r.roster.ConfirmNumbersExport(r.t.Context(), former, late)
			return err
		})
		confirm(second, late).is(200)
		r.now.pass(time.Hour)
		refuses(first, late, "expired")
		confirm(second, orphan).is(200)
		third := r.hire(staff.Person{ID: "admin-3", Name: "职员丙", Role: staff.Admin})
		if err := r.staff.Disable(r.t.Context(), audit.Staff("admin-1"), "admin-2", true); err != nil {
			t.Fatal(err)
		}
		refuses(first, orphan, "expired") // who confirmed may not act any more
		if err := r.staff.Enable(r.t.Context(), audit.Staff("admin-1"), "admin-2"); err != nil {
			t.Fatal(err)
		}
		refuses(first, orphan, "expired") // nor does it come back with them
		r.now.pass(23 * time.Hour)
		confirm(third, stale).problem(409, "settled", "path.id")
		list := r.as(third, "GET", "/exports", "").is(200)["items"].([]any)
		var states []string
		for _, e := range list {
			states = append(states, e.(map[string]any)["state"].(string))
		}
		if slices.Sort(states); fmt.Sprint(states) != "[expired expired expired used]" {
			t.Errorf("listed: %v", states)
		}
	})
}

// TestResidentsExported: a file has whom the caller may see and asked for, masked, and says nothing of what names hide; it is audited.
func TestResidentsExported(t *testing.T) {
	each(t, func(r *fixture) {
		for n, committee := range []string{here, here, there} {
			who := r.resident(n+1, committee)
			tags := []string{"独居"}
			if n == 0 {
				tags = append(tags, "低保")
			}
			if _, err := r.roster.Change(r.t.Context(), audit.Local("test"), who.ID, roster.Change{Tags: &tags}, nil); err != nil {
				t.Fatal(err)
			}
		}
		rows := func(role staff.Role, query string) []string {
			r.t.Helper()
			a := r.do(role, "GET", "/residents.csv"+query, "")
			if a.status != 200 || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || a.header.Get("Content-Disposition") != "attachment; filename=residents.csv" ||
				!strings.HasPrefix(a.body, "\ufeff手机号,居委会代码,居委会,") {
				t.Fatalf("%s %s: %d %v %s", role, query, a.status, a.header, a.body)
			}
			return strings.Split(strings.TrimSuffix(a.body, "\r\n"), "\r\n")[1:]
		}
		if got := rows(staff.Admin, ""); len(got) != 3 || !strings.HasPrefix(got[0], "199****0001,C01,示例社区C01,,独居,") || strings.Contains(got[0], "低保") {
			t.Errorf("of the city: %q", got)
		}
		if got := rows(staff.Auditor, "?committee="+there); len(got) != 1 || !strings.HasPrefix(got[0], "199****0003,C02") {
			t.Errorf("of a committee: %q", got)
		}
		if got := rows(staff.Committee, ""); len(got) != 2 {
			t.Errorf("a committee's own: %q", got)
		}
		if got := rows(staff.Admin, "?tag=低保"); len(got) != 1 {
			t.Errorf("by tag: %q", got)
		}
		r.do(staff.Committee, "GET", "/residents.csv?committee="+there, "").problem(403, "not-your-committee", "query.committee")
		r.do(staff.Admin, "GET", "/residents.xlsx?committee=C99", "").problem(422, "no-committee", "query.committee")
		r.do(staff.Auditor, "GET", "/residents.csv?tag=低保", "").problem(403, "right", "query.tag")
		if a := r.do(staff.Committee, "GET", "/residents.xlsx", ""); a.status != 200 || !strings.HasPrefix(a.body, "PK") {
			t.Errorf("a workbook: %d", a.status)
		}
		entries, err := r.db.Audit().List(r.t.Context(), 0, 10, audit.Filter{Action: "roster.export.masked"})
		if err != nil || len(entries) != 5 || entries[0].Detail != "numbers=masked format=xlsx" || entries[0].Subject != here || entries[0].Actor != "staff:committee-1" {
			t.Errorf("audited %v, %v", entries, err)
		}
	})
}

// TestResidentsCounted by committee: those of none too, a committee its own alone.
func TestResidentsCounted(t *testing.T) {
	each(t, func(r *fixture) {
		r.resident(1, here)
		r.agreeing(2, here)
		r.resident(3, "")
		counted := func(role staff.Role) (all []string) {
			for _, one := range r.do(role, "GET", "/stats/committees", "").is(200)["items"].([]any) {
				c := one.(map[string]any)
				all = append(all, fmt.Sprint(c["code"], " ", c["residents"], " ", c["phone"], " ", c["consented"]))
			}
			return all
		}
		if got := fmt.Sprint(counted(staff.Admin)); got != "[C01 2 2 1 C02 0 0 0 <nil> 1 1 0]" {
			t.Errorf("of the city: %s", got)
		}
		if got := fmt.Sprint(counted(staff.Committee)); got != "[C01 2 2 1]" {
			t.Errorf("of a committee: %s", got)
		}
		if got := r.do(staff.Admin, "GET", "/stats", "").is(200); got["residents"] != 3.0 || got["consented"] != 1.0 || got["committees"] != 2.0 {
			t.Errorf("all: %v", got)
		}
	})
}
