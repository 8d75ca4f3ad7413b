package desktest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// Forms are all that can be sent from the page: a form for each button of each.
func (p *Page) Forms() []*Form {
	var all []*Form
	for n := range elements(p.part) {
		owner := p.formOf(n)
		if kind, _ := attr(n, "type"); !isButton(n) || owner == nil || kind == "button" || has(n, "disabled") {
			continue
		}
		all = append(all, p.formWith(n, owner))
	}
	return all
}

// Called is what the form's button is called.
func (f *Form) Called() string { return f.page.nameOf(f.button) }

// Button is the name and the value that the form's button sends, "" for none.
func (f *Form) Button() (name, value string) {
	name, _ = attr(f.button, "name")
	value, _ = attr(f.button, "value")
	return name, value
}

// Action is where the form leads.
func (f *Form) Action() (method string, to *url.URL) {
	method = http.MethodGet
	if strings.EqualFold(f.choose("method"), http.MethodPost) {
		method = http.MethodPost
	}
	return method, f.page.b.resolve(f.page.URL, f.choose("action"))
}

// Texts are the names of the fields that a person writes any text into.
func (f *Form) Texts() (names []string) {
	for _, one := range f.fields {
		kind, _ := attr(one.node, "type")
		if kind == "" || one.node.DataAtom == atom.Textarea {
			kind = "text"
		}
		if one.kind == "text" && slices.Contains([]string{"text", "search", "tel", "url", "email", "password"}, kind) &&
			!has(one.node, "readonly") && !has(one.node, "hidden") && !slices.Contains(names, one.name) {
			names = append(names, one.name)
		}
	}
	return names
}

// Put writes into all fields of a name, as Fill does into one that has a label.
func (f *Form) Put(name, value string) {
	f.t.Helper()
	for _, one := range f.fields {
		if one.name == name && one.kind == "text" {
			one.typed, one.value = true, value
			if one.node.DataAtom == atom.Input {
				one.value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
			}
		}
	}
}

// Held is what the first field of a name holds, hidden ones included.
func (f *Form) Held(name string) string {
	for _, one := range f.fields {
		if one.name == name {
			return one.value
		}
	}
	return ""
}

// Faulty are the names of the page's fields beside which it says that something is wrong.
func (p *Page) Faulty() []string {
	names := map[string]bool{}
	for n := range elements(p.part) {
		if is, _ := attr(n, "aria-invalid"); is == "true" {
			name, _ := attr(n, "name")
			names[name] = true
		}
		id, _ := attr(n, "id")
		if name, is := strings.CutSuffix(strings.TrimPrefix(id, "f-"), "-fault"); is { // of a group of boxes
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Limit is how many characters a browser lets a person write into the fields of a name, 0 for any number.
func (f *Form) Limit(name string) int {
	for _, one := range f.fields {
		if one.name == name {
			length, _ := attr(one.node, "maxlength")
			limit, _ := strconv.Atoi(length)
			return limit
		}
	}
	return 0
}

// Boxes are what the form's boxes to tick are called.
func (f *Form) Boxes() (names []string) {
	for _, one := range f.fields {
		if one.kind == "checkbox" {
			names = append(names, f.page.nameOf(one.node))
		}
	}
	return names
}

// Offered are the values of the list that has a label.
func (f *Form) Offered(label string) (values []string) {
	f.t.Helper()
	for _, o := range options(f.field(label, "select").node) {
		values = append(values, optionValue(o))
	}
	return values
}

// Values are what the form sends.
func (f *Form) Values() url.Values { return f.values() }
