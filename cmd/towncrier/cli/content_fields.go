package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/parts"
	"towncrier/plaintext"
)

// maxForm bounds a form in a file: a notice of a thousand passages is smaller.
const maxForm = 1 << 20

// filledIn is a part with the fields that are written as FIELD=TEXT: of a form as a whole when there is one, else of the part as it is now.
func filledIn(cmd *cobra.Command, k parts.Kind, now, form map[string]any, fields []string) (map[string]any, error) {
	value := maps.Clone(now)
	if form != nil {
		value = maps.Clone(form)
	}
	if value == nil {
		value = map[string]any{}
	}
	begun := map[string]bool{} // lists that were written anew
	for _, said := range fields {
		name, text, ok := strings.Cut(said, "=")
		how := ""
		if cut := strings.TrimRight(name, "+-"); len(name)-len(cut) == 1 {
			name, how = cut, name[len(cut):]
		}
		name, inner, _ := strings.Cut(strings.TrimSpace(name), ".")
		f, known := k.Field(name)
		if !ok || !known {
			return nil, &usageError{cmd.CommandPath(), fmt.Errorf("“%s”应写成 栏目=内容，%s的栏目有 %s", plaintext.OneLine(said, 20), k.Label, labelsOf(k))}
		}
		text = strings.TrimSpace(text)
		switch {
		case inner != "" && f.Many:
			list, err := withEntry(value[f.Name], f.Name == "passages", inner, text)
			if err != nil {
				return nil, &usageError{cmd.CommandPath(), fmt.Errorf("“%s”：%w", plaintext.OneLine(said, 20), err)}
			}
			value[f.Name] = list
		case inner != "":
			value[f.Name] = within(value[f.Name], strings.Split(inner, "."), text)
		case f.Many:
			list, _ := value[f.Name].([]any)
			list = slices.Clone(list)
			if how == "" && !begun[f.Name] {
				list, begun[f.Name] = nil, true
			}
			switch {
			case how == "-" && !slices.Contains(list, any(text)):
				return nil, &usageError{cmd.CommandPath(), fmt.Errorf("“%s”：%s里没有这一个，请照 form show 列出的写", plaintext.OneLine(said, 20), f.Label)}
			case how == "-":
				list = slices.DeleteFunc(list, func(item any) bool { return item == text })
			case text != "":
				list = append(list, text)
			}
			value[f.Name] = append([]any{}, list...) // an empty one is written so, not as null
		case f.YesNo:
			value[f.Name] = yesOrNo(text)
		default:
			value[f.Name] = text
		}
	}
	return value, nil
}

func labelsOf(k parts.Kind) string {
	var all []string
	for _, f := range k.Fields {
		all = append(all, f.Label+"（"+f.Name+"）")
	}
	return strings.Join(all, "、")
}

// yesOrNo is the value of an answer; what is none is left to the server to refuse.
func yesOrNo(text string) any {
	switch text {
	case "是", "true":
		return true
	case "否", "false":
		return false
	}
	return text
}

// within is a form with a text at a path within it; an empty text takes it away.
func within(form any, path []string, text string) any {
	m, _ := form.(map[string]any)
	m = maps.Clone(m)
	if m == nil {
		m = map[string]any{}
	}
	if len(path) > 1 {
		m[path[0]] = within(m[path[0]], path[1:], text)
		return m
	}
	m[path[0]] = text
	return m
}

// withEntry is a list of mappings with one changed: a passage by its number, another by how many it is, with the path of a text within it.
func withEntry(form any, passages bool, said, text string) ([]any, error) {
	at, inner, _ := strings.Cut(said, ".")
	number, err := strconv.Atoi(at)
	list, _ := form.([]any)
	switch {
	case passages && (err != nil || inner != ""):
		return nil, errors.New("条目按编号写，如 条目.3=文字")
	case passages:
		return withPassage(list, number, text), nil
	case err != nil || number < 1 || number > len(list)+1 || inner == "" && text != "":
		return nil, fmt.Errorf("应写第几个和栏目，如 下级按钮.2.name=文字；现在有%d个，添一个写%d", len(list), len(list)+1)
	case inner == "":
		return slices.Delete(slices.Clone(list), number-1, min(number, len(list))), nil
	}
	list = slices.Clone(list)
	if number > len(list) {
		list = append(list, nil)
	}
	list[number-1] = within(list[number-1], strings.Split(inner, "."), text)
	return list, nil
}

// withPassage is the passages of a notice with one by its number, which is added when there is none, and taken away when it has no text.
func withPassage(list []any, number int, text string) []any {
	list = slices.Clone(list)
	at := slices.IndexFunc(list, func(item any) bool {
		p, _ := item.(map[string]any)
		return fmt.Sprint(p["number"]) == strconv.Itoa(number)
	})
	switch {
	case text == "" && at >= 0:
		return slices.Delete(list, at, at+1)
	case text == "":
		return list
	case at < 0:
		return append(list, map[string]any{"number": number, "text": text})
	}
	list[at] = map[string]any{"number": number, "text": text}
	return list
}
