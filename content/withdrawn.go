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
		src = bytes.TrimPrefix(src, []byte("\ufeff"))
		src = bytes.ReplaceAll(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		if withdrawnLine.Match(frontMatter(src)) {
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
