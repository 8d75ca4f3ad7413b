// Package plot draws a few numbers as SVG, with the same numbers as a table beside it: one value makes both, so that they never differ.
//
// A drawing has a title and a description, is one image to a screen reader, and is coloured by classes alone: desk/page/style.css knows them.
// It is as wide as there is room, and its letters stay as large as they are. Nothing is told by colour only: the table says it in words.
package plot

import (
	"embed"
	"html/template"
	"strings"
	"unicode"
)

// Tone is what a number means for those who read it: class plot-good and so on.
type Tone string

const (
	Good     Tone = "good"     // arrived
	Going    Tone = "going"    // with the platform
	Waiting  Tone = "waiting"  // still to be done
	Bad      Tone = "bad"      // failed
	Doubtful Tone = "doubtful" // nobody knows
	Neutral  Tone = "neutral"  // not to be done, or no judgement
)

// Drawing is what a page shows: Bars or Times.
type Drawing interface {
	// Figure is the drawing with its table.
	Figure() (template.HTML, error)
}

// Table is the numbers of a drawing. Cells are text; the first of a row is its heading.
type Table struct {
	Caption  string
	Headings []string
	Rows     [][]string
}

// Long says that the table is longer than the drawing: it is folded.
func (t Table) Long() bool { return len(t.Rows) > 12 }

//go:embed *.html
var files embed.FS

var templates = template.Must(template.New("plot").Option("missingkey=error").ParseFS(files, "*.html"))

func render(name string, drawing any) (template.HTML, error) {
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, name, drawing)
	return template.HTML(b.String()), err
}

// maxDrawn is how wide a label is drawn at most, in half characters: with a number beside it, it fits a phone of 320 px.
const maxDrawn = 26

// drawn is a label as it is drawn: on one line, without marks that turn the direction of what follows, and cut where there is no more room. The
// table has it whole.
func drawn(label string) string {
	var b strings.Builder
	width := 0
	for _, r := range label {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			continue
		case r < 0x300:
			width++
		case !unicode.In(r, unicode.M):
			width += 2
		}
		if width > maxDrawn {
			return strings.TrimSpace(b.String()) + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}
