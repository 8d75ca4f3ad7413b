package wechat

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestResultsAreRead(t *testing.T) {
	for _, c := range []struct {
		body string
		want NoticeResult
	}{
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>success</Status>"), NoticeResult{MsgID: 5, OpenID: "oA", Delivered: true}},
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>failed:user block</Status>"), NoticeResult{MsgID: 5, OpenID: "oA", Code: "user block"}},
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>failed: system failed</Status>"), NoticeResult{MsgID: 5, OpenID: "oA", Code: "system failed"}},
		{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"), NoticeResult{MsgID: 5, OpenID: "oA", Code: "unknown"}},
		{event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>"),
			NoticeResult{MsgID: 1700827132819554304, OpenID: "oA", Delivered: true}},
		{event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>7</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus>no</ErrorStatus></List></SubscribeMsgSentEvent>"),
			NoticeResult{MsgID: 7, OpenID: "oA", Code: "43101"}},
	} {
		in, err := parseInbound([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		var got []NoticeResult
		take := func(_ context.Context, r NoticeResult) error { got = append(got, r); return nil }
		if err := (Events{TemplateResult: take, SubscriptionResult: take}).handle(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, want %+v", c.body, got, c.want)
		}
		if err := (Events{}).handle(t.Context(), &in); err != nil {
			t.Errorf("nobody wants to know: %v", err)
		}
	}
}

func TestOneConsentThatFailsDoesNotHideTheNext(t *testing.T) {
	in := inbound{FromUserName: "oA", MsgType: "event", Event: "subscribe_msg_popup_event", Subscriptions: []subscription{
		{TemplateID: "A", Status: "accept"}, {TemplateID: "B", Status: "reject"}, {TemplateID: "", Status: "accept"}, {TemplateID: "C", Status: "filter"},
	}}
	var got []Consent
	err := Events{Consent: func(_ context.Context, c Consent) error {
		got = append(got, c)
		if c.Accept {
			return errors.New("no room")
		}
		return nil
	}}.handle(t.Context(), &in)
	if err == nil || len(got) != 2 || got[1] != (Consent{OpenID: "oA", TemplateID: "B"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestEventsAreTriedUntilTaken goes over HTTP: only a broken connection makes the platform push again.
func TestEventsAreTriedUntilTaken(t *testing.T) {
	var runs, failing atomic.Int32
	r := newFixture(t, testKey, say("x"), func(cfg *Config) {
		cfg.Deadline = 500 * time.Millisecond
		cfg.Events.TemplateResult = func(context.Context, NoticeResult) error {
			if runs.Add(1) <= failing.Load() {
				return errors.New("the database is away")
			}
			return nil
		}
	})
	server := httptest.NewServer(r.hook)
	defer server.Close()
	push := func() error {
		req := r.push(event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>success</Status>"))
		resp, err := server.Client().Post(server.URL+"/?"+req.URL.RawQuery, "text/xml", req.Body)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	failing.Store(1)
	if err := push(); err != nil || runs.Load() != 2 {
		t.Errorf("a hook that fails once: %v after %d runs", err, runs.Load())
	}
	failing.Store(1 << 20)
	if err := push(); err == nil {
		t.Error("acknowledged what nobody took")
	}
	if got := r.outcomes(); got != "event acknowledged, event refused" {
		t.Errorf("observed %q", got)
	}
	r.noSecrets()
}

// FuzzEvents hands whatever the platform may push to the hooks.
func FuzzEvents(f *testing.F) {
	f.Add("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>failed:user block</Status>")
	f.Add("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>T</TemplateId><MsgID>7</MsgID><ErrorCode>1</ErrorCode></List><List></List></SubscribeMsgSentEvent>")
	f.Add("subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>A</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>")
	f.Add("subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List><SubscribeStatusString>reject</SubscribeStatusString><TemplateId><![CDATA[]]></TemplateId></List></SubscribeMsgChangeEvent>")
	f.Fuzz(func(t *testing.T, name, fields string) {
		in, err := parseInbound([]byte(event(name, fields)))
		if err != nil {
			return
		}
		result := func(_ context.Context, r NoticeResult) error {
			if r.Delivered != (r.Code == "") || len(r.Code) > 40 || strings.ContainsAny(r.Code, "<>\"\n") {
				t.Errorf("%+v", r)
			}
			return nil
		}
		err = Events{TemplateResult: result, SubscriptionResult: result, Consent: func(_ context.Context, c Consent) error {
			if c.TemplateID == "" || c.OpenID != "oA" {
				t.Errorf("%+v", c)
			}
			return nil
		}}.handle(t.Context(), &in)
		if err != nil {
			t.Error(err)
		}
	})
}
