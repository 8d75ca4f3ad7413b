package content

import (
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestValuesOfEveryType(t *testing.T) {
	for _, c := range []struct {
		channel, typ string
		good, bad    []string
	}{
		{TemplateChannel, "thing", []string{"水", strings.Repeat("水", 20)}, []string{strings.Repeat("水", 21), "停\n水", "停\u200b水", " "}},
		{TemplateChannel, "number", []string{"12", "1.5", strings.Repeat("1", 32)}, []string{"12户", "-", strings.Repeat("1", 33)}},
		{TemplateChannel, "letter", []string{"ABc"}, []string{"A1", "甲", strings.Repeat("A", 33)}},
		{TemplateChannel, "symbol", []string{"*#", "￥"}, []string{"a", "######"}},
		{TemplateChannel, "character_string", []string{"A-12/3 b"}, []string{"A栋", strings.Repeat("1", 33)}},
		{TemplateChannel, "time", []string{"09:00", "9:00", "2030年5月8日 09:00", "2030-05-08 09:00:00", "09:00~18:00", "2030年5月8日 09:00~2030年5月9日 18:00"},
			[]string{"9时", "25:00", "09:60", "2030年5月8日", "2030年13月8日 09:00", "09:00-18:00", "上午9:00"}},
		{TemplateChannel, "date", []string{"2030年5月8日", "2030-05-08", "2030/5/8", "2030年5月8日 09:00", "2030年5月8日~2030年5月9日"},
			[]string{"5月8日", "2030年5月", "2030年5月32日", "明天", "2030年5月8日至9日"}},
		{TemplateChannel, "amount", []string{"12", "12.5元", "￥12", "$1234567890"}, []string{"十元", "12345678901", "12块"}},
		{TemplateChannel, "phone_number", []string{"0359-1234567", "+86-0359-1234567"}, []string{"座机", "0359 1234567", strings.Repeat("1", 18)}},
		{TemplateChannel, "car_number", []string{"晋M12345"}, []string{"晋M12345678"}},
		{TemplateChannel, "name", []string{"张三", "Zhang San", "阿依古丽·买买提"}, []string{strings.Repeat("张", 11), "张3", strings.Repeat("a", 21)}},
		{TemplateChannel, "phrase", []string{"已停水"}, []string{"已经停水了吗", "停水A"}},
		{SubscriptionChannel, "thing", []string{strings.Repeat("水", 20)}, []string{strings.Repeat("水", 21)}},
		{SMSChannel, "text", []string{"水", strings.Repeat("水", 35), "拨打0359-1234567或12345", "恢复Tom的供水", "20300508123456", "3.5kg", "A.B座12.5元", "见附件.doc", "2030.5.8", "第1.2条"},
			[]string{strings.Repeat("水", 36), "", "见http://a.example", "WWW.example", "example.com", "bit.ly/abc", "a.example", "示例.com", "示例.中国", "ｅｘａｍｐｌｅ．ｃｏｍ", "http：example", "192.0.2.1/a", "【水】", "19900000001", "加QQ群", "微信群", "回T",
				"回复 R", "不要请拒收", "停水☔", "停水😀", "停\t水", "東街停水"}},
		{SMSChannel, "phone", []string{"0359-1234567"}, []string{"12345转1", strings.Repeat("1", 16), "19900000001"}},
	} {
		template := Template{Channel: c.channel, Text: "${x}", Vars: []TemplateVar{{Name: "x", Label: "停水事项", Type: c.typ}}}
		for _, value := range c.good {
			if unfit := template.Check(map[string]string{"x": value}); len(unfit) > 0 {
				t.Errorf("%s %s %q is refused: %v", c.channel, c.typ, value, unfit)
			}
		}
		for _, value := range c.bad {
			unfit := template.Check(map[string]string{"x": value})
			if len(unfit) == 0 {
				t.Errorf("%s %s %q is taken", c.channel, c.typ, value)
			}
			for _, u := range unfit {
				if u.Var != "x" || !strings.HasPrefix(u.String(), "“停水事项”") || c.channel == SMSChannel && len(value) > 3 && strings.Contains(u.String(), value) {
					t.Errorf("%s %s %q: %+v", c.channel, c.typ, value, u)
				}
			}
		}
	}
}

func TestCheckComparesNames(t *testing.T) {
	template := Template{Channel: TemplateChannel, Vars: []TemplateVar{
		{Name: "thing1", Type: "thing"}, {Name: "const2", Type: constType, Values: []string{"停水"}}}}
	got := template.Check(map[string]string{"thing3": "x", "date4": "x"})
	want := []Unfit{
		{"thing1", "", "没有填写"},
		{"date4", "", "模板里没有这个变量，请删去"},
		{"thing3", "", "模板里没有这个变量，请删去"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	got = template.Check(map[string]string{"thing1": "<a href=x>x</a>", "const2": "停水"})
	if len(got) != 1 || got[0].Var != "thing1" || !strings.Contains(got[0].Text, "标记（<a）") {
		t.Errorf("got %+v", got)
	}
	got = template.Check(map[string]string{"thing1": "x", "const2": "来水"})
	if len(got) != 1 || got[0].Var != "const2" || got[0].Text != "只能是批准过的值：停水" {
		t.Errorf("got %+v", got)
	}
}

// The sign counts, with its brackets: 12 characters and two.
func TestCheckMeasuresTheWholeSMS(t *testing.T) {
	template := Template{Channel: SMSChannel, Text: strings.Repeat("水", 450) + "${x}", Vars: []TemplateVar{{Name: "x", Type: "text"}, {Name: "y", Type: "text"}}}
	template.Text += "${y}"
	fits := map[string]string{"x": strings.Repeat("水", 35), "y": "水"}
	if unfit := template.Check(fits); len(unfit) > 0 {
		t.Errorf("500 characters are refused: %v", unfit)
	}
	fits["y"] = "水水"
	if unfit := template.Check(fits); len(unfit) != 1 || unfit[0].Text != "短信连签名最长有501个字，最多500个字" {
		t.Errorf("501 characters: %v", unfit)
	}
	template = Template{Channel: SMSChannel, Text: "请拨0359-1234567或400-123-4567。${x}", Vars: []TemplateVar{{Name: "x", Type: "text"}}}
	if unfit := template.Check(map[string]string{"x": "都可以"}); len(unfit) > 0 {
		t.Errorf("two telephone numbers are refused: %v", unfit)
	}
	if unfit := template.Check(map[string]string{"x": "或95598"}); len(unfit) != 1 || unfit[0].Text != "短信里有3个电话号码，通知短信最多2个" {
		t.Errorf("three telephone numbers: %v", unfit)
	}
}

// What a city writes in simplified characters must never look traditional.
func TestSimplifiedTextIsNotTraditional(t *testing.T) {
	for _, fsys := range []string{"yuncheng", "littletown"} {
		lib, problems := Load(Embedded())
		if fsys == "littletown" {
			lib, problems = Load(town(t))
		}
		if problems.Faults() > 0 {
			t.Fatal(problems)
		}
		for _, n := range lib.Notices {
			for _, p := range n.Passages {
				if traditional(p.Text) {
					t.Errorf("%s#%d", n.ID, p.Number)
				}
			}
		}
	}
	for _, s := range []string{"著作", "乾坤", "什么", "里面", "只有", "干部", "后天", "发展", "面条", "台湾", "云冈", "占地", "准备", "了解", "瞭望", "余额", "于是", "制定", "征求", "复核", "松树", "系统", "鐘"} {
		if traditional(s) != (s == "鐘") {
			t.Errorf("traditional(%s) = %v", s, traditional(s))
		}
	}
}

// Officials check their broadcasts at the same time.
func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	template := Template{Channel: SMSChannel, Text: "${x}", Vars: []TemplateVar{{Name: "x", Type: "text"}}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if len(template.Check(map[string]string{"x": "東街停水"})) != 1 || len(template.Check(map[string]string{"x": "东街停水"})) != 0 {
					t.Error("the same value was judged otherwise")
				}
			}
		})
	}
	all.Wait()
}
