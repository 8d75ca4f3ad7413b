package bot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/bot"
	"towncrier/city"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
)

// say tells the bot each text in turn and returns the last reply.
func (w *town) say(t *testing.T, from string, texts ...string) bot.Reply {
	t.Helper()
	var r bot.Reply
	for _, text := range texts {
		r = tell(t, w.Bot, from, strings.ReplaceAll(text, "{code}", w.texts.code()))
	}
	return r
}

// bind binds a number.
func (w *town) bind(t *testing.T, from, number string) {
	t.Helper()
	w.say(t, from, "绑定手机号", "同意", number)
	w.say(t, from, "{code}")
}

func TestBindNeedsTheNotice(t *testing.T) {
	w := newTown(t, "yuncheng")
	for _, text := range []string{"19900001234", "绑定19900001234", "好", "行", "嗯", "19900001234", "123456"} {
		w.say(t, "u", text)
	}
	if w.texts.sent != 0 {
		t.Fatalf("%d codes were sent without an agreement", w.texts.sent)
	}
	silent, problems := city.Load(os.DirFS("../testdata/littletown"), day)
	if silent == nil {
		t.Fatal(problems.Err())
	}
	silent.Library.City.PrivacyBinding = ""
	w.city = silent
	if r := w.say(t, "v", "绑定手机号", "同意", "19900001234"); w.texts.sent != 0 || strings.Contains(r.Text, "正发往") {
		t.Errorf("a city without a notice binds: %s", r.Text)
	}
}

func TestBindIsOfTheOneWhoAsked(t *testing.T) {
	w := newTown(t, "yuncheng")
	w.say(t, "owner", "绑定手机号", "同意", "19900001234")
	code := w.texts.code()
	if r := w.say(t, "thief", "绑定手机号", "同意", code, "19900005678"); !strings.Contains(r.Text, "199****5678") {
		t.Fatal(r.Text)
	}
	w.say(t, "thief", code)
	if me, err := w.roster.Me(t.Context(), "thief"); err == nil && me.Phone == "19900001234" {
		t.Error("a code proves the number of somebody else")
	}
	w.say(t, "owner", code)
	me, err := w.roster.Me(t.Context(), "owner")
	if err != nil || me.Phone != "19900001234" {
		t.Errorf("the number is not bound: %v", err)
	}
}

func TestGuessingACodeEnds(t *testing.T) {
	w := newTown(t, "yuncheng")
	w.say(t, "u", "绑定手机号", "同意", "19900001234")
	right := w.texts.code()
	for i := range 8 {
		guess := fmt.Sprintf("%06d", i)
		if guess == right {
			guess = "999999"
		}
		w.say(t, "u", guess)
	}
	w.say(t, "u", right)
	if me, err := w.roster.Me(t.Context(), "u"); err == nil && me.Phone != "" {
		t.Error("the right code binds after five wrong ones")
	}
}

func TestBindingAgainLiftsAStop(t *testing.T) {
	w := newTown(t, "yuncheng")
	w.bind(t, "u", "19900001234")
	w.say(t, "u", "别再给我发短信")
	if _, stopped, err := w.roster.Suppressed(t.Context(), "19900001234"); err != nil || !stopped {
		t.Fatalf("texts are not stopped: %v", err)
	}
	if r := w.say(t, "u", "恢复短信"); !strings.Contains(r.Text, "199****1234") || r.Kind != bot.Answered {
		t.Errorf("%s %s", r.Kind, r.Text)
	}
	if _, stopped, err := w.roster.Suppressed(t.Context(), "19900001234"); err != nil || stopped {
		t.Errorf("texts stay stopped: %v", err)
	}
}

// A refusal must never subscribe, however it is worded.
func TestNoIsNeverYes(t *testing.T) {
	w := newTown(t, "yuncheng")
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
	w := newTown(t, "yuncheng")
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
	w := newTown(t, "rehearsal")
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
	w := newTown(t, "rehearsal")
	for _, kind := range []bot.Kind{bot.Follow, bot.Scan} {
		if _, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: kind, Text: "committee:YL-02"}); err != nil {
			t.Fatal(err)
		}
	}
	w.say(t, "u", "嗯", "你好", "是")
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNotFound) {
		t.Errorf("a visitor is on the roster: %v", err)
	}
}

