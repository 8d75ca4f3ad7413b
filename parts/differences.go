package parts

import "slices"

// difference is where two lists differ: entries of the one, by index, stand where entries of the other do.
type difference struct {
	at         int // how many of the old entries stand before it
	olds, news []int
}

// pair is an old entry that becomes a new one, by index. Of an entry that goes, new is -1. Of one that comes, old is -1, and it follows the old one
// at at-1, or is the first.
type pair struct{ old, new, at int }

// pairs finds what becomes of each entry of a difference. One with a name of its own becomes the one that has the same name; when there is one on
// either side only, it was given another.
func (d difference) pairs(had, want []any) (all []pair) {
	olds, news, at := d.olds, d.news, d.at
	alone := len(olds) == 1 && len(news) == 1
	for len(olds) > 0 || len(news) > 0 {
		var named, stays bool
		if len(olds) > 0 && len(news) > 0 {
			old, next := nameOf(had[olds[0]]), nameOf(want[news[0]])
			named = alone || old == next
			stays = slices.ContainsFunc(news, func(j int) bool { return nameOf(want[j]) == old })
		}
		switch {
		case named:
			all = append(all, pair{olds[0], news[0], at})
			at = olds[0] + 1
			olds, news = olds[1:], news[1:]
		case len(news) == 0 || len(olds) > 0 && !stays:
			all = append(all, pair{olds[0], -1, at})
			olds = olds[1:]
		default:
			all = append(all, pair{-1, news[0], at})
			news = news[1:]
		}
	}
	return all
}

// nameOf is what an entry is known by, nil for a text.
func nameOf(v any) any {
	m, _ := v.(map[string]any)
	for _, field := range []string{"id", "name", "number"} {
		if name, ok := m[field]; ok {
			return name
		}
	}
	return nil
}

// begin notes where a difference begins.
func (d *difference) begin(i int) {
	if d.olds == nil && d.news == nil {
		d.at = i
	}
}

// longest bounds the time of a comparison, which grows with the product of the lengths; beyond it, what differs is one difference.
const longest = 1 << 20

// differences pairs what is the same in both lists, in order, and gives what is between.
func differences(had, want []any) []difference {
	begin := 0
	for begin < min(len(had), len(want)) && same(had[begin], want[begin]) {
		begin++
	}
	end := 0
	for end < min(len(had), len(want))-begin && same(had[len(had)-1-end], want[len(want)-1-end]) {
		end++
	}
	n, m := len(had)-begin-end, len(want)-begin-end
	if n*m > longest {
		n, m = 0, 0
	}
	common := make([][]int, n+1) // of what follows
	for i := range common {
		common[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(had[begin+i], want[begin+j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []difference
	var d difference
	i, j := begin, begin
	flush := func() {
		if d.olds != nil || d.news != nil {
			all = append(all, d)
		}
		d = difference{}
	}
	for i < len(had)-end || j < len(want)-end {
		inside := i-begin < n && j-begin < m
		switch {
		case inside && same(had[i], want[j]):
			flush()
			i, j = i+1, j+1
		case i < len(had)-end && (!inside || common[i-begin+1][j-begin] >= common[i-begin][j-begin+1]):
			d.begin(i)
			d.olds = append(d.olds, i)
			i++
		default:
			d.begin(i)
			d.news = append(d.news, j)
			j++
		}
	}
	flush()
	return all
}
