package aliyun_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	"towncrier/sms"
)

func TestAHundredLetters(t *testing.T) {
	w := newFixture(t)
	c := w.provider(t)
	messages := hundred("B0123456789-1")
	if c.Batch() != len(messages) {
		t.Fatalf("batch %d", c.Batch())
	}
	outcomes := send(t, c, messages)
	for i, o := range outcomes {
		if o.State != broadcast.Accepted || o.Handle == "" || o.Handle != outcomes[0].Handle {
			t.Fatalf("message %d: %+v, want accepted under the one handle %q", i, o, outcomes[0].Handle)
		}
	}
	texts := w.platform.Record.Texts(string(messages[99].Phone))
	if len(texts) != 1 || texts[0].SMS.Params["title"] != reminder.Data["title"] || texts[0].SMS.Sign != pretendsms.DefaultSign {
		t.Errorf("the handset shows %+v", texts)
	}
	if got := w.got(); len(got) != 100 || got[string(messages[0].Phone)] != 1 {
		t.Errorf("%d numbers got %v", len(got), got)
	}
	w.wait(t, func() bool { return len(w.receipts) == 100 })
	seen := map[phone.Number]bool{}
	for _, r := range w.receipts {
		if r.Handle != outcomes[0].Handle || r.OutID != messages[0].OutID || seen[r.Phone] {
			t.Fatalf("receipt %+v", r)
		}
		seen[r.Phone] = true
	}
	all(t, "asked after the receipts", ask(t, c, messages), broadcast.Delivered)
	all(t, "asked about another call", ask(t, c, hundred("B0123456789-2")), broadcast.Pending)
}

// TestCallsOfMessages has messages of several calls in one Send: each goes under its own OutID.
func TestCallsOfMessages(t *testing.T) {
	w := newFixture(t)
	messages := hundred("B0123456789-1")
	messages = append(messages, broadcast.OutboundMessage{Phone: someone(100), OutID: "B0123456789-1"})
	for i := range 3 {
		messages = append(messages, broadcast.OutboundMessage{Phone: someone(101 + i), OutID: fmt.Sprint("B0123456789-", 2+i/2)})
	}
	outcomes := send(t, w.provider(t), messages)
	all(t, "sent", outcomes, broadcast.Accepted)
	handles := map[string]int{}
	for i, o := range outcomes {
		handles[o.Handle]++
		if texts := w.platform.Record.Texts(string(messages[i].Phone)); len(texts) != 1 || texts[0].SMS.OutID != messages[i].OutID || texts[0].SMS.BizID != o.Handle {
			t.Fatalf("message %d: %+v", i, texts)
		}
	}
	if len(handles) != 4 {
		t.Errorf("calls %v, want 100, 1, 2 and 1 messages", handles)
	}
}

// TestOneNumberIsWhy has the platform refuse whole calls for single numbers.
func TestOneNumberIsWhy(t *testing.T) {
	for code, want := range map[string]struct {
		state broadcast.State
		class sms.Class
		wait  bool
	}{
		"isv.MOBILE_NUMBER_ILLEGAL":   {broadcast.Failed, sms.Refused, false},
		"isv.CUSTOMER_REFUSED":        {broadcast.Failed, sms.OptedOut, false},
		"isv.BLACK_KEY_CONTROL_LIMIT": {broadcast.Failed, sms.Refused, false},
		"isv.BUSINESS_LIMIT_CONTROL":  {broadcast.Pending, sms.Limited, true},
	} {
		for _, culprits := range [][]int{{0}, {50}, {99}, {3, 4, 97}} {
			w := newFixture(t)
			for _, i := range culprits {
				w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: code, Number: string(someone(i))})
			}
			outcomes := send(t, w.provider(t), hundred("B0123456789-1"))
			got := w.got()
			for i, o := range outcomes {
				guilty := slices.Contains(culprits, i)
				switch {
				case guilty && (o.State != want.state || o.Class != string(want.class) || o.Code != code || (o.Wait > time.Hour) != want.wait || o.Halt != ""):
					t.Errorf("%s %v: message %d: %+v", code, culprits, i, o)
				case !guilty && (o.State != broadcast.Accepted || o.Handle == ""):
					t.Errorf("%s %v: message %d: %+v", code, culprits, i, o)
				case guilty && got[string(someone(i))] != 0, !guilty && got[string(someone(i))] != 1:
					t.Errorf("%s %v: number %d got %d texts", code, culprits, i, got[string(someone(i))])
				}
			}
			// A refused half splits at most 7 times.
			if n := w.refusals(); n > 8*len(culprits) {
				t.Errorf("%s %v: %d refused calls", code, culprits, n)
			}
		}
	}
}

func TestADayIsFull(t *testing.T) {
	w := newFixture(t)
	for i := range 50 {
		if _, err := w.client.Send(t.Context(), notice(someone(42), fmt.Sprint("out-", i))); err != nil {
			t.Fatal(err)
		}
	}
	outcomes := send(t, w.provider(t), hundred("B0123456789-1"))
	if o := outcomes[42]; o.State != broadcast.Pending || o.Class != string(sms.Limited) || o.Wait < time.Hour {
		t.Errorf("who had 50 today: %+v", o)
	}
	got := w.got()
	for i := range outcomes {
		if want := map[bool]int{true: 50, false: 1}[i == 42]; got[string(someone(i))] != want {
			t.Errorf("number %d got %d texts, want %d", i, got[string(someone(i))], want)
		}
	}
}

