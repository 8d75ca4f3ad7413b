package intents

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/problem"
)

// folder is a sound set of two intents; a test spoils one part of it.
func folder() fstest.MapFS {
	intent := func(id, about, more string) *fstest.MapFile {
		var b strings.Builder
		fmt.Fprintf(&b, "id: %s\ntitle: 关于%s\nutterances:\n", id, about)
		for _, u := range strings.Fields("怎么办 是什么 在哪里 多少钱 什么时候 谁来管 要不要 能不能 有没有 为什么") {
			fmt.Fprintf(&b, "  - %s%s\n", about, u)
		}
		b.WriteString("answer: 一句答复。\n" + more)
		return &fstest.MapFile{Data: []byte(b.String())}
	}
	return fstest.MapFS{
		"intents/dog.law.yaml":   intent("dog.law", "养狗", "citations:\n  - N2#8\nfollow_ups: [dog.leash]\n"),
		"intents/dog.leash.yaml": intent("dog.leash", "牵绳", "action: help\nsilent: true\n"),
		"matching/lexicon.txt":   {Data: []byte("# words\n狗\t犬|狗狗\n")},
		"matching/fillers.txt":   {Data: []byte("# words\n请问\n")},
		"matching/negatives.txt": {Data: []byte("# questions\n今天天气\n")},
	}
}

func TestLoad(t *testing.T) {
	set, problems := Load(folder())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	law := set.Intents[0]
	if law.ID != "dog.law" || len(law.Utterances) != 10 || law.Answer != "一句答复。" || law.Silent ||
		!slices.Equal(law.Citations, []Citation{{"N2", 8}}) || !slices.Equal(law.FollowUps, []string{"dog.leash"}) {
		t.Errorf("loaded %+v", law)
	}
	for key, want := range map[string]int{"id": 1, "title": 2, "utterances": 3, "utterances[3]": 7, "answer": 14, "citations[0]": 16, "follow_ups[0]": 17} {
		if law.Lines[key] != want {
			t.Errorf("%s is on line %d, want %d", key, law.Lines[key], want)
		}
	}
	if leash := set.Intents[1]; !leash.Silent || leash.Action != Help {
		t.Errorf("loaded %+v", leash)
	}
	if c := set.Lexicon; len(c) != 1 || c[0].Name != "狗" || !slices.Equal(c[0].Variants, []string{"犬", "狗狗"}) {
		t.Errorf("lexicon %v", c)
	}
}

// Editors keep files of their own beside the one they edit: those must not stop a reload.
func TestLoadSkipsEditorsFiles(t *testing.T) {
	f := folder()
	f["intents/.dog.law.yaml.swp"] = &fstest.MapFile{Data: []byte("b0VIM")}
	f["intents/dog.law.yaml~"] = f["intents/dog.law.yaml"]
	if set, problems := Load(f); len(problems) > 0 || len(set.Intents) != 2 {
		t.Errorf("%d intents, %v", len(set.Intents), problems)
	}
}

