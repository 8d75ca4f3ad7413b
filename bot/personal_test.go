package bot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/bot"
	"towncrier/city"
	"towncrier/roster"
)

// say tells the bot each text in turn and returns the last reply.
func (w *fixture) say(t *testing.T, from string, texts ...string) bot.Reply {
	t.Helper()
	var r bot.Reply
	for _, text := range texts {
		r = tell(t, w.Bot, from, strings.ReplaceAll(text, "{code}", w.texts.code()))
	}
	return r
}

// bind binds a number.
func (w *fixture) bind(t *testing.T, from, number string) {
	t.Helper()
	w.say(t, from, "绑定手机号", "同意", number)
	w.say(t, from, "{code}")
}

func TestBindNeedsTheNotice(t *testing.T) {
	w := newFixture(t, "yuncheng")
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
	w := newFixture(t, "yuncheng")
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
	w := newFixture(t, "yuncheng")
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
	w := newFixture(t, "yuncheng")
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

func TestEraseForgetsEverything(t *testing.T) {
	w := newFixture(t, "rehearsal")
	w.bind(t, "u", "19900001234")
	w.say(t, "u", "选小区", "向阳社区", "公积金怎么提取", "记录", "我要提意见，路灯坏了没人修", "取消")
	if r := w.say(t, "u", "删除我的信息", "好", "确认", "删除"); strings.Contains(r.Text, "已经删除") {
		t.Fatalf("deleted without the words that were asked for: %s", r.Text)
	}
	r := w.say(t, "u", "确认删除")
	if !strings.Contains(r.Text, "已经删除") {
		t.Fatal(r.Text)
	}
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNoResident) {
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

func TestUnfollowForgetsThePhone(t *testing.T) {
	w := newFixture(t, "rehearsal")
	w.bind(t, "u", "19900001234")
	for range 2 {
		if _, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: bot.Unfollow}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.roster.FindByPhone(t.Context(), "19900001234"); !errors.Is(err, roster.ErrNoResident) {
		t.Errorf("the number that was bound in chat is still there: %v", err)
	}
	if strings.Contains(w.log.String(), "ERROR") {
		t.Errorf("a second unfollow fails:\n%s", w.log)
	}
}

// TestMineShowsNoSensitiveTag: others may see the screen.
func TestMineShowsNoSensitiveTag(t *testing.T) {
	w := newFixture(t, "yuncheng")
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
	w := newFixture(t, "yuncheng")
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
	w := newFixture(t, "rehearsal", func(cfg *bot.Config) { cfg.Roster = noPlaces{cfg.Roster} })
	for _, kind := range []bot.Kind{bot.Follow, bot.Scan} {
		r, err := w.Reply(t.Context(), bot.Message{From: "u", Kind: kind, Text: "committee:YL-02"})
		if err != nil || !strings.Contains(r.Text, "过一会儿再扫一次") {
			t.Errorf("%s: %v, %s", kind, err, r.Text)
		}
	}
	if _, err := w.roster.Me(t.Context(), "u"); !errors.Is(err, roster.ErrNoResident) {
		t.Errorf("something is recorded: %v", err)
	}
}
