package api

import (
	"maps"
	"slices"

	"towncrier/api/wire"
	"towncrier/broadcast"
)

// Counts of people below broadcast.Few are null in every answer, and a label says so. Where counts add up, and one of them is null, the
// others are given to the ten: else it could be reckoned from them. Counts before a broadcast are to the ten always: two audiences that
// differ by a person would tell what that person has.

// counted is how a count is shown: by broadcast.People, or by broadcast.About.
type counted func(int) (n *int, label string)

func shownAs(anyFew bool) counted {
	if anyFew {
		return broadcast.About
	}
	return broadcast.People
}

func viewMoney(m broadcast.Money) wire.Money {
	amount := int64(m)
	return wire.Money{Amount: &amount, Label: m.String()}
}

var untold = wire.Money{Amount: nil, Label: broadcast.CostUntold}

// uncounted is an amount before the audience can be counted.
var uncounted = wire.Money{Amount: nil, Label: "未统计"}

// aboutCost is an amount of before anything is sent, when it tells a count.
func aboutCost(cost, each broadcast.Money) wire.Money {
	shown, label := broadcast.AboutCost(cost, each)
	if shown == nil {
		return untold
	}
	amount := int64(*shown)
	return wire.Money{Amount: &amount, Label: label}
}

// viewReasons are the counts by reason. What few people have is not named.
func viewReasons(left map[broadcast.Reason]int, as counted) []wire.ReasonCount {
	all := []wire.ReasonCount{}
	few := false
	for _, why := range slices.Sorted(maps.Keys(left)) {
		n, label := as(left[why])
		if n == nil {
			few = true
			continue
		}
		all = append(all, wire.ReasonCount{Reason: string(why), Label: why.Label(), N: n, NLabel: label})
	}
	if few {
		_, label := broadcast.People(1)
		all = append(all, wire.ReasonCount{Label: "其他原因", NLabel: "每项" + label})
	}
	return all
}

// viewTotal is the recipients of all committees, each count for itself: what a report says by states.
func viewTotal(all []broadcast.Reach) wire.Reach {
	var sum broadcast.Reach
	for _, r := range all {
		sum.Recipients, sum.Delivered, sum.Accepted, sum.Open, sum.Missed = sum.Recipients+r.Recipients, sum.Delivered+r.Delivered, sum.Accepted+r.Accepted, sum.Open+r.Open, sum.Missed+r.Missed
	}
	return countReach(wire.Reach{}, sum)
}

// viewReach is the recipients by committee. A committee with few is not counted; when it is the only one, neither is the smallest other,
// since all of them add up to what the broadcast shows.
func viewReach(names knownNames, all []broadcast.Reach) []wire.Reach {
	few := slices.DeleteFunc(slices.Clone(all), func(r broadcast.Reach) bool { return r.Recipients == 0 || r.Recipients >= broadcast.Few })
	hidden := -1
	if len(few) == 1 {
		for i, r := range all {
			if r.Recipients >= broadcast.Few && (hidden < 0 || r.Recipients < all[hidden].Recipients) {
				hidden = i
			}
		}
	}
	views := []wire.Reach{}
	for i, r := range all {
		v := wire.Reach{Committee: r.Committee, CommitteeLabel: names.Committee(r.Committee)}
		if i == hidden {
			v.RecipientsLabel = "不单独显示"
		} else {
			v = countReach(v, r)
		}
		views = append(views, v)
	}
	return views
}

// countReach puts counts into v, unless they are of few.
func countReach(v wire.Reach, r broadcast.Reach) wire.Reach {
	if broadcast.AnyFew(r.Recipients) {
		_, v.RecipientsLabel = broadcast.People(r.Recipients)
		return v
	}
	as := shownAs(broadcast.AnyFew(r.Delivered, r.Accepted, r.Open, r.Missed))
	v.Recipients, v.RecipientsLabel = as(r.Recipients)
	v.Delivered, _ = as(r.Delivered)
	v.Accepted, _ = as(r.Accepted)
	v.Open, _ = as(r.Open)
	v.Missed, _ = as(r.Missed)
	return v
}
