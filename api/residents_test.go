package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/staff"
)

// TestUnlistedCommunityIsTold takes a community that the committee does not list, as an import does, and says so.
func TestUnlistedCommunityIsTold(t *testing.T) {
	each(t, func(r *fixture) {
		told := func(v map[string]any) string {
			for _, warning := range v["warnings"].([]any) {
				if text := warning.(string); !strings.Contains(text, "没有登记本人同意") { // nor did these
					return text
				}
			}
			return ""
		}
		add := func(n int, community string) map[string]any {
			return r.do(staff.Admin, "POST", "/residents", fmt.Sprintf(`{"phone":"%s%04d","committee":"%s","community":"%s"}`, numbers, n, here, community)).is(201)
		}
		if v := add(1, "槐树院"); told(v) != "" {
			r.t.Errorf("a committee that lists none: %v", v)
		}
		r.do(staff.Admin, "PUT", "/committees/"+here, `{"name":"示例社区居委会","communities":["示例小区"]}`)
		if v := add(2, "示例小区"); told(v) != "" {
			r.t.Errorf("listed: %v", v)
		}
		wrong := add(3, "示列小区")
		id := wrong["id"].(string)
		if !strings.Contains(told(wrong), "“示列小区”不在示例社区居委会") || wrong["community"] != "示列小区" {
			r.t.Errorf("unlisted: %v", wrong)
		}
		if v := r.do(staff.Auditor, "GET", "/residents/"+id, "").is(200); told(v) == "" {
			r.t.Errorf("shown: %v", v)
		}
		if v := r.do(staff.Admin, "PATCH", "/residents/"+id, `{"community":"示例小区"}`).is(200); told(v) != "" {
			r.t.Errorf("corrected: %v", v)
		}
		if v := r.do(staff.Admin, "PATCH", "/residents/"+id, `{"community":"别处小区"}`).is(200); told(v) == "" {
			r.t.Errorf("changed to an unlisted one: %v", v)
		}
	})
}

func TestResidents(t *testing.T) {
	each(t, func(r *fixture) {
		number := numbers + "0001"
		made := r.do(staff.Admin, "POST", "/residents", `{"phone":"+86 199-0000-0001","committee":"`+here+`","community":"示例小区","tags":["b","a"],
			"consents":[{"what":"notices","basis":"consent","how":"paper","at":"2023-11-12T00:00:00Z"}]}`)
		who := made.is(201)
		id := who["id"].(string)
		if made.header.Get("Location") != "/api/v1/residents/"+id {
			t0 := made.header.Get("Location")
			r.t.Errorf("Location %q", t0)
		}
		if who["phone"] != "199****0001" || who["phone_from"] != "staff" || who["committee"] != here || who["wechat"] != false ||
			fmt.Sprint(who["tags"]) != "[a b]" || len(who["consents"].([]any)) != 1 {
			r.t.Errorf("made: %v", who)
		}
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+number+`"}`).problem(409, "phone-taken", "body.phone")
		if got := r.do(staff.Auditor, "GET", "/residents/"+id, "").is(200); fmt.Sprint(got) != fmt.Sprint(who) {
			r.t.Errorf("got %v, made %v", got, who)
		}
		if got := r.do(staff.Auditor, "POST", "/residents/search", `{"phone":"`+number+`"}`).is(200); got["id"] != id {
			r.t.Errorf("search: %v", got)
		}
		r.do(staff.Auditor, "POST", "/residents/search", `{"phone":"`+numbers+`0009"}`).problem(404, "not-found")

		changed := r.do(staff.Admin, "PATCH", "/residents/"+id, `{"phone":"`+numbers+`0002","tags":[]}`).is(200)
		if changed["phone"] != "199****0002" || changed["community"] != "示例小区" || len(changed["tags"].([]any)) != 0 {
			r.t.Errorf("changed: %v", changed)
		}
		r.do(staff.Admin, "PATCH", "/residents/"+id, `{"phone":null}`).problem(400, "malformed", "body.phone")
		r.do(staff.Admin, "PATCH", "/residents/"+id, `{"phone":""}`).problem(422, "unreachable", "body.phone")
		if moved := r.do(staff.Admin, "PATCH", "/residents/"+id, `{"committee":"`+there+`"}`).is(200); moved["committee"] != there || moved["community"] != nil {
			r.t.Errorf("moved: %v", moved)
		}

		stopped := r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"channel":"sms","wants":false}`).is(200)
		if p := stopped["preferences"].([]any); len(p) != 1 || p[0].(map[string]any)["wants"] != false {
			r.t.Errorf("stopped: %v", stopped)
		}
		r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"channel":"sms","wants":true}`).problem(409, "suppressed", "body.phone")
		r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"channel":"fax","wants":true}`).problem(422, "invalid", "body.channel")
		r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"topic":"`+number+`","wants":true}`).problem(422, "invalid", "body.topic")

		r.do(staff.Admin, "DELETE", "/residents/"+id, "").is(204)
		r.do(staff.Admin, "DELETE", "/residents/"+id, "").problem(404, "not-found")
		r.do(staff.Admin, "GET", "/residents/"+id, "").problem(404, "not-found")
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0002"}`).problem(409, "suppressed", "body.phone")

		var acts []string
		for _, e := range r.do(staff.Auditor, "GET", "/audit?subject="+id, "").is(200)["items"].([]any) {
			entry := e.(map[string]any)
			if want := map[bool]string{true: "staff:auditor-1", false: "staff:admin-1"}[entry["action"] == "resident.read"]; entry["actor"] != want {
				r.t.Errorf("actor of %v", entry)
			}
			acts = append(acts, entry["action"].(string))
		}
		if want := []string{"resident.erase", "resident.prefer", "resident.change", "resident.change", "resident.read", "resident.read", "resident.add"}; !slices.Equal(acts, want) {
			r.t.Errorf("audited %v, want %v", acts, want)
		}
		if got := r.do(staff.Auditor, "GET", "/audit/verify", "").is(200); got["whole"] != true || got["hash"] == "" {
			r.t.Errorf("verify: %v", got)
		}
	})
}

