package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"towncrier/plaintext"
)

// readYAML reads text into what out points to, or returns io.EOF for an empty one. Any other error says in Chinese at which line what is wrong, and
// what would be right: the library says it in English, and names no field.
func readYAML(text []byte, out any) error {
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(out)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	fault, ok := errors.AsType[yaml.Error](err)
	if !ok || fault.GetToken() == nil || fault.GetToken().Position == nil {
		return errors.New(badForm)
	}
	at := fault.GetToken()
	return fmt.Errorf("第%d行：%s", at.Position.Line, yamlFault(fault, placeOf(text, reflect.TypeOf(out), at), lineAt(text, at.Position.Line)))
}

// badForm is for a fault of which no more is known.
const badForm = "写法不对：每一项写成“名称: 内容”，同一层的各项左边对齐；内容里有冒号、# 或引号的，整个内容用引号括起来"

// yamlFault is what is wrong at a place, on a line of the file.
func yamlFault(fault yaml.Error, p yamlPlace, line string) string {
	switch e := fault.(type) {
	case *yaml.UnknownFieldError:
		name := "“" + plaintext.OneLine(e.Token.Value, 40) + "”"
		if len(p.fields) == 0 {
			return "没有" + name + "这一项，请核对名称"
		}
		return "没有" + name + "这一项，可以写 " + strings.Join(p.fields, "、")
	case *yaml.DuplicateKeyError:
		return "“" + plaintext.OneLine(e.Token.Value, 40) + "”写了两次，请只留一个"
	case *yaml.TypeError:
		return p.name() + formOf(e.DstType.Kind())
	case *yaml.OverflowError:
		return p.name() + "数字太大"
	case *yaml.UnexpectedNodeTypeError:
		if e.Expected == ast.SequenceType {
			return p.name() + formOf(reflect.Slice)
		}
		return p.name() + formOf(reflect.Struct)
	}
	return syntaxFault(fault.GetMessage(), line)
}

// formOf is how a value of a kind is written.
func formOf(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "应写 true（是）或 false（否）"
	case reflect.Int, reflect.Int64:
		return "应写整数"
	case reflect.Slice:
		return "应写列表：每行一项，前面写“- ”，或者写成 [甲, 乙]"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "下面应写一组项目，每行一项，写成“名称: 内容”"
	}
	return "应写一段文字"
}

var (
	twice     = regexp.MustCompile(`mapping key "([^"]*)" already defined`)
	wideColon = regexp.MustCompile(`^[\s-]*[^:"'\s：]+：`)
	noSpace   = regexp.MustCompile(`^[\s-]*\w+:\S`)
	inQuotes  = regexp.MustCompile(`quote|end character`)
	brackets  = regexp.MustCompile(`must be specified|\bflow\b|end token|could not find '|expected sequence element`)
)

// syntaxFault says of a text that is no YAML what most likely is wrong with a line.
func syntaxFault(said, line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch m := twice.FindStringSubmatch(said); {
	case m != nil:
		return "“" + plaintext.OneLine(m[1], 40) + "”写了两次，请只留一个"
	case strings.Contains(indent, "\t"), strings.Contains(said, `\t`):
		return "缩进里有制表符（Tab），请改用空格"
	case wideColon.MatchString(line):
		return "冒号写成了全角的“：”，应写半角的冒号，后面空一格"
	case noSpace.MatchString(line):
		return "冒号后面要空一格"
	case inQuotes.MatchString(said):
		return "引号没有成对"
	case brackets.MatchString(said):
		return "括号没有成对，或者两项之间没有半角的逗号"
	}
	return badForm
}

func lineAt(text []byte, number int) string {
	lines := strings.Split(string(text), "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// yamlPlace is where in a file a token is: below which key, and of which fields that key is to be one.
type yamlPlace struct {
	key    string
	fields []string
}

func (p yamlPlace) name() string {
	if p.key == "" {
		return "这里"
	}
	return plaintext.OneLine(p.key, 40) + " "
}

// placeOf is the place of a token in a file that is to be read as a type. It is empty when the text is no YAML.
func placeOf(text []byte, as reflect.Type, at *token.Token) yamlPlace {
	file, err := parser.ParseBytes(text, 0)
	if err != nil || len(file.Docs) == 0 {
		return yamlPlace{}
	}
	p, _ := placeIn(file.Docs[0].Body, as, "", at)
	return p
}

// placeIn looks for a token in a node below a key, which is to be read as a type; nil for one that is not known.
func placeIn(node ast.Node, as reflect.Type, key string, at *token.Token) (p yamlPlace, found bool) {
	for as != nil && as.Kind() == reflect.Pointer {
		as = as.Elem()
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, value := range n.Values {
			if p, found = placeIn(value, as, key, at); found {
				return p, true
			}
		}
	case *ast.MappingValueNode:
		own := n.Key.GetToken()
		if samePlace(own, at) {
			return yamlPlace{own.Value, fieldsOf(as)}, true
		}
		return placeIn(n.Value, fieldOf(as, own.Value), own.Value, at)
	case *ast.SequenceNode:
		var item reflect.Type
		if as != nil && as.Kind() == reflect.Slice {
			item = as.Elem()
		}
		for _, value := range n.Values {
			if p, found = placeIn(value, item, key, at); found {
				return p, true
			}
		}
	}
	return yamlPlace{key: key}, node != nil && samePlace(node.GetToken(), at)
}

func samePlace(a, b *token.Token) bool {
	return a != nil && a.Position != nil && a.Position.Line == b.Position.Line && a.Position.Column == b.Position.Column
}

// fieldsOf are the keys that a struct has in YAML, in their order.
func fieldsOf(as reflect.Type) (names []string) {
	if as == nil || as.Kind() != reflect.Struct {
		return nil
	}
	for field := range as.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		names = append(names, name)
	}
	return names
}

// fieldOf is the type of what stands at a key; nil when there is no such field.
func fieldOf(as reflect.Type, key string) reflect.Type {
	switch {
	case as == nil:
	case as.Kind() == reflect.Map:
		return as.Elem()
	case as.Kind() == reflect.Struct:
		for field := range as.Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); name == key {
				return field.Type
			}
		}
	}
	return nil
}
