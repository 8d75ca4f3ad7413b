package propose

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/problem"
)

// An edit keeps numbers stable, so that a citation says tomorrow what it says today:
//
//	cut    the first piece keeps the number; the second takes the one after the highest, and stands behind the first
//	merge  the two pieces stand next to each other; the first keeps its number, the second's is given up
//
// So numbers name passages and do not count them: they may have gaps, and need not rise. What cites the passage follows (cite.go).

// Edit cuts a passage, or merges the one that follows it into it.
type Edit struct {
	Passage int
	Cut     string // the beginning of the second piece
	Merge   int    // the number of the passage that follows
}

// Moved says which passages now print what one printed.
type Moved struct {
	From int
	To   []int
}

// Edit makes one edit.
func (n Notice) Edit(e Edit) (Notice, Moved, error) {
	switch {
	case (e.Cut == "") == (e.Merge == 0):
		return n, Moved{}, &problem.Invalid{Field: "cut", Reason: "切分写第二段开头的几个字（cut），合并写后面一段的段号（merge）：只写其中一项"}
	case e.Cut != "":
		return n.Cut(e.Passage, e.Cut)
	}
	return n.Merge(e.Passage, e.Merge)
}

// Cut cuts a passage before the first place where rest begins: rest is the beginning of the second piece.
func (n Notice) Cut(number int, rest string) (Notice, Moved, error) {
	i := n.at(number)
	if i < 0 {
		return n, Moved{}, noPassage("passage", number)
	}
	text := n.Passages[i].Text
	before, _, found := strings.Cut(text, rest)
	if rest == "" || !found || strings.TrimSpace(before) == "" {
		return n, Moved{}, &problem.Invalid{Field: "cut", Reason: "写第二段开头的几个字：第" + strconv.Itoa(number) + "段里没有这些字，或者它们就在段首"}
	}
	next := content.Passage{Number: n.next(), Text: strings.TrimSpace(text[len(before):])}
	n.Passages = slices.Insert(slices.Clone(n.Passages), i+1, next)
	n.Passages[i].Text = strings.TrimSpace(before)
	n.Headings, n.Together = maps.Clone(n.Headings), maps.Clone(n.Together)
	n.Together[next.Number] = n.Together[number]
	n.mark()
	return n, Moved{number, []int{number, next.Number}}, nil
}

// Merge puts the passage that follows another one to its end.
func (n Notice) Merge(number, following int) (Notice, Moved, error) {
	i := n.at(number)
	switch {
	case i < 0:
		return n, Moved{}, noPassage("passage", number)
	case i+1 >= len(n.Passages) || n.Passages[i+1].Number != following:
		return n, Moved{}, &problem.Invalid{Field: "merge", Reason: "只能并入紧接在后面的一段：第" + strconv.Itoa(number) + "段后面不是第" + strconv.Itoa(following) + "段"}
	case utf8.RuneCountInString(n.Passages[i].Text+n.Passages[i+1].Text) > 1000:
		return n, Moved{}, &problem.Invalid{Field: "merge", Reason: "并在一起超过1000字：一段只说一件事"}
	}
	n.Passages = slices.Clone(n.Passages)
	n.Passages[i].Text += n.Passages[i+1].Text
	n.Passages = slices.Delete(n.Passages, i+1, i+2)
	n.mark()
	return n, Moved{following, []int{number}}, nil
}

func (n Notice) at(number int) int {
	return slices.IndexFunc(n.Passages, func(p content.Passage) bool { return p.Number == number })
}

// next is the number after the highest: those between do not come back.
func (n Notice) next() int {
	highest := 0
	for _, p := range n.Passages {
		highest = max(highest, p.Number)
	}
	return highest + 1
}

func noPassage(field string, number int) error {
	return &problem.Invalid{Field: field, Reason: "公告没有第" + strconv.Itoa(number) + "段"}
}
