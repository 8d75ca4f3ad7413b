package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/kv"
	"towncrier/store/storetest"
	"towncrier/unanswered"
)

// keeping is a fixture whose bot keeps unanswered questions.
func keeping(t *testing.T) (*fixture, *unanswered.Service) {
	redis, closeRedis, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeRedis() })
	s := unanswered.New(unanswered.Config{Askers: kv.NewAskers(redis, storetest.Sealer(t), 0), KeepFor: unanswered.Keep, Now: func() time.Time { return day }})
	w := newFixture(t, "rehearsal", func(cfg *bot.Config) { cfg.Unanswered = s })
	s.Store = w.db.Unanswered()
	return w, s
}

func (w *fixture) from(t *testing.T, from, text string) bot.Reply {
	t.Helper()
	r, err := w.Reply(t.Context(), bot.Message{From: from, Kind: bot.Text, Text: text, At: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func kept(t *testing.T, s *unanswered.Service) []unanswered.Group {
	t.Helper()
	all, err := s.Groups(t.Context(), unanswered.AnyStatus, 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDeclinedQuestionsAreKeptWithoutTheirAskers: what is not filed is kept without numbers, names and addresses, and read by somebody
// only when three people asked alike.
func TestDeclinedQuestionsAreKeptWithoutTheirAskers(t *testing.T) {
	w, s := keeping(t)
	for i, text := range []string{"我叫欧阳慕白，健身房年卡退费，19900001234", "健身房年卡退费，锦绣御湾小区3号楼", "健身房的年卡退费"} {
		from := "o-" + string(rune('a'+i))
		for range 2 {
			if r := w.from(t, from, text); r.Kind != bot.Declined {
				t.Fatalf("%s: %+v", text, r)
			}
		}
		all := kept(t, s)
		if len(all) != 1 || all[0].Count != i+1 || all[0].Shown() != (i == 2) || (all[0].Examples != nil) != (i == 2) {
			t.Fatalf("after %d people: %+v", i+1, all)
		}
	}
	got := strings.Join(kept(t, s)[0].Examples, "\n")
	for _, secret := range []string{"慕", "1234", "199", "锦绣", "御", "3号"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s is left in %s", secret, got)
		}
	}
	if !strings.Contains(got, "年卡退费") {
		t.Error(got)
	}
	if tickets, err := w.inbox.Counts(t.Context()); err != nil || len(tickets.Statuses) != 0 {
		t.Error("it was filed as well", tickets, err)
	}
}

// TestFiledQuestionsAreNotKept: neither what is filed at once, nor what its asker has filed afterwards.
func TestFiledQuestionsAreNotKept(t *testing.T) {
	w, s := keeping(t)
	w.from(t, "o-a", "健身房的年卡为什么不给退费啊")
	if all := kept(t, s); len(all) != 0 {
		t.Errorf("a filed question: %+v", all)
	}
	w.from(t, "o-b", "健身房年卡退费")
	if all := kept(t, s); len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	if r := w.from(t, "o-b", "记录"); !strings.Contains(r.Text, "编号") {
		t.Fatal(r.Text)
	}
	if all := kept(t, s); len(all) != 0 {
		t.Errorf("recorded afterwards: %+v", all)
	}
	w.from(t, "o-c", "哈哈哈哈哈")
	w.from(t, "o-c", "槑槑槑槑")
	if all := kept(t, s); len(all) != 0 {
		t.Errorf("noise: %+v", all)
	}
}

// TestQuestionOfWhichNothingIsLeftIsCounted: an official sees that it was asked, and near which topic.
func TestQuestionOfWhichNothingIsLeftIsCounted(t *testing.T) {
	w, s := keeping(t)
	for i, from := range []string{"o-a", "o-b", "o-b"} {
		if r := w.from(t, from, "欧阳慕白"); r.Kind != bot.Declined {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	if all := kept(t, s); len(all) != 1 || !all[0].NothingLeft || all[0].Count != 2 || all[0].Examples != nil {
		t.Errorf("%+v", all)
	}
}

type broken struct{}

func (broken) Keep(context.Context, unanswered.Asked) (int64, error) { return 0, errors.New("away") }
func (broken) Forget(context.Context, int64) error                   { return errors.New("away") }

func TestQuestionThatCannotBeKeptIsDeclinedAllTheSame(t *testing.T) {
	w := newFixture(t, "rehearsal", func(cfg *bot.Config) { cfg.Unanswered = broken{} })
	if r := w.from(t, "o-a", "健身房年卡退费"); r.Kind != bot.Declined || strings.Contains(w.log.String(), "年卡") {
		t.Errorf("%+v\n%s", r, w.log)
	}
}
