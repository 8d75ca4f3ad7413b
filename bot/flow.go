package bot

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"towncrier/inbox"
	"towncrier/intents"
)

// minSuggested is the fewest letters that can say what a suggestion is about: 路灯坏了.
const minSuggested = 4

// continued takes the message as the answer to what was asked last. ok is false when it is something else: then the
// dialogue moves on, and a half-written suggestion waits.
func (x *exchange) continued(step Step) (s draft, ok bool) {
	if _, waits := reminders[step]; waits && x.again && saysRecord(x.key) && x.st.Offer.Text != "" {
		return x.reminding(x.record(), step), true // what was asked in the middle of the flow
	}
	switch step {
	case StepSlot:
		return x.slotNamed()
	case StepOffer:
		if saysYes(x.key) {
			return x.record(), true
		}
		if saysNo(x.key) {
			offer := x.st.Offer
			x.st.Offer = Offer{}
			if offer.Filed {
				return x.flowing(x.suggestID(), x.say("stays")), true
			}
			return x.flowing(cmp.Or(offer.Flow, x.suggestID()), x.say("no_offer")), true
		}
	case StepWhat, StepWhere, StepConfirm:
		return x.suggesting(step)
	case StepPerson:
		return x.askingPerson()
	case StepAgree, StepNumber, StepCode:
		return x.binding(step)
	case StepPlace:
		return x.placing()
	case StepPlaced:
		return x.replaced()
	case StepNeighbour:
		return x.invited()
	case StepTopics, StepStops:
		return x.choosing(step)
	case StepErase:
		return x.erasing()
	}
	return draft{}, false
}

// waiting takes the words that finish what was left open some messages ago.
func (x *exchange) waiting() (draft, bool) {
	switch {
	case x.st.Draft.Text != "" && among(x.key, "确认", "提交"):
		return x.submit(), true
	case x.st.Draft.Text != "" && saysCancel(x.key):
		return x.cancel(), true
	case saysRecord(x.key) && x.st.Offer.Text != "":
		return x.record(), true
	case saysRecord(x.key) || among(x.key, "确认", "提交"):
		return plain(x.say("nothing_open")), true
	case !x.st.Asked && saysNo(x.key), saysCancel(x.key) && !saysElse(x.key): // never an opt-out by mistake
		return plain(x.say("no_offer")), true
	}
	return draft{}, false
}

// flowing is a step of the dialogue that topic leads; a city without such an intent hears the same, as a plain line.
func (x *exchange) flowing(topic, text string) draft {
	if topic == "" {
		return plain(text)
	}
	return draft{Reply: Reply{Kind: Flowing, Topic: topic, Confidence: 1, Text: text}}
}

// flow is a step of what the intent with an action leads.
func (x *exchange) flow(a intents.Action, text string) draft {
	if in := x.byAction(a); in != nil {
		return x.flowing(in.ID, text)
	}
	return plain(text)
}

func (x *exchange) suggestID() string {
	if in := x.byAction(intents.Suggest); in != nil {
		return in.ID
	}
	return ""
}

// sureOf is the intent that the message is about out of context, when the matcher is sure; else nil.
func (x *exchange) sureOf() *intents.Intent {
	id, ok := sure(x.city.Matcher.Match(x.said, intents.Context{}))
	if !ok {
		return nil
	}
	return x.city.Intents[id]
}

// elsewhere reports whether the message is about something else than the flow that own lead: a number off an open menu, or
// what the matcher is sure of.
func (x *exchange) asksElsewhere(own ...intents.Action) bool {
	if _, number := choice(x.key, len(x.st.Menu)); number && len(x.st.Menu) > 0 {
		return true
	}
	in := x.sureOf()
	return in != nil && !slices.Contains(own, in.Action)
}

// asks reports whether the message asks about something else than the flow whose own words are given, though the matcher is
// not sure what. A resident who asks gets an answer, or hears that nothing published holds one: never just the flow's question again.
func (x *exchange) asks(own *regexp.Regexp) bool {
	if x.again && x.st.Asked && saysNoneOfThese(x.key) {
		return true
	}
	if n, _ := letters(x.said); n < minFiled || own.MatchString(x.key) {
		return false
	}
	m := x.city.Matcher.Match(x.said, intents.Context{})
	switch m.Decision {
	case intents.Answer:
		return false
	case intents.Clarify:
		return len(x.offerable(m.Options)) > 0
	}
	return looksAsked(x.said) || errand.in(x.said)
}

// opening is how a suggestion is announced; what follows it is the suggestion.
var opening = regexp.MustCompile(`^(?:(?:你们?好|您好|请问|那个|我们?|俺们?|咱们?|想|要|来|给|向|跟|政府|你们|有|提交?|反[映应]|说|投诉|建议|意见|问题|情况|一下|一?[个条点些]|[\s,，。:：、!！])+)`)

// complaint is how a suggestion begins that no topic could be found for.
var complaint = regexp.MustCompile(`^(?:你好|您好|[\s,，。!！])*(?:我们?|俺们?|咱们?)?(?:想|要)+(?:投诉|举报|反[映应]|建议|提.{0,4}(?:意见|建议))`)

