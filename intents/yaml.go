package intents

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"towncrier/problem"
)

// reader turns the tree of one YAML file into an Intent, and notes every fault with its line. The tree is walked by
// hand because a decoder stops at the first fault and forgets the lines.
type reader struct {
	file     string
	lines    map[string]int
	problems *problem.List
}

// parseIntent reads one intent; nil when the file is no YAML mapping.
func parseIntent(file string, data []byte, problems *problem.List) *Intent {
	r := &reader{file: file, lines: map[string]int{}, problems: problems}
	tree, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at := 0
		if ye, ok := errors.AsType[yaml.Error](err); ok && ye.GetToken() != nil {
			at = ye.GetToken().Position.Line
			err = errors.New(ye.GetMessage())
		}
		problems.Addf(file, at, "not valid YAML: %v", err)
		return nil
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		problems.Addf(file, 0, "should hold one YAML document, has %d", len(tree.Docs))
		return nil
	}
	in := &Intent{File: file, Lines: r.lines}
	ok := r.fields("", tree.Docs[0].Body, map[string]func(string, ast.Node){
		"id":         func(at string, n ast.Node) { in.ID = r.text(at, n) },
		"title":      func(at string, n ast.Node) { in.Title = r.text(at, n) },
		"utterances": func(at string, n ast.Node) { in.Utterances = r.texts(at, n) },
		"answer":     func(at string, n ast.Node) { in.Answer = strings.TrimSpace(r.text(at, n)) },
		"citations":  func(at string, n ast.Node) { in.Citations = r.citations(at, n) },
		"follow_ups": func(at string, n ast.Node) { in.FollowUps = r.texts(at, n) },
		"silent":     func(at string, n ast.Node) { in.Silent = r.truth(at, n) },
		"action":     func(at string, n ast.Node) { in.Action = r.action(at, n) },
		"slots":      func(at string, n ast.Node) { in.Slots = r.slots(at, n) },
	})
	if !ok {
		return nil
	}
	r.complete(in)
	return in
}

// complete notes what is missing.
func (r *reader) complete(in *Intent) {
	base := strings.TrimSuffix(path.Base(r.file), path.Ext(r.file))
	switch {
	case r.lines["id"] == 0:
		r.faultf(0, "no id: write id: %s", base)
	case in.ID != "" && in.ID != base:
		r.faultf(r.lines["id"], "the id is %s but the file is named %s: they must be equal", in.ID, base)
	}
	for _, k := range []string{"title", "answer"} {
		if r.lines[k] == 0 {
			r.faultf(0, "no %s", k)
		}
	}
	if n := len(in.Utterances); n < minUtterances {
		r.faultf(r.lines["utterances"], "%d utterances: at least %d are needed", n, minUtterances)
	}
}

func (r *reader) faultf(line int, format string, args ...any) {
	r.problems.Addf(r.file, line, format, args...)
}

// fields hands each value of a mapping to the reader of its key. It reports false when n is no mapping.
func (r *reader) fields(at string, n ast.Node, known map[string]func(string, ast.Node)) bool {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.faultf(lineOf(n), "should be a mapping of key: value")
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
			r.faultf(line, "unknown key %q", name)
		case first > 0:
			r.faultf(line, "the key %s stands here twice: also on line %d", name, first)
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
		r.faultf(lineOf(n), "%s should be text", at)
		return ""
	}
	if strings.TrimSpace(s) == "" {
		r.faultf(lineOf(n), "%s is empty", at)
	}
	return s
}

// list hands each item of a sequence to read.
func (r *reader) list(at string, n ast.Node, read func(string, ast.Node)) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.faultf(lineOf(n), "%s should be a list", at)
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
		r.faultf(lineOf(n), "%s should be true or false", at)
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
	r.faultf(lineOf(n), "unknown action %q: there are %s", a, strings.Join(names, ", "))
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
			r.faultf(lineOf(item), "the citation %q should be a notice and the number of a passage, like N2#8", s)
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
			"ask":     func(at string, n ast.Node) { s.Ask = r.text(at, n) },
			"found":   func(at string, n ast.Node) { s.Found = r.text(at, n) },
			"unknown": func(at string, n ast.Node) { s.Unknown = r.text(at, n) },
		})
		for _, k := range []string{"name", "table", "ask", "found", "unknown"} {
			if ok && r.lines[place+"."+k] == 0 {
				r.faultf(lineOf(item), "%s has no %s", place, k)
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
