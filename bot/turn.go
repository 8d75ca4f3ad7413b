package bot

import (
	"slices"
	"strings"

	"towncrier/intents"
)

// take handles the message by what it is.
func (t *turn) take() say {
	switch t.msg.Kind {
	case Text:
		return t.read(t.msg.Text)
	case Voice:
		if strings.TrimSpace(t.msg.Text) == "" {
			return plain(sayVoice)
		}
		return t.read(t.msg.Text)
	case Image, Video:
		return plain(sayPicture)
	case Location:
		return plain(sayLocation)
	case Link:
		return plain(sayLink)
	case Follow:
		return t.follow()
	case Scan, Tap:
		return t.jump(t.msg.Text)
	}
	return plain(sayOther)
}

// plain is one calm line that answers nothing.
func plain(text string) say { return say{Reply: Reply{Kind: Declined, Text: text}} }

// follow greets with the privacy notice, and answers at once what the QR code was about.
func (t *turn) follow() say {
	t.st = State{Version: stateVersion, Waiting: t.st.Waiting}
	greet := t.byAction(intents.Greet)
	id, ok := t.topicOf(t.msg.Text)
	invitation, invited := t.invite(t.msg.Text)
	switch {
	case invited:
		if greet != nil {
			invitation.lead = greet.Answer
		}
		invitation.tail = t.city.Library.City.Privacy
		return invitation
	case ok:
		s := t.answered(id, 1, nil, false)
		if greet != nil {
			s.lead = greet.Answer
		}
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+t.city.Library.City.Privacy, "\n\n")
		return s
	case greet != nil:
		return t.answered(greet.ID, 1, nil, false)
	}
	return t.help()
}

// jump answers what a menu button or a QR code stands for; help when it stands for nothing here.
func (t *turn) jump(key string) say {
	if s, ok := t.invite(key); ok {
		return s
	}
	if id, ok := t.topicOf(key); ok {
		t.st.Step = NoStep
		return t.answered(id, 1, nil, false)
	}
	return t.help()
}

// topicOf reads the key of a button or a scene: an intent ID, bare or as topic:ID.
func (t *turn) topicOf(key string) (string, bool) {
	id := strings.TrimPrefix(strings.TrimSpace(key), "topic:")
	return id, t.city.Intents[id] != nil
}

func (t *turn) help() say {
	if in := t.byAction(intents.Help); in != nil {
		return t.answered(in.ID, 1, nil, false)
	}
	return plain(sayUnclear)
}

// read understands a text without the personal numbers in it. Whoever typed one that nobody asked for is told how to bind it.
func (t *turn) read(text string) say {
	t.hidden = hide(clean(withoutStandIns(text)), t.city.Library.Contacts)
	t.key = fold(t.said)
	asked := t.st.Step == StepAgree || t.st.Step == StepNumber || t.st.Step == StepCode
	s := t.understand()
	if t.typed() && !asked && s.Text != t.notKept() {
		hidden := t.notKept()
		if t.st.Step == StepAgree { // how to bind is being said
			hidden = sayNumberHidden
		}
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+hidden, "\n\n")
	}
	return s
}

// understand takes the message as the answer to what was asked last, as a choice from the menu, as a correction, and only
// then as a question of its own.
func (t *turn) understand() say {
	if n, _ := letters(t.key); n == 0 && !t.typed() {
		if t.said != "" && strings.Trim(t.said, praise) == "" {
			return t.thanked()
		}
		return plain(sayNonsense)
	}
	if s, ok := t.rescue(); ok {
		return s
	}
	if s, ok := t.stopped(); ok {
		return s
	}
	words := strings.TrimSpace(abuse.ReplaceAllString(t.said, " "))
	if _, han := letters(words); words != t.said && han < minFiled {
		return plain(sayAbuse) // what we asked stays asked
	}
	if t.underWay() {
		return t.finish()
	}
	step := t.st.Step
	if step != StepAgree && step != StepNumber && step != StepCode {
		if s, ok := t.stray(); ok {
			return s // what we asked stays asked
		}
	}
	if saysWait(t.key) {
		if waits, ok := reminders[step]; ok {
			return plain(waits)
		}
		return plain(sayNoOffer)
	}
	t.st.Step = NoStep
	t.again, t.st.Aside = t.st.Aside, false
	if s, ok := t.continued(step); ok {
		return s
	}
	if s, ok := t.waiting(); ok {
		return s
	}
	if s, ok := t.numbered(); ok {
		return s
	}
	if s, ok := t.onlyOne(); ok {
		return s
	}
	switch {
	case saysHeard(t.key):
		return t.thanked()
	case saysYes(t.key) && t.st.Asked && len(t.known(t.st.Menu)) > 1:
		return t.clarify(sayMenuOpen, t.known(t.st.Menu), 0)
	case agrees(t.key) && strings.Contains(t.key, "同意"):
		return plain(sayNothingToAgree)
	case hums(t.key), saysYes(t.key):
		return plain(sayNoOffer)
	}
	if s, ok := t.dialled(); ok {
		return s
	}
	if t.bot.cfg.Codes != nil && len(codes(t.said)) == 1 && onlyCode.MatchString(t.key) {
		return plain(sayNoCodeWaits)
	}
	if s, ok := t.more(); ok {
		return s
	}
	if s, ok := t.corrected(); ok {
		return s
	}
	if words != t.said {
		return t.insulted(words)
	}
	if s, ok := t.commanded(); ok {
		return s
	}
	if s, ok := t.introduced(); ok {
		return s
	}
	if s, ok := t.named(); ok {
		return s
	}
	if s, ok := t.several(); ok {
		return s
	}
	return t.respond(t.meaning(t.said))
}

