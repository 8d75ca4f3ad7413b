package content

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/plaintext"
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
		problems.Addf(file, 1, "缺少开头的各项：先写一行 ---，再逐行写 id、headline 等各项，再写一行 ---")
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
	n.ID, n.Headline, n.Issuer, n.Publisher = m.text("id"), m.plain("headline"), m.plain("issuer"), m.plain("publisher")
	n.Date, n.YearInferred, n.Area = m.date("date"), m.flag("year_inferred"), m.text("area")
	n.ReviewBy, n.Status = m.date("review_by"), Status(m.text("status"))
	n.SupersededBy, _ = m.optional("superseded_by")

	if want := strings.TrimSuffix(path.Base(n.File), ".md"); n.ID != "" && n.ID != want {
		problems.Addf(n.File, m.at("id"), "编号%s与文件名不一致：请写 id: %s，或者改文件名", plaintext.Quote(n.ID), want)
	} else if n.ID != "" && !noticeID.MatchString(n.ID) {
		problems.Addf(n.File, m.at("id"), "编号%s只能用字母、数字、- 和 _，并以字母或数字开头", plaintext.Quote(n.ID))
	}
	if n.Date != (Date{}) && n.ReviewBy != (Date{}) && n.ReviewBy.Before(n.Date) {
		problems.Addf(n.File, m.at("review_by"), "复核日期 review_by 是 %s，早于公告日期 %s：请核对", n.ReviewBy.ISO(), n.Date.ISO())
	}
	switch n.Status {
	case Withdrawn: // superseded_by may name what to read instead
	case InForce:
		if n.SupersededBy != "" {
			problems.Addf(n.File, m.at("superseded_by"), "写了 superseded_by，status 应写 superseded（已被取代），不能写 %s", n.Status)
		}
	case Superseded:
		if n.SupersededBy == "" {
			problems.Addf(n.File, m.at("status"), "status 是 superseded（已被取代）：请在 superseded_by 里写取代它的公告")
		}
	case "":
	default:
		problems.Addf(n.File, m.at("status"), "status 不能写%s：请写 in_force（有效）、superseded（已被取代）或 withdrawn（已撤回）", plaintext.Quote(string(n.Status)))
	}
}

// readPassages reads the body, whose first line has the given number in the file.
func (n *Notice) readPassages(body string, first int, problems *problem.List) {
	open := false // whether the last line belonged to a passage, so that the next may continue it
	line, before := first-1, len(*problems)
	for text := range strings.Lines(body) {
		line++
		if problems.Enough(n.File, line, before) {
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
				problems.Addf(n.File, line, "第%d段写了两次：第%d行已写，新的一段请用没有用过的段落号", number, first.Line)
			} else if number == 0 {
				problems.Addf(n.File, line, "段落从1编起，没有第0段")
			}
			n.Passages = append(n.Passages, Passage{Number: number, Text: match[2], Line: line})
			open = true
		case open:
			last := &n.Passages[len(n.Passages)-1]
			if len(last.Text) > maxPassage {
				continue
			}
			if last.Text = joinLines(last.Text, text); len(last.Text) > maxPassage {
				problems.Addf(n.File, line, "第%d段超过%d字节：一段只说一件事，请分成几段", last.Number, maxPassage)
			}
		default:
			problems.Addf(n.File, line, "这一行不属于任何一段：每段以段落号开头，例如“1. 今天停水。”")
		}
	}
	for _, p := range n.Passages {
		if why := plaintext.Unfit(p.Text); why != "" {
			problems.Addf(n.File, p.Line, "第%d段不能这样写：%s", p.Number, why)
		}
	}
	if len(n.Passages) == 0 {
		problems.Addf(n.File, first, "没有段落：请在第二行 --- 之后逐段写，例如“1. 今天停水。”")
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
			problems.Addf(n.File, line, "superseded_by 写的公告%s不存在：请核对编号", plaintext.Quote(n.SupersededBy))
		case next == nil && lib.withdrawnAfter(n): // a withdrawal is never what makes a folder faulty
			problems.Warnf(n.File, line, "superseded_by 写的%s，最后指向一份已撤回的公告", n.SupersededBy)
		case next == nil:
			problems.Addf(n.File, line, "superseded_by 写的%s，最后没有指向有效的公告：请写有效公告的编号", n.SupersededBy)
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
