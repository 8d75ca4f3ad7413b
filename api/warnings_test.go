package api_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestWarningsAcceptedByName: a link to a host that is not the city's is shown with its name, and goes only when author and approver
// both accept it.
func TestWarningsAcceptedByName(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 10 {
			r.agreeing(n, here)
		}
		const name = "link:news.example.net"
		linking := func(address string) string {
			return `{"audience":{"all":true},"messages":[{"channel":"template","template":"notice-template","data":{"thing1":"东街停水","thing2":"示例水站"},"url":"` + address + `"}]}`
		}
		says := func(a answer) {
			r.t.Helper()
			text := fmt.Sprint(a.is(422)["errors"])
			if !strings.Contains(text, "链接指向news.example.net") || !strings.Contains(text, "accept："+name) {
				r.t.Errorf("refused with %s", text)
			}
		}
		r.approved(staff.Author, linking("https://example.com/water")) // the town's own

		plain := r.draft(staff.Author, linking("http://example.com/water"))
		r.do(staff.Author, "POST", "/broadcasts/"+plain+"/submit", `{"accept":[]}`).problem(422, "faults", "proposal.messages.template.url")

		id := r.draft(staff.Author, linking("https://news.example.net/water"))
		at := "/broadcasts/" + id
		shown := fmt.Sprint(r.do(staff.Author, "GET", at+"/preview", "").is(200)["faults"])
		if !strings.Contains(shown, "name:"+name) {
			r.t.Errorf("previewed with %s", shown)
		}
		for _, body := range []string{"", "{}", `{"accept":[]}`, `{"accept":["link:example.net"]}`} {
			says(r.do(staff.Author, "POST", at+"/submit", body))
		}
		r.do(staff.Author, "POST", at+"/submit", `{"accept":"`+name+`"}`).problem(422, "invalid", "body.accept")
		r.do(staff.Author, "POST", at+"/submit", `{"accept":["`+name+`","review:W1"]}`).problem(422, "faults", "proposal")
		submitted := r.act(staff.Author, id, "submit", `{"accept":["`+name+`"]}`, "submitted")
		if fmt.Sprint(submitted["accepted"]) != "["+name+"]" {
			r.t.Errorf("accepted %v", submitted["accepted"])
		}
		hash := submitted["hash"].(string)
		says(r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+hash+`"}`))
		r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`","accept":["`+name+`"]}`, "approved")
		r.act(staff.Author, id, "schedule", "", "scheduled")

		series := func(accept string) string {
			return `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z",` + accept + `"proposal":` +
				strings.Replace(linking("https://news.example.net/water"), "{", `{"title":"停水","topic":"water","cites":[{"notice":"W1","passage":1}],`, 1) + `}`
		}
		says(r.do(staff.Author, "POST", "/series", series("")))
		made := r.do(staff.Author, "POST", "/series", series(`"accept":["`+name+`"],`)).is(201)
		path := fmt.Sprint("/series/", made["id"])
		says(r.do(staff.Author, "PUT", path, strings.Replace(series(""), "{", `{"version":1,`, 1)))
		says(r.do(staff.Approver, "POST", path+"/approve", fmt.Sprintf(`{"hash":"%v"}`, made["hash"])))
		if yes := r.do(staff.Approver, "POST", path+"/approve", fmt.Sprintf(`{"hash":"%v","accept":["%s"]}`, made["hash"], name)).is(200); fmt.Sprint(yes["accepted"]) != "["+name+"]" {
			r.t.Errorf("approved %v", yes)
		}
	})
}
