package desktest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Form is a form as a person fills it in. All its hidden fields go with it.
type Form struct {
	t      testing.TB
	page   *Page
	node   *html.Node
	button *html.Node // the one to press
	scope  *html.Node // where labels are looked for
	fields []*field
}

// field is a control of a form with what it holds.
type field struct {
	node  *html.Node
	name  string
	kind  string // text, hidden, checkbox, radio, select, file
	value string
	on    bool     // of a checkbox or a radio button
	many  []string // of a select with several
	file  string   // name of the file
	typed bool     // by a person
}

// Form is the form with a button of that name.
func (p *Page) Form(button string) *Form {
	p.t.Helper()
	press := p.find(button, "button", isButton)
	if has(press, "disabled") {
		p.t.Fatalf("%s: the button %q is disabled", p.URL, button)
	}
	owner := p.formOf(press)
	if owner == nil {
		p.t.Fatalf("%s: the button %q does nothing without scripts: it stands in no form", p.URL, button)
	}
	return p.formWith(press, owner)
}

// formWith is a form with the button that is to be pressed.
func (p *Page) formWith(press, owner *html.Node) *Form {
	f := &Form{t: p.t, page: p, node: owner, button: press, scope: owner}
	for n := range elements(p.root) {
		if one := fieldOf(n); one != nil && p.formOf(n) == owner && !off(n) {
			f.fields = append(f.fields, one)
		}
	}
	return f
}

// Press presses a button of a form that is filled in already.
func (p *Page) Press(button string) *Page {
	p.t.Helper()
	return p.Form(button).Press()
}

// formOf is the form that a control belongs to.
func (p *Page) formOf(n *html.Node) *html.Node {
	if id, is := attr(n, "form"); is {
		return byID(p.root, id)
	}
	return above(n, atom.Form)
}

// off reports whether a field is not sent.
func off(n *html.Node) bool {
	if has(n, "disabled") {
		return true
	}
	set := above(n, atom.Fieldset)
	return set != nil && has(set, "disabled")
}

