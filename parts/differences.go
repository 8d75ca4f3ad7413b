package parts

// difference is where two lists differ: entries of the one, by index, stand where entries of the other do.
type difference struct {
	at         int // how many of the old entries stand before or in it
	olds, news []int
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
			d.at = i
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
			d.olds = append(d.olds, i)
			i++
		default:
			d.news = append(d.news, j)
			j++
		}
	}
	flush()
	return all
}
