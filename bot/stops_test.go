package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"towncrier/bot"
	"towncrier/roster"
)

// A refusal must never subscribe, however it is worded.
func TestNoIsNeverYes(t *testing.T) {
	w := newFixture(t, "yuncheng")
	for i, text := range []string{
		"不要养犬的通知", "养狗的通知别发了", "退订养犬管理", "别发养狗的消息", "不想收养犬的通知", "取消订阅养犬管理", "养犬的短信不要了", "停止养犬通知",
		"我不养狗，养犬的消息不用发了", "退订", "别再给我发了", "一个字都别来",
	} {
		from := fmt.Sprint("u", i)
		w.say(t, from, "订阅养犬管理", text)
		me, err := w.roster.Me(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if me.Wants("dogs", roster.SMS) {
			t.Errorf("%q leaves them subscribed: %+v", text, me.Preferences)
		}
	}
}

func TestStopsAreAsWideAsSaid(t *testing.T) {
	w := newFixture(t, "yuncheng")
	for i, c := range []struct {
		text         string
		dogs, health bool // wanted in WeChat afterwards
		dogsSMS      bool
	}{
		{"退订", false, false, false},
		{"我一个老太太又不养狗又没电动车，不要再发了啊", false, false, false},
		{"所有短信和通知全都别发了", false, false, false},
		{"别再给我发短信", true, true, false},
		{"退订养犬管理", false, true, false},
		{"养狗的短信别发了", true, true, false},
		{"只想收健康服务的通知", false, true, false},
	} {
		from := fmt.Sprint("u", i)
		w.say(t, from, "我要接收通知", c.text)
		me, err := w.roster.Me(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]bool{me.Wants("dogs", roster.WeChat), me.Wants("health", roster.WeChat), me.Wants("dogs", roster.SMS)}; got != [3]bool{c.dogs, c.health, c.dogsSMS} {
			t.Errorf("%q: dogs, health, dogs by SMS are %v: %+v", c.text, got, me.Preferences)
		}
	}
}

func TestStopWordsStopInChat(t *testing.T) {
	w := newFixture(t, "rehearsal")
	for i, c := range []struct {
		asked       []string // before it
		text        string
		wechat, sms bool // wanted afterwards
	}{
		{nil, "T，谢谢", false, false},
		{nil, "退订，谢谢", false, false},
		{nil, "STOP", false, false},
		{nil, "Unsubscribe, please", false, false},
		{nil, "回TD退订", false, false},
		{nil, "拒收请回复R", false, false},
		{nil, "停收", false, false},
		{nil, "停收短信", true, false},
		{nil, "拒收短信", true, false},
		{[]string{"选小区"}, "停收", false, false},
		{[]string{"选小区"}, "停收短信", true, false},
		{[]string{"我们小区什么时候改造"}, "停收短信，谢谢", true, false},
		{[]string{"提意见"}, "退订", false, false},
		{[]string{"提意见", "路灯坏了，晚上看不清路"}, "T", false, false},
		{[]string{"绑定手机号"}, "停收短信", true, false},
		{[]string{"删除我的信息"}, "退订", false, false},
		// Stop words of SMS alone mean here what the conversation is about.
		{[]string{"提意见"}, "取消", true, true},
		{[]string{"删除我的信息"}, "取消", true, true},
		{[]string{"选小区"}, "取消", true, true},
		{nil, "取消", true, true},
		{nil, "N", true, true},
		{nil, "R", true, true},
		{nil, "退", true, true},
		{nil, "T恤哪里可以捐", true, true},
	} {
		from := fmt.Sprint("u", i)
		w.say(t, from, "我要接收通知")
		w.say(t, from, c.asked...)
		r := w.say(t, from, c.text)
		me, err := w.roster.Me(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{me.Wants("dogs", roster.WeChat), me.Wants("dogs", roster.SMS)}; got != [2]bool{c.wechat, c.sms} {
			t.Errorf("%q after %q: wanted in WeChat and by SMS: %v, was told %q", c.text, c.asked, got, r.Text)
		}
	}
	w.say(t, "v", "我要接收通知", "提意见", "路灯坏了，晚上看不清路", "退订")
	if r := w.say(t, "v", "人民路"); !strings.Contains(r.Text, "确认") {
		t.Errorf("the suggestion is lost to a stop: %q", r.Text)
	}
}

func TestNothingIsSettledUnasked(t *testing.T) {
	w := newFixture(t, "rehearsal")
	for _, kind := range []bot.Kind{bot.Follow, bot.Scan} {
		if _, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: kind, Text: "committee:YL-02"}); err != nil {
			t.Fatal(err)
		}
	}
	w.say(t, "u", "嗯", "你好", "是")
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNoResident) {
		t.Errorf("a visitor is on the roster: %v", err)
	}
}
