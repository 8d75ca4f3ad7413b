package api_test

import (
	"errors"
	"net/http/httptest"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/sandbox"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/staff"
)

// provided has a fixture send texts through the provider to the sandbox's provider over HTTP.
func provided(r *fixture) *sandbox.Sandbox {
	r.t.Helper()
	platform, err := sandbox.New(sandbox.Config{
		WeChat: pretendwechat.Config{AppID: "wx0123456789abcdef", Secret: "s", Token: "t", WebhookURL: "http://127.0.0.1:1/wechat"},
		SMS:    &pretendsms.Config{AccessKeyID: "LTAI5tSandbox", AccessKeySecret: "secret0of0the0sandbox"},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(platform.Close)
	theirs := httptest.NewServer(platform.Handler())
	r.t.Cleanup(theirs.Close)
	client, err := aliyun.New(aliyun.Config{AccessKeyID: "LTAI5tSandbox", AccessKeySecret: "secret0of0the0sandbox", Sign: pretendsms.DefaultSign,
		Endpoint: theirs.URL + "/sandbox/aliyun"})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(client.Close)
	carrier, err := aliyun.NewProvider(client, 0, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.broadcasts.Providers = map[broadcast.Channel]broadcast.Provider{broadcast.SMS: carrier}
	return platform
}

// TestTestSend goes the whole way: the API, the provider, the sandbox's provider over HTTP.
func TestTestSend(t *testing.T) {
	r := lite(t)
	platform := provided(r)

	id := r.draft(staff.Author, sendsToAll)
	at := "/broadcasts/" + id + "/test"
	r.do(staff.Author, "POST", at, `{"channel":"sms"}`).problem(409, "no-phone", "body.to")
	r.registers("author-1", numbers+"0001")
	r.registers("approver-1", numbers+"0002")
	sent := r.do(staff.Author, "POST", at, `{"channel":"sms"}`).is(200)
	if sent["state"] != "accepted" || sent["state_label"] != broadcast.Accepted.Label() {
		t.Errorf("sent %v", sent)
	}
	texts := func(number string, want int) {
		t.Helper()
		if got := platform.Record.Texts(number); len(got) != want {
			t.Errorf("the provider has %d texts to a number, want %d", len(got), want)
		}
	}
	texts(numbers+"0001", 1)
	// Nobody else looks at a draft, and no address is taken.
	r.do(staff.Author, "POST", at, `{"channel":"sms","to":"approver-1"}`).problem(403, "test-own", "body.to")
	r.do(staff.Author, "POST", at, `{"channel":"sms","phone":"`+numbers+`0003"}`).problem(422, "invalid", "body.phone")
	r.do(staff.Author, "POST", at, `{"channel":"sms","to":"`+numbers+`0003"}`).problem(422, "no-colleague", "body.to")
	r.agreeing(2, here)
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "").is(200)
	r.do(staff.Author, "POST", at, `{"channel":"sms","to":"approver-1"}`).is(200)
	tests := r.do(staff.Approver, "GET", "/broadcasts/"+id+"/tests", "").is(200)["items"].([]any)
	if one := tests[0].(map[string]any); len(tests) != 2 || one["to_label"] != "职员approver（approver-1）" || one["phone"] != "199****0002" || one["state_label"] != broadcast.Accepted.Label() ||
		one["asker_label"] != "职员author（author-1）" || one["channel_label"] != "短信" {
		t.Errorf("tests %v", tests)
	}
	r.do(staff.Committee, "GET", "/broadcasts/"+id+"/tests", "").problem(404, "not-found")
	r.do(staff.Author, "POST", at, `{"channel":"sms","to":"auditor-1"}`).problem(409, "no-phone", "body.to")
	texts(numbers+"0002", 1)
	// What could not be submitted is not tested.
	unfit := r.draft(staff.Author, `{"audience":{"all":true},"topic":"nosuchtopic"}`)
	r.do(staff.Author, "POST", "/broadcasts/"+unfit+"/test", `{"channel":"sms"}`).status422(r)
	texts(numbers+"0001", 1)

	// 20 a day, over all broadcasts.
	other := "/broadcasts/" + r.draft(staff.Author, sendsToAll) + "/test"
	for range 9 {
		r.do(staff.Author, "POST", at, `{"channel":"sms"}`).is(200)
		r.do(staff.Author, "POST", other, `{"channel":"sms"}`).is(200)
	}
	for _, at := range []string{at, other} {
		r.do(staff.Author, "POST", at, `{"channel":"sms"}`).problem(429, "tests")
	}
	texts(numbers+"0001", 19)
	r.now.pass(24 * time.Hour)
	r.do(staff.Author, "POST", other, `{"channel":"sms"}`).is(200)
	// It is audited with the channel and a keyed hash, and is no delivery.
	entries := r.do(staff.Auditor, "GET", "/audit?subject="+id, "")
	if entries.is(200); !regexp.MustCompile(`broadcast\.test.*channel=sms to=approver-1 address=[0-9a-f]{16}"`).MatchString(entries.body) {
		t.Errorf("audited %s", entries.body)
	}
	if rows := r.do(staff.Author, "GET", "/broadcasts/"+id+"/deliveries", "").is(200)["items"].([]any); len(rows) != 0 {
		t.Errorf("deliveries %v", rows)
	}
}

// TestTestsAreCountedOnBothDatabases has more tests than a day allows made at once.
func TestTestsAreCountedOnBothDatabases(t *testing.T) {
	each(t, func(r *fixture) {
		var all sync.WaitGroup
		var made atomic.Int64
		for range 2 * broadcast.MaxTests {
			all.Go(func() {
				_, err := r.ledger.TakeTest(r.t.Context(), "author-1", "approver-1", "x", r.now.Now(), broadcast.MaxTests)
				switch {
				case err == nil:
					made.Add(1)
				case !errors.Is(err, broadcast.ErrTests):
					r.t.Error(err)
				}
			})
		}
		all.Wait()
		if n := made.Load(); n != broadcast.MaxTests {
			r.t.Errorf("%d tests, want %d", n, broadcast.MaxTests)
		}
		if _, err := r.ledger.TakeTest(r.t.Context(), "committee-1", "approver-1", "x", r.now.Now(), broadcast.MaxTests); !errors.Is(err, broadcast.ErrTests) {
			r.t.Errorf("a colleague gets more than a day allows: %v", err)
		}
	})
}
