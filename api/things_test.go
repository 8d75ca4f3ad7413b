package api_test

import (
	"strings"

	"towncrier/staff"
)

// things makes one of each thing that a path names, of the committee here or of nobody's own, and puts their ids into paths.
func (r *fixture) things() (at func(path string) string) {
	r.t.Helper()
	r.agreeing(900, here)
	made := func(path, body string) string {
		r.t.Helper()
		return r.do(staff.Committee, "POST", path, body).is(201)["id"].(string)
	}
	things := map[string]string{
		"/residents/":                 r.resident(901, here).ID,
		"/broadcasts/":                made("/broadcasts", `{"proposal":`+proposed+"}"),
		"/imports/":                   r.judged(staff.Committee, "", residentsHeading+numbers+"0902,C01,,同意,2023-11-01\n1990000,C01,,同意,2023-11-01\n").ID,
		"/lists/":                     made("/lists", `{"title":"商户"}`),
		"/series/":                    made("/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposed+"}"),
		"/staff/":                     "author-1",
		"/questions/":                 r.asked("健身房退费"),
		"/exports/":                   "none",
		"/stops/undo/":                "none",
		"/content/drafts/":            strings.TrimPrefix(r.beginContent("改"), "/content/drafts/"),
		"/content/notices/":           "L1",
		"/emergencies/":               r.do(staff.Author, "POST", "/emergencies", burstMain).is(201)["id"].(string),
		"/content/revisions/{number}": "/content/revisions/0",
		"{number}":                    r.ticket(""),
		"/parts/{kind}/{part}":        "/parts/contacts/office",
		"/intents/{part}/":            "/intents/library.hours/",
		"{kind}":                      "contacts",
		"{code}":                      here,
		"{key}":                       "nokey",
		"{name}":                      "waterpoints",
		"{invitation}":                "none",
		"/alarms/{kind}":              "/alarms/restored",
	}
	var pairs []string
	for kind, id := range things {
		if strings.HasPrefix(kind, "/") && strings.HasSuffix(kind, "/") {
			kind, id = kind+"{id}", kind+id
		}
		pairs = append(pairs, kind, id)
	}
	return strings.NewReplacer(pairs...).Replace
}
