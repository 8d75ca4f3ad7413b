package broadcast

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Few is below how many people a count is not shown. A rule can choose whoever is known by a tag, a community and a topic: a small count,
// or two that differ by a little, would tell of a person what nobody asked to be told.
const Few = 10

// People is a count of people as officials may see it. n is nil when the count is not shown, and the label then says why.
func People(count int) (n *int, label string) {
	if 0 < count && count < Few {
		return nil, fmt.Sprintf("少于%d人", Few)
	}
	return &count, fmt.Sprintf("%d人", count)
}

// About is People to the ten: for counts that add up with one that is not shown, which could be reckoned from them.
func About(count int) (n *int, label string) { return Blur(0).About(count) }

// Blur shifts what counts of an audience are rounded from, by 0 to 9. Nobody but its author needs to agree that an audience is counted,
// and two that differ by one person would tell of that person what the counts differ in, were they shown exactly, or both rounded at
// the same places.
type Blur int

// About is a count to the ten, at times up and at times down.
func (shift Blur) About(count int) (n *int, label string) {
	if count < Few {
		return People(count)
	}
	count += int(shift)
	count -= count % Few
	return &count, fmt.Sprintf("约%d人", count)
}

// Part is About for a part of an audience, such as who get it by one channel. None and few are alike: else who put people of whom much is
// known beside one other person would learn what holds of that person.
func (shift Blur) Part(count int) (n *int, label string) {
	if count < Few {
		return People(1)
	}
	return shift.About(count)
}

// Blur is the shift for the counts of b: another one for another audience, and for the same audience in another broadcast.
func (b Broadcast) Blur() Blur { return b.Proposal().blur(b.Nonce) }

// Blur is as Broadcast's.
func (series Series) Blur() Blur { return series.Proposal.blur(series.Nonce) }

// blur depends on what decides whom a proposal reaches, and on what nobody is shown.
func (p Proposal) blur(nonce []byte) Blur {
	rule, _ := json.Marshal(p.Audience) // a rule can always be written
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %q %q %t %s", nonce, p.Committee, p.Topic, p.Emergency, rule))
	return Blur(binary.BigEndian.Uint64(sum[:]) % Few)
}

// AtMost is the size of an audience by list, of which no more is said than how many lines it has: whoever uploads numbers must not find
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

func label(_ *int, label string) string { return label }
