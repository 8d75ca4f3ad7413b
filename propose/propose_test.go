package propose_test

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
	"towncrier/propose"
)

func paste(t testing.TB, text string) propose.Notice {
	t.Helper()
	n, err := propose.Paste(text, source)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPasteFindsTheHeader in each kind of notice, and says what it guessed.
func TestPasteFindsTheHeader(t *testing.T) {
	for name, want := range map[string]struct {
		issuer, publisher, date, review string
		inferred                        bool
	}{
		"tingshui": {"示例镇自来水有限公司", "关于示例镇东片区计划停水的公告", "2030-06-08", "2030-06-13", false},
		"gongjiao": {"示例市公共交通有限公司", "关于调整示例市6路、18路公交线路的通告", "2030-02-22", "2030-03-01", true},
		"zhandao":  {"示例市公安局交通管理支队", "示例市公安局交通管理支队关于迎春路热力管网施工期间交通管制的通告", "2030-07-03", "2030-09-20", false},
		"gaoling":  {"示例区民政局", "示例晚报", "2030-05-06", "2030-08-06", true},
		"zhucan":   {"示例街道办事处", "示例日报", "2030-06-03", "2030-06-10", true},
		"ranqi":    {"示例燃气有限公司示例镇营业所", "致全镇居民用户的燃气入户安全检查通知", "2030-09-25", "2030-11-30", true},
		"tingdian": {"示例供电所", "示例供电所计划检修停电通知", "2030-07-30", "2030-08-07", false},
	} {
		n := paste(t, notice(t, name))
		if n.Issuer != want.issuer || n.Publisher != want.publisher || n.Date.ISO() != want.date || n.ReviewBy.ISO() != want.review || n.YearInferred != want.inferred {
			t.Errorf("%s: %q %q %s %s %v", name, n.Issuer, n.Publisher, n.Date.ISO(), n.ReviewBy.ISO(), n.YearInferred)
		}
		if n.YearInferred != slices.ContainsFunc(n.Doubts, func(d string) bool { return strings.Contains(d, "推定") }) {
			t.Errorf("%s: %v", name, n.Doubts)
		}
	}
}

// TestPastePartsStatements: what is numbered stands in the text, nothing of it is lost but forms of politeness, and each passage can be read alone.
func TestPastePartsStatements(t *testing.T) {
	for name := range subjects {
		text := notice(t, name)
		n := paste(t, text)
		bare := strings.NewReplacer("\n", "", " ", "")
		whole := bare.Replace(text)
		for i, p := range n.Passages {
			if p.Number != i+1 || utf8.RuneCountInString(p.Text) > 320 {
				t.Errorf("%s#%d: %s", name, p.Number, p.Text)
			}
			for clause := range strings.FieldsFuncSeq(bare.Replace(p.Text), func(r rune) bool { return strings.ContainsRune("。，；：！", r) }) {
				if !strings.Contains(whole, clause) {
					t.Errorf("%s#%d prints %q, which the notice does not", name, p.Number, clause)
				}
			}
		}
		for _, m := range n.Marks {
			p, _ := n.Passage(m.Passage)
			if got := string([]rune(p.Text)[m.Start:m.End]); got != m.Text {
				t.Errorf("%s: mark %v is at %q", name, m, got)
			}
		}
	}
	n := paste(t, notice(t, "tingshui"))
	var marked []string
	for _, m := range n.Marks {
		marked = append(marked, m.Kind.Label()+m.Text)
	}
	for _, want := range []string{"日期时间2030年6月12日", "数字12小时", "电话0000-5550101"} {
		if !slices.Contains(marked, want) {
			t.Errorf("%s is not among %v", want, marked)
		}
	}
}

// TestPasteUndoesLineBreaks of a page's layout.
func TestPasteUndoesLineBreaks(t *testing.T) {
	n := paste(t, "关于示例路停水的公告\n因示例路供水管道检修需要，定于2030年6月12日对示\n例路沿线停水，请提前储水。\n示例镇水站\n2030年6月8日")
	if len(n.Passages) != 1 || !strings.Contains(n.Passages[0].Text, "对示例路沿线停水") || n.Issuer != "示例镇水站" {
		t.Errorf("%q %v", n.Issuer, n.Passages)
	}
}

// TestPasteRefuses what is no notice, and names the field.
func TestPasteRefuses(t *testing.T) {
	for _, text := range []string{"", "停水", strings.Repeat("停水。", 10000), "只有标题的公告只有标题的公告只有标题的公告"} {
		_, err := propose.Paste(text, source)
		if bad, ok := errors.AsType[*problem.Invalid](err); !ok || bad.Field != "text" {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// TestEditsKeepNumbers: a passage keeps its number whatever is cut and merged around it, and citations move with what they cite.
func TestEditsKeepNumbers(t *testing.T) {
	n := paste(t, notice(t, "tingshui"))
	before := n.Passages
	cut, split, err := n.Edit(propose.Edit{Passage: 1, Cut: "我公司定于"})
	if err != nil {
		t.Fatal(err)
	}
	last := len(before) + 1
	if cut.Passages[1].Number != last || !strings.HasPrefix(cut.Passages[1].Text, "我公司定于") || cut.Passages[0].Number != 1 {
		t.Errorf("%v", cut.Passages[:2])
	}
	for _, p := range before[1:] {
		if now, _ := cut.Passage(p.Number); now.Text != p.Text {
			t.Errorf("%d became %q", p.Number, now.Text)
		}
	}
	merged, moved, err := cut.Edit(propose.Edit{Passage: 2, Merge: 3})
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := merged.Passage(2); p.Text != before[1].Text+before[2].Text {
		t.Errorf("%q", p.Text)
	}
	if _, still := merged.Passage(3); still {
		t.Error("passage 3 is still there")
	}
	file := "# kept\ncitations:\n  - N9#3\n  - N9#2\n  - N1#3\n  - N9#1\ncites: [N9#1, N9#33, N9#2, N9#3]\n"
	want := "# kept\ncitations:\n  - N9#2\n  - N1#3\n  - N9#1\n  - N9#" + strconv.Itoa(last) + "\ncites: [N9#1, N9#" + strconv.Itoa(last) + ", N9#33, N9#2]\n"
	if got := split.Recite(moved.Recite([]byte(file), "N9"), "N9"); string(got) != want {
		t.Errorf("%s", got)
	}
	back, _, err := cut.Merge(1, last)
	if err != nil || back.Passages[0].Text != before[0].Text {
		t.Errorf("%v, %v", back.Passages[0], err)
	}
	for _, err := range []error{third(n.Cut(99, "我")), third(n.Cut(1, "没有这句")), third(n.Cut(1, "为配合")), third(n.Edit(propose.Edit{Passage: 1})), third(n.Merge(1, 3)), third(n.Merge(len(before), 1))} {
		if _, ok := errors.AsType[*problem.Invalid](err); !ok {
			t.Error(err)
		}
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// restOnPassages: an answer quotes passages that it cites, and silence says what is not written.
func restOnPassages(t *testing.T, n propose.Notice, all []propose.Proposal) {
	t.Helper()
	for _, p := range all {
		if p.Silent && !strings.Contains(p.Answer, "没有") {
			t.Errorf("%s is silent and does not say so: %s", p.ID, p.Answer)
		}
		if len(p.Proposed) < 10 || utf8.RuneCountInString(p.Title) > 20 {
			t.Errorf("%s: %q, %d utterances", p.ID, p.Title, len(p.Proposed))
		}
		for _, s := range p.Sentences {
			if len(s.Passages) == 0 && !strings.Contains(s.Text, "可以拨打") {
				t.Errorf("%s: %q rests on nothing", p.ID, s.Text)
			}
			for _, number := range s.Passages {
				if _, ok := n.Passage(number); !ok || !slices.Contains(p.Citations, intents.Citation{Notice: "N9", Passage: number}) {
					t.Errorf("%s: %q rests on %d, which is not cited", p.ID, s.Text, number)
				}
			}
		}
	}
}

// TestProposalsAreTheSameEveryTime, whatever order maps have.
func TestProposalsAreTheSameEveryTime(t *testing.T) {
	first, err := propose.Intents(paste(t, notice(t, "xuequ")), subjects["xuequ"], propose.City{})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, _ := propose.Intents(paste(t, notice(t, "xuequ")), subjects["xuequ"], propose.City{})
		if !reflect.DeepEqual(first, again) {
			t.Fatal("another proposal")
		}
	}
}

// TestSeveralSubjectsOfOneNotice: each is answered from the passages that speak of it.
func TestSeveralSubjectsOfOneNotice(t *testing.T) {
	text := "示例区便民服务公告\n养犬登记自6月1日起在幸福派出所办理，每只收费50元。车棚充电自7月1日起改为扫码付费，每度1元。\n示例区政府\n2030年5月20日"
	_, n, all := proposed(t, town(t), text, propose.Subject{ID: "dog", Name: "养犬登记"}, propose.Subject{ID: "shed", Name: "车棚充电"})
	restOnPassages(t, n, all)
	for _, p := range all {
		if p.ID == "shed.cost" && (strings.Contains(p.Answer, "50元") || !strings.Contains(p.Answer, "1元")) || p.ID == "dog.cost" && !strings.Contains(p.Answer, "50元") {
			t.Errorf("%s: %s", p.ID, p.Answer)
		}
	}
}

// TestSubjectsAreChecked for what an id and a title can hold.
func TestSubjectsAreChecked(t *testing.T) {
	n := paste(t, notice(t, "tingshui"))
	for _, bad := range [][]propose.Subject{nil, {{ID: "x", Name: "水"}}, {{ID: "x", Name: strings.Repeat("水", 11)}}, {{ID: "停", Name: "停水"}}, {{ID: "a", Name: "停水"}, {ID: "b", Name: "停水"}}} {
		if _, err := propose.Intents(n, bad, propose.City{}); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	for name, want := range map[string]string{"停水": "tingshui", "6路公交": "s6lugongjiao", "WiFi": "wifi"} {
		if got := propose.IDOf(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestUtterancesTakenByAnother are pointed out, and those that it was taught word for word are left out.
func TestUtterancesTakenByAnother(t *testing.T) {
	set := &intents.Set{Intents: []*intents.Intent{{ID: "water.stop", Utterances: []string{"什么时候停水"}}}, Lexicon: []intents.Concept{{Name: "停水", Variants: []string{"断水"}}}}
	all, err := propose.Intents(paste(t, notice(t, "tingshui")), subjects["tingshui"], propose.City{Set: set, Contact: content.Contact{},
		Answers: func(text string) (string, bool) { return "water.stop", text == "停水到几点" }})
	if err != nil {
		t.Fatal(err)
	}
	when := all[0]
	if slices.Contains(when.Proposed, "什么时候停水") || !slices.ContainsFunc(when.Proposed, func(u string) bool { return strings.Contains(u, "断水") }) {
		t.Errorf("%v", when.Proposed)
	}
	if !reflect.DeepEqual(when.Taken, []propose.Taken{{Utterance: "停水到几点", Intent: "water.stop"}}) {
		t.Errorf("%v", when.Taken)
	}
}

// TestPhonesAreNoFigures: a short number before a unit is a figure, and no answer calls it a telephone.
func TestPhonesAreNoFigures(t *testing.T) {
	n := paste(t, "关于校车调整的通知\n因示例桥维修，校车自2030年6月1日起调整，现将有关事项通知如下：\n每学期120元，途经110户。12345有人接听。\n示例县第一小学\n2030年5月1日")
	var phones []string
	for _, m := range n.Marks {
		if m.Kind == propose.Phone {
			phones = append(phones, m.Text)
		}
	}
	if !reflect.DeepEqual(phones, []string{"12345"}) {
		t.Errorf("%v", phones)
	}
	if first := n.Passages[0].Text; !strings.HasSuffix(first, "起调整。") {
		t.Errorf("%q announces what is not there", first)
	}
}

// TestHeadingsInBrackets and in everyday words are headings, too: what stands below is not called unsaid.
func TestHeadingsInBrackets(t *testing.T) {
	text := "关于申报清洁取暖补贴的通知\n【谁能报】10月底前完成煤改电、登记在册的常住户。\n【到哪报】村里的住户到本村村委会。\n【什么时候报】2030年11月16日起。\n示例镇政府\n2030年11月9日"
	all, err := propose.Intents(paste(t, text), []propose.Subject{{ID: "bu", Name: "取暖补贴"}}, propose.City{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for id, want := range map[string]string{"bu.whom": "常住户", "bu.where": "本村村委会", "bu.when": "11月16日"} {
			if p.ID == id && (p.Silent || !strings.Contains(p.Answer, want)) {
				t.Errorf("%s: %s", id, p.Answer)
			}
		}
	}
}
