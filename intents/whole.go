package intents

import "slices"

// An intent with words of a matter quotes all that is published of it. Its siblings, whose IDs begin as its own up to the dot, answer a part
// each. It answers what asks of the matter and asks for no part nearly word for word: so nothing that is published is left out, and nothing
// that is not is put in its place.
//
//	the likeliest reading          is kept when                                      else the whole answers, when the text
//	a part, sure                   the text is nearly an utterance of it             says something of the matter; if it does not, it is offered
//	a part, unsure                 never                                             says something of the matter
//	of another matter, sure        the text is much like an utterance of it,         says a name that no other matter has, or two things
//	                               or says nothing that this matter alone has
//	of another matter, or none     never                                             says a name or a thing that no other matter has
//
// What is taught word for word stays as it is taught; but a negative that says a name which the matter alone has is answered now.
//
// A text says something of a matter when it has one of its names, or two characters that stand together in what is quoted.

const (
	nearPart  = 0.8  // likeness of a text to the likeliest utterance of a part, from which it asks for that part alone
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
	matter int
	word   string
	alone  bool // no utterance of another matter has it
}

type thing struct {
	matter int
	alone  bool
}

// pair is two characters that stand together.
type pair [2]rune

// learnMatters reads what is quoted of matters, once the utterances are learnt.
func (m *Matcher) learnMatters(set *Set) {
	if !slices.ContainsFunc(set.Intents, func(in *Intent) bool { return in.Whole != nil }) {
		return
	}
	of := matters{names: map[pair][]name{}, things: map[pair][]thing{}, versed: len(set.Negatives) >= versed}
	speakers := m.speakers()
	for _, in := range set.Intents {
		if in.Whole == nil {
			continue
		}
		n, domain := len(of.all), m.domain[m.class[in.ID]]
		of.all = append(of.all, matter{in.ID, domain})
		for _, w := range in.Whole {
			if Generic(w) {
				continue
			}
			word, alone := key(w), true
			for class := range m.said.holding(word) {
				alone = alone && m.domain[class] == domain
			}
			r := []rune(word)
			of.names[pair{r[0], r[1]}] = append(of.names[pair{r[0], r[1]}], name{n, word, alone})
		}
		printed := map[pair]bool{}
		for _, text := range slices.Concat(in.Whole, in.Quotes) {
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
	name        string
	alone       bool
	own, shared int
}

// said is what a text says of each matter.
func (of *matters) said(text []rune) []saying {
	all := make([]saying, len(of.all))
	for i := 1; i < len(text); i++ {
		for _, n := range of.names[pair{text[i-1], text[i]}] {
			if s := &all[n.matter]; len(n.word) > len(s.name) && says(string(text[i-1:]), n.word) {
				s.name, s.alone = n.word, n.alone
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

// whole answers with all of a matter by the table above.
func (m *Matcher) whole(s *scratch, match *Match) {
	if len(m.matters.all) == 0 || len(match.Ranked) == 0 {
		return
	}
	taught, exact := m.exact[s.words]
	negative := exact && int(taught) == len(m.ids)
	if exact && match.Decision == Answer {
		return
	}
	first := m.class[match.Ranked[0].ID]
	near, sure := s.nearest[first], match.Decision == Answer
	best, most := "", 0
	for i, said := range m.matters.said(s.text) {
		t := m.matters.all[i]
		says, weight := said.name != "" || said.own > 0, len(said.name)+said.own
		switch part := m.domain[first] == t.domain; {
		case part && sure:
			says = says || said.shared > 0 || m.matters.versed && match.Confidence >= sureWhole
			if says && near >= nearPart {
				return
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
		if says && weight > most && (said.alone || !negative) {
			best, most = t.id, weight
		}
	}
	if i := slices.IndexFunc(match.Ranked, func(r Scored) bool { return r.ID == best }); i >= 0 {
		match.lead(i, m.calibration.Answer)
	}
}
