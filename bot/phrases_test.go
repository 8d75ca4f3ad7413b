package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/content"
)

// TestEveryPhraseIsSaid: each is said somewhere, with as many values as it has places, and none is said that is not in the table.
func TestEveryPhraseIsSaid(t *testing.T) {
	places := map[string]int{}
	for _, p := range content.Phrases() {
		places[p.ID] = len(p.Places)
	}
	named := map[string]bool{}
	var files []string
	for _, dir := range []string{".", "../city"} { // that composes answers
		here, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, here...)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				named[strings.Trim(text.Value, `"`)] = true // also those that are chosen first and said later
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && strings.EqualFold(f.Sel.Name, "say") {
				if id, ok := call.Args[0].(*ast.BasicLit); ok {
					want, known := places[strings.Trim(id.Value, `"`)]
					if !known || len(call.Args)-1 != want {
						t.Errorf("%s is said with %d values, and has %d places", id.Value, len(call.Args)-1, want)
					}
				}
			}
			return true
		})
	}
	for id := range places {
		if !named[id] {
			t.Errorf("nothing says %s", id)
		}
	}
}

// TestACityHasPhrasesOfItsOwn: what phrases.yaml says is said, with its places filled, and the rest as ever.
func TestACityHasPhrasesOfItsOwn(t *testing.T) {
	before := load(t, "littletown")
	files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	files["phrases.yaml"] = &fstest.MapFile{Data: []byte("# ours\nnonsense: 小镇没有看懂，请换句话说。\nnot_bound: 好，不绑了。\n")}
	after, problems := city.Load(files, day)
	if after == nil {
		t.Fatal(problems)
	}
	now := before
	b := bot.New(bot.Config{City: func() *city.City { return now }, Sessions: bot.NewMemorySessions(time.Hour, time.Now)})
	say := func() string {
		t.Helper()
		r, err := b.Reply(t.Context(), bot.Message{From: "r", Kind: bot.Text, Text: "1111"})
		if err != nil {
			t.Fatal(err)
		}
		return r.Text
	}
	if got := say(); !strings.HasPrefix(got, "没有看懂这条消息。") {
		t.Error(got)
	}
	now = after
	if got := say(); !strings.HasPrefix(got, "小镇没有看懂，请换句话说。") || !strings.HasSuffix(got, "回复“帮助”，可以看看能问什么。") {
		t.Error(got)
	}
}

// TestAnotherTextIsNoRepetition: what was withdrawn, or came to an end, since it was asked is not said to have been said before.
func TestAnotherTextIsNoRepetition(t *testing.T) {
	now := load(t, "littletown")
	b := bot.New(bot.Config{City: func() *city.City { return now }, Sessions: bot.NewMemorySessions(time.Hour, time.Now)})
	ask := func(repeated bool, what string) {
		t.Helper()
		r := tell(t, b, "r", "图书屋几点开门")
		if r.Topic != "library.hours" || strings.HasPrefix(r.Text, "这条回答刚才发过") != repeated {
			t.Errorf("%s: %+v", what, r)
		}
	}
	ask(false, "at first")
	ask(true, "again")
	now = now.Withdraw([]string{"L1"})
	ask(false, "withdrawn")
	ask(true, "withdrawn, again")
}
