package propose

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

// Sentence is a part of an answer, with the passages that it rests on.
type Sentence struct {
	Text     string
	Passages []int
}

// Proposal is an intent for its author to look through.
type Proposal struct {
	intents.Intent
	Question  Question
	Sentences []Sentence // the answer, part by part
	Taken     []Taken    // utterances that another intent already answers
	Proposed  []string   // utterances that stand apart until the author has looked at them
}

// City is what proposals are made to fit.
type City struct {
	Contact content.Contact // where to turn when nothing else is said; the zero value for none
	Set     *intents.Set    // what it answers now: words are taken from its lexicon, and nothing is taught twice
	// Answers names the intent that already answers a text surely; nil for none.
	Answers func(text string) (intent string, sure bool)
}

const (
	maxSubject = 10  // characters of its name, so that titles fit a menu
	mostSaid   = 380 // characters that an answer quotes: what is read on a phone, and fits a reply with its source
	mostQuoted = 7   // passages that it quotes
)

var subjectID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Intents proposes, for each subject, an answer to each question that residents ask of any notice.
func Intents(n Notice, subjects []Subject, city City) ([]Proposal, error) {
	if len(subjects) == 0 {
		return nil, &problem.Invalid{Field: "subjects", Reason: "写明至少一个主题，例如停水"}
	}
	var all []Proposal
	said := taught(city.Set) // utterances, each taught to one intent only
	for i, s := range subjects {
		if l := utf8.RuneCountInString(s.Name); l < 2 || l > maxSubject {
			return nil, &problem.Invalid{Field: "subjects", Reason: "主题写居民的说法，2到10个字，例如停水"}
		}
		if !subjectID.MatchString(s.ID) {
			return nil, &problem.Invalid{Field: "subjects", Reason: "主题的编号只用小写字母、数字和连字符，以字母开头"}
		}
		if slices.ContainsFunc(subjects[:i], func(o Subject) bool { return o.ID == s.ID || o.Name == s.Name }) {
			return nil, &problem.Invalid{Field: "subjects", Reason: "两个主题相同：" + s.Name}
		}
		a := answerer{notice: n, subject: s, city: city, passages: about(n, s, subjects)}
		all = append(all, a.answers(said)...)
	}
	return all, nil
}

// taught is what a set knows, word for word: to teach it twice is a fault.
func taught(set *intents.Set) map[string]bool {
	said := map[string]bool{}
	if set == nil {
		return said
	}
	for _, in := range set.Intents {
		for _, u := range in.Utterances {
			said[intents.Key(u)] = true
		}
	}
	for _, u := range set.Negatives {
		said[intents.Key(u)] = true
	}
	return said
}

// about are the passages that speak of a subject. Of several subjects, a passage speaks of those that it names, else of those that the one
// before it spoke of; before any is named, of all.
func about(n Notice, s Subject, subjects []Subject) (all []content.Passage) {
	if len(subjects) == 1 {
		return n.Passages
	}
	names := func(p content.Passage) (named []string) {
		for _, o := range subjects {
			if slices.ContainsFunc(append([]string{o.Name}, o.Also...), func(w string) bool { return strings.Contains(p.Text, w) }) {
				named = append(named, o.ID)
			}
		}
		return named
	}
	var last []string
	for _, p := range n.Passages {
		if now := names(p); now != nil {
			last = now
		}
		if last == nil || slices.Contains(last, s.ID) {
			all = append(all, p)
		}
	}
	return all
}

// answerer answers the questions of one subject.
type answerer struct {
	notice   Notice
	subject  Subject
	city     City
	passages []content.Passage
}