func TestCommitteeSeesItsOwn(t *testing.T) {
	each(t, func(r *fixture) {
		mine, theirs, nobodys := r.resident(1, here).ID, r.resident(2, there).ID, r.resident(3, "").ID
		for _, id := range []string{theirs, nobodys, strings.Repeat("0", 32)} {
			r.do(staff.Committee, "GET", "/residents/"+id, "").problem(404, "not-found")
			r.do(staff.Committee, "GET", "/residents/"+id+"/texts", "").problem(404, "not-found")
			r.do(staff.Committee, "PATCH", "/residents/"+id, `{"tags":["x"]}`).problem(404, "not-found")
			r.do(staff.Committee, "PATCH", "/residents/"+id, `{"committee":"`+here+`"}`).problem(404, "not-found")
			r.do(staff.Committee, "PUT", "/residents/"+id+"/preferences", `{"wants":false}`).problem(404, "not-found")
		}
		for _, n := range []string{"0002", "0003", "0004"} {
			r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+n+`"}`).problem(404, "not-found")
		}
		if got := r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+`0001"}`).is(200); got["id"] != mine {
			r.t.Errorf("search: %v", got)
		}
		for path, want := range map[string]int{"/residents": 1, "/residents?committee=" + here: 1} {
			if got := r.do(staff.Committee, "GET", path, "").is(200)["items"].([]any); len(got) != want {
				r.t.Errorf("%s: %v, want %d", path, got, want)
			}
		}
		for _, path := range []string{"/stats", "/stats?committee=" + here} {
			if got := r.do(staff.Committee, "GET", path, "").is(200); got["residents"] != 1.0 || got["suppressed"] != 0.0 {
				r.t.Errorf("%s: %v", path, got)
			}
		}
		for _, path := range []string{"/stats", "/residents", "/residents.csv"} {
			r.do(staff.Committee, "GET", path+"?committee="+there, "").problem(403, "not-your-committee", "query.committee")
			r.do(staff.Admin, "GET", path+"?committee=C99", "").problem(422, "no-committee", "query.committee")
		}
		if got := r.do(staff.Admin, "GET", "/stats", "").is(200); got["residents"] != 3.0 {
			r.t.Errorf("all: %v", got)
		}

		if got := r.do(staff.Committee, "POST", "/residents", `{"phone":"`+numbers+`0005"}`).is(201); got["committee"] != here {
			r.t.Errorf("made: %v", got)
		}
		// What another committee knows, and who wants to be left alone, is not told apart.
		if err := r.roster.Suppress(r.t.Context(), audit.Local("test"), phone.Number(numbers+"0007"), roster.Erased); err != nil {
			r.t.Fatal(err)
		}
		for _, n := range []string{"0002", "0003", "0007"} {
			made := r.do(staff.Committee, "POST", "/residents", `{"phone":"`+numbers+n+`"}`)
			made.problem(409, "number-held", "body.phone")
			changed := r.do(staff.Committee, "PATCH", "/residents/"+mine, `{"phone":"`+numbers+n+`"}`)
			changed.problem(409, "number-held", "body.phone")
		}
		r.do(staff.Committee, "POST", "/residents", `{"phone":"`+numbers+`0006","committee":"`+there+`"}`).problem(403, "not-your-committee", "body.committee")
		for _, away := range []string{there, ""} {
			r.do(staff.Committee, "PATCH", "/residents/"+mine, `{"committee":"`+away+`"}`).problem(403, "not-your-committee", "body.committee")
		}
		if got := r.do(staff.Committee, "PATCH", "/residents/"+mine, `{"tags":["x"]}`).is(200); fmt.Sprint(got["tags"]) != "[x]" {
			r.t.Errorf("changed: %v", got)
		}
		r.do(staff.Committee, "DELETE", "/residents/"+mine, "").problem(403, "right")
	})
}

