package plot_test

import (
	"encoding/xml"
	"fmt"
	"html"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/desk/plot"
)

const hostile = `"><script>alert(1)</script>&lt;` + "\u202e反\u2066\x00\n👨‍👩‍👧"

func states(parts ...plot.Part) plot.Bars {
	return plot.Bars{ID: "states", Title: "各渠道的状态", Headings: []string{"渠道", "状态", "数量"}, Whole: true, Bars: []plot.Bar{{Label: "短信", Says: "共", Parts: parts}}}
}

func minutes(counts ...int64) plot.Times {
	t := plot.Times{ID: "times", Title: "每分钟", Span: time.Minute, Zone: time.UTC, Form: "15:04", Lines: []plot.Line{{"已送达", plot.Good}}}
	for i, n := range counts {
		t.Points = append(t.Points, plot.Point{At: time.Date(2026, 11, 30, 10, i, 0, 0, time.UTC), N: []int64{n}})
	}
	return t
}

// TestAnyNumbersAreDrawn: whatever is drawn is well-formed, within its bounds, named and described, without inline style, and the same as its table.
func TestAnyNumbersAreDrawn(t *testing.T) {
	long := strings.Repeat("很长的原因", 20)
	var many []int64
	for i := range 1440 {
		many = append(many, int64(i))
	}
	bars := map[string]plot.Bars{
		"nothing":  {ID: "x", Title: "空", Headings: []string{"原因", "数量"}},
		"zero":     states(plot.Part{Label: "已送达"}, plot.Part{Label: "失败"}),
		"one":      states(plot.Part{Label: "已送达", N: 1, Tone: plot.Good}),
		"million":  states(plot.Part{Label: "已送达", N: 1_000_000, Tone: plot.Good}, plot.Part{Label: "失败", N: 1, Tone: plot.Bad}),
		"most":     states(plot.Part{Label: "已送达", N: math.MaxInt64 / 2, Tone: plot.Good}, plot.Part{Label: "失败", N: math.MaxInt64 / 2, Tone: plot.Bad}),
		"negative": states(plot.Part{Label: "已送达", N: -5, Tone: plot.Good}),
		"hidden":   states(plot.Part{Label: "不发送", Says: "少于10人", Tone: plot.Neutral}),
		"hostile": {ID: hostile, Title: hostile, Headings: []string{hostile, "数量"}, Bars: []plot.Bar{
			{Label: hostile, Parts: []plot.Part{{N: 3, Says: hostile, Tone: hostile}}}, {Label: long, Parts: []plot.Part{{N: 4, Tone: plot.Bad}}}}},
	}
	crowd := states()
	for i := range 300 {
		crowd.Bars[0].Parts = append(crowd.Bars[0].Parts, plot.Part{Label: fmt.Sprint(i), N: 1, Tone: plot.Neutral})
	}
	bars["crowd"] = crowd
	for name, b := range bars {
		t.Run(name, func(t *testing.T) {
			figure, err := b.Figure()
			holds(t, figure, err, b.Table(), b.Title, b.Desc())
		})
	}
	for name, times := range map[string]plot.Times{"no time": minutes(), "one minute": minutes(1), "nothing happened": minutes(0), "a million": minutes(1_000_000, 0, 1),
		"the most": minutes(math.MaxInt64), "a day": minutes(many...)} {
		t.Run(name, func(t *testing.T) {
			figure, err := times.Figure()
			holds(t, figure, err, times.Table(), times.Title, times.Desc())
		})
	}
}

