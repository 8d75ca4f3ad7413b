package api_test

import (
	"fmt"
	"slices"
	"testing"

	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

func TestBroadcastReport(t *testing.T) {
	each(t, func(r *fixture) {
		mine := []roster.Resident{r.agreeing(1, here), r.agreeing(2, here)}
		r.agreeing(3, there)
		for n := range 10 {
			r.resident(4+n, there) // agreed to nothing
		}
		id := r.approved(staff.Author, sendsToAll)
		at := "/broadcasts/" + id
		r.do(staff.Committee, "GET", at+"/reach", "").problem(404, "not-found")
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		r.deliver(id, broadcast.Accepted, broadcast.Failed, broadcast.Delivered)

		report := r.do(staff.Auditor, "GET", at+"/report", "").is(200)
		counts := map[string]any{}
		for _, c := range report["counts"].([]any) {
			one := c.(map[string]any)
			counts[fmt.Sprint(one["channel"], " ", one["state_label"])] = one["n"]
		}
		if want := map[string]any{"sms 已提交，等待回执": 1.0, "sms 提交失败": 1.0, "sms 已送达": 1.0, "<nil> 不发送": 10.0}; fmt.Sprint(counts) != fmt.Sprint(want) {
			r.t.Errorf("counts %v, want %v", counts, want)
		}
		if fmt.Sprint(report["left"]) != "[map[label:没有同意接收 n:10 n_label:10人 reason:no_consent]]" || report["delivered"] != 1.0 || report["open"] != 1.0 {
			r.t.Errorf("report %v", report)
		}
		parts := report["parts"].(float64)
		if report["cost"].(map[string]any)["amount"] != 45*parts || report["cost_most"].(map[string]any)["amount"] != 2*45*parts {
			r.t.Errorf("cost %v to %v, of %v parts", report["cost"], report["cost_most"], parts)
		}

		if got := fmt.Sprint(report["expected"].(map[string]any)["cost"], report["billed_texts"]); got != "map[amount:<nil> label:人数较少，不显示金额] 0" {
			r.t.Errorf("expected %s", got)
		}
		if got := fmt.Sprint(report["failures"]); got != "[map[channel:sms channel_label:短信 class:number code:MK:0001 code_label:手机空号、停机、关机或不在服务区 n:1 state:failed state_label:提交失败]]" {
			r.t.Errorf("failures %s", got)
		}

		// One committee has few recipients: the other's would tell how many.
		reach := r.do(staff.Author, "GET", at+"/reach", "").is(200)["items"]
		few := "map[accepted:<nil> committee:" + here + " committee_label:示例社区C01（C01） delivered:<nil> missed:<nil> open:<nil> recipients:<nil> recipients_label:少于10人]"
		other := "map[accepted:<nil> committee:" + there + " committee_label:示例社区C02（C02） delivered:<nil> missed:<nil> open:<nil> recipients:<nil> recipients_label:不单独显示]"
		if want := fmt.Sprintf("[%s %s]", few, other); fmt.Sprint(reach) != want {
			r.t.Errorf("reach %v, want %s", reach, want)
		}
		own := r.do(staff.Committee, "GET", at+"/reach", "").is(200)["items"]
		if want := "[" + few + "]"; fmt.Sprint(own) != want {
			r.t.Errorf("the committee's reach %v, want %s", own, want)
		}
		if own := r.do(staff.Committee, "GET", at+"/report", "").is(200); own["committee"] != here || own["few"] != true || own["open"] != nil ||
			len(own["counts"].([]any)) != 0 || len(own["failures"].([]any)) != 0 {
			r.t.Errorf("the committee's report on its few residents: %v", own)
		}
		var seen []any
		for _, d := range r.do(staff.Committee, "GET", at+"/deliveries", "").is(200)["items"].([]any) {
			seen = append(seen, d.(map[string]any)["resident"], d.(map[string]any)["phone"])
		}
		if want := []any{mine[0].ID, "199****0001", mine[1].ID, "199****0002"}; !slices.Equal(seen, want) {
			r.t.Errorf("the committee sees %v of the city's broadcast, want %v", seen, want)
		}

		failed := r.do(staff.Author, "GET", at+"/deliveries?state=failed&channel=sms", "").is(200)["items"].([]any)
		one := failed[0].(map[string]any)
		if len(failed) != 1 || one["code_label"] != "手机空号、停机、关机或不在服务区" || one["state_label"] != "提交失败" || one["class"] != "number" || one["resident"] != nil || one["phone"] != nil {
			r.t.Errorf("failed %v", failed)
		}
		one = r.do(staff.Auditor, "GET", at+"/deliveries?state=failed", "").is(200)["items"].([]any)[0].(map[string]any)
		if one["phone"] != "199****0002" || one["resident"] != mine[1].ID {
			r.t.Errorf("to the auditor: %v", one)
		}
		if all := pages(r, at+"/deliveries?limit=1", "recipient", func(int) {}); fmt.Sprint(all) != "[1 2 3 4 5 6 7 8 9 10 11 12 13]" {
			r.t.Errorf("recipients over pages: %v", all)
		}
		for _, bad := range []string{"x", "-1", "0", "99999999999999999999"} {
			r.do(staff.Author, "GET", at+"/deliveries?after="+bad, "").problem(400, "cursor", "query.after")
		}
		r.do(staff.Author, "GET", at+"/deliveries?state=lost", "").problem(422, "invalid", "query.state")

		// Only who was certainly not reached is sent to again, once everything is settled, by an act of its own.
		r.do(staff.Author, "POST", at+"/resend", "").problem(409, "state")
		if err := r.broadcasts.Finish(r.t.Context(), id); err != nil {
			r.t.Fatal(err)
		}
		r.do(staff.Author, "POST", at+"/fallback", "").is(200)
		if again := r.do(staff.Author, "POST", at+"/resend", "").is(200); again["recipients"] != nil || again["recipients_label"] != "少于10人" {
			r.t.Errorf("resent to %v", again)
		}
		second := r.do(staff.Auditor, "GET", at+"/deliveries?round=2", "").is(200)["items"].([]any)
		if len(second) != 1 || second[0].(map[string]any)["resident"] != mine[1].ID || second[0].(map[string]any)["state"] != "pending" {
			r.t.Errorf("second round %v", second)
		}
	})
}
