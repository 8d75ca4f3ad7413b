// Package lookup finds a thing by what people call it: its code, its name or a short form of the name.
package lookup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towncrier/phone"
)

// Named is something with a code and a name, which are the same where there is no code.
type Named struct{ Code, Name string }

// String is the name, then the code where it is another.
func (n Named) String() string {
	if n.Code == n.Name || n.Name == "" {
		return n.Code
	}
	return n.Name + "（" + n.Code + "）"
}

// Alike are things without codes, sorted.
func Alike(names map[string]bool) (all []Named) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name != "" {
			all = append(all, Named{name, name})
		}
	}
	return all
}

// Directory finds things of one kind by what people call them.
type Directory struct {
	What   string                   // the kind, in Chinese
	All    []Named                  // one code may have several names, the first of which is shown
	Stem   func(name string) string // shortens a plain name to what tells it from the others; nil when there is no short form
	AsSaid bool                     // what is not in it stays as it was written
}

// Open is d, in which what it does not hold stays as it was written.
func (d Directory) Open() Directory {
	d.AsSaid = true
	return d
}

// Find is the code of what somebody called by its code, its name or its short form, in this order; "" is "". Otherwise reason says in
// Chinese why there is none.
func (d Directory) Find(said string) (code, reason string) {
	want := Plain(said)
	if want == "" {
		return said, d.unknownUnless(said == "", said)
	}
	for _, n := range d.All {
		if n.Code == said || n.Code == want {
			return n.Code, ""
		}
	}
	for _, form := range []func(string) string{func(name string) string { return name }, d.Stem} {
		if form == nil || form(want) == "" {
			continue
		}
		found := d.those(func(n Named) bool { return form(Plain(n.Name)) == form(want) })
		switch len(found) {
		case 0:
		case 1:
			return found[0].Code, ""
		default:
			return "", fmt.Sprintf("%s%s可以指%s，请写明是哪一个，名称分不清的写代码", d.What, Quoted(said), Joined(found))
		}
	}
	return said, d.unknownUnless(d.AsSaid, said)
}

// shownAll is how many things are all listed when nothing is like what was written.
const shownAll = 9

func (d Directory) unknownUnless(fine bool, said string) string {
	if fine {
		return ""
	}
	reason := fmt.Sprintf("没有名称或代码是%s的%s", Quoted(said), d.What)
	if near := d.near(said); len(near) > 0 {
		return reason + "，是不是" + Joined(near) + "？"
	}
	all := d.those(func(Named) bool { return true })
	switch {
	case len(all) == 0:
		return reason + "：还没有登记任何" + d.What
	case len(all) <= shownAll:
		return reason + "，可以写" + Joined(all)
	}
	return reason + "，请核对"
}

// those are the things that fit, each once, under its first name.
func (d Directory) those(fits func(Named) bool) (found []Named) {
	for _, n := range d.All {
		if !fits(n) || slices.ContainsFunc(found, func(f Named) bool { return f.Code == n.Code }) {
			continue
		}
		first := slices.IndexFunc(d.All, func(f Named) bool { return f.Code == n.Code })
		found = append(found, d.All[first])
	}
	return found
}

// mostNear is how many things are proposed for a name that fits none.
const mostNear = 5

// near are the things whose code or name is most like what was written, the likest first.
func (d Directory) near(said string) []Named {
	likeness := func(n Named) float64 {
		want, name := Plain(said), Plain(n.Name)
		if d.Stem != nil {
			want, name = cmp.Or(d.Stem(want), want), cmp.Or(d.Stem(name), name)
		}
		return max(common(want, name), common(Plain(said), n.Code))
	}
	found := d.those(func(n Named) bool { return likeness(n) >= 0.6 })
	slices.SortStableFunc(found, func(a, b Named) int { return cmp.Compare(likeness(b), likeness(a)) })
	return found[:min(len(found), mostNear)]
}

// common is the share of the characters that two names have in common, 1 when one holds the other.
func common(a, b string) float64 {
	short, long := []rune(a), []rune(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) == 0 {
		return 0
	}
	if len(short) > 1 && strings.Contains(string(long), string(short)) {
		return 1
	}
	left, shared := slices.Clone(long), 0
	for _, r := range short {
		if at := slices.Index(left, r); at >= 0 {
			left = slices.Delete(left, at, at+1)
			shared++
		}
	}
	return float64(shared) / float64(len(long))
}

// Plain is a name without spaces and invisible characters, full-width letters and digits made half-width.
func Plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
}

// Trim takes the endings off a name, in their order, as long as two characters are left.
func Trim(endings ...string) func(name string) string {
	return func(name string) string {
		for _, end := range endings {
			if short, ok := strings.CutSuffix(name, end); ok && utf8.RuneCountInString(short) > 1 {
				name = short
			}
		}
		return name
	}
}

// Quoted is what somebody wrote, as a refusal repeats it: not a phone number, and not more than a line.
func Quoted(said string) string {
	if phone.In(said) {
		return "所写内容"
	}
	if text := []rune(said); len(text) > 40 {
		said = string(text[:40]) + "…"
	}
	return "“" + said + "”"
}

// Joined lists things, for a person to choose from.
func Joined(all []Named) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = n.String()
	}
	return strings.Join(texts, "、")
}
