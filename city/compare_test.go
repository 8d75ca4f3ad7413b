package city

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/intents"
)

func compared(t *testing.T, before, after *City, questions []intents.Question) []Difference {
	t.Helper()
	all, err := Compare(t.Context(), before, after, questions, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func lostOf(t *testing.T, before, after *City, known []intents.Question) []Difference {
	t.Helper()
	all, err := Lost(t.Context(), before, after, known, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestQuestionsDrawnAway: a question that an intent teaches, and that another one answers after a change, is worse by name, though no known
// question asks it.
func TestQuestionsDrawnAway(t *testing.T) {
	files := town(t)
	was := load(t, files, fresh)
	edit(t, files, "intents/water.rule.yaml", "utterances:\n", "utterances:\n  - 东街停水吗呢\n  - 东街停水吗今天\n  - 请问东街停水吗\n  - 东街会停水吗\n  - 东街停不停水呀\n  - 今天东街停水吗\n  - 东街明天停水吗\n")
	is, problems := reloaded(was, files)
	if is == nil {
		t.Fatal(problems)
	}
	lost := lostOf(t, was, is, nil)
	if len(lost) == 0 || lost[0].Question.Text != "东街停水吗" || lost[0].Question.File != "intents/water.stop.yaml" || lost[0].Question.Line != 6 || lost[0].Verdict != Worse {
		t.Errorf("%+v", lost)
	}
	if again := lostOf(t, was, is, []intents.Question{{Text: "东街停水吗"}}); len(again) != len(lost)-1 {
		t.Errorf("a known question is tried twice: %+v", again)
	}
	if none := lostOf(t, is, is, nil); none != nil {
		t.Errorf("%+v", none)
	}
}

// TestCompare: what a change does to a known question is told by what is right to answer.
func TestCompare(t *testing.T) {
	before := town(t)
	was := load(t, before, fresh)
	if len(was.Questions) < 10 {
		t.Fatal(was.Questions)
	}
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		want   map[string]Verdict // by question
	}{
		"nothing": {func(fstest.MapFS) {}, map[string]Verdict{}},
		"an answer's words": {func(f fstest.MapFS) {
			edit(t, f, "intents/library.hours.yaml", "星期一闭馆。图书屋有图书1200册", "星期一不开。图书屋有图书1200册")
		},
			map[string]Verdict{"图书屋周一开门吗": Other, "图书屋有多少册书": Other}},
		"a row of a table": {func(f fstest.MapFS) { edit(t, f, "tables/waterpoints.csv", "8时至18时", "8时至16时") },
			map[string]Verdict{"大槐树那个取水点在哪": Other}},
		"an answer is gone, and its questions with it": {func(f fstest.MapFS) {
			delete(f, "intents/library.card.yaml")
			edit(t, f, "intents/library.hours.yaml", "follow_ups: [library.card]", "")
			edit(t, f, "questions/own.jsonl", `{"q":"办借阅证要带什么","topic":"library.card"}`, "")
			edit(t, f, "questions/own.jsonl", `{"q":"一个人一次可以借几本书","topic":"library.card"}`, "")
		}, nil},
		"a question is taken away, its answer not": {func(f fstest.MapFS) {
			edit(t, f, "questions/own.jsonl", `{"q":"图书屋周一开门吗","topic":"library.hours"}`, "")
			edit(t, f, "intents/library.hours.yaml", "星期一闭馆。图书屋有图书1200册", "图书屋有图书1200册")
		}, map[string]Verdict{"图书屋周一开门吗": Other, "图书屋有多少册书": Other}},
		"another intent takes what it should not": {func(f fstest.MapFS) {
			edit(t, f, "intents/water.rule.yaml", "utterances:\n", "utterances:\n  - 图书屋周一开门吗\n")
		}, map[string]Verdict{"图书屋周一开门吗": Worse}},
		"and back": {nil, map[string]Verdict{"图书屋周一开门吗": Better}},
	} {
		from, to := was, maps.Clone(before)
		if c.change == nil {
			to2 := maps.Clone(before)
			edit(t, to2, "intents/water.rule.yaml", "utterances:\n", "utterances:\n  - 图书屋周一开门吗\n")
			from = load(t, to2, fresh)
		} else {
			c.change(to)
		}
		is, problems := reloaded(from, to)
		if is == nil {
			t.Fatalf("%s: %v", name, problems)
		}
		all := compared(t, from, is, Known(from, is, nil))
		got := map[string]Verdict{}
		for _, d := range all {
			got[d.Question.Text] = d.Verdict
			if d.Before.Text == d.After.Text {
				t.Errorf("%s: %+v", name, d)
			}
		}
		if c.want != nil && !maps.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %v", name, all, c.want)
		}
		if c.want == nil { // the questions are lost with their answer: declining them is right, a menu or another answer is not
			for _, d := range all {
				if d.Question.Topic == "library.card" && (d.Verdict == Other) != (d.After.Decision == intents.Decline) {
					t.Errorf("%s: %+v", name, d)
				}
			}
			if got["办借阅证要带什么"] == "" || got["一个人一次可以借几本书"] == "" {
				t.Errorf("%s: %+v", name, all)
			}
		}
	}
}

// TestCompareMissesNothing: whatever is changed, the differences are those of asking both cities everything.
func TestCompareMissesNothing(t *testing.T) {
	files := town(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("停水 图书屋 几点 东街 取水 借书 在哪里 多少 怎么办 吗 了 停电 天气 提前 什么时候 周末")
	var questions []intents.Question
	ids := slices.Sorted(maps.Keys(load(t, files, fresh).Intents))
	for range 300 {
		var text string
		for range 1 + rnd.IntN(4) {
			text += words[rnd.IntN(len(words))]
		}
		questions = append(questions, intents.Question{Text: text, Topic: append(ids, intents.OutOfScope)[rnd.IntN(len(ids)+1)]})
	}
	edits := []struct{ file, old, new string }{
		{"intents/water.stop.yaml", "，涉及320余户", ""},
		{"intents/library.card.yaml", "title: 借阅证怎么办", "title: 借书要什么证"},
		{"intents/water.point.yaml", "  - 停水了去哪里接水\n", "  - 周末图书屋在哪里\n"},
		{"notices/L1.md", "status: in_force", "status: withdrawn"},
		{"notices/W1.md", "review_by: 2030-08-31", "review_by: 2030-05-06"},
		{"matching/negatives.txt", "什么时候停电\n", "图书屋多少\n"},
		{"tables/waterpoints.csv", "8时至18时", "8时至16时"},
	}
	was := load(t, files, fresh)
	for range 8 {
		for _, i := range rnd.Perm(len(edits))[:1+rnd.IntN(2)] {
			files = maps.Clone(files)
			f := files[edits[i].file]
			files[edits[i].file] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), edits[i].old, edits[i].new, 1))}
		}
		is, problems := reloaded(was, files)
		if is == nil {
			t.Fatal(problems)
		}
		want := map[string]bool{}
		for _, q := range questions {
			if shown(was, q.Text) != shown(is, q.Text) {
				want[q.Text] = true
			}
		}
		got := map[string]bool{}
		for _, d := range compared(t, was, is, questions) {
			got[d.Question.Text] = true
		}
		if !maps.Equal(got, want) {
			t.Errorf("%v\nwant %v", got, want)
		}
		was = is
	}
}

