package content

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/desk/page"
)

// input is what a field of a part is filled in with.
type input struct {
	Form        *page.Form
	Name, Label string
	Kind        string // "text", "area", "lines", "pairs", "select", "check", "fixed", "group" or "list"
	Optional    bool
	Choices     []page.Choice
	Rows        int
	Within      []input // of a group, and of each item of a list
	Fixed       string  // what cannot be changed here
}

// emptyItems is how many empty items stand at the end of a list.
const emptyItems = 2

// kindOf is how a field is filled in. A value whose fields the API does not name is a list of pairs, or is left as it is.
func kindOf(f wire.ContentField, was any) string {
	_, mapped := was.(map[string]any)
	switch {
	case f.Many && len(f.Within) > 0:
		return "list"
	case f.Many && !holds(was):
		return "lines"
	case f.Many:
		return "fixed"
	case len(f.Within) > 0:
		return "group"
	case mapped && !holds(was):
		return "pairs"
	case mapped:
		return "fixed"
	case f.YesNo:
		return "check"
	case len(f.Words) > 0:
		return "select"
	case slices.Contains([]string{"answer", "text", "said", "unsaid", "ask", "found", "unknown"}, f.Name):
		return "area"
	}
	return "text"
}

// holds says whether a value holds lists or forms.
func holds(value any) bool {
	nested := func(v any) bool {
		switch v.(type) {
		case []any, map[string]any:
			return true
		}
		return false
	}
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, nested)
	case map[string]any:
		for _, v := range value {
			if nested(v) {
				return true
			}
		}
	}
	return false
}

// enter gives the form what a part has.
func enter(form *page.Form, f wire.ContentField, name string, value any) {
	switch kindOf(f, value) {
	case "list":
		items, _ := value.([]any)
		for i, item := range items {
			fields, _ := item.(map[string]any)
			for _, inner := range f.Within {
				enter(form, inner, itemName(name, i)+"."+inner.Name, fields[inner.Name])
			}
		}
	case "group":
		fields, _ := value.(map[string]any)
		for _, inner := range f.Within {
			enter(form, inner, name+"."+inner.Name, fields[inner.Name])
		}
	case "lines":
		items, _ := value.([]any)
		var lines []string
		for _, item := range items {
			lines = append(lines, fmt.Sprint(item))
		}
		form.Set(name, strings.Join(lines, "\n"))
	case "pairs":
		fields := value.(map[string]any)
		var lines []string
		for key, text := range fields {
			lines = append(lines, key+"："+fmt.Sprint(text))
		}
		slices.Sort(lines)
		form.Set(name, strings.Join(lines, "\n"))
	case "check":
		if value == true {
			form.Set(name, "yes")
		}
	case "fixed":
	default:
		if value != nil {
			form.Set(name, strings.TrimSpace(fmt.Sprint(value)))
		}
	}
}

func itemName(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// inputOf is a field's input with as many items as the form holds and some more.
func inputOf(form *page.Form, f wire.ContentField, name string, was any) input {
	in := input{Form: form, Name: name, Label: f.Label, Kind: kindOf(f, was), Optional: !f.Needed, Rows: 3}
	switch in.Kind {
	case "lines":
		in.Rows = min(max(strings.Count(form.Value(name), "\n")+2, 3), 20)
	case "area":
		in.Rows = min(max(len([]rune(form.Value(name)))/40+1, 3), 12)
	case "select":
		if in.Optional {
			in.Choices = append(in.Choices, page.Choice{Label: "（不填）"})
		}
		for _, w := range f.Words {
			in.Choices = append(in.Choices, page.Choice{Value: w.Name, Label: w.Label})
		}
	case "fixed":
		text, err := json.MarshalIndent(was, "", "  ")
		if err == nil {
			in.Fixed = string(text)
		}
	case "group":
		fields, _ := was.(map[string]any)
		for _, inner := range f.Within {
			in.Within = append(in.Within, inputOf(form, inner, name+"."+inner.Name, fields[inner.Name]))
		}
	case "list":
		items, _ := was.([]any)
		for i := range itemsIn(form.Names(), name) + emptyItems {
			group := input{Form: form, Name: itemName(name, i), Label: fmt.Sprintf("%s %d", f.Label, i+1), Kind: "group"}
			var fields map[string]any
			if i < len(items) {
				fields, _ = items[i].(map[string]any)
			}
			for _, inner := range f.Within {
				group.Within = append(group.Within, inputOf(form, inner, group.Name+"."+inner.Name, fields[inner.Name]))
			}
			in.Within = append(in.Within, group)
		}
	}
	return in
}

// itemsIn is how many items of a list names of fields speak of.
func itemsIn(names []string, list string) (n int) {
	for _, name := range names {
		rest, is := strings.CutPrefix(name, list+"[")
		if !is {
			continue
		}
		digits, _, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < maxItems {
			n = max(n, i+1)
		}
	}
	return n
}

// maxItems bounds what a form may claim to list.
const maxItems = 500

// name says which inputs the places of a part stand in, for faults.
func (in input) name(fields map[string]string) {
	fields["value."+in.Name] = in.Name
	for _, inner := range in.Within {
		inner.name(fields)
		if in.Kind == "group" && strings.HasSuffix(in.Name, "]") { // a fault of an item stands at its last field: that is its text
			fields["value."+in.Name] = inner.Name
		}
	}
}

// read is what a form says of a field, nil when it says nothing. was is what the part has, for what cannot be changed here.
func read(form url.Values, f wire.ContentField, name string, was any) any {
	text := strings.TrimSpace(form.Get(name))
	switch kindOf(f, was) {
	case "list":
		old, _ := was.([]any)
		var names []string
		for n := range form {
			names = append(names, n)
		}
		var items []any
		for i := range itemsIn(names, name) {
			var before map[string]any
			if i < len(old) {
				before, _ = old[i].(map[string]any)
			}
			if item := readGroup(form, f.Within, itemName(name, i), before); item != nil {
				items = append(items, item)
			}
		}
		if items == nil {
			return nil
		}
		return items
	case "group":
		before, _ := was.(map[string]any)
		if group := readGroup(form, f.Within, name, before); group != nil {
			return group
		}
		return nil
	case "lines":
		var items []any
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				items = append(items, line)
			}
		}
		if items == nil {
			return nil
		}
		return items
	case "pairs":
		pairs := map[string]any{}
		for line := range strings.Lines(text) {
			if key, value, is := strings.Cut(strings.Replace(line, "：", ":", 1), ":"); is {
				pairs[strings.TrimSpace(key)] = strings.TrimSpace(value)
			}
		}
		return pairs
	case "check":
		if form.Get(name) != "" {
			return true
		}
		if f.Needed {
			return false
		}
		return nil
	case "fixed":
		return was
	}
	switch {
	case text == "":
		return nil
	case f.Name == "number" || f.Name == "max":
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	return text
}

// readGroup is what a form says of fields that stand within one; nil when it says nothing but a number.
func readGroup(form url.Values, fields []wire.ContentField, name string, was map[string]any) map[string]any {
	out, said := map[string]any{}, false
	for _, f := range fields {
		if value := read(form, f, name+"."+f.Name, was[f.Name]); value != nil {
			out[f.Name] = value
			said = said || f.Name != "number"
		}
	}
	if !said {
		return nil
	}
	return out
}
