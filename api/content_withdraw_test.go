package api_test

import (
	"testing"
	"time"

	"towncrier/staff"
)

// TestWithdrawalStopsBroadcasts at once, on a server that has not read the new revision yet; brought back they wait for a confirmation, which can
// be given at once: what a broadcast's status says and what may be done with it are one.
func TestWithdrawalStopsBroadcasts(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		id := r.approved(staff.Author, sendsToAll)
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		stops := r.do(staff.Author, "GET", "/content/notices/W1/withdrawal", "").is(200)
		if all := stops["broadcasts"].([]any); len(all) != 1 || all[0].(map[string]any)["id"] != id {
			t.Errorf("%v", stops)
		}
		r.do(staff.Author, "POST", "/content/notices/W1/withdraw", "{}").is(200)
		shows := func(status, why string) {
			t.Helper()
			if b := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200); b["status"] != status || b["why"] != why {
				t.Fatalf("%v", b)
			}
		}
		const stopped = "所依据的公告W1已撤回，先停止发送：1小时内恢复的，再次确认后继续，不恢复的取消"
		shows("held", stopped)
		r.do(staff.Approver, "POST", "/broadcasts/"+id+"/confirm", "").problem(422, "faults", "proposal")
		r.now.pass(time.Second)
		r.do(staff.Approver, "POST", "/content/notices/W1/reinstate", "{}").is(200)
		shows("held", "所依据的公告停用过，现已恢复：请核对内容后再次确认")
		if now := r.do(staff.Auditor, "GET", "/content", "").is(200); now["serving"] != 0.0 {
			t.Errorf("this server has read the revisions: %v", now)
		}
		r.act(staff.Approver, id, "confirm", "", "sending")
	})
}