func TestFilters(t *testing.T) {
	each(t, func(r *fixture) {
		id := r.resident(1, here).ID
		r.resident(2, there)
		r.do(staff.Admin, "PATCH", "/residents/"+id, `{"community":"示例小区","tags":["独居"],"consents":[{"what":"notices","basis":"consent","how":"paper"}]}`).is(200)
		if _, err := r.roster.Bind(r.t.Context(), openid+"-2", phone.Number(numbers+"0002")); err != nil {
			r.t.Fatal(err)
		}
		later := url.QueryEscape(r.now.Now().Add(time.Hour).Format(time.RFC3339))
		for query, want := range map[string]int{
			"": 2, "committee=" + here: 1, "community=" + url.QueryEscape("示例小区"): 1, "tag=" + url.QueryEscape("独居"): 1, "tag=x": 0,
			"consent=phone": 1, "has_phone=true": 2, "has_phone=false": 0, "has_wechat=true": 1, "has_wechat=false": 1,
			"updated_since=" + later: 0, "updated_since=2000-01-01T00:00:00Z": 2,
		} {
			if got := r.do(staff.Admin, "GET", "/residents?"+query, "").is(200)["items"].([]any); len(got) != want {
				r.t.Errorf("%s: %v, want %d", query, got, want)
			}
		}
		for query, at := range map[string]string{"limit=0": "limit", "limit=201": "limit", "limit=x": "limit", "has_phone=x": "has_phone", "updated_since=x": "updated_since"} {
			r.do(staff.Admin, "GET", "/residents?"+query, "").problem(422, "invalid", "query."+at)
		}
		for _, path := range []string{"/residents?after=!", "/residents?after=-1", "/audit?after=x", "/audit?after=-1", "/audit?after=1.5"} {
			r.do(staff.Admin, "GET", path, "").problem(400, "cursor", "query.after")
		}
	})
}

// pages reads a list to its end; between is called after each page.
func pages(r *fixture, path string, key string, between func(n int)) (all []string) {
	r.t.Helper()
	after := ""
	for n := 1; n < 100; n++ {
		got := r.do(staff.Admin, "GET", path+"&after="+after, "").is(200)
		for _, item := range got["items"].([]any) {
			all = append(all, fmt.Sprint(item.(map[string]any)[key]))
		}
		next, more := got["next"].(string)
		if !more {
			return all
		}
		after = next
		between(n)
	}
	r.t.Fatal("the list does not end")
	return nil
}

