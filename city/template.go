package city

import (
	"fmt"
	"slices"
	"strings"

	"towncrier/content"
)

// Fill puts a row's values where template names its columns in {braces}. A part in [square brackets] is left out when
// a column in it is empty. What a value contains is printed as it is, brackets too.
func (c *City) Fill(template string, row content.Row) string {
	parts, err := parseTemplate(template)
	if err != nil {
		return "" // Load refuses such a template
	}
	var b strings.Builder
	for _, part := range parts {
		text, full := part.fill(row)
		if full || !part.optional {
			b.WriteString(text)
		}
	}
	return b.String()
}

// A template is a row of parts, each a row of literals and columns.
type part struct {
	pieces   []piece
	optional bool
}

type piece struct {
	text   string // the literal, or the column's name
	column bool
}

// fill also tells whether every column had a value.
func (p part) fill(row content.Row) (text string, full bool) {
	var b strings.Builder
	full = true
	for _, piece := range p.pieces {
		if !piece.column {
			b.WriteString(piece.text)
			continue
		}
		value := row.Values[piece.text]
		full = full && value != ""
		b.WriteString(value)
	}
	return b.String(), full
}

func parseTemplate(s string) ([]part, error) {
	parts := []part{{}}
	for s != "" {
		last := &parts[len(parts)-1]
		i := strings.IndexAny(s, "{}[]")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			last.pieces = append(last.pieces, piece{text: s[:i]})
		}
		if s = s[i:]; s == "" {
			break
		}
		switch bracket := s[0]; {
		case bracket == '{':
			name, rest, ok := strings.Cut(s[1:], "}")
			if !ok || name == "" || strings.ContainsAny(name, "{[]") {
				return nil, fmt.Errorf("{ 没有对应的 }：列名写成 {name}")
			}
			last.pieces = append(last.pieces, piece{text: name, column: true})
			s = rest
			continue
		case bracket == '[' && !last.optional:
			parts = append(parts, part{optional: true})
		case bracket == ']' && last.optional:
			parts = append(parts, part{})
		case bracket == '[':
			return nil, fmt.Errorf("[ ] 里又写了 [：可以省去的部分不能套在一起")
		default:
			return nil, fmt.Errorf("%c 前面没有对应的开头", bracket)
		}
		s = s[1:]
	}
	if parts[len(parts)-1].optional {
		return nil, fmt.Errorf("[ 没有对应的 ]")
	}
	return parts, nil
}

// columns are the columns that a template names, and literals is what it prints of its own.
func columns(parts []part) (names []string, literals string) {
	var b strings.Builder
	for _, p := range parts {
		for _, piece := range p.pieces {
			switch {
			case !piece.column:
				b.WriteString(piece.text)
			case !slices.Contains(names, piece.text):
				names = append(names, piece.text)
			}
		}
	}
	return names, b.String()
}

// Lookup finds the rows of a table whose name is name, exactly: the matcher gives canonical names.
func (c *City) Lookup(table, name string) []content.Row {
	t := c.Library.Tables[table]
	if t == nil {
		return nil
	}
	var rows []content.Row
	for _, row := range t.Rows {
		if row.Values["name"] == name {
			rows = append(rows, row)
		}
	}
	return rows
}
