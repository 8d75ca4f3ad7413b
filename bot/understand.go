package bot

import (
	"maps"
	"slices"
	"strings"

	"towncrier/intents"
)

// handle handles the message by what it is.
func (x *exchange) handle() draft {
	switch x.msg.Kind {
	case Text:
		return x.read(x.msg.Text)
	case Voice:
		if strings.TrimSpace(x.msg.Text) == "" {
			return plain(x.say("voice"))
		}
		return x.read(x.msg.Text)
	case Image, Video:
		return plain(x.say("picture"))
	case Location:
		return plain(x.say("location"))
	case Link:
		return plain(x.say("link"))
	case Follow:
		return x.follow()
	case Scan, Tap:
		return x.jump(x.msg.Text)
	}
	return plain(x.say("other"))
}

// plain is one calm line that answers nothing.
func plain(text string) draft { return draft{Reply: Reply{Kind: Declined, Text: text}} }

// follow greets with the privacy notice, and answers at once what the QR code was about.
func (x *exchange) follow() draft {
	x.st = State{Version: stateVersion, Waiting: x.st.Waiting}
	greet := x.byAction(intents.Greet)
	id, ok := x.topicOf(x.msg.Text)
	invitation, invited := x.invite(x.msg.Text)
	switch {
	case invited:
		if greet != nil {
			invitation.lead = greet.Answer
		}
		invitation.tail = x.city.Library.City.Privacy
		return invitation
	case ok:
		s := x.answered(id, 1, nil, false)
		if greet != nil {
			s.lead = greet.Answer
		}
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.city.Library.City.Privacy, "\n\n")
		return s
	case greet != nil:
		return x.answered(greet.ID, 1, nil, false)
	}
	return x.help()
}

// jump answers what a menu button or a QR code stands for; help when it stands for nothing here.
func (x *exchange) jump(key string) draft {
	if s, ok := x.invite(key); ok {
		return s
	}
	if id, ok := x.topicOf(key); ok {
		x.st.Step = NoStep
		return x.answered(id, 1, nil, false)
	}
	return x.help()
}

// topicOf reads the key of a button or a scene: an intent ID, bare or as topic:ID.
func (x *exchange) topicOf(key string) (string, bool) {
	id := strings.TrimPrefix(strings.TrimSpace(key), "topic:")
	return id, x.city.Intents[id] != nil
}

func (x *exchange) help() draft {
	if in := x.byAction(intents.Help); in != nil {
		return x.answered(in.ID, 1, nil, false)
	}
	return plain(x.say("unclear"))
}

// read understands a text without the personal numbers in it. A resident who typed one that nobody asked for is told how to bind it.
func (x *exchange) read(text string) draft {
	x.redacted = redactNumbers(clean(withoutStandIns(text)), x.city.Library.Contacts)
	x.key = fold(x.said)
	asked := x.st.Step == StepAgree || x.st.Step == StepNumber || x.st.Step == StepCode
	s := x.understand()
	if x.typed() && !asked && s.Text != x.notKept() {
		hidden := x.notKept()
		if x.st.Step == StepAgree { // how to bind is being said
			hidden = x.say("number_hidden")
		}
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+hidden, "\n\n")
	}
	return s
}

// understand takes the message as the answer to what was asked last, as a choice from the menu, as a correction, and only
// then as a question of its own.
func (x *exchange) understand() draft {
	if n, _ := letters(x.key); n == 0 && !x.typed() {
		if x.said != "" && strings.Trim(x.said, praise) == "" {
			return x.answerThanks()
		}
		return plain(x.say("nonsense"))
	}
	if s, ok := x.rescue(); ok {
		return s
	}
	if s, ok := x.stopped(); ok {
		return s
	}
	words := strings.TrimSpace(abuse.ReplaceAllString(x.said, " "))
	if _, han := letters(words); words != x.said && han < minFiled {
		return plain(x.say("abuse")) // what we asked stays asked
	}
	if x.underWay() {
		return x.finish()
	}
	step := x.st.Step
	if step != StepAgree && step != StepNumber && step != StepCode {
		if s, ok := x.strayNumber(); ok {
			return s // what we asked stays asked
		}
	}
	if saysWait(x.key) {
		if waits, ok := reminders[step]; ok {
			return plain(x.say(waits))
		}
		return plain(x.say("no_offer"))
	}
	x.st.Step = NoStep
	x.again, x.st.Aside = x.st.Aside, false
	if s, ok := x.continued(step); ok {
		return s
	}
	if s, ok := x.waiting(); ok {
		return s
	}
	if s, ok := x.numbered(); ok {
		return s
	}
	if s, ok := x.onlyOne(); ok {
		return s
	}
	switch {
	case saysHeard(x.key):
		return x.answerThanks()
	case saysYes(x.key) && x.st.Asked && len(x.known(x.st.Menu)) > 1:
		return x.clarify(x.say("menu_open"), x.known(x.st.Menu), 0)
	case agrees(x.key) && strings.Contains(x.key, "同意"):
		return plain(x.say("nothing_to_agree"))
	case isFiller(x.key), saysYes(x.key):
		return plain(x.say("no_offer"))
	}
	if s, ok := x.dialled(); ok {
		return s
	}
	if x.bot.cfg.Codes != nil && len(codes(x.said)) == 1 && onlyCode.MatchString(x.key) {
		return plain(x.say("no_code_waits"))
	}
	if s, ok := x.more(); ok {
		return s
	}
	if s, ok := x.corrected(); ok {
		return s
	}
	if words != x.said {
		return x.insulted(words)
	}
	if s, ok := x.commanded(); ok {
		return s
	}
	if s, ok := x.introduced(); ok {
		return s
	}
	if s, ok := x.named(); ok {
		return s
	}
	if s, ok := x.splitQuestions(); ok {
		return s
	}
	return x.respond(x.meaning(x.said))
}