func holds(t *testing.T, figure template.HTML, err error, table plot.Table, title, desc string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	text := string(figure)
	drawing := text[strings.Index(text, "<svg"):strings.LastIndex(text, "</svg>")] + "</svg>"
	for dec := xml.NewDecoder(strings.NewReader(drawing)); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, drawing)
		}
	}
	for _, bad := range []string{"style=", "<script", "NaN", "Inf", "-0.", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q in %s", bad, text)
		}
	}
	for _, want := range []string{`role="img"`, ">" + template.HTMLEscapeString(title) + "</title>", ">" + template.HTMLEscapeString(desc) + "</desc>"} {
		if !strings.Contains(drawing, strings.ReplaceAll(want, "\x00", "\uFFFD")) {
			t.Errorf("no %s in %s", want, drawing)
		}
	}
	bounded(t, drawing)
	var cells, want []string
	for _, m := range regexp.MustCompile(`(?s)<bdi>(.*?)</bdi>`).FindAllStringSubmatch(text, -1) {
		cells = append(cells, html.UnescapeString(m[1]))
	}
	for _, row := range table.Rows {
		for _, cell := range row {
			want = append(want, strings.ReplaceAll(cell, "\x00", "\uFFFD"))
		}
	}
	if !slices.Equal(cells, want) {
		t.Errorf("the table says %q, not %q", cells, want)
	}
}

// bounded: no bar begins or ends outside of the drawing, and no line leaves it.
func bounded(t *testing.T, drawing string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`x="([\d.-]+)%" y="\d+" width="([\d.-]+)%"`).FindAllStringSubmatch(drawing, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		width, _ := strconv.ParseFloat(m[2], 64)
		if x < 0 || width <= 0 || x+width > 101.6 { // 300 parts, each rounded to a hundredth
			t.Errorf("a piece goes from %g for %g", x, width)
		}
	}
	for _, m := range regexp.MustCompile(`[HV]([\d.-]+)`).FindAllStringSubmatch(drawing, -1) {
		if n, err := strconv.ParseFloat(m[1], 64); err != nil || n < 0 || n > 1000 {
			t.Errorf("a line goes to %s", m[1])
		}
	}
}

// TestOneInAMillionIsSeen: what is not nothing has a width, and no part takes the room of another.
func TestOneInAMillionIsSeen(t *testing.T) {
	figure, err := states(plot.Part{Label: "已送达", N: 999_999, Tone: plot.Good}, plot.Part{Label: "提交失败", N: 1, Tone: plot.Bad}).Figure()
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`class="plot-bad" x="99\.\d+%" y="22" width="0\.60%"`).MatchString(string(figure)) {
		t.Errorf("%s", figure)
	}
}

// TestTheDrawingGoesDownToNothing: between two spans in which something happened, and nothing in between, a line does not say that something did.
func TestTheDrawingGoesDownToNothing(t *testing.T) {
	times := minutes(4, 0, 2)
	times.Points = slices.Delete(times.Points, 1, 2)
	figure, err := times.Figure()
	if err != nil {
		t.Fatal(err)
	}
	if want := `d="M0 100H0.00V20.00H333.33V100H666.67V60.00H1000.00V100"`; !strings.Contains(string(figure), want) {
		t.Errorf("no %s in %s", want, figure)
	}
	if want := "从 10:00 到 10:02；已送达最多的是 10:00，4。"; times.Desc() != want {
		t.Errorf("said: %s", times.Desc())
	}
}

// TestALongTableIsFolded so that 180 minutes do not push the page away; a short one stands open, and is printed.
func TestALongTableIsFolded(t *testing.T) {
	for n, open := range map[int]bool{12: true, 13: false} {
		figure, err := minutes(make([]int64, n)...).Figure()
		if err != nil || strings.Contains(string(figure), "<details class=\"plot-table\" open>") != open {
			t.Errorf("%d rows: %v %s", n, err, figure)
		}
	}
}

func TestALongLabelIsCutInTheDrawingAndWholeInTheTable(t *testing.T) {
	long := strings.Repeat("原因", 50)
	bars := plot.Bars{ID: "why", Title: "原因", Headings: []string{"原因", "数量"}, Bars: []plot.Bar{{Label: long, Parts: []plot.Part{{N: 4, Tone: plot.Bad}}}}}
	figure, err := bars.Figure()
	if err != nil || !strings.Contains(string(figure), ">"+strings.Repeat("原因", 6)+"原…</text>") || !strings.Contains(string(figure), "<bdi>"+long+"</bdi>") {
		t.Errorf("%v %s", err, figure)
	}
}