// suggest begins a suggestion, with what the first message already says of it.
func (x *exchange) suggest(in *intents.Intent, confidence float64) draft {
	x.open(nil, false)
	if x.st.Draft.Text != "" { // one at a time: what waits is not lost to a new one
		x.st.Step = StepConfirm
		return x.flowing(in.ID, x.say("draft_waits"))
	}
	matter := x.said[len(opening.FindString(x.said)):]
	s := x.flowing(in.ID, in.Answer+"\n\n"+x.say("suggest_what"))
	s.Confidence = confidence
	x.st.Step = StepWhat
	if n, _ := letters(matter); x.msg.Kind != Tap && x.msg.Kind != Scan && n >= minSuggested {
		x.st.Draft.Text = matter
		x.st.Step = StepWhere
		s.Text = in.Answer + "\n\n" + x.say("suggest_where")
	}
	return s
}

// suggesting takes one step of a suggestion.
func (x *exchange) suggesting(step Step) (draft, bool) {
	id := x.suggestID()
	if saysCancel(x.key) || step == StepConfirm && saysNo(x.key) {
		return x.cancel(), true
	}
	if step == StepConfirm && saysYes(x.key) || step == StepWhere && among(x.key, "确认", "提交") {
		return x.submit(), true
	}
	if x.leaves(step) {
		if step == StepWhat {
			return draft{}, false
		}
		return x.aside(step), true
	}
	x.st.Step = step
	n, _ := letters(x.said)
	matter, _ := letters(x.said[len(opening.FindString(x.said)):])
	switch step {
	case StepWhat:
		if n < minSuggested || matter < 2 || n <= 6 && looksAsked(x.said) {
			return x.flowing(id, x.say("suggest_more")), true
		}
		x.st.Draft.Text, x.st.Step = x.said, StepWhere
		return x.flowing(id, x.say("suggest_where")), true
	case StepWhere:
		if looksAsked(x.said) && !saysSkip(x.key) { // no place; what says more than 在哪里说 belongs to the matter
			if n <= 6 {
				return x.flowing(id, x.say("suggest_where")), true
			}
			x.st.Draft.Text = clean(x.st.Draft.Text + "\n" + x.said)
			return x.flowing(id, x.say("suggest_more_where")), true
		}
		x.st.Step = StepConfirm
		if saysSkip(x.key) {
			return x.flowing(id, x.say("confirm_no_place")), true
		}
		x.st.Draft.Where = x.said
		return x.flowing(id, x.say("confirm")), true
	}
	if n < minSuggested || matter == 0 {
		return x.flowing(id, x.say("draft_waits")), true
	}
	x.st.Draft.Text = clean(x.st.Draft.Text + "\n" + x.said)
	return x.flowing(id, x.say("added")), true
}

// leaves reports whether the message is about something else than the suggestion: a short command, or a question that
// the matcher is sure of. While a suggestion is awaited, only the form of a question shows that it is none.
func (x *exchange) leaves(step Step) bool {
	if _, number := choice(x.key, len(x.st.Menu)); number && len(x.st.Menu) > 0 {
		return true // off the menu of an aside
	}
	// Out of context: 谁来看 in the middle of a suggestion is no follow-up to what was asked before it.
	in := x.sureOf()
	if in == nil || in.Action == intents.Suggest {
		return false
	}
	if n, _ := letters(x.said); in.Action != intents.NoAction {
		return n <= 12
	}
	return step == StepConfirm || looksAsked(x.said)
}

// reminders are the phrases that say what an aside left open.
var reminders = map[Step]string{
	StepWhere: "where_waits", StepAgree: "bind_waits", StepNumber: "number_waits", StepCode: "code_waits", StepErase: "erase_words",
	StepPlace: "place_waits", StepTopics: "topics_wait", StepStops: "topics_wait", StepPerson: "person_waits",
}

// aside answers something else in the middle of a flow, which waits unless another one began. A suggestion waits as a draft
// when nothing but its submission was asked.
func (x *exchange) aside(step Step) draft {
	s, ok := x.numbered()
	if !ok {
		s, ok = x.named()
	}
	if !ok {
		s, ok = x.splitQuestions()
	}
	if !ok {
		s = x.respond(x.meaning(x.said))
	}
	return x.reminding(s, step)
}

// reminding ends the answer to something else with what is still open, and keeps the flow at its step unless the answer
// began another one. An offer to record the question stays beside it.
func (x *exchange) reminding(s draft, step Step) draft {
	reminder := ""
	if step == StepWhere || step == StepConfirm {
		reminder = x.say("draft_waits")
	}
	if waits, ok := reminders[step]; ok && (x.st.Step == NoStep || x.st.Step == StepOffer) && !x.gone {
		x.st.Step, x.st.Aside, reminder = step, true, x.say(waits)
	}
	s.tail = strings.TrimPrefix(s.tail+"\n\n"+reminder, "\n\n")
	return s
}

func (x *exchange) cancel() draft {
	x.st.Draft = Draft{}
	return x.flowing(x.suggestID(), x.say("cancelled"))
}

// submit files the suggestion. What could not be filed stays, so that the resident need not write it again.
func (x *exchange) submit() draft {
	s, filed := x.file(inbox.Filing{Kind: inbox.Suggestion, Text: x.st.Draft.Text, Where: x.st.Draft.Where}, x.suggestID(), "确认")
	if filed {
		x.st.Draft = Draft{}
	} else {
		x.st.Step = StepConfirm
	}
	return s
}
