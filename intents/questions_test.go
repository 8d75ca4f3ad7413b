package intents

import (
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/problem"
)

func TestReadQuestions(t *testing.T) {
	got, problems := ReadQuestions("a.jsonl", strings.NewReader("\ufeff"+`{"q":" 狗证","topic":"dog.law","also":["none"],"style":"terse"}`+"\n\n"+`{"q":"天气","topic":"oos","note":"of another tool"}`+"\n"))
	if problems != nil || len(got) != 2 || got[0].Text != "狗证" || !got[0].MayDecline() || got[1].Topic != OutOfScope || got[1].Line != 3 || got[1].File != "a.jsonl" {
		t.Errorf("%+v, %v", got, problems)
	}
	for text, want := range map[string]string{
		"":                                       "a.jsonl: 没有问题",
		`{"q":"x"}`:                              "a.jsonl:1: 这一行不对：没有写由哪个问答回答",
		`{"q":" ","topic":"a"}`:                  "a.jsonl:1: 这一行不对：没有写问题",
		`{"q":"x","topic":"a","also":[""]}`:      "a.jsonl:1: 这一行不对：没有写由哪个问答回答",
		`{"q":"x","topic":"a"} {}`:               "a.jsonl:1: 这一行不对：一行里不止一个问题",
		"{\"q\":\"x\",\"topic\":\"a\"}\n\n[1]":   "a.jsonl:3: 这一行不对：应写成一个问题",
		`{"q":1,"topic":"a"}` + "\n" + `nothing`: "a.jsonl:2: 这一行不对：应写成一个问题",
		"{\"q\":\"\xff\",\"topic\":\"a\"}":       "a.jsonl:1: 不是UTF-8文字",
		strings.Repeat("x", maxLine+1):           "a.jsonl:1: 这一行超过1 MiB",
	} {
		if _, problems := ReadQuestions("a.jsonl", strings.NewReader(text)); !strings.Contains(problems.Error(), want) {
			t.Errorf("%.60q: %v, want %s", text, problems, want)
		}
	}
}

func FuzzReadQuestions(f *testing.F) {
	for _, s := range []string{`{"q":"狗证","topic":"dog.law","also":["oos"],"style":"terse"}`, "{}\n[]\n", "\xff", `{"q":"x","topic":"a"}{`, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, problems := ReadQuestions("", strings.NewReader(text))
		if len(problems) == 0 && len(all) == 0 {
			t.Error("neither questions nor problems")
		}
		for _, q := range all {
			if strings.TrimSpace(q.Text) == "" || q.Topic == "" || q.Line == 0 {
				t.Errorf("%+v", q)
			}
		}
	})
}

// TestKnownQuestionsAreChecked: those of a city's folder name intents of it, once each.
func TestKnownQuestionsAreChecked(t *testing.T) {
	files := fstest.MapFS{
		"questions/a.jsonl":  {Data: []byte(`{"q":"船票多少钱","topic":"ferry.fare"}` + "\n" + `{"q":"今天下雨吗","topic":"none"}`)},
		"questions/b.jsonl":  {Data: []byte("\n" + `{"q":"船票多少钱","topic":"ferry.fare"}` + "\n" + `{"q":"几点开船","topic":"ferry.fares","also":["none"]}`)},
		"questions/note.txt": {Data: []byte("x")},
	}
	var problems problem.List
	set := &Set{Intents: tiny(t).Intents}
	loadQuestions(files, set, &problems)
	want := []string{
		"questions/b.jsonl:2: 已知问题b：这个问题写了两次：已写在 questions/a.jsonl:1",
		"questions/b.jsonl:3: 已知问题b：没有问答“ferry.fares”",
		"questions/note.txt: 提醒：没有程序读这个文件",
	}
	all := problems.Error()
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%s\nlacks %s", all, w)
		}
	}
	if len(problems) != len(want) || len(set.Questions) != 3 || set.Questions[1].Topic != OutOfScope {
		t.Errorf("%s\n%+v", all, set.Questions)
	}
}
