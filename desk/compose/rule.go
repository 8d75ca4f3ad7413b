package compose

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/desk/page"
)

// node is a rule as a form has it. The fields of the whole are rule.kind and rule.value, those of its second part rule.1.kind and
// rule.1.value, and so on: a form without scripts says all of it. A node without a kind is not chosen yet.
type node struct {
	Kind  string // as the fields of wire.Rule are called
	Value string // of a kind that takes one
	Parts []node // of and, or and not
}

// root names the whole rule.
const root = "rule"

const (
	// mostNodes and mostLevels bound what is read of a form. What an audience may have is for the API to say, which allows less.
	mostNodes  = 400
	mostLevels = 12
)

// valued are the kinds that take a value, in the order in which people choose.
var valued = []string{"area", "street", "committee", "community", "tag", "topic", "list"}

func (n node) isGroup() bool { return n.Kind == "and" || n.Kind == "or" }

// readRule reads the rule of a form. What a page of ours cannot have posted is refused with the field that it stands in.
func readRule(form url.Values) (node, []page.FieldFault) {
	left := url.Values{}
	for name, values := range form {
		if strings.HasPrefix(name, root+".") && !strings.HasSuffix(name, ".new") {
			left[name] = values
		}
	}
	r := &ruleReader{left: left}
	whole := r.node(root, 1)
	for name, values := range left { // what no node has taken
		if slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
			r.refuse(name, "这个条件不完整：请删去它，再加一次")
			break
		}
	}
	if len(r.faults) > 0 {
		return node{}, r.faults
	}
	return whole, nil
}

type ruleReader struct {
	left   url.Values
	nodes  int
	faults []page.FieldFault
}

func (r *ruleReader) refuse(field, text string) {
	if !fieldName.MatchString(field) {
		field = root + ".kind"
	}
	r.faults = append(r.faults, page.FieldFault{Field: field, Text: text})
}

// fieldName is what the fields of a rule are called.
var fieldName = regexp.MustCompile(`^rule(\.[0-9]{1,3})*\.(kind|value)$`)

// take is the value of a field, which is there once.
func (r *ruleReader) take(field string) string {
	values := r.left[field]
	delete(r.left, field)
	if len(values) > 1 {
		r.refuse(field, "这个条件写了两次：请删去一个")
		return ""
	}
	return strings.Join(values, "")
}

func (r *ruleReader) node(at string, level int) node {
	if r.nodes++; r.nodes > mostNodes || level > mostLevels {
		r.refuse(at+".kind", fmt.Sprintf("条件太多或者套得太深：最多%d个、%d层", mostNodes, mostLevels))
		clear(r.left)
		return node{}
	}
	n := node{Kind: r.take(at + ".kind")}
	switch {
	case n.Kind == "" || n.Kind == "all":
		r.take(at + ".value")
	case slices.Contains(valued, n.Kind):
		n.Value = r.take(at + ".value")
	case n.isGroup() || n.Kind == "not":
		for i := 0; r.left.Has(fmt.Sprintf("%s.%d.kind", at, i)); i++ {
			n.Parts = append(n.Parts, r.node(fmt.Sprintf("%s.%d", at, i), level+1))
		}
		if len(n.Parts) == 0 || n.Kind == "not" && len(n.Parts) > 1 {
			r.refuse(at+".kind", "这一组条件不完整：请删去它，再加一次")
		}
	default:
		r.refuse(at+".kind", "没有这种条件：请删去它，再加一次")
		return node{}
	}
	return n
}

// put writes n into a form, in place of the rule that it had.
func (n node) put(form url.Values) {
	for name := range form {
		if strings.HasPrefix(name, root+".") {
			delete(form, name)
		}
	}
	n.walk(root, func(at string, n node) {
		form.Set(at+".kind", n.Kind)
		if n.Value != "" {
			form.Set(at+".value", n.Value)
		}
	})
}

func (n node) walk(at string, visit func(at string, n node)) {
	visit(at, n)
	for i, part := range n.Parts {
		part.walk(fmt.Sprintf("%s.%d", at, i), visit)
	}
}

// nodeOf is a rule as a form has it. Of a rule that says several things, which the API keeps none of, it has the first.
func nodeOf(r wire.Rule) node {
	parts := func(kind string, rules []wire.Rule) node {
		n := node{Kind: kind}
		for _, rule := range rules {
			n.Parts = append(n.Parts, nodeOf(rule))
		}
		return n
	}
	switch {
	case r.All:
		return node{Kind: "all"}
	case len(r.And) > 0:
		return parts("and", r.And)
	case len(r.Or) > 0:
		return parts("or", r.Or)
	case r.Not != nil:
		return parts("not", []wire.Rule{*r.Not})
	}
	for i, value := range []string{r.Area, r.Street, r.Committee, r.Community, r.Tag, r.Topic, r.List} {
		if value != "" {
			return node{Kind: valued[i], Value: value}
		}
	}
	return node{}
}

