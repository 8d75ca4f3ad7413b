package broadcast

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

// named is something with a code and a name, which are the same where there is no code.
type named struct{ code, name string }

// String is the name, then the code where it is another.
func (n named) String() string {
	if n.code == n.name || n.name == "" {
		return n.code
	}
	return n.name + "（" + n.code + "）"
}

// alike are things without codes, sorted.
func alike(names map[string]bool) (all []named) {
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name != "" {
			all = append(all, named{name, name})
		}
	}
	return all
}

// directory finds things of one kind by what people call them.
type directory struct {
	what   string                   // the kind, in Chinese
	all    []named                  // one code may have several names, the first of which is shown
	stem   func(name string) string // shortens a plain name to what tells it from the others; nil when there is no short form
	asSaid bool                     // what is not in it stays as it was written
}

// open is d, in which what it does not hold stays as it was written.
func (d directory) open() directory {
	d.asSaid = true
	return d
}

// find is the code of what somebody called by its code, its name or its short form, in this order; "" is "". Otherwise reason says in
// Chinese why there is none.
func (d directory) find(said string) (code, reason string) {
	want := plain(said)
	if want == "" {
		return said, d.unknownUnless(said == "", said)
	}
	for _, n := range d.all {
		if n.code == said || n.code == want {
			return n.code, ""
		}
	}
	for _, form := range []func(string) string{func(name string) string { return name }, d.stem} {
		if form == nil || form(want) == "" {
			continue
		}
		found := d.those(func(n named) bool { return form(plain(n.name)) == form(want) })
		switch len(found) {
		case 0:
		case 1:
			return found[0].code, ""
		default:
			return "", fmt.Sprintf("%s%s可以指%s，请写明是哪一个，名称分不清的写代码", d.what, quoted(said), joined(found))
		}
	}
	return said, d.unknownUnless(d.asSaid, said)
}

// shownAll is how many things are all listed when nothing is like what was written.
const shownAll = 9

func (d directory) unknownUnless(fine bool, said string) string {
	if fine {
		return ""
	}
	reason := fmt.Sprintf("没有名称或代码是%s的%s", quoted(said), d.what)
	if near := d.near(said); len(near) > 0 {
		return reason + "，是不是" + joined(near) + "？"
	}
	all := d.those(func(named) bool { return true })
	switch {
	case len(all) == 0:
		return reason + "：还没有登记任何" + d.what
	case len(all) <= shownAll:
		return reason + "，可以写" + joined(all)
	}
	return reason + "，请核对"
}

// those are the things that fit, each once, under its first name.
func (d directory) those(fits func(named) bool) (found []named) {
	for _, n := range d.all {
		if !fits(n) || slices.ContainsFunc(found, func(f named) bool { return f.code == n.code }) {
			continue
		}
		first := slices.IndexFunc(d.all, func(f named) bool { return f.code == n.code })
		found = append(found, d.all[first])
	}
	return found
}

// mostNear is how many things are proposed for a name that fits none.
const mostNear = 5

// near are the things whose code or name is most like what was written, the likest first.
func (d directory) near(said string) []named {
	likeness := func(n named) float64 {
		want, name := plain(said), plain(n.name)
		if d.stem != nil {
			want, name = cmp.Or(d.stem(want), want), cmp.Or(d.stem(name), name)
		}
		return max(common(want, name), common(plain(said), n.code))
	}
	found := d.those(func(n named) bool { return likeness(n) >= 0.6 })
	slices.SortStableFunc(found, func(a, b named) int { return cmp.Compare(likeness(b), likeness(a)) })
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

// plain is a name without spaces and invisible characters, full-width letters and digits made half-width.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
}

// trim takes the endings off a name, in their order, as long as two characters are left.
func trim(endings ...string) func(name string) string {
	return func(name string) string {
		for _, end := range endings {
			if short, ok := strings.CutSuffix(name, end); ok && utf8.RuneCountInString(short) > 1 {
				name = short
			}
		}
		return name
	}
}

// quoted is what somebody wrote, as a refusal repeats it: not a phone number, and not more than a line.
func quoted(said string) string {
	if phone.In(said) {
		return "所写内容"
	}
	if text := []rune(said); len(text) > 40 {
		said = string(text[:40]) + "…"
	}
	return "“" + said + "”"
}

func joined(all []named) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = n.String()
	}
	return strings.Join(texts, "、")
}
