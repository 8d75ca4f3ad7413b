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
		{"unknown key", add(law, "anser: x\n"), law + `:18: unknown key "anser"`},
		{"duplicate key", add(law, "title: x\n"), law + ":18: the key title stands here twice: also on line 2"},
		{"no YAML", add(law, "x: [1\n"), law + ":18: not valid YAML"},
		{"no mapping", func(f fstest.MapFS) { f[law] = &fstest.MapFile{Data: []byte("- a\n")} }, law + ":1: should be a mapping"},
		{"empty file", func(f fstest.MapFS) { f[law] = &fstest.MapFile{} }, law + ": should hold one YAML document"},
		{"two documents", add(law, "---\nid: x\n"), law + ": should hold one YAML document, has 2"},
		{"id and file", edit(law, "dog.law", "dog.laws"), law + ":1: the id is dog.laws but the file is named dog.law"},
		{"no id", edit(law, "id: dog.law\n", ""), law + ": no id: write id: dog.law"},
		{"no title", edit(law, "title: 关于养狗\n", ""), law + ": no title"},
		{"empty title", edit(law, "关于养狗", "''"), law + ":2: title is empty"},
		{"no answer", edit(law, "answer: 一句答复。\n", ""), law + ": no answer"},
		{"answer is a list", edit(law, "一句答复。", "[x]"), law + ":14: answer should be text"},
		{"few utterances", edit(law, "  - 养狗怎么办\n", ""), law + ":3: 9 utterances: at least 10 are needed"},
		{"empty utterance", edit(law, "养狗怎么办", "''"), law + ":4: utterances[0] is empty"},
		{"wordless utterance", edit(law, "养狗怎么办", "'？？'"), law + `:4: the utterance "？？" has no words`},
		{"utterance twice", edit(law, "养狗怎么办", "養狗 是什麼！"), law + `:5: the utterance "养狗是什么" already stands at ` + law + ":4"},
		{"utterance in two intents", edit(law, "养狗怎么办", "牵绳怎么办"), `intents/dog.leash.yaml:4: the utterance "牵绳怎么办" already stands at ` + law + ":4"},
		{"utterance is a negative", add("matching/negatives.txt", "养狗怎么办？\n"), `matching/negatives.txt:3: "养狗怎么办？" is also an utterance, at ` + law + ":4"},
		{"citation", edit(law, "N2#8", "N2"), law + `:16: the citation "N2" should be a notice and the number of a passage, like N2#8`},
		{"citation of passage 0", edit(law, "N2#8", "N2#0"), law + `:16: the citation "N2#0" should be`},
		{"unknown action", add(law, "action: dance\n"), law + `:18: unknown action "dance"`},
		{"action twice", add(law, "action: help\n"), "intents/dog.leash.yaml:15: the action help is taken by " + law},
		{"silent", add(law, "silent: maybe\n"), law + ":18: silent should be true or false"},
		{"unknown follow-up", edit(law, "[dog.leash]", "[dog.lash]"), law + `:17: the follow-up "dog.lash" is no intent of this set`},
		{"follow-up to itself", edit(law, "[dog.leash]", "[dog.law]"), law + ":17: dog.law follows up itself"},
		{"follow-up twice", edit(law, "[dog.leash]", "[dog.leash, dog.leash]"), law + ":17: the follow-up dog.leash stands here twice"},
		{"slot without a table", add(law, "slots:\n  - name: x\n    ask: a\n    found: b\n    unknown: c\n"), law + ":19: slots[0] has no table"},
		{"unknown key of a slot", add(law, "slots:\n  - name: x\n    colour: a\n"), law + `:20: unknown key "colour"`},
		{"duplicate id", func(f fstest.MapFS) { f["intents/zoo.yaml"] = f[law] }, "intents/zoo.yaml:1: the id dog.law is taken by " + law},
		{"another file", func(f fstest.MapFS) { f["intents/notes.txt"] = &fstest.MapFile{} }, "intents/notes.txt: not an intent"},
		{"no intents", func(f fstest.MapFS) { delete(f, law); delete(f, "intents/dog.leash.yaml") }, "intents: no intents here"},
		{"no lexicon", func(f fstest.MapFS) { delete(f, "matching/lexicon.txt") }, "matching/lexicon.txt: cannot be read: file does not exist"},
		{"no tab", add("matching/lexicon.txt", "猫 猫咪\n"), "matching/lexicon.txt:3: no variants"},
		{"word twice", add("matching/lexicon.txt", "狗\t汪\n"), `matching/lexicon.txt:3: "狗" stands here twice: also on line 2`},
		{"empty variant", add("matching/lexicon.txt", "猫\t喵||咪\n"), `matching/lexicon.txt:3: an empty variant of "猫"`},
		{"variant twice", add("matching/lexicon.txt", "猫\t狗狗\n"), `matching/lexicon.txt:3: warning: the variant "狗狗" already stands on line 2`},
		{"filler twice", add("matching/fillers.txt", "请问\n"), `matching/fillers.txt:3: "请问" stands here twice: also on line 2`},
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
