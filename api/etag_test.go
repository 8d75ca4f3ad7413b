package api_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"towncrier/api"
	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/staff"
	"towncrier/store/storetest"
)

func TestUnchangedAnswerIsNotSentAgain(t *testing.T) {
	r := lite(t)
	first := r.do(staff.Admin, "GET", "/committees", "")
	tag := first.header.Get("ETag")
	if first.is(200); !strings.HasPrefix(tag, `"`) || first.header.Get("Cache-Control") != "private, no-cache" || first.header.Get("Vary") != "Authorization" {
		t.Fatalf("headers %v", first.header)
	}
	for header, status := range map[string]int{
		tag: 304, "W/" + tag: 304, "*": 304, `"a, b", W/"c",` + tag: 304,
		`"other"`: 200, strings.Trim(tag, `"`): 200, tag[:len(tag)-1]: 200, `W/"", x`: 200,
	} {
		got := r.do(staff.Admin, "GET", "/committees", "", "If-None-Match", header)
		if got.status != status || (got.body == "") != (status == 304) || got.header.Get("ETag") != tag || got.header.Get("X-Request-Id") == "" {
			t.Errorf("If-None-Match %s: %d %q %v", header, got.status, got.body, got.header)
		}
	}
	r.do(staff.Admin, "PUT", "/committees/"+here, `{"name":"另一个名称"}`).is(200)
	if got := r.do(staff.Admin, "GET", "/committees", "", "If-None-Match", tag); got.status != 200 || got.header.Get("ETag") == tag {
		t.Errorf("after a change: %d %v", got.status, got.header)
	}

	// Others' answers and refusals are not told by a tag, and a document without data has one too.
	r.as("", "GET", "/committees", "", "If-None-Match", "*").problem(401, "key")
	refused := r.do(staff.Admin, "GET", "/residents/"+strings.Repeat("0", 32), "", "If-None-Match", "*")
	refused.problem(404, "not-found")
	if refused.header.Get("ETag") != "" || refused.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a refusal: %v", refused.header)
	}
	if got := r.as("", "GET", "/openapi.json", "", "If-None-Match", r.as("", "GET", "/openapi.json", "").header.Get("ETag")); got.status != 304 {
		t.Errorf("the document: %d", got.status)
	}
}

// kept are the operations whose answers clients may keep, written out by hand. Whatever is not here is answered with no-store.
var kept = strings.Fields(`list-alarms list-facets list-broadcasts count-broadcasts get-broadcast list-broadcast-texts get-broadcast-signed
	list-broadcast-revisions get-broadcast-difference list-broadcast-approvers get-series-signed list-series-revisions get-series-difference
	list-series-approvers report-broadcast progress-broadcast reach-broadcast
	list-arrivals list-series get-series list-lists get-list list-drafts list-templates list-committees get-committee get-import
	count-tickets get-stats get-stats-by-committee get-city-settings
	get-content list-revisions get-revision list-revision-files get-revision-file list-notices get-notice preview-withdrawal
	list-content-drafts get-content-draft list-content-changes list-content-stops get-content-file
	list-content-kinds list-revision-parts list-content-parts get-content-part list-emergency-templates`)

// aboutPersons are names of fields that hold something of a resident, or how a member of staff gets in.
var aboutPersons = []string{"phone", "resident", "consents", "handle", "origin", "subject", "key", "in_person", "asked_by", "sample", "where"}

// TestAnswersAboutPersonsAreNotKept calls every operation as a role that may, and looks at what a browser would keep of it.
func TestAnswersAboutPersonsAreNotKept(t *testing.T) {
	r := lite(t)
	d, at := document(r), r.things()
	var refused []string
	for path, methods := range d.Paths {
		for method, op := range methods {
			mayKeep := slices.Contains(kept, op.OperationID)
			if _, tells := op.Responses["304"]; tells != mayKeep {
				t.Errorf("%s: the document says %v", op.OperationID, tells)
			}
			if shown := d.fieldsOf(op.Responses["200"].Content["application/json"]); mayKeep {
				for _, field := range aboutPersons {
					if shown[field] {
						t.Errorf("%s may be kept, and shows %s", op.OperationID, field)
					}
				}
			}
			if method != "get" {
				continue
			}
			role := roles[max(slices.Index(strings.Fields(may[op.OperationID]), "yes"), 0)]
			got := r.do(role, "GET", at(path), "", "If-None-Match", "*")
			switch cache := got.header.Get("Cache-Control"); {
			case got.status != 200 && got.status != 304:
				refused = append(refused, op.OperationID)
				if cache != "no-store" || got.header.Get("ETag") != "" {
					t.Errorf("%s is refused with %d %v", op.OperationID, got.status, got.header)
				}
			case mayKeep && (got.status != 304 || cache != "private, no-cache"), !mayKeep && (got.status != 200 || cache != "no-store" || got.header.Get("ETag") != ""):
				t.Errorf("%s: %d %v", op.OperationID, got.status, got.header)
			}
		}
	}
	slices.Sort(refused)
	if want := "get-content-file get-export get-revision-file get-undo preview-emergency-end"; strings.Join(refused, " ") != want {
		t.Errorf("refused: %v, want %s", refused, want)
	}
}

// fieldsOf are the names of all fields of a schema, at any depth.
func (d described) fieldsOf(content any) map[string]bool {
	names, seen := map[string]bool{}, map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name, p := range properties {
					if p.(map[string]any)["type"] != "integer" { // a count
						names[name] = true
					}
				}
			}
			if ref, ok := v["$ref"].(string); ok && !seen[ref] {
				seen[ref] = true
				walk(d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]])
			}
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(content)
	return names
}

func TestClientPollsByTag(t *testing.T) {
	var same atomic.Int64
	r := newFixture(t, storetest.One(t), func(cfg *api.Config) {
		cfg.Observe = func(_ string, status int) {
			if status == http.StatusNotModified {
				same.Add(1)
			}
		}
	})
	id := r.draft(staff.Author, sendsToAll)
	c, err := client.New(client.Config{URL: r.url, Key: r.key[staff.Author]})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	poll := func(status string) {
		t.Helper()
		var got wire.Report
		if answer, err := c.GetOnce(t.Context(), "/broadcasts/"+id+"/report", &got); err != nil || got.Broadcast.Status != status || len(answer) == 0 {
			t.Fatalf("%s %v: %s", got.Broadcast.Status, err, answer)
		}
	}
	poll("draft")
	poll("draft")
	poll("draft")
	r.act(staff.Author, id, "cancel", `{"why":"不发了"}`, "cancelled")
	poll("cancelled") // on the connection of those before, which were counted by then
	if same.Load() != 2 {
		t.Errorf("%d times the same, want 2", same.Load())
	}
}
