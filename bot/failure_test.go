package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/bot"
	"towncrier/city"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// downSessions is a store that is down, and whose errors carry the key that was asked for.
type downSessions struct{}

func (downSessions) Load(_ context.Context, from string) (bot.State, error) {
	return bot.State{}, fmt.Errorf("GET session:%s: connection refused", from)
}
func (downSessions) Save(_ context.Context, from string, _ bot.State) error {
	return fmt.Errorf("SET session:%s: connection refused", from)
}
func (downSessions) Delete(_ context.Context, from string) error {
	return fmt.Errorf("DEL session:%s: connection refused", from)
}

func TestAnswersWithoutSessions(t *testing.T) {
	c := load(t, "yuncheng")
	var log bytes.Buffer
	b := bot.New(bot.Config{
		City: func() *city.City { return c }, Sessions: downSessions{}, Now: func() time.Time { return day },
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	for range 2 {
		r := tell(t, b, "openid-7", "遛狗要不要牵绳")
		if r.Kind != bot.Answered || r.Topic != "dog.leash" || len(r.Cites) == 0 {
			t.Errorf("got %s %q", r.Kind, r.Topic)
		}
		if strings.Contains(r.Text, c.Library.City.Privacy) {
			t.Error("the privacy notice comes with every message while sessions are down")
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines were logged for two messages:\n%s", n, &log)
	}
	if strings.Contains(log.String(), "openid-7") || strings.Contains(log.String(), "遛狗") {
		t.Errorf("the log holds personal data:\n%s", &log)
	}
}

// closedTown is a fixture whose database is gone while it runs.
func closedTown(t *testing.T) (*bot.Bot, *bytes.Buffer) {
	t.Helper()
	db, err := store.Open(t.Context(), storetest.FreshSQLite(t), storetest.Sealer(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c := load(t, "yuncheng")
	now := func() time.Time { return day }
	tickets := inbox.New(db.Inbox(), now)
	var log bytes.Buffer
	return bot.New(bot.Config{
		City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(time.Hour, now),
		Inbox: tickets, Roster: roster.New(roster.Config{Store: db.Roster(), Tickets: tickets, Now: now}), Now: now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}), &log
}

func TestNothingIsClaimedThatWasNotKept(t *testing.T) {
	b, log := closedTown(t)
	for _, step := range []struct {
		text string
		kind bot.ReplyKind
	}{
		{"遛狗要不要牵绳", bot.Answered},
		{"公积金怎么提取", bot.Declined},
		{"记录", bot.Flowing},
		{"记录", bot.Flowing}, // the question is still there to be recorded
		{"我要提意见，路灯坏了没人修", bot.Flowing},
		{"跳过", bot.Flowing},
		{"确认", bot.Flowing},
		{"确认", bot.Flowing}, // and so is the suggestion
		{"转人工", bot.Answered},
		{"退订", bot.Answered},
	} {
		r := tell(t, b, "openid-7", step.text)
		if r.Kind != step.kind {
			t.Errorf("%s: kind %s, want %s", step.text, r.Kind, step.kind)
		}
		for _, claim := range []string{"编号是", "已登记", "已经转给", "已经记下"} {
			if strings.Contains(r.Text, claim) {
				t.Errorf("%s: claims %q with the database gone:\n%s", step.text, claim, r.Text)
			}
		}
		if step.text == "转人工" && !r.Handoff {
			t.Error("the platform is not asked to hand over")
		}
	}
	if strings.Contains(log.String(), "openid-7") || strings.Contains(log.String(), "路灯") {
		t.Errorf("the log holds personal data:\n%s", log)
	}
}

func TestTrialFilesNothing(t *testing.T) {
	b := newTrial(t, "yuncheng")
	for _, text := range []string{"公积金怎么提取", "记录", "我要提意见，路灯坏了没人修", "跳过", "确认", "转人工", "退订"} {
		r := tell(t, b, "u1", text)
		for _, claim := range []string{"编号是", "已登记", "已经转给", "已经记下"} {
			if strings.Contains(r.Text, claim) {
				t.Errorf("%s: claims %q:\n%s", text, claim, r.Text)
			}
		}
	}
}

func TestNoContent(t *testing.T) {
	b := bot.New(bot.Config{City: func() *city.City { return nil }, Sessions: downSessions{}, Log: slog.New(slog.DiscardHandler)})
	if _, err := b.Reply(t.Context(), bot.Message{From: "u", Kind: bot.Text, Text: "你好"}); err == nil {
		t.Error("no error without content")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newTrial(t, "yuncheng").Reply(ctx, bot.Message{From: "u", Kind: bot.Text, Text: "你好"}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func TestUnfollowForgets(t *testing.T) {
	w := newFixture(t, "yuncheng")
	for _, text := range []string{"公积金怎么提取", "记录", "退订", "我要提意见，路灯坏了没人修"} {
		tell(t, w.Bot, "leaver", text)
	}
	r, err := w.Reply(t.Context(), bot.Message{From: "leaver", Kind: bot.Unfollow})
	if err != nil || r.Kind != bot.Silence || r.Text != "" {
		t.Fatalf("got %+v, %v", r, err)
	}
	st, err := w.sessions.Load(t.Context(), "leaver")
	if err != nil || st.Version != 0 || st.Draft.Text != "" {
		t.Errorf("the conversation is still there: %+v, %v", st, err)
	}
	if _, err := w.roster.Me(t.Context(), "leaver"); !errors.Is(err, roster.ErrNoResident) {
		t.Errorf("the choice about notices is still there: %v", err)
	}
	open, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d tickets, %v; the ticket stays, without its author", len(open), err)
	}
	if _, err := w.inbox.Answer(t.Context(), audit.Staff("wang"), open[0].Number, "王科", "请到公积金窗口。"); err != nil {
		t.Fatal(err)
	}
	if r := tell(t, w.Bot, "leaver", "你好"); strings.Contains(r.Text, "请到公积金窗口。") {
		t.Error("an answer found its way to somebody who was forgotten")
	}
}

func TestDeclinedQuestionsAreBounded(t *testing.T) {
	w := newFixture(t, "yuncheng")
	var ask []string // seven that the matcher declines
	for _, q := range []string{
		"公积金怎么提取", "身份证丢了去哪补办", "护照在哪里办理", "明天高铁票还有吗", "小学几号开学呀", "附近哪家饭店好吃", "驾驶证怎么换证",
		"今天股票涨了没有", "帮我写一首诗", "结婚登记要预约吗", "法国首都在哪里", "电影院今晚放什么",
	} {
		if r := tell(t, newTrial(t, "yuncheng"), "probe", q); r.Kind == bot.Declined && len(ask) < 7 {
			ask = append(ask, q)
		}
	}
	count := func() int {
		open, err := w.inbox.List(t.Context(), inbox.Filter{Kind: inbox.Question})
		if err != nil {
			t.Fatal(err)
		}
		return len(open)
	}
	for _, q := range ask {
		if r := tell(t, w.Bot, "asker", q); r.Kind != bot.Declined {
			t.Fatalf("%s: %s %s", q, r.Kind, r.Topic)
		}
	}
	if n := count(); n != 3 {
		t.Errorf("%d questions of one resident were filed unasked, want 3", n)
	}
	tell(t, w.Bot, "asker", "记录")
	if n := count(); n != 4 {
		t.Errorf("%d questions, want 4: who asks for it is filed beyond the bound", n)
	}
	tell(t, w.Bot, "other", ask[0])
	tell(t, w.Bot, "other", ask[0])
	tell(t, w.Bot, "other", "记录")
	open, err := w.inbox.List(t.Context(), inbox.Filter{Kind: inbox.Question})
	if err != nil || len(open) != 5 || open[4].Group != open[0].Number {
		t.Errorf("one question of a second resident, asked twice and recorded, is not one ticket in its group: %d, %v", len(open), err)
	}
	for _, noise := range []string{"啊啊啊啊啊", "12345678", "😀😀😀", "傻逼废物滚开", "asdfghjkl", "嗯"} {
		tell(t, w.Bot, "third", noise)
	}
	if n := count(); n != 5 {
		t.Errorf("%d questions, want 5: noise and insults are not filed", n)
	}
}

func TestTwoMessagesAtOnce(t *testing.T) {
	w := newFixture(t, "yuncheng")
	texts := []string{"遛狗要不要牵绳", "我们小区改了没", "1", "我要提意见，路灯坏了没人修", "跳过", "取消", "公积金怎么提取", "谢谢"}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				r, err := w.Reply(context.Background(), bot.Message{From: "same", Kind: bot.Text, Text: texts[(i+j)%len(texts)]})
				if err != nil || r.Text == "" {
					t.Errorf("%q, %v", r.Text, err)
				}
			}
		})
	}
	wg.Wait()
	tell(t, w.Bot, "same", "取消")
	if r := tell(t, w.Bot, "same", "急救多久能到"); r.Topic != "health.emergency" {
		t.Errorf("the conversation is broken afterwards: %s %s", r.Kind, r.Topic)
	}
}

func TestSessionEnds(t *testing.T) {
	w := newFixture(t, "yuncheng")
	tell(t, w.Bot, "u", "遛狗要不要牵绳")
	if r := tell(t, w.Bot, "u", "1"); r.Kind != bot.Answered {
		t.Errorf("a number off the open menu: %s %s", r.Kind, r.Topic)
	}
	w.clock = w.clock.Add(31 * time.Minute)
	if r := tell(t, w.Bot, "u", "1"); r.Kind != bot.Declined {
		t.Errorf("a number is taken off a menu of half an hour ago: %s %s", r.Kind, r.Topic)
	}
}

func TestAmbiguousNameIsChosenByNumber(t *testing.T) {
	c, problems := city.Load(os.DirFS("../testdata/littletown"), day)
	if c == nil {
		t.Fatal(problems.Err())
	}
	rows := c.Library.Tables["waterpoints"].Rows
	for i := range rows[:2] {
		rows[i].Values["aliases"] += "|老井边"
	}
	now := func() time.Time { return day }
	b := bot.New(bot.Config{City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(time.Hour, now), Now: now})
	tell(t, b, "u", "离我们最近的取水点几点开")
	r := tell(t, b, "u", "老井边")
	if r.Kind != bot.Flowing || r.Topic != "water.point" || !strings.Contains(r.Text, "1. "+rows[0].Values["name"]+"\n2. "+rows[1].Values["name"]) {
		t.Fatalf("%s %s:\n%s", r.Kind, r.Topic, r.Text)
	}
	if r = tell(t, b, "u", "7"); r.Kind != bot.Flowing || r.Topic != "water.point" {
		t.Errorf("a number outside: %s %s:\n%s", r.Kind, r.Topic, r.Text)
	}
	if r = tell(t, b, "u", "第二个"); r.Kind != bot.Answered || !strings.Contains(r.Text, rows[1].Values["name"]) {
		t.Errorf("%s %s:\n%s", r.Kind, r.Topic, r.Text)
	}
}
