package parts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"towncrier/plaintext"
)

// lines says whether the file has a part a line: a text, or a word, a tab and what else is said for it, separated by |. A line that begins with # is
// a comment.
func (k Kind) lines() bool { return path.Ext(k.Path) == ".txt" }

// linePart is a part and the line that it is, from 0.
type linePart struct {
	Part
	at int
}

// readLines reads every line that says something, also one that says what another does.
func (k Kind) readLines(src []byte) (all []linePart, err error) {
	if _, err := plaintext.Decode(src); err != nil {
		return nil, &FileError{File: k.Path, Why: plaintext.Chinese(err).Error()}
	}
	t := newSource(src)
	for i := range t.lines {
		if text := strings.TrimSpace(t.line(i)); text != "" && text[0] != '#' {
			all = append(all, linePart{k.parseLine(text), i})
		}
	}
	return all, nil
}

// partsOf are the parts that lines are, each once.
func partsOf(lines []linePart) (all []Part) {
	seen := make(map[string]bool, len(lines))
	for _, l := range lines {
		if !seen[l.Key] {
			all = append(all, l.Part)
		}
		seen[l.Key] = true
	}
	return all
}

func (k Kind) parseLine(text string) Part {
	if len(k.Fields) == 1 {
		return Part{Key: text, Path: k.Path, Value: map[string]any{k.Key: text}}
	}
	word, rest, _ := strings.Cut(text, "\t")
	said := []any{}
	for v := range strings.SplitSeq(rest, "|") {
		if v = strings.TrimSpace(v); v != "" {
			said = append(said, v)
		}
	}
	word = strings.TrimSpace(word)
	return Part{Key: word, Path: k.Path, Value: map[string]any{k.Key: word, k.Fields[1].Name: said}}
}

func (k Kind) formatLine(value map[string]any) string {
	line, _ := value[k.Key].(string)
	if len(k.Fields) == 1 {
		return line
	}
	var said []string
	list, _ := value[k.Fields[1].Name].([]any)
	for _, v := range list {
		text, _ := v.(string)
		said = append(said, text)
	}
	return line + "\t" + strings.Join(said, "|")
}

// writeLines is src with other parts, in their order; what src has of them it has in that order. Lines of what stays the same stay.
func (k Kind) writeLines(src []byte, parts []Part) ([]byte, error) {
	had, err := k.readLines(src)
	if err != nil {
		return nil, err
	}
	at := make(map[string]linePart, len(had))
	for _, p := range slices.Backward(had) {
		at[p.Key] = p // the first
	}
	t := newSource(src)
	if len(bytes.TrimSpace(src)) == 0 {
		t.lines = nil
	}
	stay := make(map[string]bool, len(parts))
	next := len(t.lines) // where a new line goes
	if len(had) > 0 {
		next = had[0].at
	}
	var edits []edit
	for _, p := range parts {
		line, there := at[p.Key]
		switch stay[p.Key] = true; {
		case !there:
			edits = append(edits, edit{span{next, next}, []string{k.formatLine(p.Value)}})
			continue
		case !same(line.Value, p.Value):
			edits = append(edits, edit{span{line.at, line.at + 1}, []string{k.formatLine(p.Value)}})
		}
		next = line.at + 1
	}
	for _, p := range had {
		if !stay[p.Key] {
			edits = append(edits, edit{span{p.at, p.at + 1}, nil})
		}
	}
	text := t.apply(edits)
	again, err := k.readLines(text)
	if err != nil || !slices.EqualFunc(partsOf(again), parts, func(a, b Part) bool { return same(a.Value, b.Value) }) {
		return nil, invalid(k.Key, "不能以 # 开头，里面不能有 | 和制表符")
	}
	return text, nil
}