// shown is all that a resident could see of what becomes of a question, read from the city's own parts.
func shown(c *City, question string) string {
	m := c.Matcher.Match(question, intents.Context{})
	s := fmt.Sprint(m.Decision)
	if m.Decision == intents.Clarify {
		for _, id := range m.Options {
			s += "\n" + id + " " + c.Intents[id].Title
		}
	}
	if m.Decision == intents.Answer {
		card, _ := c.Card(m.Ranked[0].ID, fresh)
		s += strings.Join([]string{card.Topic, card.Body, card.Source, card.Freshness}, "\n")
		if in := c.Intents[card.Topic]; len(in.Slots) > 0 {
			s += fmt.Sprint(in.Slots, m.Slots[in.Slots[0].Name])
		}
	}
	return s
}

// TestFiledQuestionsAreTried: of a question that was filed it may be known which intent is right, and that there was an answer; a change that
// declines it is worse, and one that answers it is never better by itself.
func TestFiledQuestionsAreTried(t *testing.T) {
	files := town(t)
	was := load(t, files, fresh)
	next := maps.Clone(files)
	edit(t, next, "intents/water.rule.yaml", "utterances:\n", "utterances:\n  - 水管爆了找谁报修\n")
	delete(next, "questions/own.jsonl")
	is, problems := reloaded(was, next)
	if is == nil {
		t.Fatal(problems)
	}
	filed := []intents.Question{
		{Text: "水管爆了找谁报修", Told: "找自来水公司"},
		{Text: "水管爆了找谁报修", Told: "同一个问题只试一次"},
		{Text: "水管爆了找谁报修啊", Topic: "water.rule"},
		{Text: "水管爆了找谁报修呢", Topic: "nowhere"},
	}
	for _, c := range []struct {
		from, to *City
		want     map[string]Verdict
	}{
		{was, is, map[string]Verdict{"水管爆了找谁报修": Other, "水管爆了找谁报修啊": Better, "水管爆了找谁报修呢": Other}},
		{is, was, map[string]Verdict{"水管爆了找谁报修": Worse, "水管爆了找谁报修啊": Worse, "水管爆了找谁报修呢": Worse}},
	} {
		got := map[string]Verdict{}
		for _, d := range compared(t, c.from, c.to, Known(c.from, c.to, filed)) {
			if strings.HasPrefix(d.Question.Text, "水管") {
				got[d.Question.Text] = d.Verdict
			}
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

// TestATrialIsTrainedOnce: a draft is judged, compared and published, and its matcher trained for the first of these.
func TestATrialIsTrainedOnce(t *testing.T) {
	files := town(t)
	l, problems := NewLive(files, func() time.Time { return fresh }, nil)
	if l == nil {
		t.Fatal(problems)
	}
	next := maps.Clone(files)
	edit(t, next, "intents/library.hours.yaml", "  - 有多少本书", "  - 有多少本书\n  - 藏书多少册")
	c, err := l.Try(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	if asked, _, err := l.Differences(t.Context(), files, next); err != nil || asked < 10 {
		t.Errorf("%d %v", asked, err)
	}
	if again, err := l.Try(t.Context(), next); err != nil || again.Matcher != c.Matcher {
		t.Error("trained twice")
	}
	if l.Current().Matcher == c.Matcher {
		t.Error("what was tried answers")
	}
	edit(t, next, "intents/library.hours.yaml", "1200册", "1400册")
	if _, _, err := l.Differences(t.Context(), files, next); err == nil {
		t.Error("a folder with a fault was compared")
	}
}
