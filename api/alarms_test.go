package api_test

import (
	"strings"
	"testing"

	"towncrier/alarm"
	"towncrier/staff"
)

func TestAlarmsAreListedAndAcknowledged(t *testing.T) {
	r := lite(t)
	r.alarms.Raise(t.Context(), alarm.ManyStops, "退订异常增多")
	item := r.do(staff.Admin, "GET", "/alarms", "").is(200)["items"].([]any)[0].(map[string]any)
	if item["kind"] != "sms-stops" || item["detail"] != "退订异常增多" || item["count"] != 1.0 || item["acknowledged_by"] != nil {
		t.Errorf("%v", item)
	}
	if got := r.do(staff.Admin, "POST", "/alarms/sms-stops/acknowledge", ""); got.status != 204 {
		t.Errorf("%d %s", got.status, got.body)
	}
	item = r.do(staff.Auditor, "GET", "/alarms", "").is(200)["items"].([]any)[0].(map[string]any)
	if item["acknowledged_by"] != "staff:admin-1" {
		t.Errorf("%v", item)
	}
	r.do(staff.Admin, "POST", "/alarms/sms-stops/acknowledge", "").problem(404, "not-found", "")
	r.do(staff.Admin, "POST", "/alarms/SMS/acknowledge", "").problem(422, "invalid", "path.kind")
}

// TestAdminsHearOfWhatBecomesOfThem: whoever has the key of one admin cannot get rid of the others unseen.
func TestAdminsHearOfWhatBecomesOfThem(t *testing.T) {
	r := lite(t)
	raised := func() float64 {
		for _, item := range r.do(staff.Auditor, "GET", "/alarms", "").is(200)["items"].([]any) {
			if a := item.(map[string]any); a["kind"] == "admin-changed" {
				if !strings.Contains(a["detail"].(string), "admin-2") || !strings.Contains(a["detail"].(string), "staff:admin-1") {
					t.Errorf("%v", a)
				}
				return a["count"].(float64)
			}
		}
		return 0
	}
	r.hire(staff.Person{ID: "admin-2", Name: "另一位", Role: staff.Admin})
	keys := r.do(staff.Admin, "GET", "/staff/admin-2/keys", "").is(200)["items"].([]any)
	key := keys[0].(map[string]any)["id"].(string)
	r.do(staff.Admin, "POST", "/staff/author-1/disable", "").is(200)
	r.do(staff.Admin, "PATCH", "/staff/admin-1", `{"name":"自己"}`).is(200)
	if n := raised(); n != 0 {
		t.Errorf("raised %v times by what is about no other admin", n)
	}
	for n, act := range []func() answer{
		func() answer { return r.do(staff.Admin, "DELETE", "/staff/admin-2/keys/"+key, "") },
		func() answer { return r.do(staff.Admin, "PATCH", "/staff/admin-2", `{"name":"改名"}`) },
		func() answer { return r.do(staff.Admin, "POST", "/staff/admin-2/disable?confirm=true", "") },
	} {
		for range 2 { // again changes nothing
			if got := act(); got.status > 204 {
				t.Error(got.body)
			}
		}
		if got := raised(); got != float64(n+1) {
			t.Errorf("after %d acts: raised %v times", n+1, got)
		}
	}
}
