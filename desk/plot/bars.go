package plot

import (
	"html/template"
	"strconv"
	"strings"
)

// Bars are bars below each other: the states of deliveries by channel, reasons, amounts of money.
type Bars struct {
	ID       string // within the page
	Title    string
	Headings []string // of the table: what a bar is, what a part of it is unless each has but one, and what is counted
	Whole    bool     // each bar is as long as there is room; else as long as its number is against the largest
	Bars     []Bar
}

// Bar is one of them, with its parts from left to right.
type Bar struct {
	Label string
	Says  string // at its end; "" when it has but one part: what that says
	Parts []Part
}

// Part is a piece of a bar.
type Part struct {
	Label string // "" of the only part of a bar
	N     int64
	Says  string // N as people write it; the only thing that is known when N is 0
	Tone  Tone
}

// Figure is the drawing with its table.
func (b Bars) Figure() (template.HTML, error) { return render("bars", b) }

// Table is what the drawing shows.
func (b Bars) Table() Table {
	t := Table{Caption: b.Title, Headings: b.Headings}
	for _, bar := range b.Bars {
		for _, p := range bar.Parts {
			row := []string{bar.Label, p.Label, p.says()}
			if len(b.Headings) == 2 {
				row = []string{bar.Label, p.says()}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// Desc says the numbers in a sentence, for who hears the drawing.
func (b Bars) Desc() string {
	var said []string
	for _, bar := range b.Bars {
		var parts []string
		for _, p := range bar.Parts {
			parts = append(parts, strings.TrimSpace(p.Label+" "+p.says()))
		}
		said = append(said, bar.Label+"："+strings.Join(parts, "，"))
	}
	return inShort(said)
}

func (p Part) says() string {
	if p.Says != "" {
		return p.Says
	}
	return strconv.FormatInt(p.N, 10)
}

const (
	barStep   = 48 // pixels from bar to bar: a line of text, the bar, and room
	labelBase = 15 // from the step's top to the text's base line
	barTop    = 22
	barHeight = 16
	// sliver is how much of the width, in per cent, a part has about at least that is not nothing: what is there is seen.
	sliver = 0.6
)

// Height is the drawing's, in pixels.
func (b Bars) Height() int { return max(1, len(b.Bars)) * barStep }

// Lines are the bars as they are drawn.
func (b Bars) Lines() []barLine {
	var longest int64
	for _, bar := range b.Bars {
		longest = max(longest, bar.sum())
	}
	lines := make([]barLine, len(b.Bars))
	for i, bar := range b.Bars {
		scale := longest
		if b.Whole {
			scale = bar.sum()
		}
		lines[i] = bar.line(i*barStep, scale)
	}
	return lines
}

func (b Bar) sum() (n int64) {
	for _, p := range b.Parts {
		n += max(0, p.N)
	}
	return n
}

// barLine is a bar in pixels from the top, and per cent from the left.
type barLine struct {
	Label, Says          string
	Base, Top, BarHeight int
	Pieces               []piece
}

type piece struct {
	Title    string
	Tone     Tone
	X, Width string // per cent
}

func (b Bar) line(top int, scale int64) barLine {
	l := barLine{Label: drawn(b.Label), Says: drawn(b.Says), Base: top + labelBase, Top: top + barTop, BarHeight: barHeight}
	if l.Says == "" && len(b.Parts) == 1 {
		l.Says = drawn(b.Parts[0].says())
	}
	x := 0.0
	for i, width := range b.widths(scale) {
		if width == 0 {
			continue
		}
		p := b.Parts[i]
		l.Pieces = append(l.Pieces, piece{Title: strings.TrimSpace(p.Label + " " + p.says()), Tone: p.Tone, X: percent(x), Width: percent(width)})
		x += width
	}
	return l
}

// widths are those of the parts, in per cent: a sliver for what is little and not nothing, and never more than there is room.
func (b Bar) widths(scale int64) []float64 {
	widths := make([]float64, len(b.Parts))
	total := 0.0
	for i, p := range b.Parts {
		if p.N > 0 {
			widths[i] = max(sliver, 100*float64(p.N)/float64(scale))
			total += widths[i]
		}
	}
	if total > 100 {
		for i := range widths {
			widths[i] *= 100 / total
		}
	}
	return widths
}

func percent(share float64) string { return strconv.FormatFloat(share, 'f', 2, 64) + "%" }

// maxSaid is how many things a description says: who wants all of them reads the table.
const maxSaid = 12

func inShort(said []string) string {
	if len(said) == 0 {
		return "还没有数字。"
	}
	if len(said) > maxSaid {
		return strings.Join(said[:maxSaid], "；") + "；其余见表格。"
	}
	return strings.Join(said, "；") + "。"
}