func TestEraseForgetsEverything(t *testing.T) {
	w := newTown(t, "rehearsal")
	w.bind(t, "u", "19900001234")
	w.say(t, "u", "选小区", "向阳社区", "公积金怎么提取", "记录", "我要提意见，路灯坏了没人修", "取消")
	if r := w.say(t, "u", "删除我的信息", "好", "确认", "删除"); strings.Contains(r.Text, "已经删除") {
		t.Fatalf("deleted without the words that were asked for: %s", r.Text)
	}
	r := w.say(t, "u", "确认删除")
	if !strings.Contains(r.Text, "已经删除") {
		t.Fatal(r.Text)
	}
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNotFound) {
		t.Errorf("the resident is still there: %v", err)
	}
	if why, ok, err := w.roster.Suppressed(t.Context(), "19900001234"); err != nil || !ok || why != roster.Erased {
		t.Errorf("suppression %q %v, %v", why, ok, err)
	}
	if st, err := w.sessions.Load(t.Context(), "u"); err != nil || st.Version != 0 {
		t.Errorf("the conversation is still there: %+v, %v", st, err)
	}
	if r := w.say(t, "u", "确认删除"); strings.Contains(r.Text, "已经删除") {
		t.Errorf("the words alone delete: %s", r.Text)
	}
}

