package aliyun_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/sandbox"
	"towncrier/sms"
)

var reminder = broadcast.Message{Channel: broadcast.SMS, Template: "civility",
	Data: map[string]string{"committee": "东山社区", "title": `文明养犬 "牵绳" 8:00~20:00 & 全天`}}

func (w *town) carrier(t *testing.T) *aliyun.Carrier {
	t.Helper()
	c, err := aliyun.NewCarrier(w.client, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *town) fault(t *testing.T, f sandbox.Fault) {
	t.Helper()
	if err := w.platform.Fault(f); err != nil {
		t.Fatal(err)
	}
}

// got counts the texts of the notice template that reached the platform for each number, by its own record.
func (w *town) got() map[string]int {
	texts := map[string]int{}
	for _, e := range w.platform.Texts("") {
		if e.Kind == sandbox.KindSMS && e.SMS.Template == sandbox.DefaultNoticeTemplate {
			texts[e.SMS.Phone]++
		}
	}
	return texts
}

// refusals counts the calls that the platform refused.
func (w *town) refusals() (n int) {
	for _, e := range w.platform.Texts("") {
		if e.Kind == sandbox.KindSMSRefused {
			n++
		}
	}
	return n
}

func someone(i int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", i)) }

// claimed is when a call of now was claimed: as long ago as one may be recorded late, so that no day is left to come and the
// tests do not depend on the time of day.
func claimed() time.Time { return time.Now().Add(-10 * time.Minute) }

// hundred are letters of one call.
func hundred(outID string) []broadcast.Letter {
	letters := make([]broadcast.Letter, 100)
	for i := range letters {
		letters[i] = broadcast.Letter{Delivery: int64(i + 1), Phone: someone(i), OutID: outID, SentAt: claimed()}
	}
	return letters
}

func send(t *testing.T, c *aliyun.Carrier, letters []broadcast.Letter) []broadcast.Outcome {
	t.Helper()
	return sound(t, letters, c.Send(t.Context(), reminder, sandbox.DefaultNoticeTemplate, letters))
}

func ask(t *testing.T, c *aliyun.Carrier, letters []broadcast.Letter) []broadcast.Outcome {
	t.Helper()
	return sound(t, letters, c.Ask(t.Context(), reminder, sandbox.DefaultNoticeTemplate, letters))
}

func sound(t *testing.T, letters []broadcast.Letter, outcomes []broadcast.Outcome) []broadcast.Outcome {
	t.Helper()
	if len(outcomes) != len(letters) {
		t.Fatalf("%d outcomes for %d letters", len(outcomes), len(letters))
	}
	return outcomes
}

// states counts outcomes.
func states(outcomes []broadcast.Outcome) map[broadcast.State]int {
	n := map[broadcast.State]int{}
	for _, o := range outcomes {
		n[o.State]++
	}
	return n
}

func all(t *testing.T, what string, outcomes []broadcast.Outcome, want broadcast.State) {
	t.Helper()
	if states(outcomes)[want] != len(outcomes) {
		t.Errorf("%s: %v, want all %s", what, states(outcomes), want)
	}
}

func TestAHundredLetters(t *testing.T) {
	w := newTown(t)
	c := w.carrier(t)
	letters := hundred("B0123456789-1")
	if c.Batch() != len(letters) {
		t.Fatalf("batch %d", c.Batch())
	}
	outcomes := send(t, c, letters)
	for i, o := range outcomes {
		if o.State != broadcast.Accepted || o.Handle == "" || o.Handle != outcomes[0].Handle {
			t.Fatalf("letter %d: %+v, want accepted under the one handle %q", i, o, outcomes[0].Handle)
		}
	}
	texts := w.platform.Texts(string(letters[99].Phone))
	if len(texts) != 1 || texts[0].SMS.Params["title"] != reminder.Data["title"] || texts[0].SMS.Sign != sandbox.DefaultSign {
		t.Errorf("the handset shows %+v", texts)
	}
	if got := w.got(); len(got) != 100 || got[string(letters[0].Phone)] != 1 {
		t.Errorf("%d numbers got %v", len(got), got)
	}
	w.wait(t, func() bool { return len(w.receipts) == 100 })
	seen := map[phone.Number]bool{}
	for _, r := range w.receipts {
		if r.Handle != outcomes[0].Handle || r.OutID != letters[0].OutID || seen[r.Phone] {
			t.Fatalf("receipt %+v", r)
		}
		seen[r.Phone] = true
	}
	all(t, "asked after the receipts", ask(t, c, letters), broadcast.Delivered)
	all(t, "asked about another call", ask(t, c, hundred("B0123456789-2")), broadcast.Pending)
}

// TestCallsOfLetters has letters of several calls in one Send: each goes under its own OutID.
func TestCallsOfLetters(t *testing.T) {
	w := newTown(t)
	letters := hundred("B0123456789-1")
	letters = append(letters, broadcast.Letter{Phone: someone(100), OutID: "B0123456789-1"})
	for i := range 3 {
		letters = append(letters, broadcast.Letter{Phone: someone(101 + i), OutID: fmt.Sprint("B0123456789-", 2+i/2)})
	}
	outcomes := send(t, w.carrier(t), letters)
	all(t, "sent", outcomes, broadcast.Accepted)
	handles := map[string]int{}
	for i, o := range outcomes {
		handles[o.Handle]++
		if texts := w.platform.Texts(string(letters[i].Phone)); len(texts) != 1 || texts[0].SMS.OutID != letters[i].OutID || texts[0].SMS.BizID != o.Handle {
			t.Fatalf("letter %d: %+v", i, texts)
		}
	}
	if len(handles) != 4 {
		t.Errorf("calls %v, want 100, 1, 2 and 1 letters", handles)
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
			w := newTown(t)
			for _, i := range culprits {
				w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: code, Number: string(someone(i))})
			}
			outcomes := send(t, w.carrier(t), hundred("B0123456789-1"))
			got := w.got()
			for i, o := range outcomes {
				guilty := slices.Contains(culprits, i)
				switch {
				case guilty && (o.State != want.state || o.Class != string(want.class) || o.Code != code || (o.Wait > time.Hour) != want.wait || o.Halt != ""):
					t.Errorf("%s %v: letter %d: %+v", code, culprits, i, o)
				case !guilty && (o.State != broadcast.Accepted || o.Handle == ""):
					t.Errorf("%s %v: letter %d: %+v", code, culprits, i, o)
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
	w := newTown(t)
	for i := range 50 {
		if _, err := w.client.Send(t.Context(), notice(someone(42), fmt.Sprint("out-", i))); err != nil {
			t.Fatal(err)
		}
	}
	outcomes := send(t, w.carrier(t), hundred("B0123456789-1"))
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
	w := newTown(t)
	w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: "isv.BLACK_KEY_CONTROL_LIMIT"})
	outcomes := send(t, w.carrier(t), hundred("B0123456789-1"))
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
		sandbox.Fault5xx:           {broadcast.InDoubt, false, 0, broadcast.Pending},
		sandbox.FaultDrop:          {broadcast.InDoubt, false, 0, broadcast.Pending},
		sandbox.FaultTimeout:       {broadcast.InDoubt, false, 1, broadcast.Delivered},
		sandbox.Fault5xxAfter:      {broadcast.InDoubt, false, 1, broadcast.Delivered},
	} {
		w := newTown(t)
		c := w.carrier(t)
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: kind})
		letters := hundred("B0123456789-1")
		outcomes := send(t, c, letters)
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
			all(t, "ask after "+kind, ask(t, c, letters), want.asked)
		}
		got := w.got()
		for _, l := range letters {
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
		"Throttling":          {broadcast.Pending, false},
		"isv.OUT_OF_SERVICE":  {broadcast.Pending, true},
		"SignatureNonceUsed":  {broadcast.InDoubt, false},
		sandbox.FaultTimeout:  {broadcast.InDoubt, false},
		sandbox.Fault5xxAfter: {broadcast.InDoubt, false},
		sandbox.FaultDrop:     {broadcast.InDoubt, false},
	} {
		w := newTown(t)
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: "isv.MOBILE_NUMBER_ILLEGAL", Count: 1})
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: kind, Count: 1})
		outcomes := send(t, w.carrier(t), hundred("B0123456789-1"))
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
	w := newTown(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	letters := hundred("B0123456789-1")
	all(t, "sent", w.carrier(t).Send(ctx, reminder, sandbox.DefaultNoticeTemplate, letters), broadcast.Pending)
	all(t, "asked", w.carrier(t).Ask(ctx, reminder, sandbox.DefaultNoticeTemplate, letters), broadcast.InDoubt)
	if len(w.got()) != 0 {
		t.Error("somebody got a text")
	}
}

