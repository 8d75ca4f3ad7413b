package parts

import (
	"fmt"
	"slices"
	"testing/fstest"
	"time"

	"github.com/goccy/go-yaml/ast"

	"towncrier/city"
	"towncrier/content"
	"towncrier/plaintext"
	"towncrier/problem"
)

// mostRemarks is how many remarks are worth reading at once.
const mostRemarks = 20

// Check judges a folder with an edit as a draft is judged that is submitted. The faults of the part itself are the error, an *InvalidError; remarks
// are its warnings, and what is wrong elsewhere in the folder and must be mended before a draft of it is submitted.
func (k Kind) Check(f Folder, e Edit, now time.Time) (remarks []string, err error) {
	files := fstest.MapFS{}
	for name, text := range f {
		files[name] = &fstest.MapFile{Data: text}
	}
	delete(files, e.Path)
	if e.Text != nil {
		files[e.Path] = &fstest.MapFile{Data: e.Text}
	}
	at := k.placesOf(e)
	var faults []Fault
	for _, p := range city.Check(files, now) {
		place, inside := at.find(p)
		switch {
		case inside && !p.Warning:
			faults = append(faults, Fault{place, p.Text})
		case inside:
			remarks = append(remarks, p.Text)
		case !p.Warning:
			remarks = append(remarks, elsewhere(p))
		}
	}
	if faults != nil {
		return nil, &InvalidError{faults}
	}
	if n := len(remarks); n > mostRemarks {
		remarks = append(remarks[:mostRemarks], fmt.Sprintf("……还有%d处", n-mostRemarks))
	}
	return remarks, nil
}

func elsewhere(p problem.Problem) string { return "送审前还要改 " + p.String() }

// places are where the fields of a part stand in its file, in the order of its lines.
type places struct {
	file     string
	from, to int // lines of the part, from 1; to is none of them
	fields   []placed
}

type placed struct {
	line int
	name string
}

// find is the field in which a problem is, and whether it is in the part at all. What is wrong with a file as a whole is wrong with the part.
func (p places) find(problem problem.Problem) (string, bool) {
	if p.file == "" || problem.File != p.file {
		return "", false
	}
	if problem.Line == 0 {
		return "", true
	}
	if problem.Line < p.from || problem.Line >= p.to {
		return "", false
	}
	name, line := "", 0
	for _, f := range p.fields { // the first of a line: what holds the others there
		if f.line <= problem.Line && f.line > line {
			name, line = f.name, f.line
		}
	}
	return name, true
}

const pastEnd = 1 << 30

// placesOf finds the part in the text of an edit, which was read before.
func (k Kind) placesOf(e Edit) places {
	at := places{file: e.Path, from: 1, to: pastEnd}
	src, err := plaintext.Decode(e.Text)
	if e.Text == nil || err != nil {
		return places{}
	}
	var ignored problem.List
	if k.Path == "notices/*.md" {
		n := content.ParseNotice(e.Path, src, &ignored)
		for name, line := range n.Lines {
			at.fields = append(at.fields, placed{line, name})
		}
		slices.SortFunc(at.fields, func(a, b placed) int { return a.line - b.line })
		for i, p := range n.Passages {
			at.fields = append(at.fields, placed{p.Line, fmt.Sprintf("%s[%d].text", passagesField, i)})
		}
		return at
	}
	root := rootOf(e.Path, src, &ignored)
	if root == nil {
		return places{}
	}
	if k.single() {
		at.note(root, "")
		return at
	}
	return k.entryPlaces(e, root)
}

// entryPlaces finds the part in a file of several.
func (k Kind) entryPlaces(e Edit, root ast.Node) places {
	end := pastEnd
	if pairs, ok := pairsOf(root); ok {
		under := k.Under
		if k.Name == phrasesKind {
			under = e.Key
		}
		for i, p := range pairs {
			if p.Key.GetToken().Value != under {
				continue
			}
			if i+1 < len(pairs) {
				end = lineOf(pairs[i+1].Key)
			}
			if k.Name == phrasesKind {
				return places{e.Path, lineOf(p.Key), end, []placed{{lineOf(p.Key), "text"}}}
			}
			root = p.Value
			break
		}
	}
	seq, ok := root.(*ast.SequenceNode)
	if !ok {
		return places{}
	}
	for i, item := range seq.Values {
		v, _ := valueOf(item)
		if m, ok := v.(map[string]any); !ok || m[k.Key] != e.Key {
			continue
		}
		at := places{file: e.Path, to: end}
		at.fields = append(at.fields, placed{firstLine(item), ""})
		at.note(item, "")
		at.from = at.fields[0].line
		if i+1 < len(seq.Values) {
			at.to = firstLine(seq.Values[i+1])
		}
		return at
	}
	return places{}
}

// note adds the places of a value.
func (p *places) note(n ast.Node, name string) {
	if seq, ok := n.(*ast.SequenceNode); ok {
		for i, item := range seq.Values {
			inner := fmt.Sprintf("%s[%d]", name, i)
			p.fields = append(p.fields, placed{firstLine(item), inner})
			p.note(item, inner)
		}
		return
	}
	pairs, _ := pairsOf(n)
	for _, pair := range pairs {
		inner := pair.Key.GetToken().Value
		if name != "" {
			inner = name + "." + inner
		}
		p.fields = append(p.fields, placed{lineOf(pair.Key), inner})
		p.note(pair.Value, inner)
	}
}

// firstLine is where a value begins: a mapping at its first key.
func firstLine(n ast.Node) int {
	if pairs, ok := pairsOf(n); ok && len(pairs) > 0 {
		return lineOf(pairs[0].Key)
	}
	return lineOf(n)
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}
