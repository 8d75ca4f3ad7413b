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
func (t *turn) continued(step Step) (s say, ok bool) {
	if _, waits := reminders[step]; waits && t.again && saysRecord(t.key) && t.st.Offer.Text != "" {
		return t.reminding(t.record(), step), true // what was asked in the middle of the flow
	}
	switch step {
	case StepSlot:
		return t.slotNamed()
	case StepOffer:
		if saysYes(t.key) {
			return t.record(), true
		}
		if saysNo(t.key) {
			offer := t.st.Offer
			t.st.Offer = Offer{}
			if offer.Filed {
				return t.flowing(t.suggestID(), sayStays), true
			}
			return t.flowing(cmp.Or(offer.Flow, t.suggestID()), sayNoOffer), true
		}
	case StepWhat, StepWhere, StepConfirm:
		return t.suggesting(step)
	case StepAgree, StepNumber, StepCode:
		return t.binding(step)
	case StepPlace:
		return t.placing()
	case StepPlaced:
		return t.replaced()
	case StepNeighbour:
		return t.invited()
	case StepTopics, StepStops:
		return t.choosing(step)
	case StepErase:
		return t.erasing()
	}
	return say{}, false
}

// waiting takes the words that finish what was left open some messages ago.
func (t *turn) waiting() (say, bool) {
	switch {
	case t.st.Draft.Text != "" && among(t.key, "确认", "提交"):
		return t.submit(), true
	case t.st.Draft.Text != "" && saysCancel(t.key):
		return t.cancel(), true
	case saysRecord(t.key) && t.st.Offer.Text != "":
		return t.record(), true
	case saysRecord(t.key) || among(t.key, "确认", "提交"):
		return plain(sayNothingOpen), true
	case !t.st.Asked && saysNo(t.key), saysCancel(t.key) && !saysElse(t.key): // never an opt-out by mistake
		return plain(sayNoOffer), true
	}
	return say{}, false
}

// flowing is a step of the dialogue that topic leads; a city without such an intent hears the same, as a plain line.
func (t *turn) flowing(topic, text string) say {
	if topic == "" {
		return plain(text)
	}
	return say{Reply: Reply{Kind: Flowing, Topic: topic, Confidence: 1, Text: text}}
}

// flow is a step of what the intent with an action leads.
func (t *turn) flow(a intents.Action, text string) say {
	if in := t.byAction(a); in != nil {
		return t.flowing(in.ID, text)
	}
	return plain(text)
}

func (t *turn) suggestID() string {
	if in := t.byAction(intents.Suggest); in != nil {
		return in.ID
	}
	return ""
}

// sureOf is the intent that the message is about out of context, when the matcher is sure; else nil.
func (t *turn) sureOf() *intents.Intent {
	id, ok := sure(t.city.Matcher.Match(t.said, intents.Context{}))
	if !ok {
		return nil
	}
	return t.city.Intents[id]
}

// elsewhere reports whether the message is about something else than the flow that own lead: a number off an open menu, or
// what the matcher is sure of.
func (t *turn) elsewhere(own ...intents.Action) bool {
	if _, number := choice(t.key, len(t.st.Menu)); number && len(t.st.Menu) > 0 {
		return true
	}
	in := t.sureOf()
	return in != nil && !slices.Contains(own, in.Action)
}

// asks reports whether the message asks about something else than the flow whose own words are given, though the matcher is
// not sure what. Whoever asks gets an answer, or hears that nothing published holds one: never just the flow's question again.
func (t *turn) asks(own *regexp.Regexp) bool {
	if t.again && t.st.Asked && saysNoneOfThese(t.key) {
		return true
	}
	if n, _ := letters(t.said); n < minFiled || own.MatchString(t.key) {
		return false
	}
	m := t.city.Matcher.Match(t.said, intents.Context{})
	switch m.Decision {
	case intents.Answer:
		return false
	case intents.Clarify:
		return len(t.offerable(m.Options)) > 0
	}
	return looksAsked(t.said) || errand.in(t.said)
}

// opening is how a suggestion is announced; what follows it is the suggestion.
var opening = regexp.MustCompile(`^(?:(?:你们?好|您好|请问|那个|我们?|俺们?|咱们?|想|要|来|给|向|跟|政府|你们|有|提交?|反[映应]|说|投诉|建议|意见|问题|情况|一下|一?[个条点些]|[\s,，。:：、!！])+)`)

// complaint is how a suggestion begins that no topic could be found for.
var complaint = regexp.MustCompile(`^(?:你好|您好|[\s,，。!！])*(?:我们?|俺们?|咱们?)?(?:想|要)+(?:投诉|举报|反[映应]|建议|提.{0,4}(?:意见|建议))`)

