package intents

import (
	"slices"
	"strings"
)

// An intent with words of a matter quotes all that is published of it. Its siblings, whose IDs begin as its own up to the dot, answer a part
// each. It answers what asks of the matter and asks for no part nearly word for word: so nothing that is published is left out, and nothing
// that is not is put in its place.
//
//	the likeliest reading          is kept when                                      else the whole answers, when the text
//	a part, sure                   the text is nearly an utterance of it, or much    says something of the matter; if it does not, it is offered
//	                               like one, when its author wrote MinUtterances
//	a part, unsure                 never                                             says something of the matter
//	of another matter, sure        the text is much like an utterance of it,         says a name that no other matter has, or two things
//	                               or says nothing that this matter alone has
//	of another matter, or none     never                                             says a name or a thing that no other matter has
//	of an emergency, sure          always
//
// Several matters may have one name: 停水 of two streets. Where the text says no more of one than of the others, it is asked which is meant,
// and beside an answer for a part of one the others are offered.
//
// What is taught word for word stays as it is taught; but a negative that says a name which the matter alone has, or nothing but a
// name, is answered now.
//
// A text says something of a matter when it has one of its names, an everyday word for what is quoted, or two characters that stand together
// there.

const (
	nearPart  = 0.8  // likeness of a text to the likeliest utterance of a part, from which it asks for that part alone
	nearOwn   = 0.3  // the same, of a part that its author has written ways to ask for
	nearOther = 0.45 // and of another matter, from which a name of this one is said in passing
	sureOther = 0.97 // with this confidence
	sureWhole = 0.9  // the confidence from which a versed matcher needs no word of the matter
	versed    = 1000 // negatives, from which a matcher's confidence tells a matter from what no intent answers
)

// matters are those of which all that is published is quoted. The zero value has none.
type matters struct {
	all    []matter
	names  map[pair][]name  // by their first two characters
	things map[pair][]thing // what stands in what is quoted
	versed bool
}

type matter struct {
	id     string
	domain int32
}

type name struct {
	matter   int
	word     string
	alone    bool  // no utterance of another matter has it, but of those that are called so, too
	everyday bool  // for what is quoted; no name of the matter
	also     []int // the other matters with a name that has this word
}

type thing struct {
	matter int
	alone  bool
}

// pair is two characters that stand together.
type pair [2]rune

