package parts

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

// What a part is made of: string, bool, []any and map[string]any. A text that has no value is "".

// parse is a YAML file as a tree, and as values. A file that cannot be read is the error, with what is wrong at which line.
func parse(file string, src []byte) (ast.Node, any, error) {
	var problems problem.List
	root := rootOf(file, src, &problems)
	if root == nil {
		return nil, nil, &FileError{Problems: problems}
	}
	v, ok := valueOf(root)
	if !ok {
		return nil, nil, &FileError{File: file}
	}
	return root, v, nil
}

// rootOf is the root node of a file, as its own reader bounds it.
func rootOf(file string, src []byte, problems *problem.List) ast.Node {
	if strings.HasPrefix(file, "intents/") {
		return intents.ParseYAML(file, src, problems)
	}
	return content.ParseYAML(file, src, problems)
}

// valueOf is false for what has no form: anchors, aliases, tags, and a key that stands twice.
func valueOf(n ast.Node) (any, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value), true // as every reader of these files does
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case *ast.NullNode:
		return "", true
	case *ast.SequenceNode:
		all := make([]any, 0, len(n.Values))
		for _, item := range n.Values {
			v, ok := valueOf(item)
			if !ok {
				return nil, false
			}
			all = append(all, v)
		}
		return all, true
	}
	pairs, ok := pairsOf(n)
	if !ok {
		return nil, false
	}
	all := map[string]any{}
	for _, p := range pairs {
		key, isText := p.Key.(*ast.StringNode)
		v, ok := valueOf(p.Value)
		if !ok || !isText {
			return nil, false
		}
		if _, twice := all[key.Value]; twice {
			return nil, false
		}
		all[key.Value] = v
	}
	return all, true
}

// pairsOf are the keys and values of a mapping.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// inFlow says whether a node stands in brackets.
func inFlow(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.IsFlowStyle
	case *ast.SequenceNode:
		return n.IsFlowStyle
	}
	return false
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// empty says whether a list or a mapping holds nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
