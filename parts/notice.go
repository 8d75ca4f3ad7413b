package parts

import (
	"fmt"
	"strings"

	"towncrier/content"
	"towncrier/plaintext"
	"towncrier/problem"
)

// fence is the line before and after the front matter of a notice.
const fence = "---"

// noticeFile is a notice as front matter and passages.
type noticeFile struct {
	text  *source
	front span // of the front matter, without the fences
	value map[string]any
	lines []span // of each passage
}

// readNotice reads a notice with a mark and any line ends.
func readNotice(file string, src []byte) (*noticeFile, error) {
	decoded, err := plaintext.Decode(src)
	if err != nil {
		return nil, &FileError{File: file, Why: plaintext.Chinese(err).Error()}
	}
	var problems problem.List
	n := content.ParseNotice(file, decoded, &problems)
	t := newSource(src)
	f := &noticeFile{text: t, front: span{1, 1}}
	for f.front.to < len(t.lines) && t.line(f.front.to) != fence {
		f.front.to++
	}
	if t.line(0) != fence || f.front.to == len(t.lines) {
		return nil, &FileError{File: file, Problems: problems}
	}
	_, front, err := parseText(file, t.part(f.front))
	if err != nil {
		return nil, err
	}
	value, ok := front.(map[string]any)
	if !ok {
		return nil, &FileError{File: file, Problems: problems}
	}
	var passages []any
	for i, p := range n.Passages {
		passages = append(passages, map[string]any{"number": p.Number, "text": p.Text})
		end := len(t.lines)
		if i+1 < len(n.Passages) {
			end = n.Passages[i+1].Line - 1
		}
		f.lines = append(f.lines, span{p.Line - 1, t.trim(p.Line-1, end, -1)})
	}
	f.value = value
	f.value[passagesField] = passages
	return f, nil
}

// part is some of the lines.
func (t *source) part(s span) []byte {
	return []byte(strings.Join(t.lines[s.from:s.to], "\n") + "\n")
}

// writeNotice is src, the file of a notice or nil for a new one, with want for what it holds.
func writeNotice(file string, src []byte, want map[string]any) ([]byte, error) {
	front := map[string]any{}
	for key, v := range want {
		if key != passagesField {
			front[key] = v
		}
	}
	passages, _ := want[passagesField].([]any)
	if src == nil {
		whole := append([]string{fence}, writer{}.fields(0, front)...)
		whole = append(whole, fence, "")
		for _, p := range passages {
			whole = append(whole, passageLine(p))
		}
		return readBack(file, []byte(strings.Join(whole, "\n")+"\n"), want)
	}
	f, err := readNotice(file, src)
	if err != nil {
		return nil, err
	}
	if same(f.value, want) {
		return src, nil
	}
	newFront, err := rewrite(file, f.text.part(f.front), front)
	if err != nil {
		return nil, err
	}
	e := editor{text: f.text}
	e.replace(f.front, newSource(newFront).plain())
	had, _ := f.value[passagesField].([]any)
	for _, gap := range differences(had, passages) {
		for _, p := range gap.pairs(had, passages) {
			switch {
			case p.new < 0:
				e.replace(f.lines[p.old], nil)
			case p.old >= 0:
				e.replace(f.lines[p.old], []string{passageLine(passages[p.new])})
			default:
				at := len(f.text.lines)
				if p.at > 0 {
					at = f.lines[p.at-1].to
				} else if len(f.lines) > 0 {
					at = f.lines[0].from
				}
				e.replace(span{at, at}, []string{passageLine(passages[p.new])})
			}
		}
	}
	return readBack(file, f.text.apply(e.edits), want)
}

// plain are the lines without what ends them.
func (t *source) plain() []string {
	all := make([]string, len(t.lines))
	for i := range all {
		all[i] = t.line(i)
	}
	return all
}

func passageLine(p any) string {
	m := p.(map[string]any)
	return fmt.Sprintf("%d. %s", m["number"], m["text"])
}

// readBack is text when it holds want.
func readBack(file string, text []byte, want map[string]any) ([]byte, error) {
	f, err := readNotice(file, text)
	if err != nil {
		return nil, err
	}
	if !same(f.value, want) {
		return nil, &FileError{File: file}
	}
	return text, nil
}
