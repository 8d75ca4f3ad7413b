package content

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// maxReadyPhrase is half an answer, in characters: something has to be said besides.
const maxReadyPhrase = 300

func (m mapping) phrases() []string {
	var phrases []string
	for _, node := range m.list("phrases") {
		text, ok := node.(*ast.StringNode)
		if !ok || strings.TrimSpace(text.Value) == "" || utf8.RuneCountInString(text.Value) > maxReadyPhrase {
			m.problems.Addf(m.file, lineOf(node), "phrases 的每一项写一句答复留言时常用的话，最多%d个字", maxReadyPhrase)
			continue
		}
		phrases = append(phrases, strings.TrimSpace(text.Value))
	}
	return phrases
}
