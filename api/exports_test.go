package api_test

import (
	"bytes"
	"errors"
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

// TestNumbersLeaveByTwoAdmins asks for an export of numbers, which another admin confirms, and uses it once within an hour.
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
		written := func(id string) (string, error) {
			var to bytes.Buffer
			_, err := r.roster.ExportNumbers(r.t.Context(), audit.Local("root"), plainRows{&to}, id)
			return to.String(), err
		}
		r.as(first, "POST", "/exports", `{"committee":"C99","why":"换系统"}`).problem(422, "no-committee", "body.committee")
		r.as(first, "POST", "/exports", `{"why":" "}`).problem(422, "invalid", "body.why")
		confirm(second, "none").problem(404, "not-found")

		id := ask()
		confirm(first, id).problem(409, "own")
		if text, err := written(id); !errors.Is(err, roster.ErrExportUnfit) || text != "" {
			t.Errorf("unconfirmed: %q, %v", text, err)
		}
		if got := confirm(second, id).is(200); got["asked_by"] != "staff:admin-1" || got["confirmed_by"] != "staff:admin-2" || got["used_at"] != nil {
			t.Errorf("confirmed: %v", got)
		}
		confirm(second, id).problem(409, "settled", "path.id")
		text, err := written(id)
		if err != nil || !bytes.Contains([]byte(text), []byte("staff:admin-1申请，staff:admin-2确认，local:root于2023-11-13 12:0")) ||
			!bytes.Contains([]byte(text), []byte(numbers+"0001,C01")) || bytes.Contains([]byte(text), []byte(numbers+"0002")) {
			t.Errorf("written: %v, %d bytes", err, len(text))
		}
		if _, err := written(id); !errors.Is(err, roster.ErrExportUnfit) {
			t.Errorf("twice: %v", err)
		}
		if got := r.as(second, "GET", "/exports/"+id, "").is(200); got["used_by"] != "local:root" {
			t.Errorf("used: %v", got)
		}
		entries, err := r.db.Audit().List(r.t.Context(), 0, 10, audit.Filter{Action: "roster.export"})
		if err != nil || len(entries) != 1 || entries[0].Detail != "numbers=full format=csv request="+id+" asked=staff:admin-1 confirmed=staff:admin-2" {
			t.Errorf("audited %v, %v", entries, err)
		}

		late, stale, orphan := ask(), ask(), ask()
		confirm(second, late).is(200)
		r.now.pass(time.Hour)
		if _, err := written(late); !errors.Is(err, roster.ErrExportUnfit) {
			t.Errorf("an hour after it was confirmed: %v", err)
		}
		confirm(second, orphan).is(200)
		if err := r.staff.Disable(r.t.Context(), audit.Staff("admin-2"), "admin-1"); err != nil {
			t.Fatal(err)
		}
		if _, err := written(orphan); !errors.Is(err, roster.ErrExportUnfit) {
			t.Errorf("of an admin who may not act any more: %v", err)
		}
		r.now.pass(23 * time.Hour)
		confirm(second, stale).problem(409, "settled", "path.id")
	})
}

// plainRows writes rows as they are.
type plainRows struct{ to *bytes.Buffer }

func (plainRows) Format() string { return "csv" }

func (w plainRows) Write(cells []string) error {
	w.to.WriteString(strings.Join(cells, ",") + "\n")
	return nil
}

func (plainRows) Close() error { return nil }