func fieldOf(n *html.Node) *field {
	name, _ := attr(n, "name")
	f := &field{node: n, name: name, kind: "text"}
	f.value, _ = attr(n, "value")
	switch n.DataAtom {
	case atom.Input:
		switch kind, _ := attr(n, "type"); kind {
		case "submit", "button", "image", "reset":
			return nil
		case "hidden", "checkbox", "radio", "file":
			f.kind = kind
		}
		f.on = has(n, "checked")
		if !has(n, "value") && (f.kind == "checkbox" || f.kind == "radio") {
			f.value = "on"
		}
	case atom.Textarea:
		f.value = rawText(n)
	case atom.Select:
		f.kind, f.value = "select", ""
		for i, o := range options(n) {
			if has(o, "selected") {
				f.value = optionValue(o)
				f.many = append(f.many, f.value)
			} else if i == 0 && !has(n, "multiple") {
				f.value = optionValue(o)
			}
		}
	default:
		return nil
	}
	return f
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func options(n *html.Node) []*html.Node {
	var all []*html.Node
	for o := range elements(n) {
		if o.DataAtom == atom.Option {
			all = append(all, o)
		}
	}
	return all
}

func optionValue(o *html.Node) string {
	if value, is := attr(o, "value"); is {
		return value
	}
	return textOf(o)
}

// In looks for labels in one fieldset only, by its legend.
func (f *Form) In(legend string) *Form {
	f.t.Helper()
	for n := range elements(f.node) {
		if n.DataAtom != atom.Fieldset {
			continue
		}
		if title := first(n, func(l *html.Node) bool { return l.DataAtom == atom.Legend }); title != nil && strings.Contains(textOf(title), legend) {
			in := *f
			in.scope = n
			return &in
		}
	}
	f.t.Fatalf("%s: no fieldset is called %q", f.page.URL, legend)
	return nil
}

// Fill writes into the text field, or chooses from the list, that has a label.
func (f *Form) Fill(label, value string) *Form {
	f.t.Helper()
	one := f.field(label, "text", "select")
	one.typed = true
	if one.kind != "select" {
		if one.node.DataAtom == atom.Input {
			value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
		}
		one.value = value
		return f
	}
	var there []string
	for _, o := range options(one.node) {
		if textOf(o) == value || optionValue(o) == value {
			one.value, one.many = optionValue(o), append(one.many, optionValue(o))
			return f
		}
		there = append(there, textOf(o))
	}
	f.t.Fatalf("%s: %q does not offer %q, but %q", f.page.URL, label, value, there)
	return nil
}

// Tick ticks a box, or chooses a radio button, by its label.
func (f *Form) Tick(label string) *Form {
	f.t.Helper()
	one := f.field(label, "checkbox", "radio")
	if one.kind == "radio" {
		for _, other := range f.fields {
			if other.kind == "radio" && other.name == one.name {
				other.on = false
			}
		}
	}
	one.on = true
	return f
}

// Untick unticks a box.
func (f *Form) Untick(label string) *Form {
	f.t.Helper()
	f.field(label, "checkbox").on = false
	return f
}

// Attach chooses a file.
func (f *Form) Attach(label, name, content string) *Form {
	f.t.Helper()
	one := f.field(label, "file")
	one.file, one.value = name, content
	return f
}

// Value is what the field with a label holds.
func (f *Form) Value(label string) string {
	f.t.Helper()
	return f.field(label, "text", "select").value
}

// Hidden is what a hidden field holds, by its name.
func (f *Form) Hidden(name string) string {
	f.t.Helper()
	for _, one := range f.fields {
		if one.kind == "hidden" && one.name == name {
			return one.value
		}
	}
	f.t.Fatalf("%s: no hidden field is named %q", f.page.URL, name)
	return ""
}

// Ticked reports whether a box is ticked, or a radio button chosen.
func (f *Form) Ticked(label string) bool {
	f.t.Helper()
	return f.field(label, "checkbox", "radio").on
}

// Labels are what the fields that a person fills in are called.
func (f *Form) Labels() []string {
	var names []string
	for _, one := range f.fields {
		if one.kind != "hidden" && within(one.node, f.scope) {
			names = append(names, f.page.nameOf(one.node))
		}
	}
	return names
}

// field is the only field with a label that is one of the kinds: one that is called so, or else one whose label begins with it.
func (f *Form) field(label string, kinds ...string) *field {
	f.t.Helper()
	var exact, near []*field
	for _, one := range f.fields {
		if !slices.Contains(kinds, one.kind) || f.scope != f.node && !within(one.node, f.scope) {
			continue
		}
		switch called := f.page.nameOf(one.node); {
		case called == label:
			exact = append(exact, one)
		case strings.HasPrefix(called, label):
			near = append(near, one)
		}
	}
	if len(exact) == 0 {
		exact = near
	}
	if len(exact) != 1 {
		f.t.Fatalf("%s: %d fields (%s) are labelled %q, want one; there are %q", f.page.URL, len(exact), strings.Join(kinds, ", "), label, f.Labels())
	}
	return exact[0]
}

// Press sends the form as Chromium does. A required field that is empty fails the test, unless the form takes that on itself.
func (f *Form) Press() *Page {
	f.t.Helper()
	if !has(f.node, "novalidate") && !has(f.button, "formnovalidate") {
		for _, one := range f.fields {
			if has(one.node, "required") && one.kind != "radio" && (one.value == "" || one.kind == "checkbox" && !one.on) {
				f.t.Fatalf("%s: Chromium does not send the form: %q is empty and required", f.page.URL, f.page.nameOf(one.node))
			}
		}
	}
	to, method, kind := f.choose("action"), strings.ToUpper(f.choose("method")), f.choose("enctype")
	v := visit{method: http.MethodGet, to: f.page.b.resolve(f.page.URL, to), from: f.page.URL, site: "same-origin", typed: f.typed()}
	if method != http.MethodPost {
		v.to.RawQuery = f.values().Encode()
		return f.page.b.visit(v)
	}
	v.method = method
	if kind == "multipart/form-data" {
		v.body, v.contentType = f.multipart()
	} else {
		v.body, v.contentType = f.values().Encode(), "application/x-www-form-urlencoded"
	}
	return f.page.b.visit(v)
}

// choose is an attribute of the form, or of the button in its place.
func (f *Form) choose(name string) string {
	if value, is := attr(f.button, "form"+name); is {
		return value
	}
	value, _ := attr(f.node, name)
	return value
}

// sent are the fields that go with the form, in order, the button last.
func (f *Form) sent() []*field {
	var all []*field
	for _, one := range f.fields {
		if one.name == "" || (one.kind == "checkbox" || one.kind == "radio") && !one.on {
			continue
		}
		if one.kind == "select" && has(one.node, "multiple") {
			for _, value := range one.many {
				all = append(all, &field{name: one.name, value: value})
			}
			continue
		}
		all = append(all, one)
	}
	if name, is := attr(f.button, "name"); is && name != "" {
		value, _ := attr(f.button, "value")
		all = append(all, &field{name: name, value: value})
	}
	return all
}

// crlf ends lines as forms do.
func crlf(value string) string {
	return strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n")
}

func (f *Form) values() url.Values {
	values := url.Values{}
	for _, one := range f.sent() {
		value := crlf(one.value)
		if one.kind == "file" {
			value = one.file
		}
		values.Add(one.name, value)
	}
	return values
}

func (f *Form) multipart() (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, one := range f.sent() {
		if one.kind == "file" {
			part, err := w.CreateFormFile(one.name, one.file)
			if err != nil {
				f.t.Fatal(err)
			}
			part.Write([]byte(one.value))
		} else if err := w.WriteField(one.name, crlf(one.value)); err != nil {
			f.t.Fatal(err)
		}
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

// typed is what the person wrote.
func (f *Form) typed() []string {
	var all []string
	for _, one := range f.fields {
		if one.typed {
			all = append(all, one.value)
		}
	}
	return all
}

func typedIn(form url.Values) []string {
	var all []string
	for _, values := range form {
		all = append(all, values...)
	}
	return all
}
