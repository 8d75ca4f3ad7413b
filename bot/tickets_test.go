package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
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

// Who asks for a person is told to write what they want to ask: it reaches the person, whatever else was being written.
func TestWhatIsAskedOfAPersonReachesThem(t *testing.T) {
	const asked = "我家水管漏水三天了没人管"
	for name, talk := range map[string]struct {
		says  []string
		files []string // what the inbox holds then
		hears string   // in the last reply
	}{
		"at once":                {[]string{"人工", asked}, []string{"人工\n" + asked}, "已经交给工作人员，编号是20231120-0001"},
		"after a greeting":       {[]string{"转人工", "好的", "你好", asked}, []string{"转人工\n" + asked}, "编号是20231120-0001"},
		"asked for twice":        {[]string{"转人工", asked, "人工", "楼下也漏了"}, []string{"转人工\n" + asked + "\n楼下也漏了"}, "编号是20231120-0001"},
		"answered besides":       {[]string{"转人工", "遛狗要不要牵绳"}, []string{"转人工\n遛狗要不要牵绳"}, "来源"},
		"within a suggestion":    {[]string{"提意见", "东门的路灯坏了，晚上看不清路", "人工", asked, "确认"}, []string{"人工\n" + asked, "东门的路灯坏了，晚上看不清路"}, "编号是20231120-0002"},
		"before a suggestion":    {[]string{"提意见", "转人工", asked}, []string{"转人工\n" + asked}, "编号是20231120-0001"},
		"part of a suggestion":   {[]string{"提意见", "东门的路灯坏了，晚上看不清路", "已经坏了三天了没人管", "东门", "确认"}, []string{"东门的路灯坏了，晚上看不清路\n已经坏了三天了没人管"}, "编号是20231120-0001"},
		"something else instead": {[]string{"转人工", "算了", "谢谢"}, []string{"转人工"}, "不客气"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, "yuncheng")
			r := w.say(t, "u", talk.says...)
			if !strings.Contains(r.Text, talk.hears) {
				t.Errorf("the last reply lacks %q: %q", talk.hears, r.Text)
			}
			all, err := w.inbox.List(t.Context(), inbox.Filter{})
			var files []string
			for _, ticket := range all {
				files = append(files, ticket.Text)
			}
			if err != nil || !slices.Equal(files, talk.files) {
				t.Errorf("the inbox holds %q, %v; want %q", files, err, talk.files)
			}
		})
	}
}

func TestWhatIsAskedAfterTheAnswerIsAnotherTicket(t *testing.T) {
	w := newFixture(t, "yuncheng")
	w.say(t, "u", "转人工")
	if _, err := w.inbox.Close(t.Context(), audit.System("test"), "20231120-0001", "某人"); err != nil {
		t.Fatal(err)
	}
	if r := w.say(t, "u", "我家水管漏水三天了没人管"); !strings.Contains(r.Text, "编号是20231120-0002") {
		t.Errorf("told %q", r.Text)
	}
	all, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(all) != 1 || all[0].Text != "我家水管漏水三天了没人管" {
		t.Errorf("%+v, %v", all, err)
	}
}
