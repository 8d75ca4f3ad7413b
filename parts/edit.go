package parts

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/plaintext"
)

// rewrite is src, a YAML file, with want for what it holds. Lines of what stays the same stay, comments included; what changes is written
// anew, entry by entry and field by field. The result was read again, and holds want.
func rewrite(file string, src []byte, want any) ([]byte, error) {
	for _, w := range []writer{{}, {quoted: true}} {
		text, err := w.rewrite(file, src, want)
		if err != nil {
			return nil, err
		}
		if _, got, err := parseText(file, text); err == nil && same(got, want) {
			return text, nil
		}
	}
	return nil, &FileError{File: file}
}

// parseText is parse of a file with a mark and any line ends.
func parseText(file string, src []byte) (ast.Node, any, error) {
	text, err := plaintext.Decode(src)
	if err != nil {
		return nil, nil, &FileError{File: file, Why: plaintext.Chinese(err).Error()}
	}
	return parse(file, text)
}

func (w writer) rewrite(file string, src []byte, want any) ([]byte, error) {
	if len(src) == 0 {
		return []byte(strings.Join(w.document(want), "\n") + "\n"), nil
	}
	root, had, err := parseText(file, src)
	if err != nil {
		return nil, err
	}
	if same(had, want) {
		return src, nil
	}
	t := newSource(src)
	e := editor{writer: w, text: t}
	body := t.trim(0, len(t.lines), 0)
	whole := span{t.skip(0, body), body}
	switch {
	case empty(want) || inFlow(root):
		e.replace(whole, w.document(want))
	case !e.node(root, whole, want):
		return nil, &FileError{File: file}
	}
	return t.apply(e.edits), nil
}

// editor notes the edits that make one value of another.
type editor struct {
	writer
	text  *source
	edits []edit
}

func (e *editor) replace(s span, lines []string) { e.edits = append(e.edits, edit{s, lines}) }

// node edits the lines of a block, so that it holds want. It reports false when that takes all of it to be written anew, as what stands in
// brackets does.
func (e *editor) node(n ast.Node, s span, want any) bool {
	if inFlow(n) || s.from >= s.to {
		return false
	}
	switch want := want.(type) {
	case []any:
		seq, ok := n.(*ast.SequenceNode)
		return ok && len(want) > 0 && len(seq.Values) > 0 && e.sequence(seq, s, want)
	case map[string]any:
		pairs, ok := pairsOf(n)
		return ok && len(want) > 0 && len(pairs) > 0 && e.mapping(pairs, s, e.column(s), want)
	}
	return false
}

// column is where the entries of a block begin.
func (e *editor) column(s span) int { return max(e.text.indent(s.from), 0) }

// starts are the lines at which the entries of a block begin, whose text begins at col; before it there may be the dash of the block's own
// entry, on the first line.
func (e *editor) starts(s span, col int, dash bool) []int {
	var all []int
	for i := s.from; i < s.to; i++ {
		line := e.text.line(i)
		if len(line) <= col || i > s.from && strings.TrimLeft(line[:col], " ") != "" || line[col] == ' ' || line[col] == '#' {
			continue
		}
		if isDash := line[col:] == "-" || strings.HasPrefix(line[col:], "- "); isDash == dash {
			all = append(all, i)
		}
	}
	return all
}

// spans are the lines of the entries that begin at starts, without the comments and empty lines between them.
func (e *editor) spans(s span, starts []int, col int) []span {
	all := make([]span, len(starts))
	for i, from := range starts {
		to := s.to
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		all[i] = span{from, e.text.trim(from, to, col)}
	}
	return all
}

func (e *editor) mapping(pairs []*ast.MappingValueNode, s span, col int, want map[string]any) bool {
	starts := e.starts(s, col, false)
	if len(starts) != len(pairs) {
		return false
	}
	spans := e.spans(s, starts, col)
	had := map[string]any{}
	ends := map[string]int{}
	for i, p := range pairs {
		key := p.Key.(*ast.StringNode).Value // valueOf takes no other
		v, ok := valueOf(p.Value)
		if !ok {
			return false
		}
		had[key], ends[key] = v, spans[i].to
		next, stays := want[key]
		switch {
		case stays && same(v, next):
		case stays && e.node(p.Value, e.below(spans[i]), next):
		case stays:
			first := e.text.line(spans[i].from)[:col]
			lines := e.lines(col, e.inline(key)+":", next)
			lines[0] = first + lines[0][col:]
			e.replace(spans[i], lines)
		case i == 0 && strings.TrimLeft(e.text.line(spans[i].from)[:col], " ") != "":
			return false // the dash goes with it
		default:
			e.replace(spans[i], nil)
		}
	}
	for _, key := range ordered(want) {
		if _, there := had[key]; there {
			continue
		}
		at := spans[0].to // after the first
		for _, before := range ordered(want) {
			if end, there := ends[before]; there && compareKeys(before, key) < 0 {
				at = max(at, end)
			}
		}
		e.replace(span{at, at}, e.lines(col, e.inline(key)+":", want[key]))
	}
	return true
}

// below are the lines of an entry after its first, from the first that says something.
func (e *editor) below(s span) span { return span{e.text.skip(s.from+1, s.to), s.to} }

func (e *editor) sequence(seq *ast.SequenceNode, s span, want []any) bool {
	col := e.column(s)
	starts := e.starts(s, col, true)
	if len(starts) != len(seq.Values) {
		return false
	}
	spans := e.spans(s, starts, col)
	had := make([]any, len(seq.Values))
	for i, item := range seq.Values {
		v, ok := valueOf(item)
		if !ok {
			return false
		}
		had[i] = v
	}
	for _, gap := range differences(had, want) {
		for _, p := range gap.pairs(had, want) {
			switch i, j := p.old, p.new; {
			case j < 0:
				e.replace(spans[i], nil)
			case i < 0:
				at := spans[0].from // before the first
				if p.at > 0 {
					at = spans[p.at-1].to
				}
				e.replace(span{at, at}, e.lines(col, "-", want[j]))
			case !e.item(seq.Values[i], spans[i], col, want[j]):
				e.replace(spans[i], e.lines(col, "-", want[j]))
			}
		}
	}
	return true
}

// item edits one entry of a sequence, when it is a mapping.
func (e *editor) item(n ast.Node, s span, col int, want any) bool {
	pairs, ok := pairsOf(n)
	fields, isMap := want.(map[string]any)
	if !ok || !isMap || inFlow(n) || len(fields) == 0 {
		return false
	}
	before := len(e.edits)
	first := e.text.line(s.from)
	rest := strings.TrimLeft(first[col+1:], " ")
	inner := len(first) - len(rest)
	block := s
	if rest == "" || strings.HasPrefix(rest, "#") {
		if block = e.below(s); block.from >= block.to {
			return false
		}
		inner = e.column(block)
	}
	if !e.mapping(pairs, block, inner, fields) {
		e.edits = e.edits[:before]
		return false
	}
	return true
}
