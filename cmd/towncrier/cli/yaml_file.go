package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
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
		return errors.New(plaintext.YAMLFault("", nil, 0))
	}
	at := fault.GetToken()
	return fmt.Errorf("第%d行：%s", at.Position.Line, yamlFault(fault, placeOf(text, reflect.TypeOf(out), at), text))
}

// yamlFault is what is wrong at a place of a text.
func yamlFault(fault yaml.Error, p yamlPlace, text []byte) string {
	switch e := fault.(type) {
	case *yaml.UnknownFieldError:
		name := plaintext.Quote(e.Token.Value)
		if len(p.fields) == 0 {
			return "没有" + name + "这一项，请核对名称"
		}
		return "没有" + name + "这一项，可以写 " + strings.Join(p.fields, "、")
	case *yaml.DuplicateKeyError:
		return plaintext.Quote(e.Token.Value) + "写了两次，请只留一个"
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
	return plaintext.YAMLFault(fault.GetMessage(), text, fault.GetToken().Position.Line)
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
