package api_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestOnlyWhatIsPrintedIsSubmitted: a figure, a date or an official name that no cited passage prints is refused in a broadcast and in a series, by
// channel and variable; no acceptance and no emergency lets it through.
func TestOnlyWhatIsPrintedIsSubmitted(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	writing := func(title, more string) string {
		return `{"audience":{"all":true},"messages":[{"channel":"sms","template":"notice-sms","data":{"committee":"示例水站","title":"` + title + `"}}]` + more + `}`
	}
	for title, said := range map[string]string{
		"停水补偿8888元":    "8888元",
		"5月9日东街停水":     "5月9日",
		"停水请找槐树水务局":    "槐树水务局",
		"按《示例镇停水条例》停水": "示例镇停水条例",
	} {
		id := r.draft(staff.Author, writing(title, ""))
		shown := fmt.Sprint(r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "").is(200)["faults"])
		want := "短信的“什么事”写了“" + said + "”，引用的公告里没有"
		if !strings.Contains(shown, want) {
			t.Errorf("%s: %s", title, shown)
		}
		refused := r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", `{"accept":[]}`)
		refused.problem(422, "faults", "proposal.messages.sms.data.title")
		if !strings.Contains(refused.body, want) {
			t.Errorf("%s: %s", title, refused.body)
		}
	}
	urgent := r.draft(staff.Author, writing("停水补偿8888元", `,"emergency":true`))
	r.do(staff.Author, "POST", "/broadcasts/"+urgent+"/submit", "").problem(422, "faults", "proposal.messages.sms.data.title")
	series := `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":{"title":"停水","topic":"water","cites":[{"notice":"W1","passage":1}],` +
		strings.TrimPrefix(writing("停水补偿8888元", ""), "{") + `}`
	if refused := r.do(staff.Author, "POST", "/series", series); refused.status != 422 || !strings.Contains(refused.body, "8888元") {
		t.Errorf("%d %s", refused.status, refused.body)
	}

	r.approved(staff.Author, writing("5月8日8时至18时停水", ""))
	third := r.draft(staff.Author, writing("停水时开放3个取水点", `,"cites":[{"notice":"W1","passage":1}]`)) // printed, by a passage that is not cited
	r.do(staff.Author, "POST", "/broadcasts/"+third+"/submit", "").problem(422, "faults", "proposal.messages.sms.data.title")
	r.approved(staff.Author, writing("停水时开放3个取水点", `,"cites":[{"notice":"W1","passage":2}]`))
}
