package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"

	"towncrier/plaintext"
)

// output is how a command prints what it found: for people, or with --json for programs.
type output struct{ asJSON bool }

func (o *output) flag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
}

// list is a command's list of things, as a table.
type list[T any] struct {
	headings []string
	row      func(T) []string
	none     string // is printed when there is nothing, in Chinese
}

func (l list[T]) print(w io.Writer, found []T) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(w, l.none)
		return err
	}
	t := table{headings: l.headings}
	for _, one := range found {
		t.add(l.row(one)...)
	}
	return t.print(w)
}

// each is what do makes of every one of all.
func each[T, V any](all []T, do func(T) V) []V {
	made := make([]V, len(all))
	for i, one := range all {
		made[i] = do(one)
	}
	return made
}

// named is a name with the id behind it, of staff as the audit log may write it. It is the id alone when the name is not known.
func named(name, id string) string {
	id = plaintext.OneLine(strings.TrimPrefix(id, "staff:"), 40)
	if name == "" {
		return id
	}
	return plaintext.OneLine(name, 40) + "（" + id + "）"
}

// writeJSON prints v, indented.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table is printed in columns, those that hold nothing but numbers to the right. A Chinese character takes two places.
type table struct {
	headings []string // none when nil
	rows     [][]string
	widths   []int // that it had when it was printed last: it may go on
	printed  bool
}

// add puts a row at the end. Its cells are lines of plain text.
func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print prints the rows that were added since it was called last, the headings above the first.
func (t *table) print(w io.Writer) error {
	rows := t.rows
	if !t.printed && t.headings != nil {
		rows = append([][]string{t.headings}, rows...)
	}
	var right []bool
	for i, row := range rows {
		for c, cell := range row {
			if c == len(t.widths) {
				t.widths = append(t.widths, 0)
			}
			if c == len(right) {
				right = append(right, true)
			}
			t.widths[c] = max(t.widths[c], places(cell))
			if heading := i == 0 && len(rows) > len(t.rows); !heading && !isNumber(cell) {
				right[c] = false
			}
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for c, cell := range row {
			pad := strings.Repeat(" ", t.widths[c]-places(cell))
			if right[c] {
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	t.rows, t.printed = nil, true
	_, err := io.WriteString(w, b.String())
	return err
}

// isNumber says whether a cell is one, or stands for none.
func isNumber(cell string) bool {
	return cell == "-" || cell != "" && strings.Trim(cell, "0123456789") == ""
}

// places is how many columns of a terminal a text takes.
func places(text string) int { return uniseg.StringWidth(text) }

// cut shortens text to some columns of a terminal.
func cut(text string, columns int) string {
	wide := 0
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if wide += g.Width(); wide > columns {
			from, _ := g.Positions()
			return text[:from]
		}
	}
	return text
}

// padded fills text up to a width.
func padded(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-places(text)))
}
