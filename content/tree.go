package content

import (
	"github.com/goccy/go-yaml/ast"

	"towncrier/problem"
)

// ParseYAML is the root node of a file of a city, nil after a problem was reported. It bounds what the parser is given.
func ParseYAML(file string, src []byte, problems *problem.List) ast.Node {
	return parseYAML(file, src, problems)
}

// ParseNotice is the notice that a file holds, as far as it can be read.
func ParseNotice(file string, src []byte, problems *problem.List) *Notice {
	return parseNotice(file, src, problems)
}