// TestAContextEndsABatch cuts a call off while the platform has it.
func TestAContextEndsABatch(t *testing.T) {
	w := newTown(t)
	w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: sandbox.FaultLatency, Latency: "1m"})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	all(t, "cut off", w.carrier(t).Send(ctx, reminder, sandbox.DefaultNoticeTemplate, hundred("B0123456789-1")), broadcast.InDoubt)
}

// TestAskingFails keeps letters in doubt when the provider cannot be asked.
func TestAskingFails(t *testing.T) {
	for kind, halt := range map[string]bool{
		"Throttling.User": false, sandbox.Fault5xx: false, sandbox.FaultDrop: false, "isp.RAM_PERMISSION_DENY": true, "isv.AMOUNT_NOT_ENOUGH": true,
	} {
		w := newTown(t)
		w.fault(t, sandbox.Fault{API: "aliyun/QuerySendDetails", Kind: kind})
		for _, o := range ask(t, w.carrier(t), hundred("B0123456789-1")) {
			if o.State != broadcast.InDoubt || o.Class == "" || (o.Halt != "") != halt {
				t.Fatalf("%s: %+v", kind, o)
			}
		}
	}
	w := newTown(t)
	for name, l := range map[string]broadcast.Letter{
		"no OutID": {Phone: someone(1), SentAt: time.Now()}, "no time": {Phone: someone(1), OutID: "B0123456789-1"},
		"before the provider's memory": {Phone: someone(1), OutID: "B0123456789-1", SentAt: time.Now().AddDate(0, 0, -40)},
	} {
		all(t, name, ask(t, w.carrier(t), []broadcast.Letter{l}), broadcast.InDoubt)
	}
}

