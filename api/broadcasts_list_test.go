package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

func TestBroadcastsAreFound(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		dated := r.draft(staff.Author, `{"title":"Ｎ区 停水","send_at":"2023-12-02T01:00:00Z","audience":{"all":true}}`)
		sent := r.approved(staff.Author, sendsToAll)
		r.act(staff.Author, sent, "schedule", "", "scheduled")
		r.begin(sent)
		r.now.pass(time.Hour)
		own := r.draft(staff.Committee, sendsToAll)
		for query, want := range map[string][]string{
			"":                 {own, sent, dated},
			"text=n区停水":        {dated},
			"text=详情请看公众号":     {own, sent, dated}, // what residents read
			"text=%25":         {},
			"text=" + sent[4:]: {sent},
			"from=2023-12-01T00:00:00Z&to=2023-12-03T00:00:00Z":                            {dated},
			"to=2023-11-14T00:00:00Z":                                                      {own, sent},
			"from=2023-11-13T05:00:00Z&to=2023-11-14T00:00:00Z":                            {own}, // the other began an hour before
			"approver=approver-1":                                                          {sent},
			"author=author-1&status=draft&status=" + url.QueryEscape("发送中"):                {sent, dated},
			"committee=示例社区" + here + "&topic=停水与取水":                                       {own},
			"author=author-1&committee=" + here:                                            {},
			"status=done":                                                                  {},
			"text=检修&author=author-1&topic=water&from=2023-11-13T00:00:00Z&status=sending": {sent},
		} {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			got := pagesOf(r, staff.Approver, "/broadcasts?"+values.Encode())
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
			statuses := values["status"]
			values.Del("status")
			n := 0
			for _, c := range r.do(staff.Approver, "GET", "/broadcasts/counts?"+values.Encode(), "").is(200)["items"].([]any) {
				one := c.(map[string]any)
				if len(statuses) == 0 || slices.Contains(statuses, one["status"].(string)) || slices.Contains(statuses, one["status_label"].(string)) {
					n += int(one["n"].(float64))
				}
			}
			if n != len(want) {
				t.Errorf("%s: counted %d, want %d", query, n, len(want))
			}
		}
		for query, at := range map[string]string{"committee=nobody": "query.committee", "topic=nothing": "query.topic", "from=yesterday": "query.from"} {
			r.do(staff.Approver, "GET", "/broadcasts?"+query, "").problem(422, "invalid", at)
		}
		counts := r.do(staff.Committee, "GET", "/broadcasts/counts", "").is(200)["items"].([]any)
		if one := counts[0].(map[string]any); len(counts) != 11 || one["status"] != "draft" || one["status_label"] != "草稿" || one["n"] != 1.0 {
			t.Errorf("a committee counts %v", counts)
		}
	})
}

// TestCommitteesFindWhatConcernsTheirResidents: before it is written down who gets a broadcast, and after; and nothing that goes to others only.
func TestCommitteesFindWhatConcernsTheirResidents(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 11 {
			r.agreeing(n, here)
			r.agreeing(20+n, there)
		}
		_, err := r.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: there, Name: "示例社区" + there, Street: "河西街道"})
		if err != nil {
			t.Fatal(err)
		}
		to := func(audience string) string { return `{"audience":` + audience + `}` }
		scheduled := func(audience string) string {
			id := r.approved(staff.Author, to(audience))
			r.act(staff.Author, id, "schedule", "", "scheduled")
			return id
		}
		all, mine := scheduled(`{"all":true}`), scheduled(`{"or":[{"committee":"`+here+`"},{"street":"河西街道"}]}`)
		theirs := scheduled(`{"and":[{"street":"河西街道"}]}`)
		found := func(want ...string) {
			t.Helper()
			if got := pagesOf(r, staff.Committee, "/broadcasts"); !slices.Equal(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
		}
		found(mine, all)
		for _, path := range []string{"", "/preview", "/report", "/reach", "/deliveries"} {
			r.do(staff.Committee, "GET", "/broadcasts/"+theirs+path, "").problem(404, "not-found")
			r.do(staff.Committee, "GET", "/broadcasts/"+mine+path, "").is(200)
		}
		r.act(staff.Author, all, "pause", "", "paused")
		found(mine, all)
		r.act(staff.Author, all, "cancel", `{"why":"不发了"}`, "cancelled")
		found(mine)
		r.begin(mine)
		r.begin(theirs)
		found(mine)
		if report := r.do(staff.Committee, "GET", "/broadcasts/"+mine+"/report", "").is(200); report["committee"] != here {
			t.Errorf("report %v", report)
		}
		r.do(staff.Committee, "GET", "/broadcasts/"+theirs+"/report", "").problem(404, "not-found")
		r.deliver(mine, slices.Repeat([]broadcast.State{broadcast.Delivered}, 22)...)
		found(mine)
	})
}

func TestSeriesAreFound(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	id := r.do(staff.Author, "POST", "/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposed+`}`).is(201)["id"].(string)
	for query, want := range map[string]int{"": 1, "text=每周": 1, "text=检修": 1, "text=" + id[3:]: 1, "text=养犬": 0, "author=author-1&topic=停水与取水": 1, "author=committee-1": 0, "approver=approver-1": 0} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := pagesOf(r, staff.Author, "/series?"+values.Encode()); len(got) != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}
