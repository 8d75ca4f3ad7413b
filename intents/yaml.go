package intents

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"towncrier/plaintext"
	"towncrier/problem"
)

// reader turns the tree of one YAML file into an Intent, and notes every fault with its line. The tree is walked by
// hand because a decoder stops at the first fault and forgets the lines.
type reader struct {
	file     string
	lines    map[string]int
	problems *problem.List
}

// Parse reads the file of one intent, and says what is wrong with it by itself.
func Parse(file string, data []byte) (*Intent, problem.List) {
	var problems problem.List
	return parseIntent(file, data, &problems), problems
}

// What the parser is given at most. Its time grows with the square of the number of keys: 1 MiB of them takes it minutes. An intent has nine, and
// each of its slots five; the largest that ships has 6 KB.
const (
	maxFile = 256 << 10 // bytes
	maxKeys = 500
)

var keyForm = regexp.MustCompile(`(?m):([ \t]|$)|^[ \t-]*\? |\{`)

// ParseYAML is the root node of an intent's file, nil after a fault was noted.
func ParseYAML(file string, data []byte, problems *problem.List) ast.Node {
	r := &reader{file: file, problems: problems}
	if len(data) > maxFile {
		r.faultf(0, "有%d字节，最多%d字节：一个文件只写一个问答，问法不用太多", len(data), maxFile)
		return nil
	}
	if n := len(keyForm.FindAllIndex(data, maxKeys+1)); n > maxKeys {
		r.faultf(0, "超过%d项：一个文件只写一个问答，请核对", maxKeys)
		return nil
	}
	if line := plaintext.DeepYAML(data); line > 0 {
		r.faultf(line, "层次太深：最多三层，请核对缩进和括号")
		return nil
	}
	tree, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, said := 0, ""
		if ye, ok := errors.AsType[yaml.Error](err); ok && ye.GetToken() != nil {
			at, said = ye.GetToken().Position.Line, ye.GetMessage()
		}
		problems.Addf(file, at, "不是 YAML：%s", plaintext.YAMLFault(said, data, at))
		return nil
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		problems.Addf(file, 0, "没有内容：请填写")
		return nil
	}
	if len(tree.Docs) > 1 {
		problems.Addf(file, lineOf(tree.Docs[1].Body), "--- 之后还有一份 YAML：一个文件只写一份")
		return nil
	}
	return tree.Docs[0].Body
}

// parseIntent reads one intent; nil when the file is no YAML mapping.
func parseIntent(file string, data []byte, problems *problem.List) *Intent {
	r := &reader{file: file, lines: map[string]int{}, problems: problems}
	root := ParseYAML(file, data, problems)
	if root == nil {
		return nil
	}
	in := &Intent{File: file, Lines: r.lines}
	var proposed []string
	ok := r.fields("", root, map[string]func(string, ast.Node){
		"id":         func(at string, n ast.Node) { in.ID = r.text(at, n) },
		"title":      func(at string, n ast.Node) { in.Title = r.plain(at, n) },
		"utterances": func(at string, n ast.Node) { in.Utterances = r.texts(at, n) },
		"proposed":   func(at string, n ast.Node) { proposed = r.texts(at, n) },
		"answer":     func(at string, n ast.Node) { in.Answer = strings.TrimSpace(r.plain(at, n)) },
		"citations":  func(at string, n ast.Node) { in.Citations = r.citations(at, n) },
		"follow_ups": func(at string, n ast.Node) { in.FollowUps = r.texts(at, n) },
		"silent":     func(at string, n ast.Node) { in.Silent = r.truth(at, n) },
		"action":     func(at string, n ast.Node) { in.Action = r.action(at, n) },
		"slots":      func(at string, n ast.Node) { in.Slots = r.slots(at, n) },
		"urgent":     func(at string, n ast.Node) { in.Urgent = r.texts(at, n) },
		"whole":      func(at string, n ast.Node) { in.Whole = r.texts(at, n) },
	})
	if !ok {
		return nil
	}
	in.Written = len(in.Utterances)
	for i, u := range proposed { // what a program proposed and nobody has made their own is said all the same
		r.lines[fmt.Sprintf("utterances[%d]", len(in.Utterances))] = r.lines[fmt.Sprintf("proposed[%d]", i)]
		in.Utterances = append(in.Utterances, u)
	}
	r.complete(in)
	return in
}

// complete notes what is missing.
func (r *reader) complete(in *Intent) {
	base := strings.TrimSuffix(path.Base(r.file), path.Ext(r.file))
	switch {
	case r.lines["id"] == 0:
		r.faultf(0, "没有写 id：请写 id: %s", base)
	case in.ID != "" && in.ID != base:
		r.faultf(r.lines["id"], "编号%s与文件名不一致：请写 id: %s，或者改文件名", plaintext.Quote(in.ID), base)
	}
	for _, k := range []string{"title", "answer"} {
		if r.lines[k] == 0 {
			r.problems.Lackf(r.file, 0, "没有写 %s：请补上", k)
		}
	}
	if n := len(in.Utterances); n < MinUtterances {
		r.problems.Lackf(r.file, r.lines["utterances"], "有%d个问法，至少要%d个：请补充居民的不同问法，也可以让程序提出一些", n, MinUtterances)
	}
}

