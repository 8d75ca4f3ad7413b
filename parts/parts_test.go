package parts

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/content"
)

var day = time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)

// folder is a city's files, with ends of lines as given.
func folder(t testing.TB, fsys fs.FS, eol string) Folder {
	t.Helper()
	f := Folder{}
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		f[name] = bytes.ReplaceAll(text, []byte("\n"), []byte(eol))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func littletown(t testing.TB) Folder { return folder(t, os.DirFS("../testdata/littletown"), "\n") }

func kind(t testing.TB, name string) Kind {
	t.Helper()
	k, ok := Called(name)
	if !ok {
		t.Fatal(name)
	}
	return k
}

// put writes a part and takes it into the folder.
func put(t testing.TB, f Folder, kindName, key string, change func(map[string]any)) string {
	t.Helper()
	k := kind(t, kindName)
	now, err := k.One(f, key)
	if err != nil && !errors.Is(err, ErrNoPart) {
		t.Fatal(err)
	}
	form := maps.Clone(now.Value)
	if form == nil {
		form = map[string]any{}
	}
	change(form)
	e, err := k.Put(f, key, form, now.Digest(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Check(f, e, day); err != nil {
		t.Fatal(err)
	}
	f[e.Path] = e.Text
	return string(e.Text)
}

// TestEveryPartIsReadAndWritten: whatever a city has reads as a form, is in it what the file says, and written as it is changes no byte.
func TestEveryPartIsReadAndWritten(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		for _, f := range []Folder{folder(t, content.Embedded(), eol), folder(t, os.DirFS("../testdata/littletown"), eol)} {
			read := 0
			for _, k := range Kinds() {
				all, err := k.All(f)
				if err != nil {
					t.Fatal(err)
				}
				if k.lines() {
					all = all[:min(len(all), 30)]
				}
				for _, p := range all {
					if p.Value == nil {
						continue // a phrase
					}
					read++
					e, err := k.Put(f, p.Key, p.Value, p.Digest(), "")
					if err != nil || !bytes.Equal(e.Text, f[e.Path]) {
						t.Errorf("%s %s: %v", k.Name, p.Key, err)
					}
					alone, err := rewritten(k, p)
					if err != nil || !same(alone, p.Value) {
						t.Errorf("%s %s: %v\n%v\n%v", k.Name, p.Key, err, alone, p.Value)
					}
				}
			}
			if read < 10 {
				t.Errorf("%d parts", read)
			}
		}
	}
}

// rewritten is a part after it was written into an empty folder and read again.
func rewritten(k Kind, p Part) (map[string]any, error) {
	f := Folder{"city.yaml": []byte("topics: []\n")}
	e, err := k.Put(f, p.Key, p.Value, "", "")
	if err != nil {
		return nil, err
	}
	f[e.Path] = e.Text
	one, err := k.One(f, p.Key)
	return one.Value, err
}

// TestWhatStaysKeepsItsBytes shows what a change does to a file with comments.
func TestWhatStaysKeepsItsBytes(t *testing.T) {
	f := littletown(t)
	f["contacts.yaml"] = []byte("# Where to turn.\n- id: hotline\n  name: 值班 # at night too\n  phone: \"19900000001\"\n  # until spring\n  for: 咨询\n  source: 镇公告栏\n\n# the guards\n- {id: guard, name: 门卫, phone: \"19900000002\", for: 报警, source: 镇公告栏}\n# the end\n")
	got := put(t, f, "contacts", "hotline", func(m map[string]any) { m["for"] = "咨询、投诉: 建议" })
	want := "# Where to turn.\n- id: hotline\n  name: 值班 # at night too\n  phone: \"19900000001\"\n  # until spring\n  for: \"咨询、投诉: 建议\"\n  source: 镇公告栏\n\n# the guards\n- {id: guard, name: 门卫, phone: \"19900000002\", for: 报警, source: 镇公告栏}\n# the end\n"
	if got != want {
		t.Errorf("%s", got)
	}
	got = put(t, f, "contacts", "guard", func(m map[string]any) { m["phone"] = "19900000003" })
	want = strings.Replace(want, "- {id: guard, name: 门卫, phone: \"19900000002\", for: 报警, source: 镇公告栏}\n", "- id: guard\n  name: 门卫\n  phone: \"19900000003\"\n  for: 报警\n  source: 镇公告栏\n", 1)
	if got != want {
		t.Errorf("%s", got)
	}
	got = put(t, f, "contacts", "clinic", func(m map[string]any) {
		m["name"], m["phone"], m["for"], m["source"] = "卫生所", "0000-5550101", "看病", "镇公告栏"
	})
	if want = strings.Replace(want, "# the end\n", "- id: clinic\n  name: 卫生所\n  phone: \"0000-5550101\"\n  for: 看病\n  source: 镇公告栏\n# the end\n", 1); got != want {
		t.Errorf("%s", got)
	}
	guard, err := kind(t, "contacts").One(f, "guard")
	if err != nil {
		t.Fatal(err)
	}
	e, err := kind(t, "contacts").Remove(f, "guard", guard.Digest())
	if err != nil || strings.Contains(string(e.Text), "门卫") || !strings.Contains(string(e.Text), "# the guards\n- id: clinic\n") {
		t.Errorf("%v\n%s", err, e.Text)
	}

	before := string(f["city.yaml"])
	got = put(t, f, "topics", "emergency", func(m map[string]any) { m["name"], m["also"] = "应急", []any{"抢险", "突发"} })
	if want := strings.Replace(before, "also: [图书, 借书]}\n", "also: [图书, 借书]}\n  - id: emergency\n    name: 应急\n    also:\n      - 抢险\n      - 突发\n", 1); got != want {
		t.Errorf("%s", got)
	}

	before = string(f["notices/L1.md"])
	got = put(t, f, "notices", "L1", func(m map[string]any) {
		passages := slices.Clone(m["passages"].([]any))
		m["passages"] = append(passages, map[string]any{"number": 9, "text": "示例：新的一条。"})
		m["headline"] = "新标题"
	})
	if lines := strings.Split(got, "\n"); lines[2] != "headline: 新标题" || !strings.HasSuffix(got, "\n9. 示例：新的一条。\n") ||
		strings.Count(got, "\n") != strings.Count(before, "\n")+1 {
		t.Errorf("%s", got)
	}

	if got = put(t, f, "phrases", "nonsense", func(m map[string]any) { m["text"] = "没看懂。" }); got != "nonsense: 没看懂。\n" {
		t.Errorf("%q", got)
	}
	mended, err := kind(t, "phrases").One(f, "nonsense")
	if err != nil || mended.Use != "没有答案的时候" || !strings.HasPrefix(mended.BuiltIn, "没有看懂这条消息") {
		t.Errorf("%+v, %v", mended, err)
	}
	if e, err = kind(t, "phrases").Remove(f, "nonsense", mended.Digest()); err != nil || string(e.Text) != "{}\n" {
		t.Errorf("%q, %v", e.Text, err)
	}
}

// TestFaultsNameTheirField: at once, in one answer, with what would be right.
func TestFaultsNameTheirField(t *testing.T) {
	f := littletown(t)
	for _, c := range []struct {
		kind, key string
		form      map[string]any
		want      []string
	}{
		{"contacts", "x", map[string]any{"name": "", "phone": "<b>1</b>", "fax": "1", "for": []any{"a"}}, []string{"有认不出的项", "phone：有网页或 Markdown 标记", "for：不能是列表", "name：没有填写", "source：没有填写"}},
		{"contacts", "x", map[string]any{"id": "y", "name": "甲\u202e", "phone": 1.0, "for": "问", "source": "栏"}, []string{"id：编号不能改", "name：有看不见的字符", "phone：应为文字"}},
		{"contacts", "x", map[string]any{"name": "甲", "phone": "电话1", "for": "问", "source": "栏"}, []string{"phone："}},
		{"topics", "x y", map[string]any{"name": "甲"}, []string{""}},
		{"topics", "more", map[string]any{"name": "甲事", "also": []any{"乙事", "丙"}}, []string{"also[1]："}},
		{"topics", "more", map[string]any{"name": "甲事", "also": []any{"乙事", ""}}, []string{"also[1]：没有填写"}},
		{"topics", "more", map[string]any{"name": "甲事", "also": "乙事"}, []string{"also：应为列表"}},
		{"notices", "L 9", map[string]any{}, []string{"id：编号由字母", "headline：没有填写", "passages：没有填写"}},
		{"notices", "L9", map[string]any{"headline": "题", "issuer": "镇", "publisher": "栏", "date": "2023-13-01", "year_inferred": false, "area": "镇", "review_by": "2024-01-01", "status": "new",
			"passages": []any{map[string]any{"number": 1.0, "text": "一。"}}}, []string{"date：", "status："}},
		{"notices", "L9", map[string]any{"passages": []any{map[string]any{"number": "1", "text": "一。"}, map[string]any{"number": 2.0, "text": "二\n三"}}}, []string{"passages[0]：应有 number", "passages[1].text：一条写成一段"}},
		{"menu", "按钮", map[string]any{"topic": "no.such.intent"}, []string{"topic："}},
		{"menu", "按钮", map[string]any{"buttons": []any{map[string]any{"name": "甲", "url": "ftp://x"}}}, []string{"buttons[0].url："}},
		{"templates", "t9", map[string]any{"channel": "sms", "code": "SMS_9", "title": "通知", "text": "今天${day}停水", "vars": []any{map[string]any{"name": "day", "label": "日期", "type": "date"}}}, []string{"vars[0].type："}},
		{"phrases", "ticket", map[string]any{"text": "登记了。"}, []string{"text：少了{编号}"}},
		{"phrases", "no_such_phrase", map[string]any{"text": "好。"}, []string{"id：没有这一句：请先列出“机器人用语”"}},
		{"intents", "a.b", map[string]any{"title": "题", "utterances": []any{"问"}, "answer": "5000册", "citations": []any{"L1#1"}}, []string{"answer："}},
	} {
		k := kind(t, c.kind)
		e, err := k.Put(f, c.key, c.form, "", "")
		if err == nil {
			_, err = k.Check(f, e, day)
		}
		for _, want := range c.want {
			bad, ok := errors.AsType[*InvalidError](err)
			if !ok || !slices.ContainsFunc(bad.Faults, func(f Fault) bool { return strings.HasPrefix(strings.TrimPrefix(f.Field+"："+f.Text, "："), want) }) {
				t.Errorf("%s %v: %v, want %s", c.kind, c.form, err, want)
			}
		}
	}
}

// TestTwoWriteOnePart: the second is given what the first wrote, and who writes the same is not refused.
func TestTwoWriteOnePart(t *testing.T) {
	f := littletown(t)
	k := kind(t, "contacts")
	all, err := k.All(f)
	if err != nil {
		t.Fatal(err)
	}
	first := all[0]
	seen := first.Digest()
	put(t, f, "contacts", first.Key, func(m map[string]any) { m["for"] = "咨询和别的" })
	form := maps.Clone(first.Value)
	form["for"] = "第三种说法"
	_, err = k.Put(f, first.Key, form, seen, "")
	if changed, ok := errors.AsType[*ChangedError](err); !ok || !strings.Contains(changed.Text(), "咨询和别的") {
		t.Error(err)
	}
	form["for"] = "咨询和别的"
	if _, err := k.Put(f, first.Key, form, seen, ""); err != nil {
		t.Error(err)
	}
	if _, err := k.Remove(f, first.Key, seen); err == nil {
		t.Error("removed")
	}
	if _, err := k.Put(f, first.Key, form, "", ""); err != nil {
		t.Error(err)
	}
	form["for"] = "又一种"
	if _, err := k.Put(f, first.Key, form, "", ""); err == nil {
		t.Error("a part that is there was written as a new one")
	}
}

// TestOrderOfParts: who turns up first, and what stands first in a menu.
func TestOrderOfParts(t *testing.T) {
	f := folder(t, content.Embedded(), "\n")
	k := kind(t, "contacts")
	fire, err := k.One(f, "fire")
	if err != nil {
		t.Fatal(err)
	}
	e, err := k.Put(f, "fire", fire.Value, fire.Digest(), "hotline")
	if err != nil {
		t.Fatal(err)
	}
	f[e.Path] = e.Text
	all, err := k.All(f)
	if err != nil || all[0].Key != "fire" || all[1].Key != "hotline" || len(all) != 5 || !bytes.HasPrefix(e.Text, []byte("# Where to turn.")) {
		t.Errorf("%v, %v\n%s", all, err, e.Text)
	}
	menu := kind(t, "menu")
	first, err := menu.One(f, "问一问")
	if err != nil {
		t.Fatal(err)
	}
	first.Value["name"] = "问问看"
	if e, err = menu.Put(f, "问一问", first.Value, "x", ""); err == nil {
		t.Error("written over another's text")
	}
	now, _ := menu.One(f, "问一问")
	if e, err = menu.Put(f, "问一问", first.Value, now.Digest(), ""); err != nil || !bytes.Contains(e.Text, []byte("- name: 问问看\n  buttons:\n    - {name: 养犬登记")) {
		t.Errorf("%v\n%s", err, e.Text)
	}
	first.Value["name"] = "我的"
	if _, err = menu.Put(f, "问一问", first.Value, now.Digest(), ""); err == nil {
		t.Error("two buttons of one name")
	}
}

// TestFieldsThatSayNothing stay as long as nothing else of the part changes.
func TestFieldsThatSayNothing(t *testing.T) {
	const text = "- id: a\n  name: 甲\n  phone: \"1\"\n  for: 问\n  source:\n"
	k := kind(t, "contacts")
	f := Folder{k.Path: []byte(text)}
	now, err := k.One(f, "a")
	if err != nil {
		t.Fatal(err)
	}
	e, err := k.Put(f, "a", map[string]any{"name": "甲", "phone": "1", "for": "问", "source": "栏"}, now.Digest(), "")
	if err != nil || string(e.Text) != strings.Replace(text, "source:", "source: 栏", 1) {
		t.Errorf("%v\n%s", err, e.Text)
	}
	topic := kind(t, "topics")
	f = Folder{topic.Path: []byte("topics:\n  - id: a\n    name: 甲事\n    also: []\n")}
	if now, err = topic.One(f, "a"); err != nil {
		t.Fatal(err)
	}
	if e, err = topic.Put(f, "a", now.Value, now.Digest(), ""); err != nil || !bytes.Equal(e.Text, f[topic.Path]) {
		t.Errorf("%v\n%s", err, e.Text)
	}
	if _, err = topic.Put(f, "a", now.Value, now.Digest(), "nobody"); err == nil {
		t.Error("stands before nothing")
	}
}

// TestFilesWithoutAForm: what cannot be edited entry by entry is said to be so, and stays.
func TestFilesWithoutAForm(t *testing.T) {
	for file, text := range map[string]string{
		"contacts.yaml": "- id: a\n  name: &n 甲\n- id: b\n  name: *n\n", "menu.yaml": "name: 问\n", "city.yaml": "topics: {id: x}\n", "templates.yaml": "- id: a\n- id: a\n",
		"notices/L1.md": "id: L1\n1. 一\n", "broadcasts/x.yaml": "id: [", "phrases.yaml": "- ticket\n",
	} {
		f := Folder{file: []byte(text)}
		for _, k := range Kinds() {
			if k.Path != file && (!k.single() || file[:3] != k.Path[:3]) {
				continue
			}
			all, err := k.All(f)
			if k.single() && (err != nil || !strings.Contains(all[0].Fault, file)) || !k.single() && (err == nil || !strings.Contains(err.Error(), file)) {
				t.Errorf("%s: %v, %v", file, all, err)
			}
			key := "x"
			if k.single() {
				key = k.keyOf(file)
			}
			if _, err := k.Put(f, key, map[string]any{}, "", ""); err == nil {
				t.Errorf("%s was written", file)
			}
		}
	}
}
