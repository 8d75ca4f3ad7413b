package parts

import (
	"bytes"
	"cmp"
	"slices"
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
	t := newText(src)
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

// text is a file by its lines, without their ends.
type text struct {
	mark  bool
	eol   string
	lines []string
	last  bool // the last line has an end
}

func newText(src []byte) *text {
	t := &text{eol: "\n"}
	src, t.mark = bytes.CutPrefix(src, []byte(plaintext.Mark))
	if bytes.Contains(src, []byte("\r\n")) {
		t.eol = "\r\n"
	}
	s := string(src)
	t.last = strings.HasSuffix(s, "\n")
	t.lines = strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	return t
}

// line is a line without a CR at its end.
func (t *text) line(i int) string { return strings.TrimSuffix(t.lines[i], "\r") }

// indent is where a line's text begins, -1 for a line without one.
func (t *text) indent(i int) int {
	line := t.line(i)
	rest := strings.TrimLeft(line, " ")
	if rest == "" {
		return -1
	}
	return len(line) - len(rest)
}

// skip is the first line from a on that says something.
func (t *text) skip(a, b int) int {
	for a < b && (t.indent(a) < 0 || strings.HasPrefix(strings.TrimSpace(t.line(a)), "#") || t.line(a) == "---") {
		a++
	}
	return a
}

// trim is b without the empty lines before it, and without the comments there that do not stand deeper than col: those belong to what follows.
func (t *text) trim(a, b, col int) int {
	for b > a+1 {
		at := t.indent(b - 1)
		if at >= 0 && (at > col || t.line(b - 1)[at] != '#') {
			break
		}
		b--
	}
	return b
}

// span is a range of lines.
type span struct{ from, to int }

// edit puts lines in the place of others.
type edit struct {
	span
	lines []string
}

// apply makes all edits, of which no two meet.
func (t *text) apply(edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	var out []string
	at := 0
	for _, e := range edits {
		out = append(out, t.lines[at:e.from]...)
		for _, line := range e.lines {
			out = append(out, line+strings.TrimSuffix(t.eol, "\n"))
		}
		at = e.to
	}
	out = append(out, t.lines[at:]...)
	whole := strings.Join(out, "\n")
	if t.last || at == len(t.lines) {
		whole += "\n"
	}
	if t.mark {
		whole = plaintext.Mark + whole
	}
	return []byte(whole)
}

// editor notes the edits that make one value of another.
type editor struct {
	writer
	text  *text
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
		olds, news := gap.olds, gap.news
		for len(olds) > 0 && len(news) > 0 {
			i := olds[0]
			if !e.item(seq.Values[i], spans[i], col, want[news[0]]) {
				e.replace(spans[i], e.lines(col, "-", want[news[0]]))
			}
			olds, news = olds[1:], news[1:]
		}
		for _, i := range olds {
			e.replace(spans[i], nil)
		}
		at := spans[0].from // before the first
		if gap.at > 0 {
			at = spans[gap.at-1].to
		}
		for _, j := range news {
			e.replace(span{at, at}, e.lines(col, "-", want[j]))
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

// difference is where two lists differ: entries of the one, by index, stand where entries of the other do.
type difference struct {
	at         int // how many of the old entries stand before or in it
	olds, news []int
}

// longest bounds the time of a comparison, which grows with the product of the lengths; beyond it, what differs is one difference.
const longest = 1 << 20

// differences pairs what is the same in both lists, in order, and gives what is between.
func differences(had, want []any) []difference {
	begin := 0
	for begin < min(len(had), len(want)) && same(had[begin], want[begin]) {
		begin++
	}
	end := 0
	for end < min(len(had), len(want))-begin && same(had[len(had)-1-end], want[len(want)-1-end]) {
		end++
	}
	n, m := len(had)-begin-end, len(want)-begin-end
	if n*m > longest {
		n, m = 0, 0
	}
	common := make([][]int, n+1) // of what follows
	for i := range common {
		common[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(had[begin+i], want[begin+j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []difference
	var d difference
	i, j := begin, begin
	flush := func() {
		if d.olds != nil || d.news != nil {
			d.at = i
			all = append(all, d)
		}
		d = difference{}
	}
	for i < len(had)-end || j < len(want)-end {
		inside := i-begin < n && j-begin < m
		switch {
		case inside && same(had[i], want[j]):
			flush()
			i, j = i+1, j+1
		case i < len(had)-end && (!inside || common[i-begin+1][j-begin] >= common[i-begin][j-begin+1]):
			d.olds = append(d.olds, i)
			i++
		default:
			d.news = append(d.news, j)
			j++
		}
	}
	flush()
	return all
}
