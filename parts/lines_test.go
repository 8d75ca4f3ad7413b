package parts

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"towncrier/content"
)

const negatives = "# none of ours\n公园几点开门\n  蛇能养吗  \n\n# spring\n猫要办证吗\n# end\n"

// TestLinesAreParts: a line is added, changed and taken away, and every other byte of its file stays.
func TestLinesAreParts(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		text := strings.ReplaceAll(negatives, "\n", eol)
		k := kind(t, "不答的问题")
		f := Folder{k.Path: []byte(text)}
		line := func(key string) Part {
			t.Helper()
			p, err := k.One(f, key)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		e, err := k.Remove(f, "公园几点开门", line("公园几点开门").Digest())
		if want := strings.Replace(text, "公园几点开门"+eol, "", 1); err != nil || string(e.Text) != want {
			t.Errorf("%v %q, want %q", err, e.Text, want)
		}
		e, err = k.Put(f, "鱼病了咋办", nil, "", "")
		if want := strings.Replace(text, "# end", "鱼病了咋办"+eol+"# end", 1); err != nil || string(e.Text) != want {
			t.Errorf("%v %q, want %q", err, e.Text, want)
		}
		e, err = k.Put(f, "蛇能养吗", map[string]any{"text": "蛇能不能养"}, line("蛇能养吗").Digest(), "")
		if want := strings.Replace(text, "  蛇能养吗  ", "蛇能不能养", 1); err != nil || string(e.Text) != want {
			t.Errorf("%v %q, want %q", err, e.Text, want)
		}
		for _, bad := range []string{"# 注释", "甲\n乙", strings.Repeat("长", 201)} {
			if _, err := k.Put(f, bad, nil, "", ""); err == nil {
				t.Errorf("%q was written", bad)
			}
		}
		words := kind(t, "同义词")
		f = Folder{words.Path: []byte("# words" + eol + "狗\t犬|狗狗" + eol + "猫\t猫咪" + eol)}
		cat, _ := words.One(f, "猫")
		e, err = words.Put(f, "猫", map[string]any{"variants": []any{"猫咪", "咪咪"}}, cat.Digest(), "")
		if want := "# words" + eol + "狗\t犬|狗狗" + eol + "猫\t猫咪|咪咪" + eol; err != nil || string(e.Text) != want {
			t.Errorf("%v %q, want %q", err, e.Text, want)
		}
		for _, bad := range [][]any{{"甲|乙"}, {"甲\n乙"}, {}} {
			var faults *InvalidError
			if _, err := words.Put(f, "猪", map[string]any{"variants": bad}, "", ""); !errors.As(err, &faults) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

// TestRepeatedLine goes whole, and hinders nothing else.
func TestRepeatedLine(t *testing.T) {
	k := kind(t, "negatives")
	f := Folder{k.Path: []byte("甲呢\n乙呢\n甲呢\n")}
	p, err := k.One(f, "甲呢")
	if err != nil {
		t.Fatal(err)
	}
	if e, err := k.Put(f, "丙呢", nil, "", ""); err != nil || string(e.Text) != "甲呢\n乙呢\n丙呢\n甲呢\n" {
		t.Errorf("%v %q", err, e.Text)
	}
	if e, err := k.Remove(f, "甲呢", p.Digest()); err != nil || string(e.Text) != "乙呢\n" {
		t.Errorf("%v %q", err, e.Text)
	}
}

// TestTwoAuthorsOfLines: both add and take away lines of one file.
func TestTwoAuthorsOfLines(t *testing.T) {
	mine := strings.Replace(negatives, "公园几点开门\n", "鱼病了咋办\n", 1)
	theirs := strings.Replace(negatives, "猫要办证吗\n", "鸟能养吗\n", 1)
	merged, conflicts, ok := Merge("matching/negatives.txt", []byte(negatives), []byte(mine), []byte(theirs), func(string) content.Side { return content.Undecided })
	if want := strings.Replace(mine, "猫要办证吗\n", "鸟能养吗\n", 1); !ok || conflicts != nil || string(merged) != want {
		t.Errorf("%v %v %q, want %q", ok, conflicts, merged, want)
	}
}

// TestFaultsSpeakOfForms: fields by their labels, other parts by their names, never keys and lines of files.
func TestFaultsSpeakOfForms(t *testing.T) {
	for _, c := range []struct {
		kind, key string
		change    map[string]any
		want      Fault
	}{
		{"contacts", "office", map[string]any{"phone": "电话1"}, Fault{"phone", "电话只写数字，各段之间用 -，例如 0359-1234567"}},
		{"menu", "问一问", map[string]any{"topic": "", "buttons": []any{map[string]any{"name": "甲"}}}, Fault{"buttons[0]", "每个按钮只写一项：点击后的问答、点击后的网页"}},
		{"menu", "一二三四五六", map[string]any{"url": "https://example.com/"}, Fault{"name", "名称有18字节，微信最多收16字节（一个汉字3字节）：请缩短"}},
		{"topics", "more", map[string]any{"name": "图书"}, Fault{"name", "“图书”是两个主题的名称：“library”里已写，请改一个"}},
		{"notices", "L1", map[string]any{"status": "valid"}, Fault{"status", "状态不能写“valid”：请写有效、已被取代或已撤回"}},
		{"templates", "t9", map[string]any{"channel": "sms", "code": "SMS_9", "title": "通知", "text": "停水", "vars": []any{map[string]any{"name": "name", "label": "日期", "type": "text"}}},
			Fault{"text", "变量里有“name”，短信全文里没有 ${name}：请补上或删去"}},
		{"prepared", "water", map[string]any{"audience": map[string]any{"area": "示例镇", "tag": "低保"}}, Fault{"audience.area", "发送范围的每一层只写一项：全体居民、区县、街道、居委会、小区、标签、主题、同时符合、符合任一、除外"}},
		{"prepared", "water", map[string]any{"messages": map[string]any{"sms": map[string]any{"data": map[string]any{"title": "停水"}}}}, Fault{"messages.sms.template", "没有写模板：请补上"}},
		{"intents", "library.hours", map[string]any{"answer": "{city}图书屋每天9时至17时开放。"}, Fault{"answer", "答复里有花括号：程序不会在这里填内容，请改成文字"}},
		{"notices", "L1", map[string]any{"headline": "{city}的公告"}, Fault{"headline", "标题里有花括号：程序不会在这里填内容，请改成文字"}},
		{"contacts", "office", map[string]any{"name": "{city}值班"}, Fault{"name", "名称里有花括号：程序不会在这里填内容，请改成文字"}},
		{"phrases", "ticket", map[string]any{"text": "登记了，编号{编号}，{姓名}。"}, Fault{"text", "多了{姓名}：这一句没有这样的内容可填，请去掉"}},
		{"negatives", "图书屋几点开门", nil, Fault{"", "“图书屋几点开门”又是问法，写在问答“library.hours”：请只留一处"}},
	} {
		f := littletown(t)
		k := kind(t, c.kind)
		now, err := k.One(f, c.key)
		form := map[string]any{}
		if err == nil {
			for name, v := range now.Value {
				form[name] = v
			}
		}
		for name, v := range c.change {
			form[name] = v
		}
		e, err := k.Put(f, c.key, form, now.Digest(), "")
		if err == nil {
			_, err = k.Check(f, e, day)
		}
		bad, ok := errors.AsType[*InvalidError](err)
		if !ok || bad.Faults[0] != c.want {
			t.Errorf("%s %s: %v, want %v", c.kind, c.key, err, c.want)
		}
	}
}

// TestAudienceOfNobody is remarked on, since only the database knows which areas committees have.
func TestAudienceOfNobody(t *testing.T) {
	f := littletown(t)
	k := kind(t, "prepared")
	for area, want := range map[string]string{"示例镇": "", "火星": "本市的地域是“示例镇”，没有区县“火星”：请核对，不改就不会发给任何人"} {
		now, err := k.One(f, "water")
		if err != nil {
			t.Fatal(err)
		}
		form := maps.Clone(now.Value)
		form["audience"] = map[string]any{"area": area}
		e, err := k.Put(f, "water", form, now.Digest(), "")
		if err != nil {
			t.Fatal(err)
		}
		if remarks, err := k.Check(f, e, day); err != nil || strings.Join(remarks, "") != want {
			t.Errorf("%s: %q, %v", area, remarks, err)
		}
	}
}

// TestWhatIsWrongElsewhere is said by part and field, too.
func TestWhatIsWrongElsewhere(t *testing.T) {
	f := littletown(t)
	f["matching/negatives.txt"] = append(f["matching/negatives.txt"], "夜里借书行不\n"...)
	k := kind(t, "intents")
	now, err := k.One(f, "library.hours")
	if err != nil {
		t.Fatal(err)
	}
	form := maps.Clone(now.Value)
	form["utterances"] = append(slices.Clone(form["utterances"].([]any)), "夜里借书行不")
	e, err := k.Put(f, "library.hours", form, now.Digest(), "")
	if err != nil {
		t.Fatal(err)
	}
	remarks, err := k.Check(f, e, day)
	if want := "送审前还要改 不答的问题“夜里借书行不”：“夜里借书行不”又是问法，写在问答“library.hours”：请只留一处"; err != nil || len(remarks) == 0 || remarks[0] != want {
		t.Errorf("%v, %q, want %s", err, remarks, want)
	}
}
