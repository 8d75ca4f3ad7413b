package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/inbox"
	"towncrier/roster"
)

func TestErasingOffersToEmptyTickets(t *testing.T) {
	w := newFixture(t, "yuncheng")
	if r := w.say(t, "none", "删除我的信息"); strings.Contains(r.Text, "全部删除") {
		t.Errorf("offered to somebody without tickets: %q", r.Text)
	}
	for from, word := range map[string]string{"keeps": "确认删除", "empties": "全部删除"} {
		w.say(t, from, "我要接收通知", "提意见", "东门的路灯坏了，晚上看不清路", "东门", "确认")
		if r := w.say(t, from, "删除我的信息"); !strings.Contains(r.Text, "“全部删除”") {
			t.Errorf("not offered: %q", r.Text)
		}
		if r := w.say(t, from, word); !strings.Contains(r.Text, "已经删除") {
			t.Errorf("%s: %q", word, r.Text)
		}
		if _, err := w.roster.Me(t.Context(), from); !errors.Is(err, roster.ErrNoResident) {
			t.Errorf("%s: the resident is kept: %v", word, err)
		}
	}
	for status, text := range map[inbox.Status]string{inbox.Open: "东门的路灯坏了，晚上看不清路", inbox.Closed: ""} {
		all, err := w.inbox.List(t.Context(), inbox.Filter{Status: status})
		if err != nil || len(all) != 1 || all[0].Text != text || text == "" && all[0].Where != "" {
			t.Errorf("%s: %+v, %v", status, all, err)
		}
	}
}

func TestTooManyTicketsAreRefusedInWords(t *testing.T) {
	w := newFixture(t, "yuncheng")
	var r bot.Reply
	for i := range inbox.TicketsAnHour + 1 {
		r = w.say(t, "u", "提意见", fmt.Sprintf("东门第%d盏路灯坏了，晚上看不清路", i+1), "东门", "确认")
		if i < inbox.TicketsAnHour && !strings.Contains(r.Text, "已登记") {
			t.Fatalf("suggestion %d: %q", i+1, r.Text)
		}
	}
	if !strings.Contains(r.Text, "没有登记") || !strings.Contains(r.Text, "过60分钟再提交") || !strings.Contains(r.Text, "12345") {
		t.Errorf("beyond the limit: %q", r.Text)
	}
	w.clock = w.clock.Add(time.Hour)
	if r := w.say(t, "u", "提意见", "东门最后一盏路灯坏了，晚上看不清路", "东门", "确认"); !strings.Contains(r.Text, "已登记") {
		t.Errorf("an hour later: %q", r.Text)
	}
	all, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(all) != inbox.TicketsAnHour+1 {
		t.Errorf("%d tickets, %v", len(all), err)
	}
}

// TestMessageFiledTwiceIsOneTicket runs a message again on the conversation as its first run found it, as a retry after a
// crash does.
func TestMessageFiledTwiceIsOneTicket(t *testing.T) {
	w := newFixture(t, "yuncheng")
	w.say(t, "u", "提意见", "东门的路灯坏了，晚上看不清路", "东门")
	before, err := w.sessions.Load(t.Context(), "u")
	if err != nil {
		t.Fatal(err)
	}
	msg := bot.Message{From: "u", Kind: bot.Text, Text: "确认", ID: "m-1"}
	first, err := w.Reply(t.Context(), msg)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.sessions.Save(t.Context(), "u", before); err != nil {
		t.Fatal(err)
	}
	again, err := w.Reply(t.Context(), msg)
	if err != nil || again.Text != first.Text {
		t.Errorf("told %q, then %q, %v", first.Text, again.Text, err)
	}
	if all, err := w.inbox.List(t.Context(), inbox.Filter{}); err != nil || len(all) != 1 {
		t.Errorf("%d tickets, %v; want one", len(all), err)
	}
}

// A suggestion keeps no telephone number but those of the city's contacts.
func TestSuggestionsKeepNoNumber(t *testing.T) {
	w := newFixture(t, "rehearsal")
	w.say(t, "u", "我要提意见，路灯坏了，回电0359-2222222或者+1 415 555 0100", "演练街", "确认")
	open, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d tickets, %v", len(open), err)
	}
	if text := open[0].Text; strings.Contains(text, "2222") || strings.Contains(text, "415") || !strings.Contains(text, "路灯坏了") {
		t.Errorf("kept: %q", text)
	}
}
