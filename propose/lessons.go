package propose

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/intents"
)

// lessons are what people say of the details of a notice, by question: of each thing that a clause speaks of, in the forms in which people
// ask. A form that asks for something of its own, as a time, goes to the question that answers it; the rest to the one whose answer quotes
// what is said of the thing. What stands first in a passage is what it speaks of, so first clauses are read before others.
func (a answerer) lessons(all []Proposal, own map[string][]content.Passage) (core, more map[string][]string) {
	l := lessons{answerer: a, all: all, own: own, core: map[string][]string{}, more: map[string][]string{}}
	text := a.notice.Headline
	var clauses [][]string // by passage
	longest := 0
	for _, p := range a.passages {
		text += "\n" + p.Text
		parts := clauseEnd.Split(a.bare(p), -1)
		clauses, longest = append(clauses, parts), max(longest, len(parts))
	}
	for depth := range longest {
		for i, p := range a.passages {
			if depth < len(clauses[i]) {
				l.read(p, clauses[i][depth])
			}
		}
	}
	l.askByVerbs()
	l.askIssuer()
	l.teach(beyondID, beyondOf(a.notice.Headline, text, a.subject.Name)...)
	l.more[beyondID] = append(l.more[beyondID], strangersOf(text, a.subject.Name)...)
	return l.core, l.more
}

type lessons struct {
	answerer
	all  []Proposal
	own  map[string][]content.Passage
	core map[string][]string // by question, what is taught in any case
	more map[string][]string // and what people may say besides
	turn int                 // of the forms: each thing is asked for in others
}

const (
	longClause   = 24 // the longest that is taught whole, in characters
	mostEveryday = 3  // other ways to say a thing
	maxPlaces    = 6  // of a clause
)

var (
	clauseEnd = regexp.MustCompile(`[，。；！？：]`)
	// named is a place that people name when they ask whether they are meant.
	named = regexp.MustCompile(`\p{Han}{1,6}?(?:小区|社区|家属院|花园|村|街道|大街|路|小学|中学|医院|卫生院|苑|里)`)
)

func (l *lessons) teach(question string, said ...string) {
	l.core[question] = append(l.core[question], said...)
}

// ask has people ask a question of a thing in a form, in which its words and an act stand.
func (l *lessons) ask(question, form, words, verb string) {
	if question != "" {
		l.more[question] = append(l.more[question], strings.NewReplacer("%s", words, "%v", verb).Replace(form))
	}
}

// waysToSay are a thing's words as printed, and what people say for them.
func waysToSay(words string) []string {
	return append([]string{words}, everydayOf(words, mostEveryday)...)
}

// read teaches what people say of one clause; of one that no answer quotes, nothing.
func (l *lessons) read(p content.Passage, clause string) {
	if !slices.ContainsFunc(l.all, func(q Proposal) bool { return !q.Silent && l.quotes(q, p) }) {
		return
	}
	home := l.home(clause, p)
	if n := utf8.RuneCountInString(clause); n >= 5 && n <= longClause {
		l.teach(home, clause)
	}
	for _, form := range spokenOf(clause) {
		l.teach(asksOf(form, home), form)
	}
	if home == "where" || home == "whom" {
		for _, place := range named.FindAllString(clause, maxPlaces) {
			l.teach("when", place+"什么时候"+l.subject.Name, place+"几点"+l.subject.Name)
			l.teach(home, place+l.subject.Name+"吗", place+"会不会"+l.subject.Name)
		}
	}
	for _, t := range thingsOf(clause) {
		home := l.of(t, home)
		if home == "phone" { // of a telephone nothing else is asked
			continue
		}
		l.askOf(t, home)
		if !t.act {
			l.askWith(t, home, verbsOf(p.Text))
		}
		l.turn++
	}
}

// askOf asks of a thing, with and without the subject's name.
func (l *lessons) askOf(t thing, home string) {
	forms := matterForms
	if t.act {
		forms = actForms
	}
	ways := l.subject.ways(l.lexicon())
	for i, words := range waysToSay(t.words) {
		for _, f := range forms {
			to := l.target(f.asks, home, t)
			if f.asks == anyID {
				l.ask(to, ways[(l.turn+i)%len(ways)]+f.forms[(l.turn+i)%len(f.forms)], words, "")
			}
			for j := range f.times {
				l.ask(to, f.forms[((l.turn+i)*f.times+j)%len(f.forms)], words, "")
			}
		}
	}
}