func (a answerer) answers(taught map[string]bool) []Proposal {
	asked := Questions(a.notice)
	own := a.owned(asked)
	var all []Proposal
	var broad []string // what is said of no passage alone
	for _, q := range asked {
		p := a.answer(q, own[q.ID])
		p.Proposed = slices.DeleteFunc(Utterances(a.subject, q, a.lexicon()), func(u string) bool {
			k := intents.Key(u)
			known := k == "" || taught[k]
			taught[k] = true
			return known
		})
		if p.Silent && q.broad {
			broad = append(broad, p.Proposed...)
			continue
		}
		all = append(all, p)
	}
	for i, p := range all {
		if p.Whole != nil {
			all[i].Proposed = append(p.Proposed, broad...)
		}
		if a.city.Answers != nil {
			all[i].Taken = TakenOf(all[i].Proposed, a.city.Answers)
		}
	}
	for i := range all {
		for _, next := range related[all[i].Question.ID] {
			id := a.subject.ID + "." + next
			if len(all[i].FollowUps) < 3 && slices.ContainsFunc(all, func(p Proposal) bool { return p.ID == id }) {
				all[i].FollowUps = append(all[i].FollowUps, id)
			}
		}
	}
	return all
}

func (a answerer) lexicon() []intents.Concept {
	if a.city.Set == nil {
		return nil
	}
	return a.city.Set.Lexicon
}

// related are the questions that people ask next.
var related = map[string][]string{
	"what": {"when", "where", "how"}, "when": {"where", "how", "phone"}, "where": {"when", "how", "phone"}, "whom": {"when", "how", "phone"},
	"how": {"when", "papers", "phone"}, "may": {"how", "ifnot", "phone"}, "papers": {"where", "when", "phone"}, "cost": {"how", "when", "phone"}, "phone": {"what", "when", "where"},
	"ifnot": {"when", "how", "phone"}, "why": {"when", "where", "how"}, "payback": {"phone", "when", "what"}, "others": {"how", "papers", "phone"},
}

// owned gives each passage to the question on which it bears most: its own words are taught to that one, whose answer quotes it.
func (a answerer) owned(asked []Question) map[string][]content.Passage {
	own := map[string][]content.Passage{}
	for _, p := range a.passages {
		best, most := "what", enough-1
		for _, q := range asked {
			if b := a.bearing(q, p); b > most {
				best, most = q.ID, b
			}
		}
		own[best] = append(own[best], p)
	}
	return own
}

func (a answerer) bearing(q Question, p content.Passage) int {
	return q.bearing(a.bare(p), a.notice.Headings[p.Number])
}

// bare is a passage without the heading before it.
func (a answerer) bare(p content.Passage) string {
	if h := a.notice.Headings[p.Number]; h != "" {
		if rest, ok := strings.CutPrefix(p.Text, h+"："); ok && rest != "" {
			return rest
		}
	}
	return p.Text
}

// answer quotes the passages that bear on a question, and those that are its own; or says that none does.
func (a answerer) answer(q Question, own []content.Passage) Proposal {
	p := Proposal{Question: q}
	p.ID = a.subject.ID + "." + q.ID
	p.File = "intents/" + p.ID + ".yaml"
	p.Title = strings.ReplaceAll(q.title, "%s", a.subject.Name)
	if q.ID == wholeID {
		return a.whole(p)
	}
	chosen := a.chosen(q, own)
	if len(chosen) == 0 {
		p.Silent = true
		p.Sentences = a.silence(q)
	} else {
		p.Sentences = a.quote(chosen)
	}
	var b strings.Builder
	for i, s := range p.Sentences {
		if i > 0 && !p.Silent {
			b.WriteString("\n")
		}
		b.WriteString(s.Text)
		for _, number := range s.Passages {
			if c := (intents.Citation{Notice: a.notice.ID, Passage: number}); !slices.Contains(p.Citations, c) {
				p.Citations = append(p.Citations, c)
			}
		}
	}
	p.Answer = b.String()
	return p
}

// whole quotes the notice from its first passage to its last: it answers what asks of the subject and no other proposal answers for certain.
func (a answerer) whole(p Proposal) Proposal {
	p.Whole = append([]string{a.subject.Name}, a.subject.Also...)
	p.Answer = a.opening() + "："
	p.Sentences = []Sentence{{Text: p.Answer, Passages: []int{a.notice.Passages[0].Number}}}
	for _, passage := range a.notice.Passages {
		p.Citations = append(p.Citations, intents.Citation{Notice: a.notice.ID, Passage: passage.Number})
		p.Sentences = append(p.Sentences, Sentence{passage.Text, []int{passage.Number}})
	}
	return p
}

