package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/staff"
	"towncrier/store"
	"towncrier/unanswered"
)

// TestQuestionsCommands lists what residents asked in vain, leaves it, and begins its answer.
func TestQuestionsCommands(t *testing.T) {
	cfg := production(t, smallCity...)
	r := serve(t, cfg)
	as := r.hire(t, cfg, staff.Person{ID: "li", Name: "李某", Role: staff.Author}, staff.Person{ID: "boss", Name: "张某", Role: staff.Admin})
	li := as["li"]
	wantIn(t, ok(t, li, "questions", "list"), "没有这样的提问")
	onDatabase(t, machineOf(cfg), func(db *store.DB) {
		day := unanswered.DayOf(time.Now())
		for i, text := range []string{"公积金怎么提取", "公积金如何提取"} {
			if _, err := db.Unanswered().Add(t.Context(), unanswered.Question{Group: int64(i), Day: day, Text: text}, 1+2*i, 10); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []unanswered.Question{{Day: day, Text: "护照在哪里办"}, {Day: day}} {
			if _, err := db.Unanswered().Add(t.Context(), q, 1, 10); err != nil {
				t.Fatal(err)
			}
		}
	})
	if out := ok(t, li, "questions", "list"); !strings.Contains(out, "公积金如何提取") || !strings.Contains(out, "不到3人，不显示") || !strings.Contains(out, "只记次数") || strings.Contains(out, "护照") {
		t.Error(out)
	}
	file := filepath.Join(t.TempDir(), "questions.csv")
	wantIn(t, ok(t, li, "questions", "list", "--status", "全部", "--csv", file), "已写入")
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "公积金怎么提取") || !strings.Contains(string(text), "只记次数") || strings.Contains(string(text), "护照") {
		t.Errorf("%s, %v", text, err)
	}
	wantIn(t, ok(t, li, "questions", "leave", "Q2"), "Q2  不处理")
	wantIn(t, ok(t, li, "questions", "list", "--status", "不处理"), "Q2")
	wantIn(t, ok(t, li, "questions", "draft", "Q1"), "intents/asked.q1.yaml", "补齐答复", "没有依据不能送审")
	wantIn(t, ok(t, li, "content", "get", "D1", "intents/asked.q1.yaml"), "- 公积金如何提取", "citations: []")
	wantIn(t, ok(t, li, "content", "form", "set", "D1", "问答", "asked.q1", "提出的问法="), "送审前还要改：有2个问法", "送审前还要改：没有写答复")
	wantIn(t, ok(t, li, "content", "form", "propose", "D1", "asked.q1"), "提出的问法（proposed）", "公积金")
	refuses(t, li, 1, "已经起草过：稿件 D1", "questions", "draft", "Q1")
	wantIn(t, ok(t, li, "questions", "list", "--status", "已起草答复"), "Q1")
	refuses(t, li, 1, "不到三个人", "questions", "draft", "Q2")
	refuses(t, li, 1, "自己写问法和答复", "questions", "draft", "Q3")
	refuses(t, as["boss"], 1, "403 right", "questions", "list")
}

// TestWhatResidentsAskInVainIsWork asks on the phones of a rehearsal: officials read it once three residents asked alike, without who they are.
func TestWhatResidentsAskInVainIsWork(t *testing.T) {
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_DATA="+t.TempDir(), "TOWNCRIER_CONTENT="+littletown))
	r.openPage(t)
	li := r.as(t, "author")
	for i, who := range []string{resident, "oSANDBOX-resident-yi--000002", "oSANDBOX-resident-bing000003"} {
		r.actAs(t, who, `"kind":"text","text":"我叫欧阳慕白，健身房退费"`)
		until(t, "a menu", func() bool {
			_, record := r.get(t, "/sandbox/record?resident="+who)
			return strings.Contains(record, "都不是")
		})
		r.actAs(t, who, `"kind":"text","text":"都不是"`)
		until(t, "it is kept", func() bool {
			out := ok(t, li, "questions", "list", "--json")
			return strings.Contains(out, fmt.Sprintf(`"count": %d`, i+1)) && strings.Contains(out, "健身房退费") == (i == 2) && !strings.Contains(out, "慕")
		})
	}
}
