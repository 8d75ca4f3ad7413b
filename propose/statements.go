package propose

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// statement is a passage to be, with the heading that it stands under.
type statement struct {
	text      string
	heading   string
	paragraph int // the one that it stands in; what is under one heading is one
}

var (
	numbering     = regexp.MustCompile(`^\s*([一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[）)][、.．]?|[0-9]{1,2}[、.．](?:[^0-9]|$)|[（(][0-9]{1,2}[）)]|[①-⑳]|第[一二三四五六七八九十]{1,3}[条，、：])`)
	inlineHeading = regexp.MustCompile(`^([^。；，、：:0-9“”《》]{2,10})[：:]\p{Han}?`)
	// bracketed begins with its title in brackets: 【谁能报】….
	bracketed = regexp.MustCompile(`^【([^】]{2,12})】[:：]?\s*(.*)$`)
	// titledParagraph begins with its title as a sentence: 申请条件。…
	titledParagraph = regexp.MustCompile(`^(\p{Han}{2,8})[。 　]\s*(\S.*)$`)
	ends            = regexp.MustCompile(`[^。！？!?]*[。！？!?]+[”）]?|[^。！？!?]+$`)
	// leaning begins a sentence that says nothing without the one before.
	leaning = regexp.MustCompile(`^(其中|否则|但|因此|届时|上述|该|同时|此外|另外|此项|这些?|以上|对此|待)`)
)

const (
	shortHeading = 18  // characters of a line that is a heading alone
	shortItem    = 60  // of an item of a list that goes with its like
	mostTogether = 200 // of items that make one passage
	least        = 10  // of a statement that stands alone
	longSentence = 120 // that is cut at its semicolons
)

// statements cuts paragraphs where a statement ends. A heading goes with each statement below it, so that each can be read alone.
func statements(paragraphs []string) []statement {
	var all []statement
	headings := map[int]string{} // by depth
	paragraph, under := 0, ""
	for i := 0; i < len(paragraphs); i++ {
		text, depth := unnumbered(paragraphs[i])
		text = bracketed.ReplaceAllString(text, "$1：$2")
		if isHeading(text, i+1 < len(paragraphs)) {
			for d := range headings {
				if d >= depth {
					delete(headings, d)
				}
			}
			headings[depth] = strings.TrimRight(text, "：:。")
			continue
		}
		if depth < unnumberedDepth {
			for d := range headings {
				if d >= depth {
					delete(headings, d)
				}
			}
		}
		heading := deepest(headings)
		if heading == "" || heading != under {
			paragraph, under = i, heading
		}
		if strings.HasSuffix(text, "。") { // the last of what an unnumbered heading is over
			delete(headings, unnumberedDepth)
		}
		// Short items of one list make one passage.
		if items := listFrom(paragraphs[i:], depth); len(items) > 1 && heading != "" {
			all = append(all, statement{heading + "：" + strings.Join(items, ""), heading, paragraph})
			i += len(items) - 1
			delete(headings, unnumberedDepth)
			continue
		}
		own := ""
		if m := inlineHeading.FindStringSubmatch(text); m != nil {
			own = m[1]
		} else if m := titledParagraph.FindStringSubmatch(text); m != nil && depth < unnumberedDepth {
			own = m[1]
			text = own + "：" + m[2]
		}
		// What a colon announces goes with it.
		if strings.HasSuffix(text, "：") && i+1 < len(paragraphs) {
			if _, next := unnumbered(paragraphs[i+1]); next > depth {
				items := listFrom(paragraphs[i+1:], next)
				text += strings.Join(items, "")
				i += len(items)
			}
		}
		for j, s := range sentences(text) {
			st := statement{s, heading, paragraph}
			switch {
			case own != "":
				st.heading = own
				if j > 0 {
					st.text = own + "：" + s
				}
				if heading != "" && !strings.Contains(heading, own) {
					st.text = heading + "：" + st.text
				}
			case heading != "":
				st.text = heading + "：" + s
			}
			all = append(all, st)
		}
	}
	return all
}

// unnumberedDepth is that of a line without a number.
const unnumberedDepth = 5

// unnumbered takes the number from a line, and tells how deep it stands: 一、 above （一） above 1. above （1）.
func unnumbered(l string) (text string, depth int) {
	m := numbering.FindStringSubmatchIndex(l)
	if m == nil {
		return strings.TrimSpace(l), unnumberedDepth
	}
	number := l[m[2]:m[3]]
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(number))
	switch {
	case first == '第' || strings.ContainsRune("一二三四五六七八九十", first):
		depth = 1
	case strings.ContainsRune("（(", first) && strings.ContainsAny(number, "一二三四五六七八九十"):
		depth = 2
	case first >= '0' && first <= '9':
		depth = 3
		number = strings.TrimRightFunc(number, func(r rune) bool { return !strings.ContainsRune("、.．", r) })
	default:
		depth = 4
	}
	return strings.TrimSpace(l[m[2]+len(number):]), depth
}

func isHeading(text string, more bool) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	short := utf8.RuneCountInString(text) <= shortHeading
	return more && short && !strings.ContainsAny(text, "，。；！？") && (strings.ContainsRune("：:", last) || !strings.ContainsAny(text, "：:"))
}

func deepest(headings map[int]string) string {
	best := 0
	for d := range headings {
		best = max(best, d)
	}
	return headings[best]
}

// listFrom are the short items that follow each other at one depth, as long as they may stand together.
func listFrom(paragraphs []string, depth int) (items []string) {
	if depth == 1 {
		return nil
	}
	total := 0
	for _, p := range paragraphs {
		text, d := unnumbered(p)
		n := utf8.RuneCountInString(text)
		if d != depth || n > shortItem || strings.Contains(strings.TrimSuffix(text, "。"), "。") || total+n > mostTogether {
			break
		}
		total += n
		if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune("；;。，、", last) {
			text += "；"
		}
		if items = append(items, text); strings.HasSuffix(text, "。") {
			break
		}
	}
	return items
}

// sentences cuts a paragraph; what is too short to stand alone, or leans on what is before, stays with it.
func sentences(text string) (all []string) {
	for _, s := range ends.FindAllString(text, -1) {
		s = announcing.ReplaceAllString(strings.TrimSpace(s), "。")
		switch {
		case s == "" || formula.MatchString(s):
		case len(all) > 0 && (leaning.MatchString(s) || utf8.RuneCountInString(s) < least || utf8.RuneCountInString(all[len(all)-1]) < least):
			all[len(all)-1] += s
		case utf8.RuneCountInString(s) > longSentence:
			all = append(all, clausesOf(s)...)
		default:
			all = append(all, s)
		}
	}
	return all
}

// clausesOf cuts a long sentence at its semicolons.
func clausesOf(s string) (all []string) {
	for part := range strings.SplitAfterSeq(s, "；") {
		if len(all) > 0 && (utf8.RuneCountInString(part) < 2*least || leaning.MatchString(part)) {
			all[len(all)-1] += part
		} else if part != "" {
			all = append(all, part)
		}
	}
	return all
}