func TestLoadProblems(t *testing.T) {
	const law = "intents/dog.law.yaml"
	edit := func(file, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			s := strings.Replace(string(f[file].Data), old, new, 1)
			f[file] = &fstest.MapFile{Data: []byte(s)}
		}
	}
	add := func(file, text string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			f[file] = &fstest.MapFile{Data: append(slices.Clone(f[file].Data), text...)}
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(fstest.MapFS)
		want  string
	}{
		{"unknown key", add(law, "anser: x\n"), law + ":18: 问答dog.law：没有“anser”这一项，可以写 action、answer、citations、follow_ups、id、proposed、silent、slots、title、urgent、utterances"},
		{"duplicate key", add(law, "title: x\n"), law + ":18: 问答dog.law：“title”写了两次：第2行已写，请只留一个"},
		{"no YAML", add(law, "x: [1\n"), law + ":18: 问答dog.law：不是 YAML：括号没有成对，或者两项之间没有半角的逗号"},
		{"no mapping", func(f fstest.MapFS) { f[law] = &fstest.MapFile{Data: []byte("- a\n")} }, law + ":1: 问答dog.law：这里应写成“名称: 内容”"},
		{"empty file", func(f fstest.MapFS) { f[law] = &fstest.MapFile{} }, law + ": 问答dog.law：没有内容：请填写"},
		{"two documents", add(law, "---\nid: x\n"), law + ":19: 问答dog.law：--- 之后还有一份 YAML：一个文件只写一份"},
		{"id and file", edit(law, "dog.law", "dog.laws"), law + ":1: 问答dog.law：编号“dog.laws”与文件名不一致：请写 id: dog.law，或者改文件名"},
		{"no id", edit(law, "id: dog.law\n", ""), law + ": 问答dog.law：没有写 id：请写 id: dog.law"},
		{"no title", edit(law, "title: 关于养狗\n", ""), law + ": 问答dog.law：没有写 title：请补上"},
		{"empty title", edit(law, "关于养狗", "''"), law + ":2: 问答dog.law：title 是空的：请填写"},
		{"no answer", edit(law, "answer: 一句答复。\n", ""), law + ": 问答dog.law：没有写 answer：请补上"},
		{"answer is a list", edit(law, "一句答复。", "[x]"), law + ":14: 问答dog.law：answer 应写一段文字"},
		{"few utterances", edit(law, "  - 养狗怎么办\n", ""), law + ":3: 问答dog.law：有9个问法，至少要10个：请补充居民的不同问法"},
		{"a link in an answer", edit(law, "一句答复。", "请看<a href=\"https://example.net\">这里</a>。"), law + ":14: 问答dog.law：answer 不能这样写：有网页或 Markdown 标记（<a）：微信里不会照样显示，请只写文字"},
		{"markup in a title", edit(law, "关于养狗", "关于**养狗**"), law + ":2: 问答dog.law：title 不能这样写：有网页或 Markdown 标记（**）：微信里不会照样显示，请只写文字"},
		{"what does not show in an answer", edit(law, "一句答复。", "一句\u202e答复。"), law + ":14: 问答dog.law：answer 不能这样写：有看不见的字符（U+202E）：请删去，或者重新输入"},
		{"too deep", edit(law, "一句答复。", "# ]]]]]]]\nx: "+strings.Repeat("[", 200_000)), law + ":15: 问答dog.law：层次太深：最多三层，请核对缩进和括号"},
		{"too many keys", add(law, strings.Repeat("x:\n", 500)), law + ": 问答dog.law：超过500项：一个文件只写一个问答，请核对"},
		{"too much YAML", add(law, strings.Repeat("#\n", 200_000)), law + ": 问答dog.law：有400"},
		{"long utterance", edit(law, "养狗怎么办", strings.Repeat("狗", 201)), law + ":4: 问答dog.law：问法“狗狗"},
		{"too much to learn", add("matching/negatives.txt", numbered(maxTaught)), "intents: 问法和 matching/negatives.txt 共有100021条，最多100000条：请删去相近的"},
		{"empty utterance", edit(law, "养狗怎么办", "''"), law + ":4: 问答dog.law：utterances[0] 是空的：请填写"},
		{"wordless utterance", edit(law, "养狗怎么办", "'？？'"), law + ":4: 问答dog.law：问法“？？”里没有字词：请写居民怎样问"},
		{"utterance twice", edit(law, "养狗怎么办", "養狗 是什麼！"), law + ":5: 问答dog.law：问法“养狗是什么”已写在 intents/dog.law.yaml:4：请只留一处"},
		{"utterance in two intents", edit(law, "养狗怎么办", "牵绳怎么办"), "intents/dog.leash.yaml:4: 问答dog.leash：问法“牵绳怎么办”已写在 intents/dog.law.yaml:4：请只留一处"},
		{"utterance is a negative", add("matching/negatives.txt", "养狗怎么办？\n"), "matching/negatives.txt:3: 不归本市答的问题：“养狗怎么办？”又是问法，写在 intents/dog.law.yaml:4：请只留一处"},
		{"citation", edit(law, "N2#8", "N2"), law + ":16: 问答dog.law：依据“N2”不对：请写公告编号和段落号，例如 N2#8"},
		{"citation of passage 0", edit(law, "N2#8", "N2#0"), law + ":16: 问答dog.law：依据“N2#0”不对：请写公告编号和段落号，例如 N2#8"},
		{"unknown action", add(law, "action: dance\n"), law + ":18: 问答dog.law：没有 action “dance”：可以写 greet、help、thanks、human、source、optout、optin、suggest、bind、place、subscribe、mine、erase、privacy"},
		{"action twice", add(law, "action: help\n"), "intents/dog.leash.yaml:15: 问答dog.leash：action help 已用于 intents/dog.law.yaml：只能有一个问答用它"},
		{"silent", add(law, "silent: maybe\n"), law + ":18: 问答dog.law：silent 只能写 true（是）或 false（否）"},
		{"unknown follow-up", edit(law, "[dog.leash]", "[dog.lash]"), law + ":17: 问答dog.law：没有问答“dog.lash”：follow_ups 里请写有的问答的编号"},
		{"follow-up to itself", edit(law, "[dog.leash]", "[dog.law]"), law + ":17: 问答dog.law：follow_ups 里写了 dog.law 自己：请删去"},
		{"follow-up twice", edit(law, "[dog.leash]", "[dog.leash, dog.leash]"), law + ":17: 问答dog.law：follow_ups 里 dog.leash 写了两次：请只留一个"},
		{"slot without a table", add(law, "slots:\n  - name: x\n    ask: a\n    found: b\n    unknown: c\n"), law + ":19: 问答dog.law：slots[0] 没有写 table：请补上"},
		{"unknown key of a slot", add(law, "slots:\n  - name: x\n    colour: a\n"), law + ":20: 问答dog.law：没有“colour”这一项，可以写 ask、found、name、table、unknown"},
		{"duplicate id", func(f fstest.MapFS) { f["intents/zoo.yaml"] = f[law] }, "intents/zoo.yaml:1: 问答zoo：编号dog.law已用于 " + law},
		{"another file", func(f fstest.MapFS) { f["intents/notes.txt"] = &fstest.MapFile{} }, "intents/notes.txt: 这不是问答：这里的文件名应以 .yaml 结尾"},
		{"no intents", func(f fstest.MapFS) { delete(f, law); delete(f, "intents/dog.leash.yaml") }, "intents: 没有问答：每个问答写成一个文件，例如 intents/dog.law.yaml"},
		{"no lexicon", func(f fstest.MapFS) { delete(f, "matching/lexicon.txt") }, "matching/lexicon.txt: 同义词表：没有这个文件：请补上"},
		{"no tab", add("matching/lexicon.txt", "猫 猫咪\n"), "matching/lexicon.txt:3: 同义词表：没有写同义词：先写词，再按一下 Tab 键，再写同义词，用 | 隔开"},
		{"word twice", add("matching/lexicon.txt", "狗\t汪\n"), "matching/lexicon.txt:3: 同义词表：“狗”写了两次：第2行已写，请合并"},
		{"empty variant", add("matching/lexicon.txt", "猫\t喵||咪\n"), "matching/lexicon.txt:3: 同义词表：“猫”有空的同义词：请删去多余的 |"},
		{"variant twice", add("matching/lexicon.txt", "猫\t狗狗\n"), "matching/lexicon.txt:3: 提醒：同义词表：同义词“狗狗”第2行已写：以那一行为准"},
		{"filler twice", add("matching/fillers.txt", "请问\n"), "matching/fillers.txt:3: 不计的字词：“请问”写了两次：第2行已写，请只留一个"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder()
			c.spoil(f)
			_, problems := Load(f)
			if !slices.ContainsFunc(problems, func(p problem.Problem) bool { return strings.HasPrefix(p.String(), c.want) }) {
				t.Errorf("want %s\ngot\n%v", c.want, problems)
			}
		})
	}
}

