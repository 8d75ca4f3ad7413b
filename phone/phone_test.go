package phone

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, written := range []string{
		"19900001234", " 199 0000 1234 ", "199-0000-1234", "+86 199-0000-1234", "8619900001234", "008619900001234",
		"１９９００００１２３４", "＋86 199（0000）1234", "\u202a19900001234\u202c", "\ufeff19900001234", "199 00001234",
		`="19900001234"`, `"19900001234"`, "'19900001234", "’19900001234", "`19900001234", "\x1f19900001234", "199\x1e0000\x001234",
		"199.0000.1234", "199·0000·1234", "199•0000•1234", "199．0000．1234", "199−0000−1234", "199﹣0000﹣1234", "199ー0000ー1234",
		"199―0000―1234", "19900001234，", "19900001234、", "19900001234；", "19900001234。", "19900001234-", "019900001234",
		"+86 (0)19900001234", "0086019900001234", "(+86)19900001234", "86-19900001234", "19900001234.0", "1.9900001234E+10", "1.9900001234E10",
		"\u2060199\u206000001234", "19900001234\t", "199 0000 1234\n",
	} {
		if got, err := Parse(written); err != nil || string(got) != "19900001234" {
			t.Errorf("Parse(%q) = %q, %v %s", written, string(got), err, Reason(err))
		}
	}
	for bad, want := range map[string]string{
		"":                        "未填手机号：请填11位手机号",
		" \u200b":                 "未填手机号：请填11位手机号",
		"1990000123":              "有10位数字，应为11位",
		"199000012345":            "有12位数字，应为11位",
		"86199000012345":          "有14位数字，应为11位",
		"12900001234":             "应以13至19开头",
		"29900001234":             "应以13至19开头",
		"2022333":                 "有7位数字，应为11位（像是没有区号的固定电话）",
		"0359-2022333":            "是固定电话",
		"03598888888":             "是固定电话",
		"+86 359 2022333":         "是固定电话",
		"0359-2022333转8001":       "是固定电话",
		"010-88888888":            "是固定电话",
		"+85219900001234":         "是境外号码",
		"1990000123x":             "号码里有“x”",
		"19900001234，3号楼":         "号码里有“，”",
		"19900001234/":            "号码里有“/”",
		"19900001234*":            "号码里有“*”",
		"199_0000_1234":           "号码里有“_”",
		"手机19900001234":           "号码里有“手机”",
		"tel:19900001234":         "号码里有“tel”",
		"19900001234（李）":          "号码里有“李”",
		"19900001234元":            "号码里有“元”",
		"+86+8619900001234":       "号码里有“+”",
		"199O0001234":             "号码里有字母“O”：是不是数字0？",
		"l9900001234":             "号码里有“l”：是不是数字1？",
		"一九九零零零零一二三四":             "号码里有“一”：请用数字0至9填写",
		"١٩٩٠٠٠٠١٢٣٤":             "请用数字0至9填写",
		"无":                       "号码里有“无”",
		"19900001234/19900001235": "一格里有两个号码",
		"19900001234 19900001235": "一格里有两个号码",
		"19900001234、19900001235": "一格里有两个号码",
		"19900001234（父）19900001235（母）":        "一格里有两个号码",
		"+8619900001234+8619900001235":        "一格里有两个号码",
		"0359-2022333 19900001234":            "一格里有两个号码",
		"19900001234,19900001235,19900001236": "一格里有几个号码",
		"1.99E+10":                            "被表格软件舍入",
		"1.99000012345E+10":                   "被表格软件舍入",
		"19900001234.5":                       "有12位数字",
		"1.9900001234":                        "号码里有“.”",
		"1.9900001234E+11":                    "号码里有“.”",
	} {
		got, err := Parse(bad)
		if !errors.Is(err, ErrNumber) || got != "" {
			t.Errorf("Parse(%q) = %q, %v; want ErrNumber", bad, string(got), err)
			continue
		}
		if !strings.Contains(Reason(err), want) {
			t.Errorf("Parse(%q): %q, want %q", bad, Reason(err), want)
		}
		if strings.Contains(Reason(err), "有11位数字，应为11位") {
			t.Errorf("Parse(%q) contradicts itself: %s", bad, Reason(err))
		}
		if len(bad) > 4 && (strings.Contains(err.Error(), bad) || strings.Contains(Reason(err), bad)) {
			t.Errorf("the error repeats %q", bad)
		}
	}
	if Reason(errors.New("x")) != "" || Reason(nil) != "" {
		t.Error("an error that is not about a number has a reason about one")
	}
}

