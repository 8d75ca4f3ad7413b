package content

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/problem"
)

var (
	noticeID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	numbered = regexp.MustCompile(`^([0-9]{1,4})\.[ \t]+(.*)$`)
)

// maxPassage is twice what fits into a reply, in bytes.
const maxPassage = 4096

// parseNotice reads front matter between two --- lines, then passages "1. text". A passage runs on until an empty line or the next
// number. Numbers name passages and do not count them: whoever cuts a passage gives the second piece a number that none had, and citations of
// the others stay right.
func parseNotice(file string, src []byte, problems *problem.List) *Notice {
	n := &Notice{File: file}
	text := string(src)
	head, ok := strings.CutPrefix(text, "---\n")
	end := strings.Index("\n"+head, "\n---\n")
	if !ok || end < 0 {
		problems.Addf(file, 1, "front matter is missing: begin with a line ---, then keys, then a line ---")
		return n
	}
	// The empty first line stands for ---, so that the parser counts lines as an editor does.
	front := "\n" + head[:end]
	n.readFront(front, problems)
	body := strings.TrimPrefix(head[end:], "---\n")
	n.readPassages(body, strings.Count(front, "\n")+2, problems)
	return n
}

func (n *Notice) readFront(front string, problems *problem.List) {
	root := parseYAML(n.File, []byte(front), problems)
	if root == nil {
		return
	}
	m, ok := newMapping(n.File, root, problems, "id", "headline", "issuer", "publisher", "date", "year_inferred", "area",
		"review_by", "status", "superseded_by")
	if !ok {
		return
	}
	n.Lines = m.lines()
	n.ID, n.Headline, n.Issuer, n.Publisher = m.text("id"), m.text("headline"), m.text("issuer"), m.text("publisher")
	n.Date, n.YearInferred, n.Area = m.date("date"), m.flag("year_inferred"), m.text("area")
	n.ReviewBy, n.Status = m.date("review_by"), Status(m.text("status"))
	n.SupersededBy, _ = m.optional("superseded_by")

	if want := strings.TrimSuffix(path.Base(n.File), ".md"); n.ID != "" && n.ID != want {
		problems.Addf(n.File, m.at("id"), "id %q does not match the file name: write id: %s or rename the file", n.ID, want)
	} else if n.ID != "" && !noticeID.MatchString(n.ID) {
		problems.Addf(n.File, m.at("id"), "id %q: use letters, digits, - and _ only", n.ID)
	}
	if n.Date != (Date{}) && n.ReviewBy != (Date{}) && n.ReviewBy.Before(n.Date) {
		problems.Addf(n.File, m.at("review_by"), "review_by %s is before the notice's date %s", n.ReviewBy.ISO(), n.Date.ISO())
	}
	switch n.Status {
	case Withdrawn: // superseded_by may name what to read instead
	case InForce:
		if n.SupersededBy != "" {
			problems.Addf(n.File, m.at("superseded_by"), "superseded_by goes with status: superseded, not %s", n.Status)
		}
	case Superseded:
		if n.SupersededBy == "" {
			problems.Addf(n.File, m.at("status"), "status is superseded: name the notice that replaced it as superseded_by")
		}
	case "":
	default:
		problems.Addf(n.File, m.at("status"), "status %q: write in_force, superseded or withdrawn", n.Status)
	}
}

// readPassages reads the body, whose first line has the given number in the file.
func (n *Notice) readPassages(body string, first int, problems *problem.List) {
	open := false // whether the last line belonged to a passage, so that the next may continue it
	line, before := first-1, len(*problems)
	for text := range strings.Lines(body) {
		line++
		if len(*problems)-before > enough {
			problems.Addf(n.File, line, "has more problems than these %d: the rest was not looked at", enough)
			return
		}
		text = strings.TrimSpace(text)
		match := numbered.FindStringSubmatch(text)
		switch {
		case text == "":
			open = false
		case match != nil:
			number, _ := strconv.Atoi(match[1])
			if first, taken := n.Passage(number); taken {
				problems.Addf(n.File, line, "passage %d stands here twice: also on line %d; a new passage takes a number that none has", number, first.Line)
			} else if number == 0 {
				problems.Addf(n.File, line, "passage 0: passages are numbered from 1")
			}
			n.Passages = append(n.Passages, Passage{Number: number, Text: match[2], Line: line})
			open = true
		case open:
			last := &n.Passages[len(n.Passages)-1]
			if len(last.Text) > maxPassage {
				continue
			}
			if last.Text = joinLines(last.Text, text); len(last.Text) > maxPassage {
				problems.Addf(n.File, line, "passage %d has more than %d bytes: one passage makes one statement, split it", last.Number, maxPassage)
			}
		default:
			problems.Addf(n.File, line, "text outside the numbered passages: begin a passage with its number, as in \"1. …\"")
		}
	}
	if len(n.Passages) == 0 {
		problems.Addf(n.File, first, "no passage was found: write them as \"1. …\" after the front matter")
	}
}

// joinLines puts a space between words of alphabets only: Chinese runs on.
func joinLines(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	next, _ := utf8.DecodeRuneInString(b)
	if last < unicode.MaxLatin1 && next < unicode.MaxLatin1 {
		return a + " " + b
	}
	return a + b
}

// checkSuccessors follows every superseded notice to one that is still in force.
func checkSuccessors(lib *Library, problems *problem.List) {
	for _, n := range lib.Notices {
		if n.SupersededBy == "" || n.Status != Superseded && n.Status != Withdrawn {
			continue
		}
		line := n.Lines["superseded_by"]
		switch next := lib.Successor(n); {
		case lib.Notices[n.SupersededBy] == nil:
			problems.Addf(n.File, line, "superseded_by %q: there is no such notice", n.SupersededBy)
		case next == nil && lib.withdrawnAfter(n): // a withdrawal is never what makes a folder faulty
			problems.Warnf(n.File, line, "superseded_by %s leads to a notice that is withdrawn", n.SupersededBy)
		case next == nil:
			problems.Addf(n.File, line, "superseded_by %s leads to no notice in force", n.SupersededBy)
		}
	}
}

// withdrawnAfter says whether what replaced n was withdrawn.
func (l *Library) withdrawnAfter(n *Notice) bool {
	for range len(l.Notices) {
		if n = l.Notices[n.SupersededBy]; n == nil || n.Status == Withdrawn {
			return n != nil
		}
	}
	return false
}

// Successor is the notice in force that replaced n, however many steps away; nil when there is none.
func (l *Library) Successor(n *Notice) *Notice {
	for range len(l.Notices) {
		n = l.Notices[n.SupersededBy]
		if n == nil || n.Status == InForce {
			return n
		}
	}
	return nil
}
