package parts

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
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
// are its warnings, what it lacks yet, and what is wrong elsewhere in the folder: that must be mended before a draft of it is submitted.
func (k Kind) Check(f Folder, e Edit, now time.Time) (remarks []string, err error) {
	after := maps.Clone(f)
	delete(after, e.Path)
	if e.Text != nil {
		after[e.Path] = e.Text
	}
	files := fstest.MapFS{}
	for name, text := range after {
		files[name] = &fstest.MapFile{Data: text}
	}
	at := k.placesOf(e)
	say := speaker{after}
	var faults []Fault
	more := 0
	for _, p := range city.Check(files, now) {
		place, inside := at.find(p)
		switch {
		case inside && !p.Warning && !p.Lack:
			faults = append(faults, Fault{place, say.of(p, spot{k, e.Key, place})})
		case !inside && p.Warning:
		case len(remarks) == mostRemarks:
			more++
		case inside && p.Warning:
			remarks = append(remarks, say.of(p, spot{k, e.Key, place}))
		case inside:
			remarks = append(remarks, "送审前还要改："+say.of(p, spot{k, e.Key, place}))
		default:
			remarks = append(remarks, "送审前还要改 "+say.elsewhere(p))
		}
	}
	if faults != nil {
		return nil, &InvalidError{faults}
	}
	if more > 0 {
		remarks = append(remarks, fmt.Sprintf("……还有%d处", more))
	}
	return remarks, nil
}

// places are where the fields of a part stand in its file, in the order of its lines.
type places struct {
	kind      Kind
	key, file string
	from, to  int // lines of the part, from 1; to is none of them
	fields    []placed
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
	for _, f := range p.fields { // the first of a line, which holds the others there, unless the problem names another
		if f.line == problem.Line && f.line == line && strings.HasPrefix(problem.Text, f.name+" ") {
			name = f.name
		}
		if f.line <= problem.Line && f.line > line {
			name, line = f.name, f.line
		}
	}
	if missing := missingField.FindStringSubmatch(problem.Text); missing != nil {
		name = p.kind.sibling(name, missing[1])
	}
	return name, true
}

// missingField is the name of a field that a problem misses: its line is that of what should have it.
var missingField = regexp.MustCompile(`^没有写 ([a-z_]+)`)

// sibling is the place of a field beside another, or around it; place itself when there is none.
func (k Kind) sibling(place, name string) string {
	for around := place; ; {
		if _, known := fieldOf(k.fieldAt(around).Within, name); known {
			return strings.TrimPrefix(around+"."+name, ".")
		}
		if around == "" {
			return place
		}
		around = around[:max(0, strings.LastIndex(around, "."))]
	}
}

// fieldAt is the field at a place; at "" it is one that holds those of the part.
func (k Kind) fieldAt(place string) Field {
	f := Field{Within: k.Fields}
	for step := range strings.SplitSeq(place, ".") {
		if name, _, _ := strings.Cut(step, "["); name != "" {
			f, _ = f.Inner(name)
		}
	}
	return f
}

const pastEnd = 1 << 30

// placesOf finds the part in the text of an edit, which was read before.
func (k Kind) placesOf(e Edit) places {
	all := k.entries(e.Path, e.Text)
	if i := slices.IndexFunc(all, func(p places) bool { return p.key == e.Key }); i >= 0 {
		return all[i]
	}
	return places{}
}

// entries are the places of all parts in a file, none when it has no form.
func (k Kind) entries(file string, text []byte) []places {
	src, err := plaintext.Decode(text)
	if text == nil || err != nil {
		return nil
	}
	var ignored problem.List
	switch {
	case k.lines():
		return k.lineEntries(file, text)
	case k.Path == noticesPath:
		return []places{k.noticeEntry(file, src)}
	}
	root := rootOf(file, src, &ignored)
	if root == nil {
		return nil
	}
	if k.single() {
		at := places{kind: k, key: k.keyOf(file), file: file, from: 1, to: pastEnd}
		at.note(root, "")
		return []places{at}
	}
	if k.Name == phrasesKind {
		return k.phraseEntries(file, root)
	}
	return k.listEntries(file, root)
}

func (k Kind) lineEntries(file string, text []byte) (all []places) {
	lines, _ := k.readLines(text)
	for _, l := range lines {
		all = append(all, places{k, l.Key, file, l.at + 1, l.at + 2, []placed{{l.at + 1, ""}}})
	}
	return all
}

func (k Kind) noticeEntry(file string, src []byte) places {
	at := places{kind: k, key: k.keyOf(file), file: file, from: 1, to: pastEnd}
	var ignored problem.List
	n := content.ParseNotice(file, src, &ignored)
	for name, line := range n.Lines {
		at.fields = append(at.fields, placed{line, name})
	}
	slices.SortFunc(at.fields, func(a, b placed) int { return a.line - b.line })
	for i, p := range n.Passages {
		at.fields = append(at.fields, placed{p.Line, fmt.Sprintf("%s[%d].text", passagesField, i)})
	}
	return at
}

func (k Kind) phraseEntries(file string, root ast.Node) (all []places) {
	pairs, _ := pairsOf(root)
	for i, p := range pairs {
		line, end := lineOf(p.Key), pastEnd
		if i+1 < len(pairs) {
			end = lineOf(pairs[i+1].Key)
		}
		all = append(all, places{k, p.Key.GetToken().Value, file, line, end, []placed{{line, "text"}}})
	}
	return all
}

// listEntries finds the parts of a file of several.
func (k Kind) listEntries(file string, root ast.Node) (all []places) {
	end := pastEnd
	if pairs, ok := pairsOf(root); ok {
		for i, p := range pairs {
			if p.Key.GetToken().Value != k.Under {
				continue
			}
			if i+1 < len(pairs) {
				end = lineOf(pairs[i+1].Key)
			}
			root = p.Value
			break
		}
	}
	seq, ok := root.(*ast.SequenceNode)
	if !ok {
		return nil
	}
	for i, item := range seq.Values {
		v, _ := valueOf(item)
		m, _ := v.(map[string]any)
		key, _ := m[k.Key].(string)
		at := places{kind: k, key: key, file: file, from: firstLine(item), to: end}
		at.fields = append(at.fields, placed{at.from, ""})
		at.note(item, "")
		if i+1 < len(seq.Values) {
			at.to = firstLine(seq.Values[i+1])
		}
		all = append(all, at)
	}
	return all
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