// rule is what n says. What is not chosen yet is at fault, but for a whole that is empty: the API has words for that.
func (n node) rule() (wire.Rule, []page.FieldFault) {
	var faults []page.FieldFault
	n.walk(root, func(at string, n node) {
		switch {
		case slices.Contains(valued, n.Kind) && n.Value == "":
			faults = append(faults, page.FieldFault{Field: at + ".value", Text: "没有选是哪一个：请选一个，或者删去这个条件"})
		case n.Kind == "" && at != root:
			faults = append(faults, page.FieldFault{Field: at + ".kind", Text: "没有选条件：请删去它"})
		}
	})
	return n.wire(), faults
}

func (n node) wire() (r wire.Rule) {
	var parts []wire.Rule
	for _, part := range n.Parts {
		parts = append(parts, part.wire())
	}
	switch n.Kind {
	case "all":
		r.All = true
	case "and":
		r.And = parts
	case "or":
		r.Or = parts
	case "not":
		r.Not = &parts[0]
	case "area":
		r.Area = n.Value
	case "street":
		r.Street = n.Value
	case "committee":
		r.Committee = n.Value
	case "community":
		r.Community = n.Value
	case "tag":
		r.Tag = n.Value
	case "topic":
		r.Topic = n.Value
	case "list":
		r.List = n.Value
	}
	return r
}

// The buttons of a rule, each of the node that it stands at.
const (
	addPart = "add" // 加条件: one more of the kind that is chosen beside it
	addAny  = "any" // 满足任一, or 都满足 within such a group: one more, in a group of its own
	negate  = "not" // 排除, and back
	drop    = "del" // 删除
)

// change is n after a button was pressed at a field of it; kind is what was chosen beside the button. Nothing changes of a node that is not there.
func (n node) change(button, at, kind string) node {
	path, ok := pathOf(at)
	if !ok || n.at(path) == nil || (button == addPart || button == addAny) && kind != "all" && !slices.Contains(valued, kind) {
		return n
	}
	n = n.clone()
	switch target := n.at(path); button {
	case addPart:
		target.add(node{Kind: kind})
	case addAny:
		inner := "or"
		if target.Kind == "or" {
			inner = "and"
		}
		target.add(node{Kind: inner, Parts: []node{{Kind: kind}}})
	case negate:
		if target.Kind == "not" {
			*target = target.Parts[0]
		} else if target.Kind != "" {
			*target = node{Kind: "not", Parts: []node{*target}}
		}
	case drop:
		n.drop(path)
	}
	return n
}

// add puts a part into a group, or makes a group of what is there. What is not chosen yet, and everybody, give way.
func (n *node) add(part node) {
	switch {
	case n.Kind == "" || n.Kind == "all":
		*n = part
	case n.isGroup():
		n.Parts = append(n.Parts, part)
	default:
		*n = node{Kind: "and", Parts: []node{*n, part}}
	}
}

// drop takes a node out, and what has no parts without it.
func (n *node) drop(path []int) {
	for len(path) > 0 {
		above := n.at(path[:len(path)-1])
		above.Parts = slices.Delete(above.Parts, path[len(path)-1], path[len(path)-1]+1)
		if len(above.Parts) > 0 {
			return
		}
		path = path[:len(path)-1]
	}
	*n = node{}
}

// at is the node at a path, nil when there is none.
func (n *node) at(path []int) *node {
	for _, i := range path {
		if i >= len(n.Parts) {
			return nil
		}
		n = &n.Parts[i]
	}
	return n
}

func (n node) clone() node {
	n.Parts = slices.Clone(n.Parts)
	for i, part := range n.Parts {
		n.Parts[i] = part.clone()
	}
	return n
}

// pathOf reads rule.0.2.
func pathOf(at string) (path []int, ok bool) {
	rest, ok := strings.CutPrefix(at, root)
	for part := range strings.SplitSeq(strings.TrimPrefix(rest, "."), ".") {
		if rest == "" {
			break
		}
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 {
			return nil, false
		}
		path = append(path, i)
	}
	return path, ok
}

// ruleField is the field that the API means by a place in an audience, such as audience.and[1].not.committee.
func ruleField(place string) string {
	field := root
	for _, step := range ruleStep.FindAllStringSubmatch(place, -1) {
		switch {
		case step[2] != "":
			field += "." + step[2]
		case step[1] == "not":
			field += ".0"
		case slices.Contains(valued, step[1]):
			return field + ".value"
		}
	}
	return field + ".kind"
}

var ruleStep = regexp.MustCompile(`\.([a-z]+)(?:\[(\d+)\])?`)
