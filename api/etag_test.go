package api_test

import (
	"net/http"
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

// TestReadsAreRecordedWithoutAnAnswer: somebody who has the answer already looked at a resident all the same.
func TestReadsAreRecordedWithoutAnAnswer(t *testing.T) {
	r := lite(t)
	who := r.resident(1, here)
	tag := r.do(staff.Admin, "GET", "/residents/"+who.ID, "").header.Get("ETag")
	if got := r.do(staff.Admin, "GET", "/residents/"+who.ID, "", "If-None-Match", tag); got.status != 304 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if read := r.do(staff.Auditor, "GET", "/audit?action=resident.read&subject="+who.ID, "").is(200)["items"].([]any); len(read) != 2 {
		t.Errorf("recorded %v", read)
	}
}

func TestClientPollsByTag(t *testing.T) {
	var same atomic.Int64
	r := newFixture(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)), func(cfg *api.Config) {
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
