package api_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestCursorsThatAreNoneAreRefused asks every list of the document to go on from where it never said that it goes on: a list that took such a
// place for its start, or for its end, would have a program go round for ever, or stop early.
func TestCursorsThatAreNoneAreRefused(t *testing.T) {
	r := lite(t)
	r.ticket("一")
	r.ticket("二")
	r.resident(1, here)
	r.resident(2, here)
	next := func(path string) string {
		return r.do(staff.Auditor, "GET", path+"?limit=1", "").is(200)["next"].(string)
	}
	tickets, residents, entries := next("/inbox"), next("/residents"), next("/audit")
	placeholder := regexp.MustCompile(`\{[^}]*\}`)
	lists, several := 0, 0
	for path, methods := range document(r).Paths {
		op, ok := methods["get"]
		if !ok {
			continue
		}
		lists++
		if slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == "after" }) {
			several++
		}
		role := staff.Admin
		for _, one := range roles {
			if op.Right != "" && one.May(staff.Right(op.Right)) {
				role = one
			}
		}
		at := placeholder.ReplaceAllString(strings.TrimPrefix(path, "/api/v1"), "BAAAAAAAAAA")
		bad := []string{"zzz", "1", "-1", "!", "20231113-9999", "D1", ".", "zzz.aaaaaa", tickets + "a", "1" + entries, entries[:len(entries)-1]}
		for list, cursor := range map[string]string{"/inbox": tickets, "/residents": residents, "/audit": entries} {
			if !strings.HasSuffix(path, list) {
				bad = append(bad, cursor)
			}
		}
		r.rested() // these are more requests than one key may make
		for _, after := range bad {
			r.do(role, "GET", at+"?after="+after, "").problem(400, "cursor", "query.after")
		}
	}
	if lists < 40 || several < 9 {
		t.Errorf("%d lists were asked, %d of them of several pages", lists, several)
	}
	if got := r.do(staff.Auditor, "GET", "/inbox?limit=1&after="+tickets, "").is(200); len(got["items"].([]any)) != 1 || got["next"] != nil {
		t.Errorf("the second page: %v", got)
	}
}
