package api_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"towncrier/api"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/staff"
)

var update = flag.Bool("update", false, "write docs/api.md anew")

// TestOperationsAreDocumented: docs/api.md lists every operation, with its summary and the right that it needs.
func TestOperationsAreDocumented(t *testing.T) {
	const file, mark = "../docs/api.md", "-update -->\n"
	var d struct {
		Paths map[string]map[string]struct {
			Summary string
			Right   string `json:"x-right"`
		}
	}
	if err := json.Unmarshal([]byte(lite(t).as("", "GET", "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for path, methods := range d.Paths {
		for method, op := range methods {
			rows = append(rows, fmt.Sprintf("| `%s %s` | %s | %s |\n", strings.ToUpper(method), path, op.Summary, cmp.Or(op.Right, "–")))
		}
	}
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(pathFirst(a), pathFirst(b)) })
	table := "\n| Operation | | Right |\n|---|---|---|\n" + strings.Join(rows, "")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, listed, _ := strings.Cut(string(text), mark)
	if *update {
		if err := os.WriteFile(file, []byte(head+mark+table), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if listed != table {
		t.Error("docs/api.md is not current: go test ./api -run TestOperationsAreDocumented -update")
	}
}

// TestRightsAreDocumented: docs/rights.md says of every operation which roles may call it.
func TestRightsAreDocumented(t *testing.T) {
	const file, mark = "../docs/rights.md", "--markdown -->\n\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, listed, _ := strings.Cut(string(text), mark)
	table := api.RightsMarkdown()
	if *update {
		listed = table
		if err := os.WriteFile(file, []byte(head+mark+table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if listed != table {
		t.Error("docs/rights.md is not current: go test ./api -run TestRightsAreDocumented -update")
	}
	var d described
	if err := json.Unmarshal([]byte(lite(t).as("", "GET", "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	for path, methods := range d.Paths {
		for method := range methods {
			if !strings.Contains(listed, "| `"+strings.ToUpper(method)+" "+path+"` |") {
				t.Errorf("%s %s is not in %s", method, path, file)
			}
		}
	}
}

// pathFirst orders rows by path, then method.
func pathFirst(row string) string {
	operation, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`")
	method, path, _ := strings.Cut(operation, " ")
	return path + " " + method
}

// TestDocumentShowsTheDomainsLimits: what is stated is what is refused.
func TestDocumentShowsTheDomainsLimits(t *testing.T) {
	r := lite(t)
	schemas := document(r).Components.Schemas
	limit := func(schema, property, keyword string) int {
		t.Helper()
		n, ok := schemas[schema]["properties"].(map[string]any)[property].(map[string]any)[keyword].(float64)
		if !ok {
			t.Fatalf("%s.%s has no %s", schema, property, keyword)
		}
		return int(n)
	}
	longest := limit("Proposal", "title", "maxLength")
	for n, status := range map[int]int{longest: 201, longest + 1: 422} {
		r.do(staff.Author, "POST", "/broadcasts", `{"proposal":{"audience":{"all":true},"title":"`+strings.Repeat("长", n)+`"}}`).is(status)
	}
	most := limit("Proposal", "cites", "maxItems")
	for n, status := range map[int]int{most: 201, most + 1: 422} {
		cites := strings.TrimSuffix(strings.Repeat(`{"notice":"N1","passage":1},`, n), ",")
		r.do(staff.Author, "POST", "/broadcasts", `{"proposal":{"audience":{"all":true},"title":"停水","cites":[`+cites+`]}}`).is(status)
	}
	longest = limit("CreateNumberList", "title", "maxLength")
	for n, status := range map[int]int{longest: 201, longest + 1: 422} {
		r.do(staff.Author, "POST", "/lists", `{"title":"`+strings.Repeat("长", n)+`"}`).is(status)
	}
	id := r.draft(staff.Author, sendsToAll)
	tooLong := strings.Repeat("长", limit("Reason", "why", "maxLength")+1)
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/cancel", `{"why":"`+tooLong+`"}`).problem(422, "invalid", "body.why")
	if limit("AnswerTicket", "answer", "maxLength") != inbox.MaxAnswer || limit("Reason", "why", "maxLength") != broadcast.MaxWhy {
		t.Error("other limits than the domain's")
	}
}
