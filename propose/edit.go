package propose

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

// An edit keeps numbers stable, so that a citation says tomorrow what it says today:
//
//	cut    the first piece keeps the number; the second takes the next one that the notice never had, and stands behind the first
//	merge  the two pieces stand next to each other; the first keeps its number, the second's is given up, and its citations move to the first
//
// So numbers name passages and do not count them: they may have gaps, and need not rise.

// Moved says which number took the place of which.
type Moved struct{ From, To int }

// Cut cuts a passage before the first place where rest begins: rest is the beginning of the second piece.
func (n Notice) Cut(number int, rest string) (Notice, error) {
	i := n.at(number)
	if i < 0 {
		return n, noPassage("number", number)
	}
	text := n.Passages[i].Text
	before, _, found := strings.Cut(text, rest)
	if rest == "" || !found || strings.TrimSpace(before) == "" {
		return n, &problem.Invalid{Field: "rest", Reason: "写第二段开头的几个字：第" + strconv.Itoa(number) + "段里没有这些字，或者它们就在段首"}
	}
	next := content.Passage{Number: n.next(), Text: strings.TrimSpace(text[len(before):])}
	n.Passages = slices.Insert(slices.Clone(n.Passages), i+1, next)
	n.Passages[i].Text = strings.TrimSpace(before)
	n.mark()
	return n, nil
}

// Merge puts the passage that follows another one to its end.
func (n Notice) Merge(number, following int) (Notice, Moved, error) {
	i := n.at(number)
	switch {
	case i < 0:
		return n, Moved{}, noPassage("number", number)
	case i+1 >= len(n.Passages) || n.Passages[i+1].Number != following:
		return n, Moved{}, &problem.Invalid{Field: "following", Reason: "只能并入紧接在后面的一段：第" + strconv.Itoa(number) + "段后面不是第" + strconv.Itoa(following) + "段"}
	case utf8.RuneCountInString(n.Passages[i].Text+n.Passages[i+1].Text) > 1000:
		return n, Moved{}, &problem.Invalid{Field: "following", Reason: "并在一起超过1000字：一段只说一件事"}
	}
	n.Passages = slices.Clone(n.Passages)
	n.Passages[i].Text += n.Passages[i+1].Text
	n.Passages = slices.Delete(n.Passages, i+1, i+2)
	n.mark()
	return n, Moved{From: following, To: number}, nil
}

// Move has citations follow a merge.
func (m Moved) Move(notice string, all []intents.Citation) []intents.Citation {
	var kept []intents.Citation
	for _, c := range all {
		if c.Notice == notice && c.Passage == m.From {
			c.Passage = m.To
		}
		if !slices.Contains(kept, c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (n Notice) at(number int) int {
	return slices.IndexFunc(n.Passages, func(p content.Passage) bool { return p.Number == number })
}

// next is a number that no passage has; given up ones below the highest do not come back.
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
