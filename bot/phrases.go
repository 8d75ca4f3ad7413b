package bot

import "towncrier/roster"

// say is a sentence that the bot says of itself, as the city has it. What a city says besides is in its notices and answers; what a
// resident wrote is in neither.
func (x *exchange) say(id string, values ...string) string { return x.city.Library.Say(id, values...) }

func (x *exchange) originName(o roster.Origin) string {
	switch o {
	case roster.FromImport:
		return x.say("by_import")
	case roster.FromStaff:
		return x.say("by_staff")
	}
	return x.say("by_chat")
}

// howName says nothing of ways that only a file knows.
func (x *exchange) howName(how string) string {
	switch how {
	case roster.InChat:
		return x.say("by_chat")
	case "paper":
		return x.say("by_paper")
	case "import":
		return x.say("by_import")
	}
	return ""
}

func (x *exchange) consentName(what string) string {
	switch what {
	case roster.PhoneKept:
		return x.say("for_phone")
	case roster.Notices:
		return x.say("for_notices")
	}
	return x.say("for_other")
}

func (x *exchange) basisName(b roster.Basis) string {
	switch b {
	case roster.ByDuty:
		return x.say("by_duty")
	case roster.ByEmergency:
		return x.say("by_emergency")
	}
	return x.say("by_consent")
}

func (x *exchange) channelName(c roster.Channel) string {
	if c == roster.SMS {
		return x.say("sms_name")
	}
	return x.say("wechat_name")
}
