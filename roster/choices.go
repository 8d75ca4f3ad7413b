package roster

import (
	"cmp"
	"fmt"
	"slices"

	"towncrier/problem"
)

// stopsSMS says whether they told us to text nothing.
func (r Resident) stopsSMS() bool {
	for _, channel := range []Channel{"", SMS} {
		if p, ok := r.preference("", channel); ok && !p.Wants {
			return true
		}
	}
	return false
}

// prefer sets a choice. The same choice again changes nothing, not even its time.
func (r *Resident) prefer(p Preference) (changed bool) {
	swept := 0
	kept := make([]Preference, 0, len(r.Preferences)+1)
	for _, old := range r.Preferences {
		switch {
		case !p.sweeps(old):
			kept = append(kept, old)
		case old.Topic == p.Topic && old.Channel == p.Channel && old.Wants == p.Wants:
			p = old
		default:
			swept++
		}
	}
	kept = append(kept, p)
	slices.SortFunc(kept, byPlace)
	changed = swept > 0 || len(kept) != len(r.Preferences)
	r.Preferences = kept
	return changed
}

func byPlace(a, b Preference) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Channel, b.Channel))
}

// agree records a consent, unless it says what is on record already.
func (r *Resident) agree(c Consent) (changed bool) {
	consents := slices.Clone(r.Consents)
	i := slices.IndexFunc(consents, func(old Consent) bool { return old.What == c.What })
	switch {
	case i < 0:
		consents = append(consents, c)
	case consents[i].How == c.How && consents[i].Basis == c.Basis, consents[i].At.After(c.At):
		return false
	default:
		consents[i] = c
	}
	slices.SortFunc(consents, func(a, b Consent) int { return cmp.Compare(a.What, b.What) })
	r.Consents = consents
	return true
}

func (p Preference) check() error {
	if p.Channel != "" && p.Channel != WeChat && p.Channel != SMS {
		return &problem.Invalid{Field: "channel", Reason: fmt.Sprintf("没有这个渠道，可以写：%s、%s，不写表示两者", WeChat.Label(), SMS.Label())}
	}
	return checkText("topic", p.Topic)
}

func (r Resident) preference(topic string, channel Channel) (Preference, bool) {
	i := slices.IndexFunc(r.Preferences, func(p Preference) bool { return p.Topic == topic && p.Channel == channel })
	if i < 0 {
		return Preference{}, false
	}
	return r.Preferences[i], true
}

// sweeps says whether setting p ends old: the wider choice is the newer one. A stop of a channel is ended by nothing but a
// choice about that channel.
func (p Preference) sweeps(old Preference) bool {
	switch {
	case p.Channel != "":
		return old.Topic == p.Topic && old.Channel == p.Channel
	case p.Topic != "":
		return old.Topic == p.Topic
	}
	return old.Topic != "" || old.Channel == ""
}
