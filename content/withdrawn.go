package content

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"towncrier/problem"
)

// withdrawnLine is the line of a notice's front matter that withdraws it.
var withdrawnLine = regexp.MustCompile(`(?m)^[ \t]*["']?status["']?[ \t]*:[ \t]*["']?withdrawn["']?[ \t]*(?:#.*)?$`)

// WithdrawnIn names the notices, by their files, that say of themselves that they are withdrawn. It reads nothing else and needs
// nothing else to be right: a withdrawal holds although the notice, or another file, is faulty, half saved or cannot be read.
func WithdrawnIn(fsys fs.FS) []string {
	var ids []string
	var ignored problem.List
	for _, file := range list(fsys, "notices", ".md", &ignored) {
		src, err := readBounded(fsys, file)
		if err != nil {
			continue
		}
		if withdrawnLine.Match(frontMatter(normalise(src))) {
			ids = append(ids, path.Base(file[:len(file)-len(".md")]))
		}
	}
	slices.Sort(ids)
	return ids
}

// frontMatter is what stands before a notice's passages: up to the second line of ---, or else to the first passage, since
// either may be missing.
func frontMatter(src []byte) []byte {
	head := bytes.TrimPrefix(src, []byte("---\n"))
	if before, _, found := bytes.Cut(head, []byte("\n---")); found {
		return before
	}
	for offset := 0; offset < len(head); {
		line, _, _ := bytes.Cut(head[offset:], []byte("\n"))
		if numbered.Match(line) {
			return head[:offset]
		}
		offset += len(line) + 1
	}
	return head
}

// statusLine and successorLine are those lines as the front matter of a notice has them.
var (
	statusLine    = regexp.MustCompile(`(?m)^[ \t]*["']?status["']?[ \t]*:[^\r\n]*`)
	successorLine = regexp.MustCompile(`(?m)^[ \t]*["']?superseded_by["']?[ \t]*:[^\n]*(?:\n|$)`)
)

// Withdraw is the file of a notice as one that is withdrawn, with the notice, "" for none, that residents are sent to instead. No other
// byte of it changes, unless its front matter does not have a line for each key: then the file is written anew.
func Withdraw(src []byte, successor string) []byte {
	var ignored problem.List
	n := parseNotice("", normalise(src), &ignored)
	n.Status, n.SupersededBy = Withdrawn, successor
	whole := n.Format()
	edited := withdrawLine(src, successor)
	if !bytes.Equal(parseNotice("", normalise(edited), &ignored).Format(), whole) {
		return whole
	}
	return edited
}

// withdrawLine replaces the lines of the status and of the successor.
func withdrawLine(src []byte, successor string) []byte {
	end := bytes.Index(src, []byte("\n---")) + 1 // of the front matter
	said := []byte("status: " + string(Withdrawn))
	if successor != "" {
		eol := "\n"
		if bytes.Contains(src[:end], []byte("\r\n")) {
			eol = "\r\n"
		}
		said = append(said, eol+"superseded_by: "+successor...)
	}
	front := statusLine.ReplaceAllLiteral(successorLine.ReplaceAllLiteral(src[:end], nil), said)
	return slices.Concat(front, src[end:])
}

// normalise is a text without a mark at its beginning and with \n for every line end.
func normalise(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	return bytes.ReplaceAll(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}