func TestInFindsNumbersInText(t *testing.T) {
	for _, text := range []string{
		"19900001234", "联系19900001234", "停水通知（联系人 199-0000-1234）", "１９９００００１２３４", "+8619900001234", "王先生0086 199 0000 1234",
		"19900001234和19900005678", "199.0000.1234", "199\u200b0000\u200b1234", "编号20231120 19900001234", "019900001234", "199) - (00001234",
	} {
		if !In(text) {
			t.Errorf("In(%q) is false", text)
		}
	}
	for _, text := range []string{
		"", "停水通知", "0359-2022333", "12345", "20231120-0001", "140802001001", "11010119900000123X", "6222000000000000000", "1990000123",
		"2026年11月29日 10:00", "2026-11-29 10:00:00", "13号楼1单元", "199****1234", "2019900001234", "1、9、9、0、0、0、0、1、2、3、4",
	} {
		if In(text) {
			t.Errorf("In(%q) is true", text)
		}
	}
}

func TestNumberPrintsMasked(t *testing.T) {
	n, err := Parse("19900001234")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%s", "%v", "%q", "%+v", "%#v", "%x"} {
		if text := fmt.Sprintf(verb, n); strings.Contains(text, "0000") || strings.Contains(text, "30303030") {
			t.Errorf("%s shows the number: %s", verb, text)
		}
		if text := fmt.Sprintf(verb, struct{ To Number }{n}); strings.Contains(text, "0000") || strings.Contains(text, "30303030") {
			t.Errorf("%s of a struct shows the number: %s", verb, text)
		}
	}
	if got := n.Masked(); got != "199****1234" {
		t.Errorf("Masked = %q", got)
	}
	if Number("").Masked() != "" || Number("123").Masked() != "" {
		t.Error("what is no number was masked")
	}
	if b, err := json.Marshal(n); err != nil || string(b) != `"19900001234"` {
		t.Errorf("JSON keeps the number for where it is sealed: %s, %v", b, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"19900001234", "+86 199-0000-1234", "１９９００００１２３４", "abc", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			if reason := Reason(err); reason == "" || strings.Contains(reason, "有11位数字，应为11位") || len(reason) > 200 {
				t.Errorf("Parse(%q): %q", s, reason)
			}
			return
		}
		again, err := Parse(string(n))
		if err != nil || again != n || len(n) != 11 {
			t.Errorf("Parse(%q) = %q, which parses to %q, %v", s, string(n), string(again), err)
		}
	})
}

func TestHide(t *testing.T) {
	for _, c := range []struct {
		text, want string
		ofNumbers  bool
	}{
		{"19900001234", "199****1234", true}, {"19900001234", "199****1234", false},
		{"1990000l234", "199****l234", true}, {"一九九〇〇〇〇一二三四", "一九九****一二三四", true},
		{"1990000123", "199***0123", true}, {"19900001234、19900005678", "199********5678", true},
		{"住址：1号楼，电话199 0000 1234", "住址：********1234", false}, {"140802199001010011", "140********0011", false},
		{"2023-11-13", "2023-11-13", false}, {"20231113", "20231113", false}, {"2023年11月13日 10:30", "2023年11月13日 10:30", false},
		{"1990000", "1990000", true}, {"没有电话，找儿子", "没有电话，找儿子", true}, {"", "", true},
	} {
		if got := Hide(c.text, c.ofNumbers); got != c.want {
			t.Errorf("Hide(%q, %t) = %q, want %q", c.text, c.ofNumbers, got, c.want)
		}
	}
}