func TestErasingOffersToEmptyTickets(t *testing.T) {
	w := newTown(t, "yuncheng")
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
		if _, err := w.roster.Me(t.Context(), from); !errors.Is(err, roster.ErrNotFound) {
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
	w := newTown(t, "yuncheng")
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
	w := newTown(t, "yuncheng")
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

func TestUnfollowForgetsThePhone(t *testing.T) {
	w := newTown(t, "rehearsal")
	w.bind(t, "u", "19900001234")
	for range 2 {
		if _, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: bot.Unfollow}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.roster.FindByPhone(t.Context(), "19900001234"); !errors.Is(err, roster.ErrNotFound) {
		t.Errorf("the number that was bound in chat is still there: %v", err)
	}
	if strings.Contains(w.log.String(), "ERROR") {
		t.Errorf("a second unfollow fails:\n%s", w.log)
	}
}

// TestMineShowsNoSensitiveTag: others may see the screen.
func TestMineShowsNoSensitiveTag(t *testing.T) {
	w := newTown(t, "yuncheng")
	_, err := w.roster.Add(t.Context(), audit.System("test"), roster.Resident{Phone: "19900001234", Committee: "YL-01", Tags: []string{"低保", "独居"}})
	if err != nil {
		t.Fatal(err)
	}
	w.bind(t, "u", "19900001234")
	if r := w.say(t, "u", "我的信息"); !strings.Contains(r.Text, "标签：独居") || strings.Contains(r.Text, "低保") {
		t.Errorf("want 标签：独居 alone in\n%s", r.Text)
	}
}

func TestMineFitsWhateverIsKept(t *testing.T) {
	w := newTown(t, "yuncheng")
	long := strings.Repeat("很长的名字", 12)
	_, err := w.roster.Add(t.Context(), audit.System("test"), roster.Resident{
		Phone: "19900001234", Committee: "YL-01", Community: long, Tags: []string{long + "甲", long + "乙", long + "丙"},
		Consents: []roster.Consent{
			{What: roster.Notices, At: day, How: "电话", Basis: roster.ByDuty}, {What: roster.PhoneKept, At: day, How: "paper", Basis: roster.ByConsent},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.bind(t, "u", "19900001234")
	for range 6 {
		w.clock = w.clock.Add(1 << 41) // 37 minutes
		w.bind(t, "u", "19900001234")
	}
	w.say(t, "u", "有哪些通知可以订", "全部")
	r := w.say(t, "u", "我的信息")
	checkForm(t, r)
	for _, want := range []string{"199****1234", "工作人员登记", "履行法定职责", "短信验证码", "删除我的信息"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("%q is missing in\n%s", want, r.Text)
		}
	}
	if strings.Contains(r.Text, "19900001234") {
		t.Errorf("the way of a consent, as a file wrote it, shows a number:\n%s", r.Text)
	}
	if len(r.Text) > city.MaxReply {
		t.Errorf("%d bytes", len(r.Text))
	}
}

// halfRoster fails at some of its calls.
type halfRoster struct {
	bot.Roster
	fails []string
}

func (h *halfRoster) down(call string) error {
	if slices.Contains(h.fails, call) {
		return fmt.Errorf("%s for o-77: database is gone", call)
	}
	return nil
}

func (h *halfRoster) Bind(ctx context.Context, openid string, n phone.Number) (roster.Resident, error) {
	if err := h.down("bind"); err != nil {
		return roster.Resident{}, err
	}
	return h.Roster.Bind(ctx, openid, n)
}

func (h *halfRoster) EraseSelf(ctx context.Context, openid string) error {
	if err := h.down("erase"); err != nil {
		return err
	}
	return h.Roster.EraseSelf(ctx, openid)
}

func (h *halfRoster) Settle(ctx context.Context, openid, committee, community string) error {
	if err := h.down("settle"); err != nil {
		return err
	}
	return h.Roster.Settle(ctx, openid, committee, community)
}

func (h *halfRoster) Prefer(ctx context.Context, openid, topic string, c roster.Channel, wants bool) error {
	if err := h.down("prefer " + topic); err != nil {
		return err
	}
	return h.Roster.Prefer(ctx, openid, topic, c, wants)
}

func TestNothingIsClaimedThatWasNotDone(t *testing.T) {
	for fails, c := range map[string]struct {
		says  []string
		never string
	}{
		"bind":          {[]string{"绑定手机号", "同意", "19900001234", "{code}"}, "绑定好了"},
		"erase":         {[]string{"删除我的信息", "确认删除"}, "已经删除"},
		"settle":        {[]string{"选小区", "向阳社区"}, "登记好了"},
		"prefer ":       {[]string{"我要接收通知"}, "已经记下"},
		"prefer health": {[]string{"有哪些通知可以订", "1和4"}, "已订阅"},
	} {
		h := &halfRoster{fails: []string{fails}}
		w := newTown(t, "yuncheng", func(cfg *bot.Config) { h.Roster, cfg.Roster = cfg.Roster, h })
		r := w.say(t, "o-77", c.says...)
		if strings.Contains(r.Text, c.never) || !strings.Contains(r.Text, "对不起") {
			t.Errorf("%s fails, and the bot says:\n%s", fails, r.Text)
		}
		if strings.Contains(w.log.String(), "o-77") || !strings.Contains(w.log.String(), "database is gone") {
			t.Errorf("%s fails, and the log says:\n%s", fails, w.log)
		}
		if fails != "erase" {
			continue
		}
		h.fails = nil
		if r = w.say(t, "o-77", "确认删除"); !strings.Contains(r.Text, "已经删除") {
			t.Errorf("the second try says:\n%s", r.Text)
		}
	}
}

func TestTrialKeepsNothingOfAResident(t *testing.T) {
	b := newTrial(t, "yuncheng")
	for _, text := range []string{"绑定手机号", "选小区", "有哪些通知可以订", "我的信息", "删除我的信息", "我要接收通知", "退订", "订阅养犬管理", "确认删除", "19900001234"} {
		r := tell(t, b, "u", text)
		for _, claim := range []string{"登记好了", "绑定好了", "已订阅", "已经删除", "已经记下", "正发往", "不再给您发"} {
			if strings.Contains(r.Text, claim) {
				t.Errorf("%s: claims %q:\n%s", text, claim, r.Text)
			}
		}
		checkForm(t, r)
	}
}

// noPlaces is a roster whose committees cannot be read.
type noPlaces struct{ bot.Roster }

func (noPlaces) Places(context.Context) ([]roster.Committee, error) {
	return nil, errors.New("connection refused")
}

func TestScanIsAnsweredWithoutCommittees(t *testing.T) {
	w := newTown(t, "rehearsal", func(cfg *bot.Config) { cfg.Roster = noPlaces{cfg.Roster} })
	for _, kind := range []bot.Kind{bot.Follow, bot.Scan} {
		r, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: kind, Text: "committee:YL-02"})
		if err != nil || !strings.Contains(r.Text, "过一会儿再扫一次") {
			t.Errorf("%s: %v, %s", kind, err, r.Text)
		}
	}
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNotFound) {
		t.Errorf("something is recorded: %v", err)
	}
}

// A suggestion keeps no telephone number but those of the city's contacts.
func TestSuggestionsKeepNoNumber(t *testing.T) {
	w := newTown(t, "rehearsal")
	w.say(t, "u", "我要提意见，路灯坏了，回电0359-2222222或者+1 415 555 0100", "演练街", "确认")
	open, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d tickets, %v", len(open), err)
	}
	if text := open[0].Text; strings.Contains(text, "2222") || strings.Contains(text, "415") || !strings.Contains(text, "路灯坏了") {
		t.Errorf("kept: %q", text)
	}
}
