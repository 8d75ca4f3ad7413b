package aliyun_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox/platform"
	"towncrier/sms"
)

// TestAskingFails keeps messages in doubt when the provider cannot be asked.
func TestAskingFails(t *testing.T) {
	for kind, halt := range map[string]bool{
		"Throttling.User": false, platform.Fault5xx: false, platform.FaultDrop: false, "isp.RAM_PERMISSION_DENY": true, "isv.AMOUNT_NOT_ENOUGH": true,
	} {
		w := newFixture(t)
		w.fault(t, platform.Fault{API: "aliyun/QuerySendDetails", Kind: kind})
		for _, o := range ask(t, w.provider(t), hundred("B0123456789-1")) {
			if o.State != broadcast.InDoubt || o.Class == "" || (o.Halt != "") != halt {
				t.Fatalf("%s: %+v", kind, o)
			}
		}
	}
	w := newFixture(t)
	for name, l := range map[string]broadcast.OutboundMessage{
		"no OutID": {Phone: someone(1), SentAt: time.Now()}, "no time": {Phone: someone(1), OutID: "B0123456789-1"},
		"before the provider's memory": {Phone: someone(1), OutID: "B0123456789-1", SentAt: time.Now().AddDate(0, 0, -40)},
	} {
		all(t, name, ask(t, w.provider(t), []broadcast.OutboundMessage{l}), broadcast.InDoubt)
	}
}

// TestAskReadsReceipts asks about texts whose receipts say no, or are still out.
func TestAskReadsReceipts(t *testing.T) {
	for code, class := range map[string]sms.Class{"MOBILE_NOT_ON_SERVICE": "", "USER_REJECT": sms.Refused} {
		w := newFixture(t)
		w.fault(t, platform.Fault{API: "aliyun/report", Kind: code, Number: string(someone(7))})
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: platform.Fault5xxAfter})
		messages := hundred("B0123456789-1")
		all(t, code, send(t, w.provider(t), messages), broadcast.InDoubt)
		w.wait(t, func() bool { return len(w.receipts) == 100 })
		for i, o := range ask(t, w.provider(t), messages) {
			want := broadcast.Outcome{State: broadcast.Delivered}
			if i == 7 {
				want = broadcast.Outcome{State: broadcast.Undelivered, Class: string(class), Code: code}
			}
			if o != want {
				t.Errorf("message %d: %+v, want %+v", i, o, want)
			}
		}
	}
}

// TestNobodyTwiceNobodyMissing drives messages through a platform that fails at random, as an engine does: pending ones go
// again under a new OutID, those in doubt are asked about. The platform's record has the last word.
func TestNobodyTwiceNobodyMissing(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newFixture(t)
	c := w.provider(t)
	refused := map[int]bool{}
	for range 5 {
		i := random.IntN(100)
		refused[i] = true
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: "isv.MOBILE_NUMBER_ILLEGAL", Number: string(someone(i))})
	}
	for _, kind := range []string{platform.FaultTimeout, platform.Fault5xxAfter, platform.Fault5xx, platform.FaultDrop, "Throttling.User", "isp.GATEWAY_ERROR", "isv.OUT_OF_SERVICE"} {
		w.fault(t, platform.Fault{API: "aliyun/SendBatchSms", Kind: kind, Rate: 0.1})
	}
	w.fault(t, platform.Fault{API: "aliyun/QuerySendDetails", Kind: platform.Fault5xx, Rate: 0.05})
	open := map[broadcast.State][]broadcast.OutboundMessage{broadcast.Pending: hundred("")}
	failed := 0
	for round := 1; len(open[broadcast.Pending])+len(open[broadcast.InDoubt]) > 0; round++ {
		if round > 500 {
			t.Fatalf("still open after %d rounds: %d pending, %d in doubt", round, len(open[broadcast.Pending]), len(open[broadcast.InDoubt]))
		}
		next := map[broadcast.State][]broadcast.OutboundMessage{}
		for i := range open[broadcast.Pending] {
			open[broadcast.Pending][i].OutID, open[broadcast.Pending][i].SentAt = fmt.Sprint("B0123456789-", round), claimed()
		}
		sort := func(messages []broadcast.OutboundMessage, outcomes []broadcast.Outcome) {
			for i, o := range outcomes {
				next[o.State] = append(next[o.State], messages[i])
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
