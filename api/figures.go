package api

import (
	"cmp"
	"maps"
	"slices"

	"towncrier/broadcast"
)

// Counts of people below broadcast.Few are null in every answer, and a label says so. Before a broadcast is sent, when its author alone
// decides who is counted, all others are given to the ten. After it they are exact, but where they add up with one that is null, which
// could be reckoned from them.

// counted is how a count is shown: by broadcast.People, or by broadcast.About.
type counted func(int) (n *int, label string)

func shownAs(anyFew bool) counted {
	if anyFew {
		return broadcast.About
	}
	return broadcast.People
}

type moneyView struct {
	Amount *int64 `json:"amount" doc:"In 1/1000 yuan; null when it would tell how few people there are, or when they were not counted"`
	Label  string `json:"label" example:"12.345元"`
}

func viewMoney(m broadcast.Money) moneyView {
	amount := int64(m)
	return moneyView{&amount, m.String()}
}

var untold = moneyView{nil, "人数较少，不显示金额"}

// uncounted is an amount before the audience can be counted.
var uncounted = moneyView{nil, "未统计"}

// expectedBill is a bill of before anything is sent, to as many as size: in it each amount tells a count. only says that the broadcast has
// no channel but SMS, so that nothing can be saved.
func (a *server) expectedBill(b broadcast.Bill, size int, only bool, blur broadcast.Blur) billView {
	each := broadcast.Money(b.Parts) * broadcast.Money(a.Broadcasts.Price)
	switch {
	case each == 0 || size == 0:
		return viewBill(b)
	case broadcast.AnyFew(size):
		return billView{b.Parts, untold, untold, untold}
	}
	cost := func(m broadcast.Money) moneyView {
		n, _ := blur.Part(int(m / each))
		if n == nil {
			return untold
		}
		v := viewMoney(broadcast.Money(*n) * each)
		v.Label = "约" + v.Label
		return v
	}
	v := billView{b.Parts, cost(b.Cost), cost(b.CostMost), cost(b.Saved)}
	if only {
		v.Saved = viewMoney(b.Saved)
	}
	return v
}

// listBill is the most that texts to a list of so many lines can cost.
func (a *server) listBill(parts, lines int) billView {
	most := viewMoney(broadcast.Money(lines) * broadcast.Money(parts) * broadcast.Money(a.Broadcasts.Price))
	most.Label = "至多" + most.Label
	return billView{parts, untold, most, untold}
}

// sizeOf is how many an audience had when it was submitted, and what its texts were to cost.
func (a *server) sizeOf(size int, lists []broadcast.ListContent, p broadcast.Proposal, expected broadcast.Bill, blur broadcast.Blur) (n *int, label string, bill billView) {
	if p.Audience.List == "" {
		n, label = blur.About(size)
		return n, label, a.expectedBill(expected, size, len(p.Messages) == 1, blur)
	}
	if len(lists) == 0 { // not submitted, or before lines were counted
		return nil, "按名单发送", billView{expected.Parts, untold, untold, untold}
	}
	n, label = broadcast.AtMost(lists[0].Lines)
	return n, label, a.listBill(expected.Parts, lists[0].Lines)
}

type reasonCount struct {
	Reason string `json:"reason,omitempty" doc:"Left out: several, or one that is not named, because few people have it"`
	Label  string `json:"label" doc:"In Chinese"`
	N      *int   `json:"n" doc:"null: below ten"`
	NLabel string `json:"n_label" doc:"n in words, in Chinese" example:"少于10人"`
}

// viewReasons are the counts by reason. What few people have is not named; with rest, neither is whether anybody has it.
func viewReasons(left map[broadcast.Reason]int, as counted, rest bool) []reasonCount {
	all := []reasonCount{}
	few := rest
	for _, why := range slices.Sorted(maps.Keys(left)) {
		n, label := as(left[why])
		if n == nil {
			few = true
			continue
		}
		all = append(all, reasonCount{string(why), why.Label(), n, label})
	}
	if few {
		_, label := broadcast.People(1)
		all = append(all, reasonCount{Label: "其他原因", NLabel: "每项" + label})
	}
	return all
}

type channelCount struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	N       *int   `json:"n" doc:"null: below ten"`
	NLabel  string `json:"n_label" doc:"n in words, in Chinese"`
}

// viewReach is the recipients by committee. A committee with few is not counted; when it is the only one, neither is the smallest other,
// since all of them add up to what the broadcast shows.
func viewReach(all []broadcast.Reach) []reachView {
	few := slices.DeleteFunc(slices.Clone(all), func(r broadcast.Reach) bool { return r.Recipients == 0 || r.Recipients >= broadcast.Few })
	hidden := -1
	if len(few) == 1 {
		for i, r := range all {
			if r.Recipients >= broadcast.Few && (hidden < 0 || r.Recipients < all[hidden].Recipients) {
				hidden = i
			}
		}
	}
	views := []reachView{}
	for i, r := range all {
		v := reachView{Committee: r.Committee}
		as := shownAs(broadcast.AnyFew(r.Delivered, r.Accepted, r.Open, r.Missed))
		switch {
		case i == hidden:
			v.RecipientsLabel = "不单独显示"
		case broadcast.AnyFew(r.Recipients):
			_, v.RecipientsLabel = broadcast.People(r.Recipients)
		default:
			v.Recipients, v.RecipientsLabel = as(r.Recipients)
			v.Delivered, _ = as(r.Delivered)
			v.Accepted, _ = as(r.Accepted)
			v.Open, _ = as(r.Open)
			v.Missed, _ = as(r.Missed)
		}
		views = append(views, v)
	}
	return views
}

// audienceOf is how many people a report is on: what is counted of fewer than ten would be about each of them.
func audienceOf(r broadcast.Report, reach []broadcast.Reach) int {
	if r.Committee == "" {
		return cmp.Or(r.Broadcast.Frozen, r.Broadcast.Size)
	}
	n := 0
	for _, of := range reach {
		n += of.Recipients
	}
	return n
}