// TestAskReadsReceipts asks about texts whose receipts say no, or are still out.
func TestAskReadsReceipts(t *testing.T) {
	for code, class := range map[string]sms.Class{"MOBILE_NOT_ON_SERVICE": "", "USER_REJECT": sms.Refused} {
		w := newTown(t)
		w.fault(t, sandbox.Fault{API: "aliyun/report", Kind: code, Number: string(someone(7))})
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: sandbox.Fault5xxAfter})
		letters := hundred("B0123456789-1")
		all(t, code, send(t, w.carrier(t), letters), broadcast.InDoubt)
		w.wait(t, func() bool { return len(w.receipts) == 100 })
		for i, o := range ask(t, w.carrier(t), letters) {
			want := broadcast.Outcome{State: broadcast.Delivered}
			if i == 7 {
				want = broadcast.Outcome{State: broadcast.Undelivered, Class: string(class), Code: code}
			}
			if o != want {
				t.Errorf("letter %d: %+v, want %+v", i, o, want)
			}
		}
	}
}

// TestNobodyTwiceNobodyMissing drives letters through a platform that fails at random, as an engine does: pending ones go
// again under a new OutID, those in doubt are asked about. The platform's record has the last word.
func TestNobodyTwiceNobodyMissing(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newTown(t)
	c := w.carrier(t)
	refused := map[int]bool{}
	for range 5 {
		i := random.IntN(100)
		refused[i] = true
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: "isv.MOBILE_NUMBER_ILLEGAL", Number: string(someone(i))})
	}
	for _, kind := range []string{sandbox.FaultTimeout, sandbox.Fault5xxAfter, sandbox.Fault5xx, sandbox.FaultDrop, "Throttling.User", "isp.GATEWAY_ERROR", "isv.OUT_OF_SERVICE"} {
		w.fault(t, sandbox.Fault{API: "aliyun/SendBatchSms", Kind: kind, Rate: 0.1})
	}
	w.fault(t, sandbox.Fault{API: "aliyun/QuerySendDetails", Kind: sandbox.Fault5xx, Rate: 0.05})
	open := map[broadcast.State][]broadcast.Letter{broadcast.Pending: hundred("")}
	failed := 0
	for round := 1; len(open[broadcast.Pending])+len(open[broadcast.InDoubt]) > 0; round++ {
		if round > 500 {
			t.Fatalf("still open after %d rounds: %d pending, %d in doubt", round, len(open[broadcast.Pending]), len(open[broadcast.InDoubt]))
		}
		next := map[broadcast.State][]broadcast.Letter{}
		for i := range open[broadcast.Pending] {
			open[broadcast.Pending][i].OutID, open[broadcast.Pending][i].SentAt = fmt.Sprint("B0123456789-", round), claimed()
		}
		sort := func(letters []broadcast.Letter, outcomes []broadcast.Outcome) {
			for i, o := range outcomes {
				next[o.State] = append(next[o.State], letters[i])
			}
		}
		if pending := open[broadcast.Pending]; len(pending) > 0 {
			sort(pending, send(t, c, pending))
		}
		if doubtful := open[broadcast.InDoubt]; len(doubtful) > 0 {
			sort(doubtful, ask(t, c, doubtful))
		}
		failed += len(next[broadcast.Failed])
		open = next
	}
	got := w.got()
	for i := range 100 {
		if want := map[bool]int{true: 0, false: 1}[refused[i]]; got[string(someone(i))] != want {
			t.Errorf("number %d got %d texts, want %d", i, got[string(someone(i))], want)
		}
	}
	if failed != len(refused) {
		t.Errorf("%d failed, want the %d refused ones", failed, len(refused))
	}
}

func TestNewCarrier(t *testing.T) {
	w := newTown(t)
	narrow, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: sandbox.DefaultSign, Endpoint: w.api, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	slow, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: sandbox.DefaultSign, Endpoint: w.api, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		client   *aliyun.Client
		inFlight int
	}{
		"no connection left": {w.client, 32}, "negative": {w.client, -1}, "one connection in all": {narrow, 0}, "slow": {slow, 0},
	} {
		if _, err := aliyun.NewCarrier(tc.client, tc.inFlight, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := aliyun.NewCarrier(w.client, 31, nil); err != nil {
		t.Error(err)
	}
}