// suggest begins a suggestion, with what the first message already says of it.
func (t *turn) suggest(in *intents.Intent, confidence float64) say {
	t.open(nil, false)
	if t.st.Draft.Text != "" { // one at a time: what waits is not lost to a new one
		t.st.Step = StepConfirm
		return t.flowing(in.ID, sayDraftWaits)
	}
	matter := t.said[len(opening.FindString(t.said)):]
	s := t.flowing(in.ID, in.Answer+"\n\n"+saySuggestWhat)
	s.Confidence = confidence
	t.st.Step = StepWhat
	if n, _ := letters(matter); t.msg.Kind != Tap && t.msg.Kind != Scan && n >= minSuggested {
		t.st.Draft.Text = matter
		t.st.Step = StepWhere
		s.Text = in.Answer + "\n\n" + saySuggestWhere
	}
	return s
}

// suggesting takes one step of a suggestion.
func (t *turn) suggesting(step Step) (say, bool) {
	id := t.suggestID()
	if saysCancel(t.key) || step == StepConfirm && saysNo(t.key) {
		return t.cancel(), true
	}
	if step == StepConfirm && saysYes(t.key) || step == StepWhere && among(t.key, "确认", "提交") {
		return t.submit(), true
	}
	if t.leaves(step) {
		if step == StepWhat {
			return say{}, false
		}
		return t.aside(step), true
	}
	t.st.Step = step
	n, _ := letters(t.said)
	matter, _ := letters(t.said[len(opening.FindString(t.said)):])
	switch step {
	case StepWhat:
		if n < minSuggested || matter < 2 || n <= 6 && looksAsked(t.said) {
			return t.flowing(id, saySuggestMore), true
		}
		t.st.Draft.Text, t.st.Step = t.said, StepWhere
		return t.flowing(id, saySuggestWhere), true
	case StepWhere:
		if looksAsked(t.said) && !saysSkip(t.key) {
			return t.flowing(id, saySuggestWhere), true
		}
		t.st.Step = StepConfirm
		if saysSkip(t.key) {
			return t.flowing(id, sayConfirmNoPlace), true
		}
		t.st.Draft.Where = t.said
		return t.flowing(id, sayConfirm), true
	}
	if n < minSuggested || matter == 0 {
		return t.flowing(id, sayDraftWaits), true
	}
	t.st.Draft.Text = clean(t.st.Draft.Text + "\n" + t.said)
	return t.flowing(id, sayAdded), true
}

// leaves reports whether the message is about something else than the suggestion: a short command, or a question that
// the matcher is sure of. While a suggestion is awaited, only the form of a question shows that it is none.
func (t *turn) leaves(step Step) bool {
	if _, number := choice(t.key, len(t.st.Menu)); number && len(t.st.Menu) > 0 {
		return true // off the menu of an aside
	}
	// Out of context: 谁来看 in the middle of a suggestion is no follow-up to what was asked before it.
	in := t.sureOf()
	if in == nil || in.Action == intents.Suggest {
		return false
	}
	if n, _ := letters(t.said); in.Action != intents.NoAction {
		return n <= 12
	}
	return step == StepConfirm || looksAsked(t.said)
}

// reminders say what an aside left open.
var reminders = map[Step]string{
	StepWhere: sayWhereWaits, StepAgree: sayBindWaits, StepNumber: sayNumberWaits, StepCode: sayCodeWaits, StepErase: sayEraseWords,
	StepPlace: sayPlaceWaits, StepTopics: sayTopicsWait, StepStops: sayTopicsWait,
}

// aside answers something else in the middle of a flow, which waits unless another one began. A suggestion waits as a draft
// when nothing but its submission was asked.
func (t *turn) aside(step Step) say {
	s, ok := t.numbered()
	if !ok {
		s, ok = t.named()
	}
	if !ok {
		s, ok = t.several()
	}
	if !ok {
		s = t.respond(t.meaning(t.said))
	}
	return t.reminding(s, step)
}

// reminding ends the answer to something else with what is still open, and keeps the flow at its step unless the answer
// began another one. An offer to record the question stays beside it.
func (t *turn) reminding(s say, step Step) say {
	reminder := ""
	if step == StepWhere || step == StepConfirm {
		reminder = sayDraftWaits
	}
	if waits, ok := reminders[step]; ok && (t.st.Step == NoStep || t.st.Step == StepOffer) && !t.gone {
		t.st.Step, t.st.Aside, reminder = step, true, waits
	}
	s.tail = strings.TrimPrefix(s.tail+"\n\n"+reminder, "\n\n")
	return s
}

func (t *turn) cancel() say {
	t.st.Draft = Draft{}
	return t.flowing(t.suggestID(), sayCancelled)
}

// submit files the suggestion. What could not be filed stays, so that the resident need not write it again.
func (t *turn) submit() say {
	s, filed := t.file(inbox.Filing{Kind: inbox.Suggestion, Text: t.st.Draft.Text, Where: t.st.Draft.Where}, t.suggestID(), "确认")
	if filed {
		t.st.Draft = Draft{}
	} else {
		t.st.Step = StepConfirm
	}
	return s
}