// chosen are the passages that an answer quotes, in the notice's order: those that bear on it most, as far as they can be read on a phone.
func (a answerer) chosen(q Question, own []content.Passage) []content.Passage {
	type candidate struct {
		content.Passage
		bears int
	}
	var all []candidate
	for i, p := range a.passages {
		bears := a.bearing(q, p)
		isOwn := slices.ContainsFunc(own, func(o content.Passage) bool { return o.Number == p.Number })
		if q.opens && i == 0 {
			bears = max(bears, headingSpeak)
		}
		if isOwn {
			bears += 2
		}
		if bears >= enough {
			all = append(all, candidate{p, bears})
		}
	}
	if len(all) == 0 && q.hints != nil { // what is hinted at is not unsaid
		for _, p := range a.passages {
			if q.hints.MatchString(p.Text) {
				all = append(all, candidate{p, a.bearing(q, p)})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return y.bears - x.bears })
	var kept []content.Passage
	total := 0
	for _, c := range all {
		l := utf8.RuneCountInString(c.Text)
		if len(kept) > 0 && (total+l > mostSaid || len(kept) == mostQuoted) {
			continue
		}
		total += l
		kept = append(kept, c.Passage)
	}
	if q.ID != "phone" {
		kept = a.withParagraphs(kept, mostSaid-total)
	}
	slices.SortFunc(kept, func(x, y content.Passage) int { return a.notice.at(x.Number) - a.notice.at(y.Number) })
	return kept
}

// withParagraphs adds what stands in one paragraph with passages that are kept, as far as there is room: it belongs together, and whoever
// asks for the one often means the other.
func (a answerer) withParagraphs(kept []content.Passage, room int) []content.Passage {
	for _, k := range slices.Clone(kept) {
		for _, p := range a.passages {
			l := utf8.RuneCountInString(p.Text)
			has := slices.ContainsFunc(kept, func(c content.Passage) bool { return c.Number == p.Number })
			if !has && l <= room && a.notice.Together[p.Number] == a.notice.Together[k.Number] {
				kept, room = append(kept, p), room-l
			}
		}
	}
	return kept
}

// quote dates the notice and repeats its statements; a heading that goes with several is said once.
func (a answerer) quote(chosen []content.Passage) []Sentence {
	all := []Sentence{{Text: a.opening() + "：", Passages: []int{chosen[0].Number}}}
	before := ""
	for _, p := range chosen {
		text := p.Text
		heading := a.notice.Headings[p.Number]
		if heading != "" && heading == before {
			all[len(all)-1].Text += a.bare(p)
			all[len(all)-1].Passages = append(all[len(all)-1].Passages, p.Number)
			continue
		}
		before = heading
		all = append(all, Sentence{Text: text, Passages: []int{p.Number}})
	}
	return all
}

// opening dates what is quoted.
func (a answerer) opening() string {
	text := "按" + a.notice.Date.String() + "的" + a.notice.Word
	if a.notice.YearInferred {
		text += "（年份为推定）"
	}
	return text
}

// silence says what is not written, and where to turn.
func (a answerer) silence(q Question) []Sentence {
	nearest, named := a.nearest()
	text := strings.TrimPrefix(a.opening(), "按") + "没有写" + q.unsaid + "。"
	if named {
		text = "关于" + a.subject.Name + "，" + text
	}
	all := []Sentence{{Text: text, Passages: []int{nearest.Number}}}
	for _, p := range a.notice.Passages {
		for _, s := range ends.FindAllString(a.bare(p), -1) {
			if hasPhone(s) {
				return append(all, Sentence{Text: a.notice.Word + "上的电话：" + strings.TrimSpace(s), Passages: []int{p.Number}})
			}
		}
	}
	if a.city.Contact.Phone != "" {
		all = append(all, Sentence{Text: "可以拨打" + a.city.Contact.Name + a.city.Contact.Phone + "询问。"})
	}
	return all
}

// nearest is the passage that names the subject, else the first; and whether the notice names it at all.
func (a answerer) nearest() (content.Passage, bool) {
	for _, p := range a.passages {
		if strings.Contains(p.Text, a.subject.Name) {
			return p, true
		}
	}
	first := a.notice.Passages[0]
	if len(a.passages) > 0 {
		first = a.passages[0]
	}
	return first, strings.Contains(a.notice.Headline, a.subject.Name)
}
