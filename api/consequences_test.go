package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towncrier/staff"
)

// named are the ids of a list in an answer.
func named(list any) (ids []string) {
	for _, item := range list.([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

// TestPublicationSaysWhatItStops: a draft that takes a notice away shows what that stops to who submits and to who publishes; what would
// stop besides by the time it is published is named, and seen by both before.
func TestPublicationSaysWhatItStops(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		scheduled := func() string {
			id := r.approved(staff.Author, sendsToAll)
			r.act(staff.Author, id, "schedule", "", "scheduled")
			return id
		}
		first := scheduled()
		draft := r.beginContent("撤下检修公告")
		if none := r.do(staff.Author, "GET", draft+"/stops", "").is(200); len(none["broadcasts"].([]any))+len(none["intents"].([]any)) > 0 {
			t.Errorf("an empty draft stops %v", none)
		}
		r.rewrite(draft, "notices/W1.md", "status: in_force", "status: withdrawn")
		stops := r.do(staff.Author, "GET", draft+"/stops", "").is(200)
		withdrawal := r.do(staff.Author, "GET", "/content/notices/W1/withdrawal", "").is(200)
		tried := r.do(staff.Approver, "GET", draft+"/differences", "").is(200)
		for _, what := range []string{"intents", "broadcasts", "series", "drafts"} {
			if got, want := fmt.Sprint(stops[what]), fmt.Sprint(withdrawal[what]); got != want || fmt.Sprint(tried["stops"].(map[string]any)[what]) != want {
				t.Errorf("%s: a draft stops %s, the withdrawal %s, and the trial says %v", what, got, want, tried["stops"])
			}
		}
		if got := named(stops["broadcasts"]); !slices.Equal(got, []string{first}) || len(stops["intents"].([]any)) == 0 {
			t.Errorf("%v", stops)
		}
		if got := r.do(staff.Committee, "GET", "/content/notices/W1/withdrawal", "").is(200); len(named(got["broadcasts"])) > 0 || fmt.Sprint(got["intents"]) != fmt.Sprint(stops["intents"]) {
			t.Errorf("a committee is shown another's broadcasts: %v", got)
		}
		accept := `{"accept":[`
		for i, item := range tried["items"].([]any) {
			if i > 0 {
				accept += ","
			}
			accept += `"` + item.(map[string]any)["question"].(string) + `"`
		}
		submit := func() map[string]any { return r.do(staff.Author, "POST", draft+"/submit", accept+"]}").is(200) }
		signed := submit()
		if fmt.Sprint(signed["stops"]) != "["+first+"]" {
			t.Errorf("signed %v", signed["stops"])
		}

		second := scheduled()
		seen := r.do(staff.Approver, "GET", draft+"/stops", "").is(200)["broadcasts"].([]any)
		for _, item := range seen {
			if b := item.(map[string]any); (b["new"] == true) != (b["id"] == second) {
				t.Errorf("%v", b)
			}
		}
		hash := func(d map[string]any) string { return `{"hash":"` + d["hash"].(string) + `"}` }
		refused := r.do(staff.Approver, "POST", draft+"/publish", hash(signed))
		refused.problem(409, "stops", "body.hash")
		if !strings.Contains(refused.body, second) || strings.Contains(refused.body, first) {
			t.Errorf("%s", refused.body)
		}
		again := submit()
		if again["hash"] == signed["hash"] {
			t.Error("what is signed is the same although more stops")
		}
		r.do(staff.Approver, "POST", "/broadcasts/"+second+"/cancel", `{"why":"不发了"}`).is(200) // less stops: that is no surprise
		r.do(staff.Approver, "POST", draft+"/publish", hash(again)).is(200)
		if over := r.do(staff.Author, "GET", draft+"/stops", "").is(200); len(named(over["broadcasts"]))+len(named(over["intents"])) > 0 {
			t.Errorf("once it is published: %v", over)
		}
		if b := r.do(staff.Author, "GET", "/broadcasts/"+first, "").is(200); b["status"] != "held" || !strings.HasPrefix(b["why"].(string), seen[0].(map[string]any)["why"].(string)) {
			t.Errorf("%v, and was said to stop: %v", b, seen)
		}
	})
}

// TestSuccessorIsCheckedInTheLook as it is in the act.
func TestSuccessorIsCheckedInTheLook(t *testing.T) {
	r := lite(t)
	r.do(staff.Author, "POST", "/content/notices/L1/withdraw", "{}").is(200)
	for successor, says := range map[string]string{"W9": "没有这份公告", "W1": "这是要撤回的公告自己", "L1": "公告L1已经撤回"} {
		look := r.do(staff.Author, "GET", "/content/notices/W1/withdrawal?successor="+successor, "")
		act := r.do(staff.Author, "POST", "/content/notices/W1/withdraw", `{"successor":"`+successor+`"}`)
		look.problem(422, "invalid", "query.successor")
		act.problem(422, "invalid", "body.successor")
		if !strings.Contains(look.body, says) || !strings.Contains(act.body, says) {
			t.Errorf("%s: %s, %s", successor, look.body, act.body)
		}
	}
	r.do(staff.Author, "GET", "/content/notices/L1/withdrawal", "").problem(409, "state", "")
	r.do(staff.Author, "GET", "/content/notices/L9/withdrawal", "").is(404)
}
