package propose_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/propose"
)

var today = time.Date(2030, time.May, 7, 9, 0, 0, 0, time.UTC)

// town is a copy of the made-up town, to which proposals are added.
func town(t testing.TB) fstest.MapFS {
	t.Helper()
	files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func notice(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "notices", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var source = propose.Source{ID: "N9", Area: "示例镇", Today: content.DateOf(today)}

// proposed is the made-up town with what is proposed of a notice.
func proposed(t testing.TB, text string, subjects ...propose.Subject) (*city.City, propose.Notice, []propose.Proposal) {
	t.Helper()
	files := town(t)
	set, _ := intents.Load(files)
	n, err := propose.Paste(text, source)
	if err != nil {
		t.Fatal(err)
	}
	all, err := propose.Intents(n, subjects, propose.City{Set: set, Contact: content.Contact{Name: "示例镇值班电话", Phone: "19900000001"}})
	if err != nil {
		t.Fatal(err)
	}
	files[n.File] = &fstest.MapFile{Data: n.Format()}
	for _, p := range all {
		files[p.File] = &fstest.MapFile{Data: p.Format()}
	}
	c, problems := city.Load(files, today)
	if c == nil {
		t.Fatal(problems.OnlyFaults())
	}
	return c, n, all
}

// subjects of the notices in testdata, as an author would name them.
var subjects = map[string][]propose.Subject{
	"tingshui":  {{ID: "tingshui", Name: "停水"}},
	"gongjiao":  {{ID: "gongjiao", Name: "公交改线", Also: []string{"6路车改线", "公交车改道"}}},
	"shebao":    {{ID: "renzheng", Name: "养老认证", Also: []string{"养老金认证", "认证"}}},
	"xuequ":     {{ID: "ruxue", Name: "入学登记", Also: []string{"小学报名", "一年级登记"}}},
	"zhandao":   {{ID: "zhandao", Name: "迎春路施工", Also: []string{"迎春路管制", "迎春路修路"}}},
	"gaoling":   {{ID: "gaoling", Name: "高龄津贴", Also: []string{"高龄补贴", "老人津贴"}}},
	"jiezhong":  {{ID: "jiezhong", Name: "流感疫苗", Also: []string{"流感疫苗接种", "打疫苗"}}},
	"zhucan":    {{ID: "zhucan", Name: "老年助餐", Also: []string{"助餐点", "老年食堂"}}},
	"tingdian":  {{ID: "tingdian", Name: "停电"}},
	"gongzu":    {{ID: "gongzu", Name: "公租房", Also: []string{"公共租赁住房", "申请公租房"}}},
	"yibao":     {{ID: "yibao", Name: "医保缴费", Also: []string{"医保", "交医保"}}},
	"laji":      {{ID: "laji", Name: "大件垃圾", Also: []string{"大件垃圾清运", "扔旧家具"}}},
	"fangxun":   {{ID: "zhuanyi", Name: "防汛转移", Also: []string{"转移", "撤离"}}},
	"tushuguan": {{ID: "tushuguan", Name: "图书馆搬迁", Also: []string{"图书馆", "图书馆闭馆"}}},
	"ranqi":     {{ID: "ranqi", Name: "燃气安检", Also: []string{"安检", "燃气入户检查"}}},
}

// question is one of a stranger's. Says are words that a right answer prints; silent ones that stand in a right statement that nothing is written.
type question struct {
	Q      string   `json:"q"`
	Says   []string `json:"says"`
	Silent []string `json:"silent"`
}

func questionsOf(t testing.TB, name string) (all []question) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "notices", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
	return all
}

// judge is what a resident gets: right, wrong, or neither (a menu, or the offer to ask a person).
func judge(c *city.City, q question) (verdict, got string) {
	m := c.Matcher.Match(q.Q, intents.Context{})
	if m.Decision != intents.Answer {
		return "neither", fmt.Sprint(m.Options, " ", m.Ranked[0].ID)
	}
	in := c.Intents[m.Ranked[0].ID]
	right := !in.Silent || q.Silent != nil
	for _, s := range q.Says {
		right = right && strings.Contains(in.Answer, s)
	}
	if len(q.Silent) > 0 {
		_, unsaid, ok := strings.Cut(strings.ReplaceAll(in.Answer, "没有找到", "没有写"), "没有写")
		unsaid, _, _ = strings.Cut(unsaid, "。")
		right = ok && slices.ContainsFunc(q.Silent, func(word string) bool { return strings.Contains(unsaid, word) })
	}
	if right {
		return "right", in.ID
	}
	return "wrong", in.ID
}

// TestProposalsAnswerStrangers accepts everything unread: it loads as a city, every sentence rests on passages, and of ten questions on each
// notice at least six are answered or declared silent rightly. A wrong answer that is known is named here, so that another is seen.
func TestProposalsAnswerStrangers(t *testing.T) {
	for name, of := range subjects {
		t.Run(name, func(t *testing.T) {
			c, n, all := proposed(t, notice(t, name), of...)
			restOnPassages(t, n, all)
			right := 0
			for _, q := range questionsOf(t, name) {
				verdict, got := judge(c, q)
				if verdict == "right" {
					right++
					continue
				}
				t.Logf("%s: %s -> %s", verdict, q.Q, got)
				if verdict == "wrong" && !slices.Contains(fresh, name) && !slices.Contains(wrong, q.Q) {
					t.Errorf("%s is answered wrongly, by %s: %s", q.Q, got, c.Intents[got].Answer)
				}
			}
			if t.Logf("%d of 10 are right", right); right < 6 && !slices.Contains(fresh, name) {
				t.Errorf("%d of 10 are right", right)
			}
		})
	}
}

// fresh notices were written when the rules stood, and no rule was made for them: what they give is what docs/content.md says.
var fresh = []string{"yibao", "laji", "fangxun", "tushuguan"}

// wrong are the questions that proposals accepted unread answer with something else.
var wrong = []string{
	"停水了到哪儿接水去", // the made-up town's own notice on water points answers
	"职工退休的是不是也在这儿认证", "走不动的老人给不给送饭", "鸡蛋过敏可不可以打",
}
