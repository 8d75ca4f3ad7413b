package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"towncrier/bot"
	"towncrier/phone"
	"towncrier/roster"
)

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

func (h *halfRoster) SetPlace(ctx context.Context, openid, committee, community string) error {
	if err := h.down("settle"); err != nil {
		return err
	}
	return h.Roster.SetPlace(ctx, openid, committee, community)
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
		w := newFixture(t, "yuncheng", func(cfg *bot.Config) { h.Roster, cfg.Roster = cfg.Roster, h })
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