func (r *reader) faultf(line int, format string, args ...any) {
	r.problems.Addf(r.file, line, format, args...)
}

// fields hands each value of a mapping to the reader of its key. It reports false when n is no mapping.
func (r *reader) fields(at string, n ast.Node, known map[string]func(string, ast.Node)) bool {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.faultf(lineOf(n), "这里应写成“名称: 内容”")
		return false
	}
	for it := m.MapRange(); it.Next(); {
		name, line := it.Key().GetToken().Value, it.Key().GetToken().Position.Line
		place := name
		if at != "" {
			place = at + "." + name
		}
		read, ok := known[name]
		switch first := r.lines[place]; {
		case !ok:
			r.faultf(line, "没有%s这一项，可以写 %s", plaintext.Quote(name), strings.Join(slices.Sorted(maps.Keys(known)), "、"))
		case first > 0:
			r.faultf(line, "%s写了两次：第%d行已写，请只留一个", plaintext.Quote(name), first)
		default:
			r.lines[place] = line
			read(place, it.Value())
		}
	}
	return true
}

// text reads a string that is not empty. Numbers and the like count as what is written.
func (r *reader) text(at string, n ast.Node) string {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		s = n.GetToken().Value
	case *ast.NullNode:
	default:
		r.faultf(lineOf(n), "%s 应写一段文字", at)
		return ""
	}
	if strings.TrimSpace(s) == "" {
		r.problems.Lackf(r.file, lineOf(n), "%s 是空的：请填写", at)
	}
	return s
}

// shown reads a text that residents are sent.
func (r *reader) shown(at string, n ast.Node) string {
	s := r.text(at, n)
	if why := plaintext.Unfit(s); why != "" {
		r.faultf(lineOf(n), "%s 不能这样写：%s", at, why)
	}
	return s
}

// plain reads a text that residents are sent as it is.
func (r *reader) plain(at string, n ast.Node) string {
	s := r.shown(at, n)
	if plaintext.Braces(s) {
		r.faultf(lineOf(n), "%s 里有花括号：程序不会在这里填内容，请改成文字", at)
	}
	return s
}

// list hands each item of a sequence to read.
func (r *reader) list(at string, n ast.Node, read func(string, ast.Node)) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.faultf(lineOf(n), "%s 应写成列表：每行一项，前面写“- ”", at)
		return
	}
	for i, item := range seq.Values {
		place := fmt.Sprintf("%s[%d]", at, i)
		r.lines[place] = lineOf(item)
		read(place, item)
	}
}

func (r *reader) texts(at string, n ast.Node) []string {
	var all []string
	r.list(at, n, func(place string, item ast.Node) { all = append(all, r.text(place, item)) })
	return all
}

func (r *reader) truth(at string, n ast.Node) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.faultf(lineOf(n), "%s 只能写 true（是）或 false（否）", at)
		return false
	}
	return b.Value
}

func (r *reader) action(at string, n ast.Node) Action {
	a := Action(r.text(at, n))
	if a == NoAction || slices.Contains(actions, a) {
		return a
	}
	names := make([]string, len(actions))
	for i, known := range actions {
		names[i] = string(known)
	}
	r.faultf(lineOf(n), "没有 action %s：可以写 %s", plaintext.Quote(string(a)), strings.Join(names, "、"))
	return NoAction
}

// citations reads items like N2#8.
func (r *reader) citations(at string, n ast.Node) []Citation {
	var all []Citation
	r.list(at, n, func(place string, item ast.Node) {
		s := r.text(place, item)
		notice, number, ok := strings.Cut(s, "#")
		passage, err := strconv.Atoi(number)
		if !ok || notice == "" || err != nil || passage < 1 {
			r.faultf(lineOf(item), "依据%s不对：请写公告编号和段落号，例如 N2#8", plaintext.Quote(s))
		}
		all = append(all, Citation{Notice: notice, Passage: passage}) // kept, so that places and items stay in step
	})
	return all
}

func (r *reader) slots(at string, n ast.Node) []Slot {
	var all []Slot
	r.list(at, n, func(place string, item ast.Node) {
		var s Slot
		ok := r.fields(place, item, map[string]func(string, ast.Node){
			"name":    func(at string, n ast.Node) { s.Name = r.text(at, n) },
			"table":   func(at string, n ast.Node) { s.Table = r.text(at, n) },
			"ask":     func(at string, n ast.Node) { s.Ask = r.plain(at, n) },
			"found":   func(at string, n ast.Node) { s.Found = r.shown(at, n) },
			"unknown": func(at string, n ast.Node) { s.Unknown = r.plain(at, n) },
		})
		for _, k := range []string{"name", "table", "ask", "found", "unknown"} {
			if ok && r.lines[place+"."+k] == 0 {
				r.faultf(lineOf(item), "%s 没有写 %s：请补上", place, k)
			}
		}
		all = append(all, s)
	})
	return all
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}
