package parts

import (
	"regexp"
	"strings"
)

// writer writes values as YAML. Short texts stand as they are, so that people read and edit the file.
type writer struct {
	quoted bool // every text in quotes
}

// lines writes a value after what names it, such as "phone:" or "-", indented.
func (w writer) lines(indent int, head string, v any) []string {
	pad := strings.Repeat(" ", indent)
	switch v := v.(type) {
	case bool:
		if v {
			return []string{pad + head + " true"}
		}
		return []string{pad + head + " false"}
	case string:
		return w.text(indent, head, v)
	case []any:
		if len(v) == 0 {
			return []string{pad + head + " []"}
		}
		return append([]string{pad + head}, w.items(indent+2, v)...)
	case map[string]any:
		if len(v) == 0 {
			return []string{pad + head + " {}"}
		}
		inner := w.fields(indent+2, v)
		if head == "-" {
			inner[0] = pad + "- " + inner[0][indent+2:]
			return inner
		}
		return append([]string{pad + head}, inner...)
	}
	panic("no value of a part")
}

func (w writer) items(indent int, items []any) []string {
	var all []string
	for _, item := range items {
		all = append(all, w.lines(indent, "-", item)...)
	}
	return all
}

func (w writer) fields(indent int, m map[string]any) []string {
	var all []string
	for _, key := range ordered(m) {
		all = append(all, w.lines(indent, w.inline(key)+":", m[key])...)
	}
	return all
}

// document is a whole file.
func (w writer) document(v any) []string {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return w.items(0, v)
		}
		return []string{"[]"}
	case map[string]any:
		if len(v) > 0 {
			return w.fields(0, v)
		}
	}
	return []string{"{}"}
}

func (w writer) text(indent int, head, text string) []string {
	pad := strings.Repeat(" ", indent)
	if !strings.Contains(text, "\n") || w.quoted || !literal(text) {
		return []string{pad + head + " " + w.inline(text)}
	}
	all := []string{pad + head + " |-"}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			line = pad + "  " + line
		}
		all = append(all, line)
	}
	return all
}

// literal says whether a text of several lines can stand as it is, below what names it.
func literal(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if line != strings.TrimSpace(line) {
			return false
		}
	}
	return true
}

var (
	// plain begins with a letter or a Chinese mark, so that it is no number, date or sign of YAML.
	plain = regexp.MustCompile(`^[\p{L}《“（【][\p{L}\p{N}\p{M}\x{3001}-\x{303F}\x{FF01}-\x{FF5E}—…“”‘’·_./()+~#-]*$`)
	word  = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n)$`)
)

// inline is a text on one line.
func (w writer) inline(text string) string {
	if !w.quoted && plain.MatchString(text) && !word.MatchString(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
