package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/staff"
)

// upload begins a list of numbers, by the ns of residents.
func (r *fixture) upload(role staff.Role, ns ...int) (id string) {
	r.t.Helper()
	id = r.do(role, "POST", "/lists", `{"title":"名单"}`).is(201)["id"].(string)
	var quoted []string
	for _, n := range ns {
		quoted = append(quoted, strconv.Quote(fmt.Sprintf("%s%04d", numbers, n)))
	}
	got := r.do(role, "POST", "/lists/"+id+"/numbers", `{"numbers":[`+strings.Join(quoted, ",")+`]}`).is(200)
	if len(got) != 3 || got["lines"] != float64(len(ns)) {
		r.t.Errorf("uploaded: %v", got)
	}
	return id
}

func until(from, to int) (ns []int) {
	for n := from; n < to; n++ {
		ns = append(ns, n)
	}
	return ns
}

// TestListsTellNothingOfANumber: whatever is on a list, nobody learns from it whether a number is known, to whom, or erased.
func TestListsTellNothingOfANumber(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(0, here)
		gone := r.agreeing(1, here)
		if err := r.roster.Erase(r.t.Context(), audit.Local("test"), gone.ID); err != nil {
			r.t.Fatal(err)
		}
		// Twenty numbers of nobody; the same with one that is known in place of one; and with one who was erased.
		answers := map[string]string{}
		for name, ns := range map[string][]int{"nobody": until(100, 120), "known": append(until(100, 119), 0), "erased": append(until(100, 119), 1)} {
			list := r.upload(staff.Author, ns...)
			id := r.draft(staff.Author, `{"audience":{"list":"`+list+`"}}`)
			seen := r.do(staff.Author, "GET", "/lists/"+list, "").body
			seen += r.do(staff.Approver, "GET", "/broadcasts/"+id+"/preview", "").body
			submitted := r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "")
			submitted.is(200)
			seen += submitted.body + r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/preview", "").body
			for _, own := range []string{list, id, submitted.is(200)["hash"].(string)} {
				seen = strings.ReplaceAll(seen, own, "-")
			}
			answers[name] = seen
			for _, mixed := range []string{`{"and":[{"list":"` + list + `"},{"all":true}]}`, `{"not":{"list":"` + list + `"}}`} {
				id := r.draft(staff.Author, `{"audience":`+mixed+`}`)
				p := r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "").is(200)
				if p["residents"] != nil || p["residents_label"] != "未统计" || p["cost"].(map[string]any)["label"] != "未统计" || len(p["sample"].([]any)) != 0 {
					r.t.Errorf("%s is counted: %v", mixed, p)
				}
				r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "").problem(422, "faults", "proposal.audience")
			}
		}
		if answers["known"] != answers["nobody"] || answers["erased"] != answers["nobody"] {
			r.t.Errorf("they differ:\n%s\n%s\n%s", answers["nobody"], answers["known"], answers["erased"])
		}

		// To a committee, a list of the city's is as one that there is not: when it is written, and in what was written before.
		citys := r.upload(staff.Author, until(100, 120)...)
		var refused []string
		for _, list := range []string{citys, "LAAAAAAAAAA"} {
			id := r.draft(staff.Committee, sendsToAll)
			written := r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"list":"`+list+`"}}}`)
			written.problem(422, "invalid", "body.proposal.audience.list")
			_, err := r.ledger.Change(r.t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
				b.Audience = broadcast.Rule{List: list}
				return []audit.Act{{Actor: audit.Local("test"), Action: "broadcast.edit", Subject: id, At: r.now.Now()}}, nil
			})
			if err != nil {
				r.t.Fatal(err)
			}
			seen := fmt.Sprint(written.is(422)["errors"])
			seen += r.do(staff.Committee, "GET", "/broadcasts/"+id+"/preview", "").body
			seen += r.do(staff.Committee, "GET", "/lists/"+list, "").is(404)["detail"].(string)
			for _, f := range r.do(staff.Committee, "POST", "/broadcasts/"+id+"/submit", "").is(422)["errors"].([]any) {
				seen += f.(map[string]any)["message"].(string)
			}
			refused = append(refused, strings.ReplaceAll(strings.ReplaceAll(seen, list, "-"), id, "-"))
		}
		if refused[0] != refused[1] {
			r.t.Errorf("a committee can tell the city's list:\n%s\n%s", refused[0], refused[1])
		}
	})
}

// TestFewAreNotCounted: nine residents with a tag are not counted, nor can they be reckoned from what is.
func TestFewAreNotCounted(t *testing.T) {
	r := lite(t)
	for n := range 9 {
		r.resident(n, here) // agreed to nothing
	}
	for n := range 31 {
		r.agreeing(10+n, there)
	}
	preview := func(audience string) map[string]any {
		id := r.draft(staff.Author, `{"audience":`+audience+`}`)
		return r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "").is(200)
	}
	if p := preview(`{"committee":"` + here + `"}`); p["residents"] != nil || p["residents_label"] != "少于10人" || len(p["sample"].([]any)) != 0 ||
		fmt.Sprint(p["left"]) != "[map[label:其他原因 n:<nil> n_label:每项少于10人]]" {
		t.Errorf("nine: %v", p)
	}
	// One more or one less is not told, whether few are left out or none, nor by the price; nor when it is submitted.
	for audience, people := range map[string]float64{`{"committee":"` + there + `"}`: 30, `{"all":true}`: 40} {
		p := preview(audience)
		cost := p["cost"].(map[string]any)["amount"].(float64) / p["parts"].(float64) / 45
		if p["residents"] != people || p["residents_label"] != fmt.Sprintf("约%v人", people) || fmt.Sprint(p["first"]) != "[map[channel:sms label:短信 n:30 n_label:约30人]]" || cost != 30 {
			t.Errorf("%v: %v", people, p)
		}
		b := r.act(staff.Author, r.draft(staff.Author, `{"audience":`+audience+`}`), "submit", "", "submitted")
		if b["size"] != people || b["size_label"] != p["residents_label"] || fmt.Sprint(b["expected"].(map[string]any)["cost"]) != fmt.Sprint(p["cost"]) {
			t.Errorf("%v submitted: %v", people, b)
		}
	}
	if p := preview(`{"tag":"没有人"}`); p["residents"] != 0.0 || !strings.Contains(fmt.Sprint(p["faults"]), "发送范围里没有居民") {
		t.Errorf("nobody: %v", p)
	}

	// The same when it is submitted, sent and reported on.
	id := r.approved(staff.Author, `{"audience":{"committee":"`+here+`"}}`)
	r.act(staff.Author, id, "schedule", "", "scheduled")
	r.begin(id)
	at := "/broadcasts/" + id
	b := r.do(staff.Author, "GET", at, "").is(200)
	if b["size"] != nil || b["size_label"] != "少于10人" || b["frozen"] != nil || b["frozen_label"] != "少于10人" {
		t.Errorf("sent to nine: %v", b)
	}
	if report := r.do(staff.Author, "GET", at+"/report", "").is(200); report["few"] != true || report["open"] != nil || len(report["counts"].([]any)) != 0 ||
		len(report["left"].([]any)) != 0 || report["cost"].(map[string]any)["amount"] != nil {
		t.Errorf("report on nine: %v", report)
	}
	r.do(staff.Author, "GET", at+"/deliveries", "").problem(403, "few")
	r.do(staff.Auditor, "GET", at+"/deliveries", "").is(200)
	if _, err := r.broadcasts.Pause(t.Context(), broadcast.Official{ID: "author-1"}, id, ""); err != nil {
		t.Fatal(err)
	}

	// Who may read residents sees who is in a sample, and that is recorded with each of them.
	id = r.draft(staff.Author, `{"audience":{"all":true}}`)
	shown := r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/preview", "").is(200)["sample"].([]any)
	one := shown[0].(map[string]any)
	if len(shown) != 10 || !strings.HasPrefix(one["phone"].(string), "199****") {
		t.Errorf("to the auditor: %v", shown)
	}
	read := r.do(staff.Auditor, "GET", "/audit?subject="+one["resident"].(string), "").is(200)["items"].([]any)
	if act := read[0].(map[string]any); act["action"] != "resident.read" || act["actor"] != "staff:auditor-1" {
		t.Errorf("recorded %v", read)
	}
}

// TestDifferentAudiencesAreLimited: who tries one audience after another, without a draft or with, is stopped before two of them tell of a
// person; the same audience again is none of them. While they cannot be counted none is.
func TestDifferentAudiencesAreLimited(t *testing.T) {
	r := lite(t)
	estimate := func(audience string) answer {
		return r.do(staff.Author, "POST", "/audience/estimate", `{"topic":"water","channels":["sms"],"audience":`+audience+`}`)
	}
	preview := func(id string) answer { return r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "") }
	known := r.draft(staff.Author, `{"audience":{"committee":"`+here+`"}}`)
	preview(known).is(200)
	for n := range 29 {
		estimate(fmt.Sprintf(`{"tag":"标签%d"}`, n)).is(200)
	}
	for range 3 {
		estimate(`{"tag":"标签3"}`).is(200)
		preview(known).is(200)
	}
	refused := estimate(`{"tag":"还有一个"}`)
	if refused.problem(429, "rate"); refused.header.Get("Retry-After") == "" || !strings.Contains(refused.body, "30个不同的发送范围") {
		t.Errorf("%v %s", refused.header, refused.body)
	}
	other := r.draft(staff.Author, `{"audience":{"tag":"还有一个"}}`)
	preview(other).problem(429, "rate")
	r.do(staff.Approver, "GET", "/broadcasts/"+other+"/preview", "").is(200)
	r.agreeing(1, here)
	id := r.draft(staff.Author, sendsToAll)
	r.act(staff.Author, id, "submit", "", "submitted") // what must be sent has more room

	if err := r.redis.Close(); err != nil {
		t.Fatal(err)
	}
	estimate(`{"all":true}`).problem(503, "uncounted")
	preview(known).problem(503, "uncounted")
	id = r.draft(staff.Author, sendsToAll)
	r.act(staff.Author, id, "submit", "", "submitted")
}
