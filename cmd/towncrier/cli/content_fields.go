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
		wrong := func(format string, args ...any) error {
			return &usageError{cmd.CommandPath(), fmt.Errorf("“"+plaintext.OneLine(said, 20)+"”"+format, args...)}
		}
		name, text, ok := strings.Cut(said, "=")
		s := setting{text: strings.TrimSpace(text)}
		if cut := strings.TrimRight(name, "+-"); len(name)-len(cut) == 1 {
			name, s.how = cut, name[len(cut):]
		}
		steps := strings.Split(strings.TrimSpace(name), ".")
		f, known := k.Field(steps[0])
		if !ok || !known {
			return nil, wrong("应写成 栏目=内容，%s的栏目有 %s", k.Label, labelsOf(k.Fields))
		}
		s.more, begun[name] = begun[name], true
		v, err := s.in(value[f.Name], f, steps[1:])
		if err != nil {
			return nil, wrong("：%w", err)
		}
		value[f.Name] = v
	}
	return value, nil
}

func labelsOf(fields []parts.Field) string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Label+"（"+f.Name+"）")
	}
	return strings.Join(all, "、")
}

// setting is a text that is written into a field.
type setting struct {
	how  string // "+" adds it to a list, "-" takes it away
	text string
	more bool // the list was begun by the setting before
}

// in is what becomes of a value when the text is set in it at the place that steps lead to, by names, labels and numbers.
func (s setting) in(now any, f parts.Field, steps []string) (any, error) {
	list, _ := now.([]any)
	switch {
	case f.Many && len(steps) == 0:
		return s.inList(slices.Clone(list), f)
	case f.Many:
		return s.inEntry(slices.Clone(list), f, steps)
	case len(steps) == 0 && f.YesNo:
		return yesOrNo(s.text), nil
	case len(steps) == 0:
		return s.text, nil
	}
	inner, known := f.Inner(steps[0])
	switch {
	case known:
	case f.Open:
		inner.Name = steps[0]
	case len(f.Within) == 0:
		return nil, fmt.Errorf("%s里没有栏目，写 %s=内容", f.Label, f.Label)
	default:
		return nil, fmt.Errorf("%s里的栏目有 %s", f.Label, labelsOf(f.Within))
	}
	m, _ := now.(map[string]any)
	if m = maps.Clone(m); m == nil {
		m = map[string]any{}
	}
	name := inner.Name
	if _, labelled := m[inner.Label]; labelled {
		name = inner.Label // as the file has it
	}
	v, err := s.in(m[name], inner, steps[1:])
	m[name] = v
	return m, err
}

func (s setting) inList(list []any, f parts.Field) (any, error) {
	if s.how == "" && !s.more {
		list = nil
	}
	switch {
	case s.how == "-" && !slices.Contains(list, any(s.text)):
		return nil, fmt.Errorf("%s里没有这一个，请照 form show 列出的写", f.Label)
	case s.how == "-":
		list = slices.DeleteFunc(list, func(item any) bool { return item == s.text })
	case s.text != "":
		list = append(list, s.text)
	}
	return append([]any{}, list...), nil // an empty one is written so, not as null
}

// inEntry sets the text in an entry of a list: a passage by its number, another by how many it is.
func (s setting) inEntry(list []any, f parts.Field, steps []string) (any, error) {
	number, err := strconv.Atoi(steps[0])
	_, numbered := f.Inner("number")
	switch {
	case numbered && (err != nil || len(steps) > 1):
		return nil, errors.New("条目按编号写，如 条目.3=文字")
	case numbered:
		return withPassage(list, number, s.text), nil
	case err != nil || number < 1 || number > len(list)+1 || len(steps) == 1 && len(f.Within) > 0 && s.text != "":
		example := f.Label + ".2"
		if len(f.Within) > 0 {
			example += "." + f.Within[0].Label
		}
		return nil, fmt.Errorf("应写第几个，如 %s=文字；现在有%d个，添一个写%d", example, len(list), len(list)+1)
	case len(steps) == 1 && s.text == "":
		return slices.Delete(list, number-1, min(number, len(list))), nil
	}
	if number > len(list) {
		list = append(list, nil)
	}
	one := f
	one.Many = false
	list[number-1], err = s.in(list[number-1], one, steps[1:])
	return list, err
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
