package bot

import (
	"slices"
	"strings"

	"towncrier/content"
)

// urgent matches words of somebody in danger now. They come before whatever the dialogue was waiting for, and an
// unneeded line with the numbers to call does no harm: the list is generous.
var urgent = compile(`晕倒|昏倒|昏迷|昏过去|晕过去|不省人事|叫不醒|没(?:有|了)?(?:呼吸|心跳)|[喘上]不(?:上|过|来).{0,2}气|上不来气|(?:胸口|心口|心脏).{0,3}[疼痛]|` +
	`心脏病[犯发]|心梗|抽搐|口吐白沫|口眼歪斜|嘴歪|突然.{0,4}(?:说不出话|说不清话|动不了)|大出血|(?:血流|流血).{0,2}不止|止不住血|救命|喝了?农药|安眠药|` +
	`(?:煤气|食物|农药)?中毒了|触电|溺水|[掉落](?:进|到|入)?.{0,2}[河水井湖坑]里|(?:摔倒|摔下来|跌倒)了|起不来了|(?:出|发生).{0,2}(?:车祸|交通事故)|被车?撞了|要生了|羊水破|` +
	`不想活|想死(?:$|[^你])|自杀|轻生|跳楼|跳河|割腕|(?:^|[^不])着火|[起失]火|冒烟了|(?:煤气|燃气|天然气).{0,2}[漏泄]|爆炸了?|地震了|` +
	`打架|被打了?|抢劫|持刀|砍人|杀人|绑架|家暴|(?:狗|犬).{0,3}(?:正|在|追|扑)+.{0,2}咬`)

// rescues are the contacts, by their ID in the city's contacts file, that help at once.
var rescues = []string{"emergency", "fire", "police"}

// likely is how sure a reading must be to be told beside the numbers to call.
const likely = 0.5

// rescue answers somebody in danger. An open question of ours stays open: they may come back to it.
func (x *exchange) rescue() (draft, bool) {
	if !urgent.MatchString(x.key) {
		return draft{}, false
	}
	var numbers []string
	for _, id := range rescues {
		if c, ok := x.contact(func(c content.Contact) bool { return c.ID == id }); ok {
			numbers = append(numbers, c.Name+c.Phone)
		}
	}
	if len(numbers) == 0 {
		return draft{}, false
	}
	call := x.say("call", strings.Join(numbers, "，"))
	m := x.meaning(x.said)
	id, certain := sure(m)
	switch in := x.city.Intents[id]; {
	case certain && in != nil && x.callsForHelp(in.Answer):
		x.match = m
		s := x.answered(id, m.Confidence, nil, false)
		s.lead = "" // nothing stands before the number to call
		return s, true
	case (x.st.Step == NoStep || x.st.Step == StepOffer) && (looksAsked(x.said) || m.Confidence >= likely):
		x.st.Step = NoStep
		s, ok := x.splitQuestions()
		if !ok {
			s = x.respond(m)
		}
		s.Text = call + "\n\n" + s.Text
		s.lead = ""
		return s, true
	}
	return plain(call + "\n\n" + x.say("not_urgent")), true
}

// callsForHelp reports whether an answer begins with a number that helps at once.
func (x *exchange) callsForHelp(answer string) bool {
	first, _, _ := strings.Cut(answer, "\n")
	_, ok := x.contact(func(c content.Contact) bool {
		return slices.Contains(rescues, c.ID) && strings.Contains(first, c.Phone)
	})
	return ok
}

func (x *exchange) contact(is func(content.Contact) bool) (content.Contact, bool) {
	all := x.city.Library.Contacts
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return content.Contact{}, false
}

// dialled says whose number this is, when the message is nothing but a number of the city's contacts and no topic is
// meant by it.
func (x *exchange) dialled() (draft, bool) {
	c, ok := x.contact(func(c content.Contact) bool { return c.Phone == x.key })
	if _, certain := sure(x.meaning(x.said)); !ok || certain {
		return draft{}, false
	}
	return plain(x.say("phone", c.Phone, c.Name, c.For)), true
}
