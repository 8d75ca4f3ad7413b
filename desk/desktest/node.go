package desktest

import (
	"iter"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// elements are a node and all elements within it, in the order of the document.
func elements(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		if n == nil {
			return
		}
		if n.Type == html.ElementNode && !yield(n) {
			return
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && !yield(d) {
				return
			}
		}
	}
}

func first(n *html.Node, is func(*html.Node) bool) *html.Node {
	for e := range elements(n) {
		if is(e) {
			return e
		}
	}
	return nil
}

func within(n, outer *html.Node) bool {
	for n != nil && n != outer {
		n = n.Parent
	}
	return n != nil
}

// above is the nearest ancestor of a kind, nil for none.
func above(n *html.Node, kind atom.Atom) *html.Node {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.DataAtom == kind {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) (value string, has bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func has(n *html.Node, name string) bool { _, is := attr(n, name); return is }

func byID(root *html.Node, id string) *html.Node {
	return first(root, func(n *html.Node) bool { is, _ := attr(n, "id"); return id != "" && is == id })
}

// textOf is what is read, with single spaces; fields and what is hidden say nothing.
func textOf(n *html.Node) string {
	var b strings.Builder
	var read func(*html.Node)
	read = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && silent(n):
			b.WriteByte(' ')
		default:
			if blocky(n) {
				b.WriteByte(' ')
			}
			for c := range n.ChildNodes() {
				read(c)
			}
			if blocky(n) {
				b.WriteByte(' ')
			}
		}
	}
	read(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func silent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Select, atom.Textarea, atom.Datalist:
		return true
	}
	return has(n, "hidden")
}

// blocky reports whether an element parts what stands before it from what stands after it.
func blocky(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Code, atom.Del, atom.Em, atom.I, atom.Ins, atom.Kbd, atom.Mark, atom.S, atom.Small,
		atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Wbr:
		return false
	}
	return n.Type == html.ElementNode
}

// nameOf is what an element is called: what a screen reader says, and what a test finds it by.
func (p *Page) nameOf(n *html.Node) string {
	if ids, is := attr(n, "aria-labelledby"); is {
		var names []string
		for id := range strings.FieldsSeq(ids) {
			if by := byID(p.root, id); by != nil {
				names = append(names, textOf(by))
			}
		}
		return strings.Join(names, " ")
	}
	if label, is := attr(n, "aria-label"); is {
		return strings.TrimSpace(label)
	}
	switch n.DataAtom {
	case atom.Input, atom.Select, atom.Textarea:
		if isButton(n) {
			value, _ := attr(n, "value")
			return value
		}
		return p.labelOf(n)
	}
	name := textOf(n)
	for img := range elements(n) {
		if alt, is := attr(img, "alt"); is {
			name = strings.TrimSpace(name + " " + alt)
		}
	}
	return name
}

// labelOf is the text of a field's label.
func (p *Page) labelOf(n *html.Node) string {
	if id, is := attr(n, "id"); is {
		for label := range elements(p.root) {
			if of, is := attr(label, "for"); is && of == id && label.DataAtom == atom.Label {
				return textOf(label)
			}
		}
	}
	if label := above(n, atom.Label); label != nil {
		return textOf(label)
	}
	return ""
}

func isButton(n *html.Node) bool {
	kind, _ := attr(n, "type")
	switch n.DataAtom {
	case atom.Button:
		return true
	case atom.Input:
		return kind == "submit" || kind == "button" || kind == "image" || kind == "reset"
	}
	return false
}
