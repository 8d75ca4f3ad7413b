package bot

import (
	"regexp"
	"slices"
	"strings"

	"towncrier/intents"
)

// seams are where one message holds a second question: an end of a sentence, a question's particle before a comma, or
// words that announce another one. 还有 alone is also "still" (还有多少), so it needs a pause before it.
var seams = compile(`[?？!！。;；\n]+|[吗呢么][,，、\s]+|[,，、\s]+(?:还有|另外|顺便|再就是|以及)[,，、\s]*|另外(?:问|想问|再问)?[,，、]?|(?:顺便|再)问(?:一下|下|一句)?[,，]?`)

// looseSeams join two questions of a run-on sentence, and much else: both sides must then be questions by their form.
var looseSeams = compile(`[,，、\s]*(?:还有|以及|顺便|和|跟)[,，、\s]*|[,，、。;；?？!！\s]+`)

// ordinal numbers a part: 一是…，二是….
var ordinal = regexp.MustCompile(`^(?:[一二三]是|第[一二三]个?(?:是|问题)?[，,：:]?|[1-9][.、．])`)

const (
	// minPart is the fewest letters of a part that is read as a question of its own; shorter ones are asides.
	minPart = 4
	// maxParts bounds what one message can make the matcher do; more answers than three do not fit in a reply.
	maxParts = 6
	// partSure is how sure a part must be to count when the message as a whole, or its seam, says less: a part has lost
	// the words around it.
	partSure = 0.9
)

// part is one sentence of a message that the matcher is sure of.
type part struct {
	id    string
	match intents.Match
}

// splitQuestions takes a message that asks more than one thing.
func (x *exchange) splitQuestions() (draft, bool) {
	whole := x.meaning(x.said)
	wholeID, wholeSure := sure(whole)
	if x.acts(wholeID) {
		return draft{}, false
	}
	if run := x.runOn(); len(run) >= 2 {
		return x.answerEach(run), true
	}
	parts := x.split(seams)
	if len(parts) < 2 {
		return draft{}, false
	}
	certain, offered, unknown := x.readParts(parts)
	if len(certain) >= 2 {
		s := x.answerEach(certain)
		if unknown {
			s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say("other_part"), "\n\n")
		}
		return s, true
	}
	if len(certain) == 0 || wholeSure && wholeID != certain[0].id || !wholeSure && certain[0].match.Confidence < partSure {
		return draft{}, false
	}
	only := certain[0]
	x.match = only.match
	x.remember(only.match)
	offered = slices.DeleteFunc(x.offerable(offered), func(id string) bool { return id == only.id })
	s := x.answered(only.id, only.match.Confidence, offered, false)
	if unknown && len(offered) == 0 {
		s.tail = x.say("other_part")
	}
	return s, true
}

// split cuts the message and leaves out what is too short to be a question.
func (x *exchange) split(at pattern) []string {
	var parts []string
	for _, p := range at.Split(x.said, -1) {
		if n, _ := letters(p); n >= minPart && len(parts) < maxParts {
			parts = append(parts, ordinal.ReplaceAllString(strings.TrimSpace(p), ""))
		}
	}
	return parts
}

// readParts matches each part in the context of the one before. certain are distinct, in the order asked, without the
// greetings around them; offered is what an unsure part may mean; unknown tells that one asks what nothing answers.
func (x *exchange) readParts(parts []string) (certain []part, offered []string, unknown bool) {
	context := x.st.topic()
	for _, p := range parts {
		m := x.city.Matcher.Match(p, intents.Context{Topic: context})
		id, ok := sure(m)
		switch {
		case ok && x.acts(id):
		case ok:
			context = id
			if !slices.ContainsFunc(certain, func(c part) bool { return c.id == id }) {
				certain = append(certain, part{id, m})
			}
		case m.Decision == intents.Clarify && offered == nil:
			offered = m.Options
		case m.Decision == intents.Decline && looksAsked(p):
			unknown = true
		}
	}
	return certain, offered, unknown
}

// runOn finds the questions of a sentence that only commas, spaces or 和 part.
func (x *exchange) runOn() []part {
	asked := slices.DeleteFunc(x.split(looseSeams), func(p string) bool { return !looksAsked(p) })
	if len(asked) < 2 {
		return nil
	}
	certain, _, _ := x.readParts(asked)
	if len(certain) != len(asked) || slices.ContainsFunc(certain, func(p part) bool { return p.match.Confidence < partSure }) {
		return nil
	}
	return certain
}

// each answers the parts of a message in one reply.
func (x *exchange) answerEach(parts []part) draft {
	first := parts[0].match
	x.match = first
	x.remember(first)
	ids := make([]string, len(parts))
	confidence := first.Confidence
	for i, p := range parts {
		ids[i] = p.id
		confidence = min(confidence, p.match.Confidence)
	}
	return x.together(ids, confidence)
}

func (x *exchange) acts(id string) bool {
	in := x.city.Intents[id]
	return in != nil && in.Action != intents.NoAction
}

func (x *exchange) hasSlots(id string) bool {
	in := x.city.Intents[id]
	return in != nil && len(in.Slots) > 0
}
