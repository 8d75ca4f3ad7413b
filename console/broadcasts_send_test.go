package console_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/staff"
)

// TestTestSend goes the whole way: the API, the carrier, the sandbox's provider over HTTP.
func TestTestSend(t *testing.T) {
	platform, err := sandbox.New(sandbox.Config{AppID: "wx0123456789abcdef", Secret: "s", Token: "t", WebhookURL: "http://127.0.0.1:1/wechat",
		SMS: &sandbox.SMSConfig{AccessKeyID: "LTAI5tSandbox", AccessKeySecret: "secret0of0the0sandbox"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	theirs := httptest.NewServer(platform.Handler())
	t.Cleanup(theirs.Close)
	client, err := aliyun.New(aliyun.Config{AccessKeyID: "LTAI5tSandbox", AccessKeySecret: "secret0of0the0sandbox", Sign: sandbox.DefaultSign,
		Endpoint: theirs.URL + "/sandbox/aliyun"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	r := lite(t)
	carrier, err := aliyun.NewCarrier(client, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.broadcasts.Carriers = map[broadcast.Channel]broadcast.Carrier{broadcast.SMS: carrier}

	id := r.draft(staff.Author, sendsToAll)
	sent := r.do(staff.Author, "POST", "/broadcasts/"+id+"/test", `{"channel":"sms","phone":"`+numbers+`0001"}`).is(200)
	if sent["state"] != "accepted" || sent["state_label"] != broadcast.Accepted.Label() {
		t.Errorf("sent %v", sent)
	}
	if got := platform.Texts(numbers + "0001"); len(got) != 1 {
		t.Errorf("the provider has %d texts, want 1", len(got))
	}
	// It may be looked at often, and not sent to a house without an approval.
	for range 19 {
		r.do(staff.Author, "POST", "/broadcasts/"+id+"/test", `{"channel":"sms","phone":"`+numbers+`0001"}`).is(200)
	}
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/test", `{"channel":"sms","phone":"`+numbers+`0002"}`).problem(422, "faults", "proposal.messages.sms")
	if got := platform.Texts(numbers + "0002"); len(got) != 0 {
		t.Errorf("the provider has %d texts beyond the limit", len(got))
	}
	// It is audited without the number, and is no delivery.
	entries := r.do(staff.Auditor, "GET", "/audit?subject="+id, "")
	if entries.is(200); !strings.Contains(entries.body, "broadcast.test") {
		t.Errorf("audited %s", entries.body)
	}
	if rows := r.do(staff.Author, "GET", "/broadcasts/"+id+"/deliveries", "").is(200)["items"].([]any); len(rows) != 0 {
		t.Errorf("deliveries %v", rows)
	}
}
