package api_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/staff"
)

// proposed is a whole proposal, of one text to everybody.
const proposed = `{"title":"每周停水提醒","topic":"water","cites":[{"notice":"W1","passage":1}],"audience":{"all":true},"messages":[
	{"channel":"sms","template":"notice-sms","data":{"committee":"示例水站2030年5月6日","title":"每周一检修水管"}}]}`

func TestSeries(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		write := func(cron, until, more string) string {
			return `{"cron":"` + cron + `","until":"` + until + `",` + more + `"proposal":` + proposed + `}`
		}
		const until = "2023-12-31T00:00:00Z"
		made := r.do(staff.Author, "POST", "/series", write("0 9 * * 1", until, ""))
		s := made.is(201)
		id := s["id"].(string)
		at := "/series/" + id
		if made.header.Get("Location") != "/api/v1"+at || s["size"] != nil || s["size_label"] != "少于10人" || s["approver"] != nil || s["next"] != nil ||
			s["upcoming"].([]any)[0] != "2023-11-20T01:00:00Z" {
			r.t.Errorf("made %v", s)
		}
		for body, field := range map[string]string{
			write("x", until, ""):                               "body.cron",
			write("* * * * *", until, ""):                       "body.cron",
			write("0 9 30 2 *", until, ""):                      "body.cron", // never
			write("0 9 * * 1", "2023-11-14T00:00:00Z", ""):      "body.until",
			write("0 9 * * 1", until, `"expire_minutes":5000,`): "body.expire_minutes",
		} {
			r.do(staff.Author, "POST", "/series", body).problem(422, "invalid", field)
		}
		r.do(staff.Author, "POST", "/series", strings.Replace(write("0 9 * * 1", until, ""), `"W1"`, `"W9"`, 1)).problem(422, "faults", "proposal.cites")
		r.do(staff.Author, "POST", "/series", strings.Replace(write("0 9 * * 1", until, ""), `"all":true`, "", 1)).problem(422, "faults", "proposal.audience")

		changed := r.do(staff.Author, "PUT", at, strings.Replace(write("0 10 * * 1", until, ""), "{", fmt.Sprintf(`{"version":%v,`, s["version"]), 1)).is(200)
		if changed["cron"] != "0 10 * * 1" || changed["hash"] == s["hash"] {
			r.t.Errorf("changed %v", changed)
		}
		r.do(staff.Author, "PUT", at, strings.Replace(write("0 9 * * 1", until, ""), "{", fmt.Sprintf(`{"version":%v,`, s["version"]), 1)).problem(409, "changed")
		r.do(staff.Approver, "POST", at+"/approve", fmt.Sprintf(`{"hash":"%v"}`, s["hash"])).problem(409, "changed")
		yes := r.do(staff.Approver, "POST", at+"/approve", fmt.Sprintf(`{"hash":"%v"}`, changed["hash"])).is(200)
		if yes["approver"] != "approver-1" || yes["next"] != "2023-11-20T02:00:00Z" {
			r.t.Errorf("approved %v", yes)
		}
		r.do(staff.Approver, "POST", at+"/approve", fmt.Sprintf(`{"hash":"%v"}`, changed["hash"])).problem(409, "state")

		stopped := r.do(staff.Author, "POST", at+"/stop", `{"why":"检修结束"}`).is(200)
		if stopped["stopped"] != true || stopped["why"] != "检修结束" || len(stopped["upcoming"].([]any)) != 0 {
			r.t.Errorf("stopped %v", stopped)
		}

		// A committee has its own series and knows of no others.
		own := r.do(staff.Committee, "POST", "/series", write("0 9 * * 2", until, "")).is(201)
		if own["proposal"].(map[string]any)["committee"] != here {
			r.t.Errorf("the committee's: %v", own)
		}
		if all := r.do(staff.Committee, "GET", "/series", "").is(200)["items"].([]any); len(all) != 1 {
			r.t.Errorf("the committee's: %v", all)
		}
		if all := r.do(staff.Auditor, "GET", "/series", "").is(200)["items"].([]any); len(all) != 2 {
			r.t.Errorf("all: %v", all)
		}
		r.do(staff.Committee, "GET", at, "").problem(404, "not-found")
		r.do(staff.Committee, "POST", at+"/stop", `{"why":"x"}`).problem(404, "not-found")
		r.do(staff.Author, "GET", "/series/SAAAAAAAAAA", "").problem(404, "not-found")
	})
}

// TestSeriesInDays: a series is written by days of the week or the month, and read back so, whichever way it was written.
func TestSeriesInDays(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	write := func(when string) string {
		return `{` + when + `"until":"2024-12-31T00:00:00Z","proposal":` + proposed + `}`
	}
	weekly := r.do(staff.Author, "POST", "/series", write(`"repeat":{"every":"week","on":[4,1],"at":"09:00"},`)).is(201)
	if weekly["cron"] != "0 9 * * 1,4" || weekly["schedule_label"] != "每周一、周四 09:00" || fmt.Sprint(weekly["repeat"]) != "map[at:09:00 every:week on:[1 4]]" ||
		fmt.Sprint(weekly["upcoming"]) != "[2023-11-16T01:00:00Z 2023-11-20T01:00:00Z 2023-11-23T01:00:00Z 2023-11-27T01:00:00Z 2023-11-30T01:00:00Z]" {
		t.Errorf("weekly: %v", weekly)
	}
	at := "/series/" + weekly["id"].(string)
	change := func(when string) string {
		return strings.Replace(write(when), "{", fmt.Sprintf(`{"version":%v,`, weekly["version"]), 1)
	}
	monthly := r.do(staff.Author, "PUT", at, change(`"repeat":{"every":"month","on":[31],"last":true,"at":"18:30"},`)).is(200)
	if monthly["schedule_label"] != "每月31日、最后一天 18:30（没有31日的月份，这一天不发送）" || fmt.Sprint(monthly["repeat"]) != "map[at:18:30 every:month last:true on:[31]]" ||
		fmt.Sprint(monthly["upcoming"]) != "[2023-11-30T10:30:00Z 2023-12-31T10:30:00Z 2024-01-31T10:30:00Z 2024-02-29T10:30:00Z 2024-03-31T10:30:00Z]" || monthly["hash"] == weekly["hash"] {
		t.Errorf("monthly: %v", monthly)
	}
	if cron := r.do(staff.Author, "POST", "/series", write(`"cron":"0 9 * jan 7",`)).is(201); cron["repeat"] != nil || cron["schedule_label"] != "0 9 * jan 7（分 时 日 月 星期）" {
		t.Errorf("cron: %v", cron)
	}
	for when, field := range map[string]string{
		``: "body.repeat",
		`"cron":"0 9 * * 1","repeat":{"every":"day","at":"09:00"},`: "body.repeat",
		`"repeat":{"every":"week","at":"09:00"},`:                   "body.repeat.on",
		`"repeat":{"every":"week","on":[8],"at":"09:00"},`:          "body.repeat.on",
		`"repeat":{"every":"day","last":true,"at":"09:00"},`:        "body.repeat.last",
		`"repeat":{"every":"day","at":"24:00"},`:                    "body.repeat.at",
		`"repeat":{"every":"year","on":[1],"at":"09:00"},`:          "body.repeat.every",
	} {
		r.do(staff.Author, "POST", "/series", write(when)).problem(422, "invalid", field)
	}
}