// numbered are n questions, a line each.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d路公交几点\n", i)
	}
	return b.String()
}

// TestLoadStopsAfterEnoughProblems: of a file of nothing but faults nobody reads all, and a folder of such files would fill the memory.
func TestLoadStopsAfterEnoughProblems(t *testing.T) {
	for file, line := range map[string]string{
		fillersFile: "请问\n", negativesFile: "哈哈\n", lexiconFile: "猫\n", "questions/own.jsonl": "{}\n", "questions/other.jsonl": `{"q":"几点","topic":"none"}` + "\n",
	} {
		f := folder()
		f[file] = &fstest.MapFile{Data: []byte(strings.Repeat(line, 5000))}
		_, problems := Load(f)
		if n := len(problems); n < 100 || n > 103 || !strings.Contains(problems.Error(), "后面的没有检查") {
			t.Errorf("%s: %d problems were reported, want about 100", file, n)
		}
	}
}

func FuzzLoad(f *testing.F) {
	sound := folder()
	f.Add(string(sound["intents/dog.law.yaml"].Data), string(sound["matching/lexicon.txt"].Data))
	f.Add("id: [", "\t\t|")
	f.Add("a: &a [*a, *a]\nutterances: *a\n", "狗\t\xff")
	f.Add("id: !!binary x\nslots: [{}, 1, {name: {}}]\n? [a]: b", "")
	f.Add("utterances: {a: b}\ncitations: ['#', '9#9#9']\naction: ~\nanswer: |\n  x", "#")
	f.Fuzz(func(t *testing.T, intent, lexicon string) {
		files := folder()
		files["intents/dog.law.yaml"] = &fstest.MapFile{Data: []byte(intent)}
		files["matching/lexicon.txt"] = &fstest.MapFile{Data: []byte(lexicon)}
		set, problems := Load(files)
		for _, p := range problems {
			if p.Text == "" || p.Line < 0 {
				t.Errorf("%+v", p)
			}
		}
		if problems.Faults() == 0 {
			Train(set, nil).Match("养狗怎么办", Context{})
		}
	})
}

// What ships must load.
func TestLoadYuncheng(t *testing.T) {
	if fi, err := fs.Stat(os.DirFS("../content/yuncheng"), intentsDir); err != nil || !fi.IsDir() {
		t.Fatal(err)
	}
	set := yuncheng(t)
	if len(set.Intents) < 50 || len(set.Negatives) < 200 {
		t.Errorf("%d intents, %d negatives", len(set.Intents), len(set.Negatives))
	}
}