func (t *turn) thanked() say {
	if in := t.byAction(intents.Thanks); in != nil {
		return t.answered(in.ID, 1, nil, false)
	}
	return plain(sayNoOffer)
}

// meaning reads text in the context of the conversation. The last reading is kept: several steps of a turn ask for it.
func (t *turn) meaning(text string) intents.Match {
	if topic := t.st.topic(); t.meant == nil || t.meantText != text || t.meantTopic != topic {
		m := t.city.Matcher.Match(text, intents.Context{Topic: topic})
		if _, han := letters(text); han == 0 && topic != "" { // pinyin that is sure of itself follows nothing up: chong dian zhuang
			if alone := t.city.Matcher.Match(text, intents.Context{}); alone.Decision == intents.Answer {
				m = alone
			}
		}
		t.meant, t.meantText, t.meantTopic = &m, text, topic
	}
	return *t.meant
}

// respond says what a reading calls for.
func (t *turn) respond(m intents.Match) say {
	t.match = m
	t.remember(m)
	switch {
	case m.Decision == intents.Answer && len(m.Ranked) > 0:
		if id := m.Ranked[0].ID; !t.acts(id) {
			t.st.Offer = Offer{} // 记录 means the question before the eyes, and this one is answered
		}
		return t.answered(m.Ranked[0].ID, m.Confidence, nil, false)
	case complaint.MatchString(t.said) && t.suggestID() != "":
		return t.suggest(t.byAction(intents.Suggest), m.Confidence)
	case t.names(m) != "":
		return t.answered(t.names(m), m.Confidence, nil, false)
	case m.Decision == intents.Clarify:
		if options := t.offerable(m.Options); len(options) > 0 {
			t.st.Offer = Offer{Text: t.said, Topic: options[0]} // for 都不是
			return t.clarify(asking(options), options, m.Confidence)
		}
	}
	return t.decline(m)
}

// names is the intent that an unsure message is about all the same, because it names a row of that intent's table: among
// the options, or alone in the message.
func (t *turn) names(m intents.Match) string {
	for _, r := range m.Ranked {
		in := t.city.Intents[r.ID]
		if in == nil || len(in.Slots) == 0 {
			continue
		}
		v := m.Slots[in.Slots[0].Name]
		if len(t.rows(in.Slots[0], v)) == 0 {
			continue
		}
		all, _ := letters(t.said)
		name, _ := letters(v.Text)
		if slices.Contains(m.Options, r.ID) || all <= name+2 {
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
func (t *turn) known(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return t.city.Intents[id] == nil })
}

// offerable leaves out what nobody picks from a menu.
func (t *turn) offerable(ids []string) []string {
	return slices.DeleteFunc(t.known(ids), func(id string) bool {
		a := t.city.Intents[id].Action
		return a == intents.Greet || a == intents.Thanks
	})
}

// insulted reads what is left of a message once its swear words are out, when that can be a question; else it stays calm.
func (t *turn) insulted(words string) say {
	m := t.meaning(words)
	if m.Decision == intents.Decline && !looksAsked(words) {
		return plain(sayAbuse)
	}
	t.said, t.key = words, fold(words)
	return t.respond(m)
}
