package plot

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// Times are lines over time: what happened in each span of it.
type Times struct {
	ID     string // within the page
	Title  string
	Span   time.Duration  // what one point is about
	Zone   *time.Location // in which times are read
	Form   string         // of a time: 15:04
	Lines  []Line
	Points []Point // in the order of time; none of a span in which nothing happened
}

// Line is something that is counted.
type Line struct {
	Label string
	Tone  Tone
}

// Point counts of one span, by line.
type Point struct {
	At time.Time // when it begins
	N  []int64
}

// Figure is the drawing with its table.
func (t Times) Figure() (template.HTML, error) { return render("times", t) }

// Table is what the drawing shows.
func (t Times) Table() Table {
	table := Table{Caption: t.Title, Headings: []string{"时间"}}
	for _, l := range t.Lines {
		table.Headings = append(table.Headings, l.Label)
	}
	for _, p := range t.Points {
		row := []string{t.read(p.At)}
		for i := range t.Lines {
			row = append(row, strconv.FormatInt(p.N[i], 10))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// Desc says in a sentence from when to when it goes, and of each line the most and when that was.
func (t Times) Desc() string {
	if len(t.Points) == 0 {
		return inShort(nil)
	}
	said := []string{"从 " + t.Start() + " 到 " + t.End()}
	for i, l := range t.Lines {
		most := t.Points[0]
		for _, p := range t.Points {
			if p.N[i] > most.N[i] {
				most = p
			}
		}
		said = append(said, fmt.Sprintf("%s最多的是 %s，%d", l.Label, t.read(most.At), most.N[i]))
	}
	return inShort(said)
}

// Start is when the first span begins, as it is read.
func (t Times) Start() string {
	if len(t.Points) == 0 {
		return ""
	}
	return t.read(t.Points[0].At)
}

// End is when the last span begins, as it is read.
func (t Times) End() string {
	if len(t.Points) == 0 {
		return ""
	}
	return t.read(t.Points[len(t.Points)-1].At)
}

func (t Times) read(at time.Time) string { return at.In(t.Zone).Format(t.Form) }

// Top is what the drawing's upper edge stands for: 1, 2 or 5 with noughts, and no less than any number.
func (t Times) Top() int64 {
	var most int64 = 1
	for _, p := range t.Points {
		for i := range t.Lines {
			most = max(most, p.N[i])
		}
	}
	top := int64(1)
	if most > 1e15 {
		return most
	}
	for step := 0; top < most; step++ {
		top = [...]int64{1, 2, 5}[step%3]
		for range step / 3 {
			top *= 10
		}
	}
	return top
}

// timesWidth and timesHeight are the drawing's own measures, which the page stretches to the room that there is.
const (
	timesWidth  = 1000
	timesHeight = 100
)

// Paths are the lines as steps: flat as long as a span is, down to nothing where nothing happened.
func (t Times) Paths() []path {
	if len(t.Points) == 0 {
		return nil
	}
	begin := t.Points[0].At
	whole := t.Points[len(t.Points)-1].At.Add(t.Span).Sub(begin)
	x := func(at time.Time) string {
		return strconv.FormatFloat(timesWidth*float64(at.Sub(begin))/float64(whole), 'f', 2, 64)
	}
	top := t.Top()
	paths := make([]path, len(t.Lines))
	for i, l := range t.Lines {
		var d strings.Builder
		fmt.Fprintf(&d, "M0 %d", timesHeight)
		for j, p := range t.Points {
			end := p.At.Add(t.Span)
			fmt.Fprintf(&d, "H%sV%sH%s", x(p.At), strconv.FormatFloat(timesHeight*(1-float64(p.N[i])/float64(top)), 'f', 2, 64), x(end))
			if j == len(t.Points)-1 || t.Points[j+1].At.After(end) {
				fmt.Fprintf(&d, "V%d", timesHeight)
			}
		}
		paths[i] = path{Label: l.Label, Tone: l.Tone, D: d.String()}
	}
	return paths
}

type path struct {
	Label string
	Tone  Tone
	D     string
}