func TestCursorsHoldWhileRowsCome(t *testing.T) {
	each(t, func(r *fixture) {
		var want []string
		for n := range 25 {
			want = append(want, r.resident(n, here).ID)
		}
		got := pages(r, "/residents?limit=10", "id", func(n int) {
			want = append(want, r.resident(100+n, here).ID)
			if err := r.roster.Erase(r.t.Context(), audit.Local("test"), want[n]); err != nil { // shown already
				r.t.Fatal(err)
			}
		})
		if !slices.Equal(got, want) {
			r.t.Errorf("%d residents over pages, want %d in their order", len(got), len(want))
		}
		var top int
		for _, seq := range pages(r, "/audit?limit=7", "seq", func(n int) { r.resident(200+n, here) }) {
			var n int
			fmt.Sscan(seq, &n)
			if top != 0 && n != top-1 {
				r.t.Fatalf("entry %d follows %d", n, top)
			}
			top = n
		}
		if top != 1 {
			r.t.Errorf("the last entry is %d, want 1", top)
		}
	})
}

func TestTexts(t *testing.T) {
	each(t, func(r *fixture) {
		who := r.resident(1, here)
		now := r.now.Now()
		_, won, err := r.db.SMS().Begin(r.t.Context(), sms.Code, sms.Text{To: who.Phone, Template: "SMS_1", OutID: "o1"}, now, now.Add(time.Minute))
		if err != nil || !won {
			r.t.Fatal(won, err)
		}
		got := r.do(staff.Committee, "GET", "/residents/"+who.ID+"/texts", "").is(200)["items"].([]any)
		if len(got) != 1 || got[0].(map[string]any)["channel"] != string(roster.SMS) {
			r.t.Errorf("texts: %v", got)
		}
		r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+`0001"}`).is(200)
		r.do(staff.Committee, "GET", "/residents/"+who.ID, "").is(200)
		var read []string
		for _, e := range r.do(staff.Auditor, "GET", "/audit?action=resident.read&actor=staff:committee-1&subject="+who.ID, "").is(200)["items"].([]any) {
			read = append(read, e.(map[string]any)["detail"].(string))
		}
		if want := []string{"entry", "entry by number", "texts"}; !slices.Equal(read, want) {
			r.t.Errorf("recorded as read: %q, want %q", read, want)
		}
	})
}

// TestSearchTellsNobodysFromAnothers: a committee cannot find out by trying numbers who lives elsewhere in the city.
func TestSearchTellsNobodysFromAnothers(t *testing.T) {
	each(t, func(r *fixture) {
		r.resident(1, here)
		r.resident(2, there)
		var refused []string
		for _, n := range []string{"0002", "0003"} {
			got := r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+n+`"}`)
			got.problem(404, "not-found")
			refused = append(refused, strings.ReplaceAll(got.body, got.header.Get("X-Request-Id"), "-"))
		}
		if refused[0] != refused[1] {
			r.t.Errorf("another committee's %s\nnobody's %s", refused[0], refused[1])
		}
		missed := r.do(staff.Auditor, "GET", "/audit?action=resident.search", "").is(200)["items"].([]any)
		if len(missed) != 2 || missed[0].(map[string]any)["actor"] != "staff:committee-1" {
			r.t.Errorf("recorded %v", missed)
		}
		for range 28 {
			r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+`0001"}`).is(200)
		}
		last := r.do(staff.Committee, "POST", "/residents/search", `{"phone":"`+numbers+`0001"}`)
		last.problem(429, "rate")
		if last.header.Get("Retry-After") == "" {
			r.t.Errorf("headers %v", last.header)
		}
		r.do(staff.Admin, "POST", "/residents/search", `{"phone":"`+numbers+`0001"}`).is(200)
	})
}

