package content

import (
	"errors"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"towncrier/plaintext"
	"towncrier/problem"
)

// mapping is one YAML mapping whose keys still know their lines. It is read from the syntax tree and not decoded into
// structs, so that every fault of a file is reported at once, and aliases, tags and merge keys are never followed.
type mapping struct {
	file     string
	line     int
	fields   map[string]field
	problems *problem.List
}

type field struct {
	line  int
	value ast.Node
}

// maxYAML bounds what the parser sees, in bytes. Its time grows with the square of the number of keys: 256 KiB of them took it 25 s, 32 KiB
// 0.4 s, and a city with a hundred contacts has 20 KiB.
const maxYAML = 32 << 10

// parseYAML gives the root node of a file, nil when it is empty or is not YAML.
func parseYAML(file string, src []byte, problems *problem.List) ast.Node {
	if len(src) > maxYAML {
		problems.Addf(file, 0, "YAML 有%d字节，最多%d字节：请缩短", len(src), maxYAML)
		return nil
	}
	if line := plaintext.DeepYAML(src); line > 0 {
		problems.Addf(file, line, "层次太深：最多三层，请核对缩进和括号")
		return nil
	}
	tree, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, said := 0, ""
		if e, ok := errors.AsType[yaml.Error](err); ok {
			line, said = e.GetToken().Position.Line, e.GetMessage()
		}
		problems.Addf(file, line, "不是 YAML：%s", plaintext.YAMLFault(said, src, line))
		return nil
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		problems.Addf(file, 0, "没有内容：请填写")
		return nil
	}
	if len(tree.Docs) > 1 {
		problems.Addf(file, lineOf(tree.Docs[1].Body), "--- 之后还有一份 YAML：一个文件只写一份")
	}
	return tree.Docs[0].Body
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

// newMapping reads node as a mapping that may have the given keys and no other.
func newMapping(file string, node ast.Node, problems *problem.List, keys ...string) (mapping, bool) {
	m := mapping{file: file, line: lineOf(node), fields: map[string]field{}, problems: problems}
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		problems.Addf(file, m.line, "这里应写成“名称: 内容”，名称有 %s", strings.Join(keys, "、"))
		return m, false
	}
	for i, v := range values {
		line := lineOf(v.Key)
		if i == 0 {
			m.line = line
		}
		key := v.Key.GetToken().Value
		switch _, seen := m.fields[key]; {
		case !slices.Contains(keys, key):
			problems.Addf(file, line, "没有%s这一项，可以写 %s", plaintext.Quote(key), strings.Join(keys, "、"))
		case seen:
			problems.Addf(file, line, "%s写了两次：第%d行已写，请只留一个", plaintext.Quote(key), m.fields[key].line)
		default:
			m.fields[key] = field{line, v.Value}
		}
	}
	return m, true
}

// at is the line of a key, or of the mapping when the key is missing.
func (m mapping) at(key string) int {
	if f, ok := m.fields[key]; ok {
		return f.line
	}
	return m.line
}

func (m mapping) lines() map[string]int {
	lines := make(map[string]int, len(m.fields))
	for key, f := range m.fields {
		lines[key] = f.line
	}
	return lines
}

// text is a required, non-empty string.
func (m mapping) text(key string) string {
	if _, ok := m.fields[key]; !ok {
		m.problems.Addf(m.file, m.line, "没有写 %s：请补上", key)
		return ""
	}
	s, ok := m.optional(key)
	if ok && s == "" {
		m.problems.Addf(m.file, m.at(key), "%s 是空的：请填写", key)
	}
	return s
}

// plain is a text in which nothing is filled in.
func (m mapping) plain(key string) string {
	s := m.text(key)
	if plaintext.Braces(s) {
		m.problems.Addf(m.file, m.at(key), "%s 里有花括号：程序不会在这里填内容，请改成文字", key)
	}
	return s
}

// optional is a string that may be missing or empty; false when it is there and is none that can be read.
func (m mapping) optional(key string) (string, bool) {
	f, ok := m.fields[key]
	if !ok {
		return "", true
	}
	var text string
	switch v := f.value.(type) {
	case *ast.StringNode:
		text = strings.TrimSpace(v.Value)
	case *ast.LiteralNode:
		text = strings.TrimSpace(v.Value.Value)
	case *ast.NullNode:
	default:
		m.problems.Addf(m.file, f.line, "%s 不是文字：请用引号括起来", key)
		return "", false
	}
	if why := plaintext.Unfit(text); why != "" {
		m.problems.Addf(m.file, f.line, "%s 不能这样写：%s", key, why)
		return text, false
	}
	return text, true
}

// flag is a required true or false.
func (m mapping) flag(key string) bool {
	f, ok := m.fields[key]
	if !ok {
		m.problems.Addf(m.file, m.line, "没有写 %s：请写 true（是）或 false（否）", key)
		return false
	}
	if v, ok := f.value.(*ast.BoolNode); ok {
		return v.Value
	}
	m.problems.Addf(m.file, f.line, "%s 只能写 true（是）或 false（否）", key)
	return false
}

// date is a required day.
func (m mapping) date(key string) Date {
	s := m.text(key)
	if s == "" {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		m.problems.Addf(m.file, m.at(key), "%s 不对：%v", key, err)
	}
	return d
}

// list is a required sequence; empty after a problem was reported.
func (m mapping) list(key string) []ast.Node {
	f, ok := m.fields[key]
	if !ok {
		return nil
	}
	return sequence(m.file, key+" ", f.value, m.problems)
}

func sequence(file, what string, node ast.Node, problems *problem.List) []ast.Node {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		problems.Addf(file, lineOf(node), "%s应写成列表：每行一项，前面写“- ”", what)
		return nil
	}
	return seq.Values
}

// bounded refuses what is longer than a limit in bytes that somebody else sets.
func (m mapping) bounded(key, value string, limit int) {
	if len(value) > limit {
		m.problems.Addf(m.file, m.at(key), "%s 有%d字节，微信最多收%d字节（一个汉字3字节）：请缩短", key, len(value), limit)
	}
}