func (x *exchange) answerThanks() draft {
	if in := x.byAction(intents.Thanks); in != nil {
		return x.answered(in.ID, 1, nil, false)
	}
	return plain(x.say("no_offer"))
}

// meaning reads text in the context of the conversation. The last reading is kept: several steps of an exchange ask for it.
func (x *exchange) meaning(text string) intents.Match {
	if topic := x.st.topic(); x.meant == nil || x.meantText != text || x.meantTopic != topic {
		m := x.city.Matcher.Match(text, intents.Context{Topic: topic})
		if _, han := letters(text); han == 0 && topic != "" { // pinyin that is sure of itself follows nothing up: chong dian zhuang
			if alone := x.city.Matcher.Match(text, intents.Context{}); alone.Decision == intents.Answer {
				m = alone
			}
		}
		x.meant, x.meantText, x.meantTopic = &m, text, topic
	}
	return *x.meant
}

// respond says what a reading calls for.
func (x *exchange) respond(m intents.Match) draft {
	x.match = m
	x.remember(m)
	switch {
	case m.Decision == intents.Answer && len(m.Ranked) > 0:
		if id := m.Ranked[0].ID; !x.acts(id) {
			x.st.Offer = Offer{} // 记录 means the question before the eyes, and this one is answered
		}
		if ids := x.emergencies(m.Ranked[0].ID); len(ids) > 1 {
			return x.together(ids, m.Confidence)
		}
		return x.answered(m.Ranked[0].ID, m.Confidence, slices.DeleteFunc(x.known(m.Options), x.city.IsPast), false)
	case complaint.MatchString(x.said) && x.suggestID() != "":
		return x.suggest(x.byAction(intents.Suggest), m.Confidence)
	case x.namedIn(m) != "":
		return x.answered(x.namedIn(m), m.Confidence, nil, false)
	case m.Decision == intents.Clarify:
		options := x.offerable(m.Options)
		if id, ok := x.onlyInForce(options); ok {
			x.st.Offer = Offer{}
			return x.answered(id, m.Confidence, nil, false)
		}
		if len(options) > 0 {
			x.st.Offer = Offer{Text: x.said, Topic: options[0]} // for 都不是
			return x.clarify(x.asking(options), options, m.Confidence)
		}
	}
	return x.decline(m)
}

// emergencies are an urgent intent and the others of which a word is said that is none of its own: 停水又停电.
func (x *exchange) emergencies(first string) []string {
	own := x.city.Intents[first].Urgent
	if own == nil {
		return nil
	}
	ids := []string{first}
	for _, id := range slices.Sorted(maps.Keys(x.city.Intents)) {
		words := slices.DeleteFunc(slices.Clone(x.city.Intents[id].Urgent), func(w string) bool { return slices.Contains(own, w) })
		if id != first && intents.SaysUrgent(x.said, words) {
			ids = append(ids, id)
		}
	}
	return ids
}

// namedIn is the intent that an unsure message is about all the same, because it names a row of that intent's table: among
// the options, or alone in the message.
func (x *exchange) namedIn(m intents.Match) string {
	for _, r := range m.Ranked {
		in := x.city.Intents[r.ID]
		if in == nil || len(in.Slots) == 0 {
			continue
		}
		all, _ := letters(x.said)
		name, _ := letters(m.Slots[in.Slots[0].Name].Text)
		if (slices.Contains(m.Options, r.ID) || all <= name+2) && x.names(in, x.said) {
			return r.ID
		}
	}
	return ""
}

// sure is the intent that a reading is certain of.
func sure(m intents.Match) (string, bool) {
	if m.Decision != intents.Answer || len(m.Ranked) == 0 {
		return "", false
	}
	return m.Ranked[0].ID, true
}

// known leaves out intents that the city in force does not have: content may change during a conversation.
func (x *exchange) known(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return x.city.Intents[id] == nil })
}

// offerable leaves out what nobody picks from a menu.
func (x *exchange) offerable(ids []string) []string {
	return slices.DeleteFunc(x.known(ids), func(id string) bool {
		a := x.city.Intents[id].Action
		return a == intents.Greet || a == intents.Thanks
	})
}

// insulted reads what is left of a message once its swear words are out, when that can be a question; else it stays calm.
func (x *exchange) insulted(words string) draft {
	m := x.meaning(words)
	if m.Decision == intents.Decline && !looksAsked(words) {
		return plain(x.say("abuse"))
	}
	x.said, x.key = words, fold(words)
	return x.respond(m)
}
