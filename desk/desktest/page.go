package desktest

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is what a request answered, and what a person can do on it.
type Page struct {
	t      testing.TB
	b      *Browser
	URL    *url.URL // where redirects led
	Status int
	Header http.Header
	Body   string

	typed []string
	root  *html.Node // of the document; nil for what is no HTML
	part  *html.Node // what is looked at: the whole, or what Within chose
}

func newPage(b *Browser, v visit, resp *http.Response, body string) *Page {
	p := &Page{t: b.t, b: b, URL: v.to, Status: resp.StatusCode, Header: resp.Header, Body: body, typed: v.typed}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			b.t.Fatalf("%s: %v", v.to.Path, err)
		}
		p.root, p.part = root, root
	}
	return p
}

// Want fails the test when the page has another status.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d, want %d\n%s", p.URL, p.Status, status, p.Text())
	}
	return p
}

// Title is the document's title.
func (p *Page) Title() string {
	if title := first(p.root, func(n *html.Node) bool { return n.DataAtom == atom.Title }); title != nil {
		return textOf(title)
	}
	return ""
}

// Text is what is read in the main part, or in what Within chose, with single spaces; the body of what is no HTML.
func (p *Page) Text() string {
	if p.root == nil {
		return p.Body
	}
	if p.part == p.root {
		if main := first(p.root, func(n *html.Node) bool { return n.DataAtom == atom.Main }); main != nil {
			return textOf(main)
		}
	}
	return textOf(p.part)
}

// Has reports whether the text is read on the page.
func (p *Page) Has(text string) bool { return strings.Contains(p.Text(), text) }

// Sees fails the test when one of the texts is not read on the page.
func (p *Page) Sees(texts ...string) *Page {
	p.t.Helper()
	for _, text := range texts {
		if !p.Has(text) {
			p.t.Fatalf("%s does not say %q:\n%s", p.URL, text, p.Text())
		}
	}
	return p
}

// Lacks fails the test when one of the texts is read on the page.
func (p *Page) Lacks(texts ...string) *Page {
	p.t.Helper()
	for _, text := range texts {
		if p.Has(text) {
			p.t.Fatalf("%s says %q:\n%s", p.URL, text, p.Text())
		}
	}
	return p
}

// parts are what Within chooses among.
var parts = []atom.Atom{atom.Li, atom.Tr, atom.Article, atom.Section, atom.Fieldset, atom.Form, atom.Dl, atom.Details, atom.Nav, atom.Aside}

// Within is the page's smallest list item, row, section or form that says a text: what one row of a list offers.
func (p *Page) Within(text string) *Page {
	p.t.Helper()
	var found *html.Node
	for n := range elements(p.part) {
		if slices.Contains(parts, n.DataAtom) && strings.Contains(textOf(n), text) {
			if found == nil || within(n, found) {
				found = n
			}
		}
	}
	if found == nil {
		p.t.Fatalf("no part of %s says %q:\n%s", p.URL, text, p.Text())
	}
	in := *p
	in.part = found
	return &in
}

// Links are where the page's links lead, by what they are called.
func (p *Page) Links() map[string]string {
	links := map[string]string{}
	for n := range elements(p.part) {
		if href, is := attr(n, "href"); is && n.DataAtom == atom.A {
			links[p.nameOf(n)] = href
		}
	}
	return links
}

// Follow presses a link by what it is called.
func (p *Page) Follow(name string) *Page {
	p.t.Helper()
	links := p.find(name, "link", func(n *html.Node) bool { _, leads := attr(n, "href"); return leads && n.DataAtom == atom.A })
	href, _ := attr(links, "href")
	return p.b.visit(visit{method: http.MethodGet, to: p.b.resolve(p.URL, href), from: p.URL, site: "same-origin"})
}

// Buttons are what the page's buttons are called.
func (p *Page) Buttons() []string {
	var names []string
	for n := range elements(p.part) {
		if isButton(n) {
			names = append(names, p.nameOf(n))
		}
	}
	return names
}

// alike reports whether two links or buttons lead to the same: navigation stands on a page twice, for the phone and for the desktop.
func (p *Page) alike(one, other *html.Node) bool {
	if one.DataAtom == atom.A {
		to, _ := attr(one, "href")
		too, _ := attr(other, "href")
		return to == too
	}
	in, too := p.formOf(one), p.formOf(other)
	if in == nil || too == nil || first(in, filled) != nil || first(too, filled) != nil || has(one, "value") || has(other, "value") {
		return false
	}
	to, _ := attr(in, "action")
	again, _ := attr(too, "action")
	return to != "" && to == again
}

func filled(n *html.Node) bool { return fieldOf(n) != nil }

// find is the only element of a kind with a name: one that is called so, or else one whose name holds it.
func (p *Page) find(name, kind string, is func(*html.Node) bool) *html.Node {
	p.t.Helper()
	var exact, near []*html.Node
	var names []string
	for n := range elements(p.part) {
		if !is(n) {
			continue
		}
		called := p.nameOf(n)
		names = append(names, called)
		if called == name {
			exact = append(exact, n)
		} else if strings.Contains(called, name) {
			near = append(near, n)
		}
	}
	if len(exact) == 0 {
		exact = near
	}
	exact = slices.CompactFunc(exact, p.alike)
	if len(exact) != 1 {
		p.t.Fatalf("%s: %d of a %s called %q, want one; there are %q\n%s", p.URL, len(exact), kind, name, names, p.Text())
	}
	return exact[0]
}

// Action is where a button of the page leads.
type Action struct {
	Name, Method string
	To           *url.URL
}

// Actions are all that the page's buttons do.
func (p *Page) Actions() []Action {
	var all []Action
	for n := range elements(p.part) {
		owner := p.formOf(n)
		if kind, _ := attr(n, "type"); !isButton(n) || owner == nil || kind == "button" {
			continue // of a script
		}
		f := &Form{t: p.t, page: p, node: owner, button: n}
		method := http.MethodGet
		if strings.EqualFold(f.choose("method"), http.MethodPost) {
			method = http.MethodPost
		}
		all = append(all, Action{p.nameOf(n), method, p.b.resolve(p.URL, f.choose("action"))})
	}
	return all
}
