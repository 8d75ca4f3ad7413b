package city

import (
	"strings"
	"testing"
	"time"

	"towncrier/content"
	"towncrier/intents"
)

// A plausible notice, and what can be said of it: refused names what must be found, "" when it may be said.
func TestSupport(t *testing.T) {
	lib := &content.Library{
		City:     content.City{Name: "示例", Area: "青河市白石区"},
		Contacts: []content.Contact{{Name: "便民热线", Phone: "12345", For: "咨询"}, {Name: "报警", Phone: "110", For: "报警"}},
		Notices: map[string]*content.Notice{
			"A": {
				ID: "A", Headline: "关于养鸽的公告", Issuer: "青河市公安局", Publisher: "青河日报", Area: "青河市",
				Date: content.Date{Year: 2023, Month: 11, Day: 13},
				Passages: []content.Passage{
					{Number: 1, Text: "《青河市养鸽规定》自2020年3月1日施行，由养鸽管理办公室主抓，市公安局配合，各县（市、区）参照执行。"},
					{Number: 2, Text: "投资12亿元，涉及2.12万户、196万平方米，今年查处900余起，打造15分钟服务圈，提供十二项服务，分5年实施。"},
					{Number: 3, Text: "书记丁一山出席。中城社区卫生服务中心、白石镇卫生院开展“新九针”，把握好五个重大关系，一户多鸽要劝导。"},
				},
			},
			"B": {ID: "B", Headline: "另一件事", Issuer: "青河市水务局", Publisher: "青河日报", Area: "青河市",
				Passages: []content.Passage{{Number: 1, Text: "推进“清水行动”，1354只白鹭回来了。"}}},
		},
	}
	s := newSupport(lib).citing([]intents.Citation{{Notice: "A", Passage: 1}, {Notice: "A", Passage: 2}, {Notice: "A", Passage: 3}})
	proper := properNames(lib)
	for _, c := range []struct{ answer, refused string }{
		{"投资12亿元，2.12万户，约196万平方米，900余起，15分钟，12项，十二项，5年，五年", ""},
		{"投资１２亿元，涉及 2.12 万户、21200户", ""},
		{"投资120000万元", ""},
		{"自2020年3月1日施行，按2023年11月13日的消息，2020年起，3月1日起，当年11月", ""},
		{"五大关系，五个重大关系，一户多鸽", ""},
		{"拨打12345咨询，急事拨打110，12345热线", ""},
		{"1. 先看\n2. 再问\n（3）最后", ""},
		{"从哪一年算起，一个一个来，第一责任人，进一步，十分感谢，万一有事，统一安排，三心二意", ""},
		{"由养鸽管理办公室负责，向市公安局反映，到中城社区卫生服务中心，去白石镇卫生院", ""},
		{"到当地派出所，向所在社区居委会反映，去附近医院，各县（市）", ""},
		{"向社区居委会、街道办事处反映，中心城区，大局为重，委托他人", ""},
		{"早夜市每晚开市，老集市照旧，在东侧停车区排队，山区、灾区和施工区不受影响", ""},
		{"《青河市养鸽规定》，“新九针”，书记丁一山", ""},
		{"请回复“菜单”", ""},
		{"罚款500元", "500元"},
		{"罚款五百元", "五百元"},
		{"罚款110元", "110元"},
		{"押金12345块", "12345块"},
		{"拨打114", "114"},
		{"拨打0359-1234567", "1234567"},
		{"拨打9110", "9110"},
		{"拨打1101", "1101"},
		{"拨打110.5", "110.5"},
		{"投资12万元", "12万元"},
		{"投资12.5亿元", "12.5亿元"},
		{"涉及2.12万人", "2.12万人"},
		{"196万平方公里", "196万平方公里"},
		{"查处900起", "900起"},
		{"查处900多起", "900多起"},
		{"十三项服务", "十三项"},
		{"半小时服务圈", "半小时"},
		{"完成百分之四十", "百分之四十"},
		{"完成40%", "40%"},
		{"自2020年11月13日施行", "2020年11月13日"},
		{"将于12月底前", "12月"},
		{"1日内办结", "1日"},
		{"六大关系", "六大"},
		{"每户只能养一只", "一只"},
		{"每户限养两只", "两只"},
		{"收回1354只", "1354只"},
		{"《青河市养鸟规定》", "青河市养鸟规定"},
		{"推行“旧九针”", "旧九针"},
		{"推进清水行动", "清水行动"},
		{"到东城社区卫生服务中心", "东城社区卫生服务中心"},
		{"到黑石镇卫生院", "黑石镇卫生院"},
		{"请到白石区公安局办理", "白石区公安局"},
		{"由城市管理局负责", "城市管理局"},
		{"请到住建局", "住建局"},
		{"向白石区人民政府申请", "白石区人民政府"},
		{"到东街派出所办理", "东街派出所"},
		{"到东街街道办事处", "东街街道办事处"},
		{"到东街社区登记", "东街社区"},
		{"拨打市长热线", "市长热线"},
		{"将在赤水县试点", "赤水县"},
		{"将在赤水市试点", "赤水市"},
		{"书记王一山", "书记王一"},
	} {
		text := fold(c.answer)
		got := append(s.unsupportedFigures(text), s.unsupportedNames(text, proper)...)
		if c.refused == "" && len(got) > 0 {
			t.Errorf("%s: refused for %q", c.answer, got)
		}
		if c.refused != "" && !strings.Contains(strings.Join(got, " "), c.refused) {
			t.Errorf("%s: got %q, want %q refused", c.answer, got, c.refused)
		}
	}
}

func FuzzFigures(f *testing.F) {
	f.Add("投资12亿元，约１９６万平方米，十二项，2020年3月1日，百分之三十，1,354只，半小时")
	f.Add("1.2.3,456 一二三四五六七八九十百千万亿〇〇")
	f.Add(strings.Repeat("书记中心市1,", 2000)) // took 13 s while every title copied the rest
	f.Add("书记“《》”中心局市县9999999999999999999999999万亿元")
	s := newSupport(&content.Library{Contacts: []content.Contact{{Name: "热线", Phone: "12345"}}})
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		folded := fold(text)
		length := len([]rune(folded))
		for _, g := range figures(folded) {
			if g.start >= g.end || g.end > length || g.text == "" {
				t.Errorf("%q: figure %+v", text, g)
			}
		}
		s.unsupportedFigures(folded)
		s.unsupportedNames(folded, []string{"清水行动"})
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
	})
}

// TestPhoneCountsNothing: a number to call is the same whatever follows it.
func TestPhoneCountsNothing(t *testing.T) {
	files := town(t)
	edit(t, files, "notices/L1.md", "公告没有写借阅证怎样办理。", "公告没有写借阅证怎样办理，可拨打0000-5550111预约。")
	edit(t, files, "intents/library.card.yaml", "询问。", "询问，也可拨打0000-5550111。")
	load(t, files, fresh)
}
