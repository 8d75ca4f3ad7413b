package api_test

import (
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
