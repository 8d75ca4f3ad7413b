package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/broadcast"
	"towncrier/emergency"
	"towncrier/staff"
)

// Operation is one operation, and who may call it.
type Operation struct {
	Method, Path string
	Summary      string
	Right        staff.Right // that it needs; "" when any key will do
	Public       bool        // it takes no key
}

// May says whether a role may call the operation. What it sees there may be its committee's only.
func (o Operation) May(role staff.Role) bool {
	return o.Public || o.Right == anyStaff || role.May(o.Right)
}

// Operations lists every operation, by path: what New registers, asked of nothing that runs.
func Operations() []Operation {
	g := &gate{huma: humago.NewWithPrefix(http.NewServeMux(), "", settings(""))}
	register(g, Config{Broadcasts: &broadcast.Service{}, Emergencies: &emergency.Service{}})
	all := each(g.operations, func(op operation) Operation {
		o := Operation{Method: op.method, Path: op.path, Summary: op.summary, Right: op.right}
		if op.right == public {
			o.Right, o.Public = "", true
		}
		return o
	})
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return all
}

// RightsMarkdown is the table of rights as docs/rights.md shows it: every operation, and the roles that may call it.
func RightsMarkdown() string {
	var b strings.Builder
	b.WriteString("| Operation | Right |")
	for _, role := range staff.Roles {
		fmt.Fprintf(&b, " %s %s |", role, role.Label())
	}
	b.WriteString("\n|---|---|" + strings.Repeat(":-:|", len(staff.Roles)) + "\n")
	row := func(what, right string, may func(staff.Role) bool) {
		fmt.Fprintf(&b, "| %s | %s |", what, right)
		for _, role := range staff.Roles {
			if may(role) {
				b.WriteString(" ✓ |")
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	for _, o := range Operations() {
		row("`"+o.Method+" "+o.Path+"`", o.need(), o.May)
	}
	row("an emergency broadcast, to approve or let go", need(staff.SendEmergency), func(r staff.Role) bool { return r.May(staff.SendEmergency) })
	return b.String()
}

func (o Operation) need() string {
	switch {
	case o.Public:
		return "no key 不需要密钥"
	case o.Right == anyStaff:
		return "any key 任何密钥"
	}
	return need(o.Right)
}

func need(right staff.Right) string { return string(right) + " " + right.Label() }
