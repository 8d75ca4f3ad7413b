package desktest

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// turned looks for text with a mark of direction that it does not close, which turns round what stands after it on the line: what strangers write
// stands in an element that keeps it apart.
func (p *Page) turned() (all []string) {
	for n := range p.root.Descendants() {
		if n.Type != html.TextNode || !unclosed(n.Data) {
			continue
		}
		if after := afterOnLine(n); after != "" {
			all = append(all, fmt.Sprintf("%q in <%s> turns round %q", n.Data, n.Parent.Data, after))
		}
	}
	return all
}

// unclosed says whether a text begins another direction, or an isolated piece, that it does not end.
func unclosed(text string) bool {
	embedded, isolated := 0, 0
	for _, r := range text {
		switch r {
		case '\u202a', '\u202b', '\u202d', '\u202e':
			embedded++
		case '\u202c':
			embedded = max(embedded-1, 0)
		case '\u2066', '\u2067', '\u2068':
			isolated++
		case '\u2069':
			isolated = max(isolated-1, 0)
		}
	}
	return embedded+isolated > 0
}

// afterOnLine is what stands after a text in the same line of running text, "" when the text is kept apart from it.
func afterOnLine(n *html.Node) string {
	for ; ; n = n.Parent {
		if apart(n.Parent) {
			return ""
		}
		for next := n.NextSibling; next != nil; next = next.NextSibling {
			if next.Type == html.ElementNode && !runs(next) {
				return ""
			}
			if said := strings.TrimSpace(textOf(next)); said != "" {
				return said
			}
		}
		if !runs(n.Parent) {
			return ""
		}
	}
}

// apart says whether an element keeps the direction of its text to itself.
func apart(n *html.Node) bool {
	return has(n, "dir") || slices.Contains([]atom.Atom{atom.Bdi, atom.Textarea, atom.Option, atom.Title, atom.Button, atom.Script}, n.DataAtom)
}

// runs says whether an element is a part of a line, as words are.
func runs(n *html.Node) bool {
	return slices.Contains([]atom.Atom{atom.A, atom.Span, atom.Small, atom.Strong, atom.Em, atom.B, atom.I, atom.Label, atom.Code, atom.Time, atom.Del, atom.Ins, atom.Mark}, n.DataAtom)
}
