package broadcast

import "fmt"

// Few is the smallest count of people that is shown. A rule can choose by tag, community and topic together: a small count,
// or two that differ by a little, would tell of a person what nobody asked to be told.
const Few = 10

// ErrFew refuses to count a small audience out, row by row.
var ErrFew = fmt.Errorf("这条通知的接收人少于%d人，只有可以查看居民信息的人员才能逐条查看", Few)

// People is a count of people as officials may see it. n is nil when the count is not shown, and the label then says why.
func People(count int) (n *int, label string) {
	if 0 < count && count < Few {
		return nil, fmt.Sprintf("少于%d人", Few)
	}
	return &count, fmt.Sprintf("%d人", count)
}

// About is People to the ten: for counts that add up with one that is not shown, which could be reckoned from them, and for counts of
// audiences that an official may choose one after another.
func About(count int) (n *int, label string) {
	if count < Few {
		return People(count)
	}
	count -= count % Few
	return &count, fmt.Sprintf("约%d人", count)
}

// AtMost is the size of an audience by list, of which no more is said than how many lines it has: an official who uploads numbers must not find
// out which of them are known.
func AtMost(lines int) (n *int, label string) { return nil, fmt.Sprintf("至多%d人", lines) }

// AnyFew says whether one of the counts is not shown.
func AnyFew(counts ...int) bool {
	for _, count := range counts {
		if 0 < count && count < Few {
			return true
		}
	}
	return false
}

// AnyFew says whether one of the counts that e adds up is not shown.
func (e Estimate) AnyFew() bool {
	counts := []int{e.Residents, e.Doubles, e.BySMS, e.SpareSMS}
	for _, n := range e.Left {
		counts = append(counts, n)
	}
	for _, n := range e.First {
		counts = append(counts, n)
	}
	return AnyFew(counts...)
}

func label(_ *int, label string) string { return label }

// CostUntold is the label of an amount that would tell a count that is not shown.
const CostUntold = "人数较少，不显示金额"

// AboutCost is what texts for each cost, to the ten of them: nil where their count is not shown.
func AboutCost(cost, each Money) (shown *Money, label string) {
	if each == 0 {
		return &cost, cost.String()
	}
	n, _ := About(int(cost / each))
	if n == nil {
		return nil, CostUntold
	}
	about := Money(*n) * each
	return &about, about.String()
}
