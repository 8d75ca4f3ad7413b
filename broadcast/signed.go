package broadcast

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"towncrier/content"
)

// Group is what a field of what is signed is about.
type Group string

const (
	OfMatter   Group = "matter"
	OfContent  Group = "content"
	OfBasis    Group = "basis"
	OfAudience Group = "audience"
	OfCost     Group = "cost"
	OfTime     Group = "time"
	OfFallback Group = "fallback"
)

// Groups are all of them, in the order in which people read them.
var Groups = []Group{OfMatter, OfContent, OfBasis, OfAudience, OfCost, OfTime, OfFallback}

var groupLabels = map[Group]string{OfMatter: "基本情况", OfContent: "内容", OfBasis: "依据", OfAudience: "对象", OfCost: "费用", OfTime: "时间", OfFallback: "送不到时"}

// Label is what an official reads for it, in Chinese.
func (g Group) Label() string { return groupLabels[g] }

// Line is one field of what is signed, as people read it. Counts of few people are not in it.
type Line struct {
	Group Group
	Part  string // of several alike: the channel, the passage, the list
	Field string // its name in what is hashed
	Label string
	Value string // "" when nothing is written
	Depth int    // of a condition of the audience: within how many others
}

// Signed is all that a hash stands for.
type Signed struct {
	Lines  []Line
	Hash   []byte // nil before submission
	Intact bool   // Lines are what Hash stands for; false before submission, and when a template or a passage changed since
}

// Signed lists every field that the hash of a broadcast stands for, and nothing else.
func (s *Service) Signed(ctx context.Context, by Official, id string) (Signed, error) {
	b, err := s.Find(ctx, by, id)
	if err == nil {
		s, err = s.upToDate(ctx)
	}
	if err != nil {
		return Signed{}, err
	}
	names, err := s.Names(ctx, by, b.Proposal())
	return Signed{b.canonical(s.reading(names)).lines, b.Hash, s.intact(b)}, err
}

// SignedSeries is Signed of a series.
func (s *Service) SignedSeries(ctx context.Context, by Official, id string) (Signed, error) {
	series, err := s.GetSeries(ctx, by, id)
	if err == nil {
		s, err = s.upToDate(ctx)
	}
	if err != nil {
		return Signed{}, err
	}
	names, err := s.Names(ctx, by, series.Proposal)
	return Signed{series.canonical(s.reading(names)).lines, series.Hash, s.intactSeries(series)}, err
}

// reading is what fields are read by. Only people need names and the price.
type reading struct {
	lib   *content.Library
	sign  string
	names Names
	price Money // of a part of a text
}

func (s *Service) reading(names Names) reading {
	return reading{s.Content(), s.Sign, names, Money(s.Price)}
}

// encoder writes each field twice: for the hash, and as a line for people. So nobody signs what is not shown.
//
// For the hash a field is "name length:value" and a line feed. The length, in bytes, keeps one field's value from being read as the
// next field, so that two different sequences of fields never have the same encoding.
type encoder struct {
	bytes.Buffer
	reading
	lines []Line
	at    Line // Group, Part and Depth of the next
}

// under says what the next fields are about.
func (e *encoder) under(g Group, part string) { e.at.Group, e.at.Part = g, part }

func (e *encoder) field(name, value, label, shown string) {
	fmt.Fprintf(e, "%s %d:%s\n", name, len(value), value)
	line := e.at
	line.Field, line.Label, line.Value = name, label, shown
	e.lines = append(e.lines, line)
}

// end is the one field without a line: it is always the same.
func (e *encoder) end() { e.WriteString("end 0:\n") }

func (e *encoder) text(name, value, label string) { e.field(name, value, label, value) }

func (e *encoder) number(name string, n int, label, format string) {
	e.field(name, strconv.Itoa(n), label, fmt.Sprintf(format, n))
}

func (e *encoder) money(name string, m Money, label, shown string) {
	e.field(name, strconv.FormatInt(int64(m), 10), label, shown)
}

func (e *encoder) flag(name string, is bool, label, yes, no string) {
	shown := no
	if is {
		shown = yes
	}
	e.field(name, strconv.FormatBool(is), label, shown)
}

// time is to the millisecond, as it is kept; no time is empty.
func (e *encoder) time(name string, t time.Time, label, none string) {
	if t.IsZero() {
		e.field(name, "", label, none)
		return
	}
	form := "2006年1月2日 15:04"
	if !t.Equal(t.Truncate(time.Minute)) {
		form += ":05.000"
	}
	e.field(name, strconv.FormatInt(t.UnixMilli(), 10), label, t.In(Zone).Format(form))
}

func (e *encoder) wait(name string, d time.Duration, label, none string) {
	shown := none
	switch {
	case d%time.Minute != 0:
		shown = d.String()
	case d != 0:
		shown = fmt.Sprintf("%d分钟", d/time.Minute)
		if d%time.Hour == 0 {
			shown = fmt.Sprintf("%d小时", d/time.Hour)
		}
	}
	e.field(name, strconv.FormatInt(int64(d), 10), label, shown)
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// digestOf names what nobody is shown, so that people see when it changed.
func digestOf(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// shownFigures are a broadcast's counts as people may see them.
type shownFigures struct{ size, cost, costMost, saved string }

func (b Broadcast) shown(price Money) shownFigures {
	each := Money(b.Expected.Parts) * price
	switch {
	case b.Hash == nil:
		return shownFigures{uncounted, uncounted, uncounted, uncounted}
	case b.Audience.List == "":
		of := func(m Money) string { _, label := AboutCost(m, each); return label }
		return shownFigures{label(About(b.Size)), of(b.Expected.Cost), of(b.Expected.CostMost), of(b.Expected.Saved)}
	case len(b.Lists) == 0: // from before lines were counted
		return shownFigures{"按名单发送", CostUntold, CostUntold, CostUntold}
	}
	return shownFigures{label(AtMost(b.Lists[0].Lines)), CostUntold, "至多" + (Money(b.Lists[0].Lines) * each).String(), CostUntold}
}

// uncounted is a count of what was not submitted yet.
const uncounted = "送审时统计"