// TestTryingNumbersOutIsSearching: a committee that enters numbers to see which are held elsewhere, or by somebody who wants to be left
// alone, gets as far as by searching, and each is recorded. Entering its own residents costs nothing.
func TestTryingNumbersOutIsSearching(t *testing.T) {
	each(t, func(r *fixture) {
		r.resident(1, there)
		mine := r.resident(2, here).ID
		if err := r.roster.Suppress(r.t.Context(), audit.Local("test"), phone.Number(numbers+"0003"), roster.Erased); err != nil {
			r.t.Fatal(err)
		}
		enter := func(n int) answer {
			return r.do(staff.Committee, "POST", "/residents", fmt.Sprintf(`{"phone":"%s%04d"}`, numbers, n))
		}
		for n := range 40 {
			enter(100 + n).is(201)
		}
		for range 10 {
			enter(1).problem(409, "number-held", "body.phone")
			enter(3).problem(409, "number-held", "body.phone")
			r.do(staff.Committee, "PATCH", "/residents/"+mine, `{"phone":"`+numbers+`0001"}`).problem(409, "number-held", "body.phone")
		}
		tried := r.do(staff.Auditor, "GET", "/audit?action=resident.search", "").is(200)["items"].([]any)
		if len(tried) != 30 || tried[0].(map[string]any)["actor"] != "staff:committee-1" {
			r.t.Errorf("recorded %v", tried)
		}
		for _, n := range []int{1, 3, 200} { // held or not: that is not to be found out any more
			enter(n).problem(429, "rate")
		}
		r.do(staff.Committee, "PATCH", "/residents/"+mine, `{"tags":["x"]}`).is(200)
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0200","committee":"`+here+`"}`).is(201)
	})
}

// TestATakenNumberLeadsToItsResident: whoever may see the resident is told where the entry is; nobody else learns anything. An entry that
// nothing can be sent to says so.
func TestATakenNumberLeadsToItsResident(t *testing.T) {
	r := lite(t)
	made := r.do(staff.Committee, "POST", "/residents", `{"phone":"`+numbers+`0001"}`).is(201)
	if got := fmt.Sprint(made["warnings"]); !strings.Contains(got, "没有登记本人同意或其他依据") {
		t.Errorf("nobody agreed: %s", got)
	}
	const consent = `"consents":[{"what":"notices","basis":"consent","how":"纸质"}]`
	for _, role := range []staff.Role{staff.Committee, staff.Admin} {
		taken := r.do(role, "POST", "/residents", `{"phone":"`+numbers+`0001",`+consent+`}`)
		taken.problem(409, "phone-taken", "body.phone")
		if !strings.Contains(taken.body, "居民编号 "+made["id"].(string)) {
			t.Errorf("%s is told %s", role, taken.body)
		}
	}
	if got := r.do(staff.Committee, "PATCH", "/residents/"+made["id"].(string), "{"+consent+"}").is(200); got["warnings"] != nil {
		t.Errorf("agreed: %v", got["warnings"])
	}
}

// TestSensitiveTagsStayWithWhoKeepsEntries: in no list, and chosen by nobody else.
func TestSensitiveTagsStayWithWhoKeepsEntries(t *testing.T) {
	r := lite(t)
	made := r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0001","committee":"`+here+`","tags":["低保","独居"]}`).is(201)
	at := "/residents/" + made["id"].(string)
	tags := func(entry any) string { return fmt.Sprint(entry.(map[string]any)["tags"]) }
	for role, want := range map[staff.Role]string{staff.Admin: "[低保 独居]", staff.Committee: "[低保 独居]", staff.Auditor: "[独居]"} {
		if got := tags(r.do(role, "GET", at, "").is(200)); got != want {
			t.Errorf("%s reads %s, want %s", role, got, want)
		}
		if got := tags(r.do(role, "GET", "/residents", "").is(200)["items"].([]any)[0]); got != "[独居]" {
			t.Errorf("%s lists %s, want no sensitive tag", role, got)
		}
	}
	const tag = "?tag=%E4%BD%8E%E4%BF%9D"
	r.do(staff.Auditor, "GET", "/residents"+tag, "").problem(403, "right", "query.tag")
	if n := len(r.do(staff.Admin, "GET", "/residents"+tag, "").is(200)["items"].([]any)); n != 1 {
		t.Errorf("the admin finds %d by the tag, want 1", n)
	}
	for _, audience := range []string{`{"tag":"低保"}`, `{"and":[{"all":true},{"not":{"tag":"低保"}}]}`} {
		r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":`+audience+`}}`).problem(403, "right", "body.proposal.audience")
	}
	r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"tag":"独居"}}}`).is(201)
	r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"tag":"低保"}}}`).is(201)
}
