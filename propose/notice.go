package propose

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/problem"
)

// Limits of what is pasted, in characters: a notice is a page, not a book.
const (
	minText = 20
	maxText = 20000
)

// Notice is what was found in a text, for its author to look through.
type Notice struct {
	content.Notice
	Word       string   // what it calls itself: 公告, 通告, 通知; 消息 for a paper's report
	Paragraphs []string // as pasted, without headline, salutation and signature
	Headings   map[int]string
	Together   map[int]int // by passage, the paragraph that it stands in
	Marks      []Mark
	Doubts     []string // what was not found or was guessed, said to the author
}

// Source is what the text does not say of itself.
type Source struct {
	ID        string
	Area      string
	Publisher string       // where it was printed; "" for what the text says
	Today     content.Date // gives the year that nothing prints
}

// Paste finds issuer, headline, date, publisher and statements in a text.
func Paste(text string, src Source) (Notice, error) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n < minText:
		return Notice{}, &problem.Invalid{Field: "text", Reason: "太短：请粘贴公告的全文"}
	case n > maxText:
		return Notice{}, &problem.Invalid{Field: "text", Reason: "太长：最多20000字，请分成几份公告"}
	}
	p := readPage(text)
	n := Notice{Notice: content.Notice{ID: src.ID, File: "notices/" + src.ID + ".md", Area: src.Area, Status: content.InForce}, Paragraphs: p.body, Headings: map[int]string{}, Together: map[int]int{}}
	n.readHeader(p, src)
	for i, s := range statements(p.body) {
		n.Passages = append(n.Passages, content.Passage{Number: i + 1, Text: s.text})
		n.Together[i+1] = s.paragraph
		if s.heading != "" {
			n.Headings[i+1] = s.heading
		}
	}
	if len(n.Passages) == 0 {
		return Notice{}, &problem.Invalid{Field: "text", Reason: "没有找到正文：请粘贴公告的全文，标题和正文各占一行"}
	}
	n.ReviewBy = n.reviewBy()
	n.mark()
	return n, nil
}

// Of takes up a notice as a folder has it, passages and all.
func Of(published content.Notice) Notice {
	n := Notice{Notice: published, Word: wordOf(published.Headline), Headings: map[int]string{}, Together: map[int]int{}}
	for i, p := range n.Passages {
		n.Together[p.Number] = i
		if label := inlineHeading.FindStringSubmatch(p.Text); label != nil {
			n.Headings[p.Number] = label[1]
		}
	}
	n.mark()
	return n
}

// mark finds the marks anew.
func (n *Notice) mark() {
	n.Marks = nil
	for _, p := range n.Passages {
		n.Marks = append(n.Marks, marksOf(p)...)
	}
}

// reviewBy is the last day that the text prints, when that is to come within a year; else a quarter of a year on.
func (n *Notice) reviewBy() content.Date {
	day := func(d content.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	from := day(n.Date)
	last := from
	for _, p := range n.Passages {
		for _, d := range datesIn(p.Text, n.Date.Year) {
			if t := day(d); t.After(last) && t.Before(from.AddDate(1, 0, 1)) {
				last = t
			}
		}
	}
	if last.Equal(from) {
		last = from.AddDate(0, 3, 0)
	}
	return content.DateOf(last)
}

var fullDate = regexp.MustCompile(`(?:([0-9]{4})\s*年\s*)?([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]`)

// datesIn are the days that a text prints, in its order; one without a year takes that of the date before it, else the given one.
func datesIn(text string, year int) (all []content.Date) {
	for _, m := range fullDate.FindAllStringSubmatch(narrowDigits(text), -1) {
		if m[1] != "" {
			year = atoi(m[1])
		}
		if d, ok := civil(year, atoi(m[2]), atoi(m[3])); ok {
			all = append(all, d)
		}
	}
	return all
}

func civil(year, month, day int) (content.Date, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	d := content.DateOf(t)
	return d, d == content.Date{Year: year, Month: time.Month(month), Day: day}
}

func atoi(digits string) int {
	n := 0
	for _, r := range digits {
		n = n*10 + int(r-'0')
	}
	return n
}

// narrowDigits writes digits of full width as others.
func narrowDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}
