package desktest

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// headers are what each page of the desk is sent with, character for character.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types desk",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
	"Strict-Transport-Security":    "max-age=31536000",
}

const largest = 200 << 10 // a page

// check fails the test for each fault of the page.
func (p *Page) check() {
	p.t.Helper()
	for _, fault := range p.Faults() {
		p.t.Errorf("%s: %s", p.URL, fault)
	}
}

// HeaderFaults are what is missing from the headers that every answer of the desk has, but the files that browsers keep.
func HeaderFaults(header http.Header) (all []string) {
	for name, want := range headers {
		if got := header.Get(name); got != want {
			all = append(all, fmt.Sprintf("%s is %q, want %q", name, got, want))
		}
	}
	return all
}

// Faults are what is wrong with a page whatever it is for. What is no text has none.
func (p *Page) Faults() []string {
	kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
	all := HeaderFaults(p.Header)
	if strings.HasPrefix(kind, "text/") || kind == "application/json" {
		all = append(all, p.tells()...)
	}
	if p.root == nil {
		return sorted(all)
	}
	if p.Status == http.StatusInternalServerError { // what is away is 503
		all = append(all, "status 500")
	}
	if len(p.Body) > largest {
		all = append(all, fmt.Sprintf("%d KiB, want at most %d", len(p.Body)>>10, largest>>10))
	}
	all = append(all, p.frame()...)
	all = append(all, p.names()...)
	all = append(all, p.inline()...)
	all = append(all, p.turned()...)
	return sorted(all)
}

