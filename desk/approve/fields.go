package approve

import (
	"slices"
	"strings"

	"towncrier/api/wire"
)

// group is what is signed about one thing.
type group struct {
	Label string
	Parts []part
}

// part is the fields of one of several alike: a channel, a passage, a list. Texts come first, what only the platform reads last.
type part struct {
	Label       string
	Texts, Main []wire.SignedField
	Technical   []wire.SignedField
}

// technical are fields that say how what is shown above them is made, by their names in what is hashed.
var technical = []string{"towncrier approval of a broadcast", "nonce", "channel", "template", "data", "variable", "value", "known",
	"of channel", "code", "form title", "form", "numbers", "digest", "series"}

func groupsOf(s wire.Signed) []group {
	var all []group
	for _, g := range s.Groups {
		one := group{Label: g.Label}
		for _, f := range g.Fields {
			one.add(f)
		}
		all = append(all, one)
	}
	return all
}

func (g *group) add(f wire.SignedField) {
	if n := len(g.Parts); n == 0 || g.Parts[n-1].Label != f.Part {
		g.Parts = append(g.Parts, part{Label: f.Part})
	}
	p := &g.Parts[len(g.Parts)-1]
	f.Label = indented(f)
	switch {
	case f.Field == "reads":
		p.Texts = append(p.Texts, f)
	case slices.Contains(technical, f.Field):
		p.Technical = append(p.Technical, f)
	default:
		p.Main = append(p.Main, f)
	}
}

// indented is a field's label, which stands below that of the field that it is part of.
func indented(f wire.SignedField) string {
	if f.Depth == 0 {
		return f.Label
	}
	return strings.Repeat("　", f.Depth-1) + "└ " + f.Label
}
