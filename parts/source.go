package parts

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"towncrier/plaintext"
)

// source is a file by its lines, without their ends.
type source struct {
	mark  bool
	eol   string
	lines []string
	last  bool // the last line has an end
}

func newSource(src []byte) *source {
	t := &source{eol: "\n"}
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
func (t *source) line(i int) string { return strings.TrimSuffix(t.lines[i], "\r") }

// indent is where a line's text begins, -1 for a line without one.
func (t *source) indent(i int) int {
	line := t.line(i)
	rest := strings.TrimLeft(line, " ")
	if rest == "" {
		return -1
	}
	return len(line) - len(rest)
}

// skip is the first line from a on that says something.
func (t *source) skip(a, b int) int {
	for a < b && (t.indent(a) < 0 || strings.HasPrefix(strings.TrimSpace(t.line(a)), "#") || t.line(a) == "---") {
		a++
	}
	return a
}

// trim is b without the empty lines before it, and without the comments there that do not stand deeper than col: those belong to what follows.
func (t *source) trim(a, b, col int) int {
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
func (t *source) apply(edits []edit) []byte {
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
