package soak

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/cmd/towncrier/cli"
	"towncrier/sandbox/platform"
)

// TestPlatformsBreakDown has both platforms answer every message with HTTP 502, taking nothing, in the middle of a broadcast. The time
// between two probes is a second instead of a minute, so that the outage of eight seconds is one of eight minutes. What it costs is
// counted in the ledger, and everybody else is sent to when it is over.
func TestPlatformsBreakDown(t *testing.T) {
	r := newBriefRun(t, people(2000), 1, "TOWNCRIER_BROADCAST_REST=1s", "TOWNCRIER_WECHAT_CONCURRENCY=10", "TOWNCRIER_LOG_LEVEL=info")
	s := r.open(t)
	sends := []string{"message/template/send", "message/subscribe/bizsend", "aliyun/SendBatchSms"}
	for _, api := range sends {
		s.fault(t, platform.Fault{API: api, Kind: platform.FaultLatency, Latency: "100ms"})
	}
	r.ledger.broadcast = release(t, s.front.addr(), s.keys)
	r.until(t, "each channel was accepted by", time.Minute, func() bool {
		sent, err := r.record.sent()
		by := map[broadcast.Channel]int{}
		for at := range sent {
			by[at.channel]++
		}
		return err == nil && by[broadcast.SMS] > 0 && by[broadcast.Template]+by[broadcast.Subscription] > 20
	})
	s.heal(t)
	for _, api := range sends {
		s.fault(t, platform.Fault{API: api, Kind: platform.Fault5xx})
	}
	time.Sleep(8 * time.Second)
	wechat, calls, probes := r.lost(t)
	if wechat == 0 || wechat > 20 || calls > 2 {
		t.Errorf("the outage has left %d recipients by WeChat and %d calls by SMS in doubt, want 1 to 20 and at most 2", wechat, calls)
	}
	for _, show := range []string{"status", "report"} {
		env := []string{"TOWNCRIER_URL=" + s.front.addr(), "TOWNCRIER_API_KEY=" + s.keys.author}
		var said strings.Builder
		code := cli.Execute(t.Context(), "soak", []string{"broadcast", show, r.ledger.broadcast}, env, nil, &said, &said)
		if code != 0 || !strings.Contains(said.String(), "暂停发送") {
			t.Errorf("broadcast %s says nothing of the outage (%d):\n%s", show, code, &said)
		}
	}
	s.heal(t)
	healed := time.Now()
	r.until(t, "all that is not in doubt was sent", time.Minute, func() bool {
		rows, err := r.ledger.rows(t.Context(), broadcast.Pending)
		return err == nil && len(rows) == 0
	})
	t.Logf("in doubt after eight rests: %d recipients by WeChat, %d calls and %d probes by SMS; %.1f s after it nothing was pending", wechat, calls, probes,
		time.Since(healed).Seconds())
	sent, err := r.record.sent()
	if err != nil {
		t.Fatal(err)
	}
	for at, entries := range sent {
		if len(entries) != 1 {
			t.Errorf("%d messages to one resident on %s", len(entries), at.channel)
		}
	}
	n := s.nodes[0]
	n.stop()
	n.check(t)
	if t.Failed() {
		t.Logf("%s", n.tail())
	}
}

// lost counts what is in doubt or unknown: recipients by WeChat, calls by SMS to several, and calls by SMS to one, which are probes.
func (r *run) lost(t *testing.T) (wechat, calls, probes int) {
	t.Helper()
	rows, err := r.ledger.rows(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]int{}
	for _, d := range rows {
		switch {
		case !slices.Contains([]broadcast.State{broadcast.InDoubt, broadcast.Unknown}, d.State):
		case d.Channel == broadcast.SMS:
			texts[d.OutID]++
		default:
			wechat++
		}
	}
	for _, n := range texts {
		if n == 1 {
			probes++
		} else {
			calls++
		}
	}
	return wechat, calls, probes
}

// until waits for something to be so.
func (r *run) until(t *testing.T, what string, within time.Duration, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			tally, _ := r.ledger.Tally(t.Context(), r.ledger.broadcast)
			t.Fatalf("within %s it is not so that %s: %v", within, what, tally)
		}
	}
}