// TestTheWordsAreWhy refuses every number for what may be a number's fault as well.
func TestTheWordsAreWhy(t *testing.T) {
	w := newFixture(t)
	w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: "isv.BLACK_KEY_CONTROL_LIMIT"})
	outcomes := send(t, w.provider(t), hundred("B0123456789-1"))
	if n := states(outcomes); n[broadcast.Failed] != 3 || n[broadcast.Pending] != 97 {
		t.Errorf("%v, want 3 failed and 97 pending", n)
	}
	if o := outcomes[99]; !strings.Contains(o.Halt, "变量") || o.Code != "isv.BLACK_KEY_CONTROL_LIMIT" {
		t.Errorf("%+v, want a halt with advice", o)
	}
	if n := w.refusals(); n > 20 {
		t.Errorf("%d calls", n)
	}
}

// TestAWholeCall has a call of 100 fail in every way that is about more than a number, and asks about it.
func TestAWholeCall(t *testing.T) {
	for kind, want := range map[string]struct {
		state broadcast.State
		halt  bool
		got   int
		asked broadcast.State
	}{
		"Throttling.User":          {broadcast.Pending, false, 0, ""},
		"isv.AMOUNT_NOT_ENOUGH":    {broadcast.Pending, true, 0, ""},
		"isv.SMS_TEMPLATE_ILLEGAL": {broadcast.Pending, true, 0, ""},
		"isv.PARAM_LENGTH_LIMIT":   {broadcast.Pending, true, 0, ""},
		"isv.BRAND_NEW":            {broadcast.Pending, true, 0, ""},
		"isp.SYSTEM_ERROR":         {broadcast.InDoubt, false, 0, broadcast.Pending},
		platform.Fault5xx:          {broadcast.InDoubt, false, 0, broadcast.Pending},
		platform.FaultDrop:         {broadcast.InDoubt, false, 0, broadcast.Pending},
		platform.FaultTimeout:      {broadcast.InDoubt, false, 1, broadcast.Delivered},
		platform.Fault5xxAfter:     {broadcast.InDoubt, false, 1, broadcast.Delivered},
	} {
		w := newFixture(t)
		c := w.provider(t)
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: kind})
		messages := hundred("B0123456789-1")
		outcomes := send(t, c, messages)
		all(t, kind, outcomes, want.state)
		for _, o := range outcomes {
			if (o.Halt != "") != want.halt || (o.Wait > 0) != (o.State == broadcast.Pending && !want.halt) {
				t.Fatalf("%s: %+v", kind, o)
			}
		}
		if want.asked == broadcast.Delivered {
			w.wait(t, func() bool { return len(w.receipts) == 100 })
		}
		if want.asked != "" {
			all(t, "ask after "+kind, ask(t, c, messages), want.asked)
		}
		got := w.got()
		for _, l := range messages {
			if got[string(l.Phone)] != want.got {
				t.Fatalf("%s: a number got %d texts, want %d", kind, got[string(l.Phone)], want.got)
			}
		}
	}
}

// TestAFaultBetweenHalves meets a fault of the account while it looks for a number: what was not tried stays pending.
func TestAFaultBetweenHalves(t *testing.T) {
	for kind, want := range map[string]struct {
		hit  broadcast.State
		halt bool
	}{
		"Throttling":           {broadcast.Pending, false},
		"isv.OUT_OF_SERVICE":   {broadcast.Pending, true},
		"SignatureNonceUsed":   {broadcast.InDoubt, false},
		platform.FaultTimeout:  {broadcast.InDoubt, false},
		platform.Fault5xxAfter: {broadcast.InDoubt, false},
		platform.FaultDrop:     {broadcast.InDoubt, false},
	} {
		w := newFixture(t)
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: "isv.MOBILE_NUMBER_ILLEGAL", Count: 1})
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: kind, Count: 1})
		outcomes := send(t, w.provider(t), hundred("B0123456789-1"))
		all(t, kind, outcomes[:50], want.hit)
		all(t, kind, outcomes[50:], broadcast.Pending)
		if o := outcomes[99]; (o.Halt != "") != want.halt || !want.halt && o.Wait == 0 {
			t.Errorf("%s: the half that was not tried: %+v", kind, o)
		}
		for i := range 50 {
			if n := w.got()[string(someone(50+i))]; n != 0 {
				t.Fatalf("%s: a number of the half that was not tried got %d texts", kind, n)
			}
		}
	}
}

func TestAnEndedContextSendsNothing(t *testing.T) {
	w := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	messages := hundred("B0123456789-1")
	all(t, "sent", w.provider(t).Send(ctx, reminder, pretendsms.DefaultNoticeTemplate, messages), broadcast.Pending)
	all(t, "asked", w.provider(t).Ask(ctx, reminder, pretendsms.DefaultNoticeTemplate, messages), broadcast.InDoubt)
	if len(w.got()) != 0 {
		t.Error("somebody got a text")
	}
}

// TestAContextEndsABatch cuts a call off while the platform has it.
func TestAContextEndsABatch(t *testing.T) {
	w := newFixture(t)
	w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: platform.FaultLatency, Latency: "1m"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.called = cancel
	all(t, "cut off", w.provider(t).Send(ctx, reminder, pretendsms.DefaultNoticeTemplate, hundred("B0123456789-1")), broadcast.InDoubt)
}

func TestNewProvider(t *testing.T) {
	w := newFixture(t)
	narrow, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: pretendsms.DefaultSign, Endpoint: w.api, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	slow, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: pretendsms.DefaultSign, Endpoint: w.api, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		client   *aliyun.Client
		inFlight int
	}{
		"no connection left": {w.client, 32}, "negative": {w.client, -1}, "one connection in all": {narrow, 0}, "slow": {slow, 0},
	} {
		if _, err := aliyun.NewProvider(tc.client, tc.inFlight, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := aliyun.NewProvider(w.client, 31, nil); err != nil {
		t.Error(err)
	}
}
