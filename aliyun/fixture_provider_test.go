package aliyun_test

import (
	"fmt"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
)

var reminder = broadcast.Message{Channel: broadcast.SMS, Template: "civility",
	Data: map[string]string{"committee": "东山社区", "title": `文明养犬 "牵绳" 8:00~20:00 & 全天`}}

func (w *fixture) provider(t *testing.T) *aliyun.Provider {
	t.Helper()
	c, err := aliyun.NewProvider(w.client, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *fixture) fault(t *testing.T, f platform.Fault) {
	t.Helper()
	if err := w.platform.Faults.Add(f); err != nil {
		t.Fatal(err)
	}
}

// got counts the texts of the notice template that reached the platform for each number, by its own record.
func (w *fixture) got() map[string]int {
	texts := map[string]int{}
	for _, e := range w.platform.Record.Texts("") {
		if e.Kind == platform.KindSMS && e.SMS.Template == pretendsms.DefaultNoticeTemplate {
			texts[e.SMS.Phone]++
		}
	}
	return texts
}

// refusals counts the calls that the platform refused.
func (w *fixture) refusals() (n int) {
	for _, e := range w.platform.Record.Texts("") {
		if e.Kind == platform.KindSMSRefused {
			n++
		}
	}
	return n
}

func someone(i int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", i)) }

// claimed is when a call of now was claimed: as long ago as one may be recorded late, so that no day is left to come and the
// tests do not depend on the time of day.
func claimed() time.Time { return time.Now().Add(-10 * time.Minute) }

// hundred are messages of one call.
func hundred(outID string) []broadcast.OutboundMessage {
	messages := make([]broadcast.OutboundMessage, 100)
	for i := range messages {
		messages[i] = broadcast.OutboundMessage{Delivery: int64(i + 1), Phone: someone(i), OutID: outID, SentAt: claimed()}
	}
	return messages
}

func send(t *testing.T, c *aliyun.Provider, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	t.Helper()
	return sound(t, messages, c.Send(t.Context(), reminder, pretendsms.DefaultNoticeTemplate, messages))
}

func ask(t *testing.T, c *aliyun.Provider, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	t.Helper()
	return sound(t, messages, c.Ask(t.Context(), reminder, pretendsms.DefaultNoticeTemplate, messages))
}

func sound(t *testing.T, messages []broadcast.OutboundMessage, outcomes []broadcast.Outcome) []broadcast.Outcome {
	t.Helper()
	if len(outcomes) != len(messages) {
		t.Fatalf("%d outcomes for %d messages", len(outcomes), len(messages))
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