func sorted(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// frame looks at language, title, headings and ids.
func (p *Page) frame() (all []string) {
	root := first(p.root, func(n *html.Node) bool { return n.DataAtom == atom.Html })
	if lang, _ := attr(root, "lang"); lang != "zh-CN" {
		all = append(all, fmt.Sprintf("lang is %q, want zh-CN", lang))
	}
	if p.Title() == "" {
		all = append(all, "no title")
	}
	ids := map[string]bool{}
	mains, tops, level := 0, 0, 0
	for n := range elements(p.root) {
		if id, is := attr(n, "id"); is {
			if ids[id] || id == "" {
				all = append(all, fmt.Sprintf("two have the id %q", id))
			}
			ids[id] = true
		}
		if n.DataAtom == atom.Main {
			mains++
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' && !has(n, "hidden") {
			deep := int(n.Data[1] - '0')
			if deep == 1 {
				tops++
			}
			if deep > level+1 {
				all = append(all, fmt.Sprintf("h%d %q follows h%d", deep, textOf(n), level))
			}
			if level = deep; textOf(n) == "" {
				all = append(all, "an empty "+n.Data)
			}
		}
	}
	if tops != 1 {
		all = append(all, fmt.Sprintf("%d of h1, want one", tops))
	}
	if mains != 1 {
		all = append(all, fmt.Sprintf("%d of main, want one", mains))
	}
	for n := range elements(p.root) {
		for _, name := range []string{"for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage"} {
			refs, _ := attr(n, name)
			for id := range strings.FieldsSeq(refs) {
				if !ids[id] {
					all = append(all, fmt.Sprintf("%s=%q of %s leads to no id", name, id, n.Data))
				}
			}
		}
		if href, _ := attr(n, "href"); n.DataAtom == atom.A && strings.HasPrefix(href, "#") && !ids[unescaped(href[1:])] {
			all = append(all, fmt.Sprintf("the link %q leads to no id", href))
		}
	}
	return all
}

// names looks whether everything that a person uses is called something.
func (p *Page) names() (all []string) {
	for n := range elements(p.root) {
		kind, _ := attr(n, "type")
		if order, _ := attr(n, "tabindex"); order != "" && order != "0" && order != "-1" {
			all = append(all, fmt.Sprintf("tabindex=%q: Tab follows the page", order))
		}
		switch n.DataAtom {
		case atom.Input, atom.Select, atom.Textarea, atom.Button:
			if name, _ := attr(n, "name"); kind != "hidden" && p.nameOf(n) == "" {
				all = append(all, fmt.Sprintf("%s %q has no label", n.Data, name))
			}
		case atom.A:
			if href, is := attr(n, "href"); p.nameOf(n) == "" || !is || href == "" || href == "#" {
				all = append(all, fmt.Sprintf("the link %q to %q has no text or leads nowhere", p.nameOf(n), href))
			}
		case atom.Img:
			if !has(n, "alt") {
				all = append(all, "an img without alt")
			}
		case atom.Fieldset:
			if legend := first(n, func(l *html.Node) bool { return l.DataAtom == atom.Legend }); legend == nil || textOf(legend) == "" {
				all = append(all, "a fieldset without legend")
			}
		case atom.Form:
			if method, _ := attr(n, "method"); !strings.EqualFold(method, "post") && !strings.EqualFold(method, "get") {
				all = append(all, "a form that says no method")
			}
		}
	}
	return all
}

// inline looks for what the Content-Security-Policy stops, and for what comes from elsewhere.
func (p *Page) inline() (all []string) {
	for n := range elements(p.root) {
		switch {
		case n.DataAtom == atom.Script && !has(n, "src"):
			all = append(all, "an inline script")
		case n.DataAtom == atom.Style:
			all = append(all, "an inline style sheet")
		case n.DataAtom == atom.Base || n.DataAtom == atom.Iframe || n.DataAtom == atom.Object || n.DataAtom == atom.Embed:
			all = append(all, "an element "+n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case a.Key == "style":
				all = append(all, fmt.Sprintf("style=%q", a.Val))
			case strings.HasPrefix(a.Key, "on"):
				all = append(all, fmt.Sprintf("%s=%q", a.Key, a.Val))
			case strings.HasPrefix(value, "javascript:"):
				all = append(all, fmt.Sprintf("%s=%q", a.Key, a.Val))
			case (a.Key == "src" || a.Key == "srcset" || a.Key == "action" || a.Key == "formaction" || a.Key == "data" || a.Key == "href" && n.DataAtom == atom.Link) &&
				(strings.Contains(value, "://") || strings.HasPrefix(value, "//")):
				all = append(all, fmt.Sprintf("%s=%q leads elsewhere", a.Key, a.Val))
			}
		}
	}
	return all
}

// telltales are what no page may show.
var telltales = []struct {
	what string
	is   *regexp.Regexp
}{
	{"a mobile number in full", regexp.MustCompile(`\b1[3-9]\d{9}\b`)},
	{"a key or a code", regexp.MustCompile(`\bt(?:ck|ca)_\w{8,}`)},
	{"an openid", regexp.MustCompile(`\bo[\w-]{27,}`)},
}

// likeOpenID reports whether a word is as long as the platform's openids, and as mixed.
func likeOpenID(word string) bool {
	return len(word) == 28 && strings.ContainsAny(word, "0123456789") && strings.ToLower(word) != word
}

// tells looks for what leads to somebody, or lets somebody in. What a person wrote may stand in the field they wrote it in.
func (p *Page) tells() (all []string) {
	text := p.Body
	if p.root != nil {
		text = p.withoutTyped()
	}
	for _, secret := range p.b.mayShow {
		text = strings.ReplaceAll(text, secret, "")
	}
	for _, tell := range telltales {
		for _, found := range tell.is.FindAllString(text, -1) {
			if tell.what != "an openid" || likeOpenID(found) {
				all = append(all, fmt.Sprintf("%s: %.6s…", tell.what, found))
			}
		}
	}
	return all
}

// withoutTyped is all that the document says, attributes and comments included, without the fields that hold what was written into them.
func (p *Page) withoutTyped() string {
	var b strings.Builder
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			if n.Parent.DataAtom != atom.Textarea || !slices.Contains(p.typed, n.Data) {
				b.WriteString(n.Data + "\n")
			}
			continue
		}
		for _, a := range n.Attr {
			if n.DataAtom != atom.Input || a.Key != "value" || !slices.Contains(p.typed, a.Val) {
				b.WriteString(a.Val + "\n")
			}
		}
	}
	return b.String()
}

// unescaped is the id that a fragment leads to.
func unescaped(fragment string) string {
	id, err := url.PathUnescape(fragment)
	if err != nil {
		return fragment
	}
	return id
}