// learnMatters reads what is quoted of matters, once the utterances are learnt.
func (m *Matcher) learnMatters(set *Set) {
	whole := slices.DeleteFunc(slices.Clone(set.Intents), func(in *Intent) bool { return in.Whole == nil })
	if len(whole) == 0 {
		return
	}
	of := matters{names: map[pair][]name{}, things: map[pair][]thing{}, versed: len(set.Negatives) >= versed}
	words := make([][]string, len(whole))
	for n, in := range whole {
		of.all = append(of.all, matter{in.ID, m.domain[m.class[in.ID]]})
		for _, w := range in.Whole {
			words[n] = append(words[n], key(w))
		}
	}
	speakers := m.speakers()
	for n, in := range whole {
		domain := of.all[n].domain
		names := slices.Clone(words[n])
		for _, text := range in.Quotes {
			for _, w := range inEveryday(text) {
				names = append(names, key(w))
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		for _, w := range names {
			r := []rune(w)
			if Generic(w) || len(r) < 2 {
				continue
			}
			called := name{matter: n, word: w, alone: true, everyday: !slices.Contains(words[n], w)}
			domains := []int32{domain}
			for i := range whole {
				if i != n && slices.ContainsFunc(words[i], func(other string) bool { return strings.Contains(other, w) }) {
					called.also, domains = append(called.also, i), append(domains, of.all[i].domain)
				}
			}
			for class := range m.said.holding(called.word) {
				called.alone = called.alone && slices.Contains(domains, m.domain[class])
			}
			of.names[pair{r[0], r[1]}] = append(of.names[pair{r[0], r[1]}], called)
		}
		printed := map[pair]bool{}
		for _, text := range slices.Concat(names, in.Quotes) {
			for p := range telling(normalise(text, nil)) {
				printed[p] = true
			}
		}
		for p := range printed {
			speaker, spoken := speakers[p]
			of.things[p] = append(of.things[p], thing{n, !spoken || speaker == domain})
		}
	}
	m.matters = of
}

// severalDomains have a pair.
const severalDomains = -1

// speakers are the domains whose utterances have a pair.
func (m *Matcher) speakers() map[pair]int32 {
	all := map[pair]int32{}
	for i, text := range m.said.texts {
		domain := m.domain[m.said.class[i]]
		for p := range telling([]rune(text)) {
			if known, ok := all[p]; ok && known != domain {
				all[p] = severalDomains
			} else {
				all[p] = domain
			}
		}
	}
	return all
}

// saying is what a text says of a matter: its longest name, and how many things, that it alone has and that others have, too.
type saying struct {
	name
	own, shared int
}

// said is what a text says of each matter.
func (of *matters) said(text []rune) []saying {
	all := make([]saying, len(of.all))
	for i := 1; i < len(text); i++ {
		for _, n := range of.names[pair{text[i-1], text[i]}] {
			if s := &all[n.matter]; len(n.word) > len(s.word) && says(string(text[i-1:]), n.word) {
				s.name = n
			}
		}
	}
	for p := range telling(text) {
		for _, t := range of.things[p] {
			if t.alone {
				all[t.matter].own++
			} else {
				all[t.matter].shared++
			}
		}
	}
	return all
}

// whole answers with all of a matter by the table above, or asks which matter is meant, and reports whether it does. An answer has for options
// the others whose names are said.
func (m *Matcher) whole(s *scratch, match *Match) bool {
	if len(m.matters.all) == 0 || len(match.Ranked) == 0 {
		return false
	}
	taught, exact := m.exact[s.words]
	negative := exact && int(taught) == len(m.ids)
	first := m.class[match.Ranked[0].ID]
	near, sure := s.nearest[first], match.Decision == Answer
	if sure && slices.ContainsFunc(m.urgent, func(u urgentWord) bool { return u.id == match.Ranked[0].ID }) {
		return false
	}
	all := m.matters.said(s.text)
	if sure && exact {
		match.Options = m.otherwise(all, m.domain[first])
		return false
	}
	best, most := -1, 0
	for i, said := range all {
		t := m.matters.all[i]
		says, weight := said.word != "" || said.own > 0, len(said.word)+said.own
		switch part := m.domain[first] == t.domain; {
		case part && sure:
			says = says || said.shared > 0 || m.matters.versed && match.Confidence >= sureWhole
			if says && match.Ranked[0].ID != t.id && (near >= nearPart || m.written[first] && near >= nearOwn && match.Confidence >= sureOther) {
				match.Options = m.otherwise(all, t.domain)
				return false
			}
			if !says { // nothing but chance tells it from what no intent answers
				match.Decision, match.Options = Clarify, []string{match.Ranked[0].ID}
			}
			weight += maxRunes
		case part && match.Decision == Clarify:
			says, weight = says || said.shared > 0, weight+maxRunes
		case sure:
			says = (said.alone || said.own > 1) && (near < nearOther || match.Confidence < sureOther)
		}
		if says && weight > most && (!negative || said.alone || said.word == string(s.text)) {
			best, most = i, weight
		}
	}
	if best < 0 {
		return false
	}
	var meant []string
	for _, i := range namesakes(all, best) {
		meant = append(meant, m.matters.all[i].id)
	}
	match.lead(slices.IndexFunc(match.Ranked, func(r Scored) bool { return r.ID == meant[0] }), m.calibration.Answer)
	if len(meant) > 1 {
		match.Decision, match.Options = Clarify, meant[:min(len(meant), maxOptions)]
		return true
	}
	for i, said := range all {
		if id := m.matters.all[i].id; said.word != "" && !said.everyday && id != meant[0] && len(match.Options) < maxOptions {
			match.Options = append(match.Options, id) // asked of in the same message
		}
	}
	return true
}

// otherwise are the matters that a text may as well mean as the one of a domain, which answers for a part.
func (m *Matcher) otherwise(all []saying, domain int32) (ids []string) {
	for i, t := range m.matters.all {
		if t.domain != domain {
			continue
		}
		for _, o := range namesakes(all, i) {
			if id := m.matters.all[o].id; m.matters.all[o].domain != domain && all[i].own == 0 && len(ids) < maxOptions {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// namesakes are a matter and those that are called so, too; where a text says more of some of them, these.
func namesakes(all []saying, best int) (meant []int) {
	called := best
	for i, said := range all {
		if slices.Contains(said.also, best) && len(said.word) > len(all[called].word) {
			called = i // as best is, by part of its name
		}
	}
	var more []int
	for _, i := range append([]int{called}, all[called].also...) {
		meant = append(meant, i)
		if all[i].own > 0 || len(all[i].word) > len(all[called].word) {
			more = append(more, i)
		}
	}
	if more != nil {
		return more
	}
	return meant
}
