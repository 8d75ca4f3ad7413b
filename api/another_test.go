package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/api"
	"towncrier/staff"
)

// fitting are bodies that pass the schema, of operations that a committee has on one thing.
var fitting = map[string]string{
	"PATCH /residents/{id}":           `{"community":"示例小区"}`,
	"PUT /residents/{id}/preferences": `{"wants":false}`,
	"PUT /broadcasts/{id}":            `{"version":1,"proposal":{"title":"停水","audience":{"all":true},"committee":"` + here + `"}}`,
	"POST /broadcasts/{id}/cancel":    `{"why":"写错了"}`,
	"POST /broadcasts/{id}/test":      `{"channel":"sms"}`,
	"PUT /series/{id}":                `{"version":1,"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":` + proposed + `}`,
	"POST /series/{id}/stop":          `{"why":"写错了"}`,
	"POST /imports/{id}/start":        `{"rows":"all"}`,
	"PATCH /imports/{id}/rows":        `{"cells":[{"cell":"A2","text":"示例"}]}`,
	"POST /content/drafts/{id}/ask":   `{"questions":["几点开门"]}`,
	"POST /lists/{id}/numbers":        `{"numbers":["` + numbers + `0077"]}`,
}

// openToCommittees are operations on one thing that is no committee's own.
var openToCommittees = []string{"GET /committees/{code}",
	"PUT /content/tables/{name}", // of which it gets and writes its own rows
	"GET /content/revisions/{number}/parts/{kind}",
	"GET /content/notices/{id}", "GET /content/notices/{id}/withdrawal",
	"GET /content/revisions/{number}", "GET /content/revisions/{number}/archive", "GET /content/revisions/{number}/file", "GET /content/revisions/{number}/files",
	"GET /content/revisions/{number}/tables/{name}"}

// TestAnotherCommitteesIsNotThere: every operation that a committee has on one thing answers for another committee's as for one that does not
// exist, with 404 in one wording, and changes nothing.
func TestAnotherCommitteesIsNotThere(t *testing.T) {
	each(t, func(r *fixture) {
		other := r.hire(staff.Person{ID: "committee-2", Name: "别处", Role: staff.Committee, Committee: there})
		made := func(path, body string) string {
			return r.as(other, "POST", path, body).is(http.StatusCreated)["id"].(string)
		}
		r.agreeing(1, there)
		things := map[string][2]string{ // theirs, and nobody's
			"/residents/":      {r.resident(2, there).ID, strings.Repeat("0", 32)},
			"/broadcasts/":     {made("/broadcasts", `{"proposal":`+proposed+"}"), "BAAAAAAAAAA"},
			"/imports/":        {made("/imports?kind=residents", "手机号\n"), strings.Repeat("0", 32)},
			"/lists/":          {made("/lists", `{"title":"商户"}`), "LAAAAAAAAAA"},
			"/content/drafts/": {r.as(other, "PUT", "/content/tables/waterpoints", "取水点,来源\n河边取水点,示例\n").is(http.StatusOK)["draft"].(map[string]any)["id"].(string), "D99"},
			"/series/":         {made("/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposed+"}"), "SAAAAAAAAAA"},
		}
		for _, o := range api.Operations() {
			name := o.Method + " " + o.Path
			if o.Public || !strings.Contains(o.Path, "{") || !staff.Committee.May(o.Right) || slices.Contains(openToCommittees, name) {
				continue
			}
			kind, _, _ := strings.Cut(o.Path, "{")
			thing, ok := things[kind]
			if !ok {
				t.Errorf("%s: say what another committee's is, or that it is nobody's own", name)
				continue
			}
			fill := func(id string) string {
				path := strings.NewReplacer("{id}", id, "{name}", "waterpoints", "{kind}", "contacts", "{part}", "office").Replace(o.Path)
				if strings.HasSuffix(path, "/file") {
					path += "?path=tables/waterpoints.csv"
				}
				return path
			}
			said := ""
			for _, id := range thing {
				got := r.do(staff.Committee, o.Method, fill(id), fitting[name])
				got.problem(http.StatusNotFound, "not-found")
				detail := got.is(http.StatusNotFound)["detail"].(string)
				if !strings.Contains(detail, "，或者您无权查看：请") || said != "" && said != detail {
					t.Errorf("%s %s: %v, and of another committee's %v", name, id, detail, said)
				}
				said = detail
			}
		}
		for kind, thing := range things { // all is as it was
			if after := r.as(other, "GET", kind+thing[0], "").is(http.StatusOK); after["status"] != nil && after["status"] != "draft" {
				t.Errorf("%s: %v", kind, after)
			}
		}
	})
}