// askWith asks what can be done with a thing.
func (l *lessons) askWith(t thing, home string, verbs []string) {
	things := waysToSay(t.words)
	for i, verb := range verbs {
		for j, verb := range append([]string{verb}, everydayOf(verb, mostEveryday-1)...) {
			if strings.Contains(t.words, verb) {
				continue
			}
			for k, f := range doneForms {
				for n := range f.times {
					at := l.turn + i + j + n
					l.ask(l.target(f.asks, home, t), f.forms[(at+k)%len(f.forms)], things[at%len(things)], verb)
				}
			}
		}
	}
}

// askByVerbs asks when something is done, and what becomes of those who do not do it, by the verbs of the notice alone.
func (l *lessons) askByVerbs() {
	for i, verb := range verbsOf(l.notice.Headline + l.passages[0].Text) {
		for j, verb := range waysToSay(verb) {
			for _, f := range verbForms {
				for k := range f.times {
					l.ask(f.asks, f.forms[((i+j)*f.times+k)%len(f.forms)], "", verb)
				}
			}
		}
	}
}

// askIssuer asks for the telephone of whoever published the notice, by the name with and without its place.
func (l *lessons) askIssuer() {
	short := withoutPlace.ReplaceAllString(l.notice.Issuer, "")
	for _, name := range distinct(append([]string{l.notice.Issuer, strings.ReplaceAll(short, "有限公司", "公司")}, waysToSay(short)...)) {
		for _, form := range telForms {
			l.ask("phone", form, name, "")
		}
	}
}

var withoutPlace = regexp.MustCompile(`^\p{Han}{2,8}?[县市区镇乡]`)

// home is the question on which a clause bears most among those whose answers quote its passage, else the one that the passage belongs to.
func (l *lessons) home(clause string, p content.Passage) string {
	best, most := "what", enough-1
	for id, passages := range l.own {
		if slices.ContainsFunc(passages, func(o content.Passage) bool { return o.Number == p.Number }) {
			best = id
		}
	}
	for _, q := range l.all {
		if b := q.Question.bearing(clause, ""); !q.Silent && l.quotes(q, p) && b > most {
			best, most = q.Question.ID, b
		}
	}
	return best
}

// of is the question whose answer quotes most of what is said of a thing.
func (l *lessons) of(t thing, home string) string {
	best, most := home, 0
	for _, q := range l.all {
		sum := 0
		if q.Question.ID == home {
			sum++
		}
		for _, p := range l.passages {
			text := l.bare(p)
			switch at := strings.Index(text, t.words); {
			case q.Silent || at < 0 || !l.quotes(q, p):
			case !clauseEnd.MatchString(text[:at]):
				sum += 3 // the passage speaks of it
			default:
				sum++
			}
		}
		if sum > most {
			best, most = q.Question.ID, sum
		}
	}
	return best
}

// target is the question that answers a form about a thing: the form's own, unless what is said of the thing tells and only home quotes it;
// "" where none does.
func (l *lessons) target(form, home string, t thing) string {
	if form == anyID {
		return home
	}
	for _, q := range l.all {
		if q.Question.ID != form {
			continue
		}
		tells := false
		for _, p := range l.passages {
			if !strings.Contains(p.Text, t.words) {
				continue
			}
			if l.quotes(q, p) {
				return form
			}
			tells = tells || l.bearing(q.Question, p) >= enough
		}
		switch {
		case tells:
			return home
		case general[form] && !q.Silent:
			return form
		}
	}
	return ""
}

// general are the questions whose answer serves everything of a notice: when it is, and what it costs, holds for each thing.
var general = map[string]bool{"when": true, "where": true, "cost": true}

func (l *lessons) quotes(q Proposal, p content.Passage) bool {
	return slices.Contains(q.Citations, intents.Citation{Notice: l.notice.ID, Passage: p.Number})
}
