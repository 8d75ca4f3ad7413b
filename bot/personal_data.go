package bot

import (
	"errors"
	"slices"
	"strings"
	"time"

	"towncrier/city"
	"towncrier/content"
	"towncrier/roster"
)

// maxSent is how many of the texts that were sent are told.
const maxSent = 5

// personalData reports what is kept of the resident, how it came, on what basis, and what was sent to them (个人信息保护法, article 45).
func (x *exchange) personalData(s draft) draft {
	if x.bot.cfg.Roster == nil {
		s.Text = x.say("no_roster")
		return s
	}
	me, err := x.bot.cfg.Roster.Me(x.ctx, x.msg.From)
	if errors.Is(err, roster.ErrNoResident) {
		s.Text = x.say("nothing_kept")
		return s
	}
	if err != nil {
		x.fault("resident is not found", err)
		s.Text = x.say("later")
		return s
	}
	kept := x.kept(me)
	sent := x.sent(me.ID)
	s.lead = s.Text
	for {
		s.Text = x.say("mine") + "\n" + strings.Join(kept, "\n") + "\n\n" + strings.Join(sent, "\n") + "\n\n" + x.say("mine_change")
		switch {
		case len(s.Text) <= city.MaxReply:
			return s
		case len(sent) > 2: // the oldest text goes first, then what says least
			sent = sent[:len(sent)-1]
		case len(kept) > 1 && kept[len(kept)-1] != x.say("mine_more"):
			kept[len(kept)-1] = x.say("mine_more")
		case len(kept) > 2:
			kept = slices.Delete(kept, len(kept)-2, len(kept)-1)
		default:
			return s
		}
	}
}

// kept is a line each of what is kept, the most personal first.
func (x *exchange) kept(me roster.Resident) []string {
	lines := []string{x.say("mine_no_phone")}
	if me.Phone != "" {
		lines[0] = x.say("mine_phone", me.Phone.Masked(), x.came(me.PhoneFrom, me.Consents))
	}
	if me.OpenID != "" {
		lines = append(lines, x.say("mine_wechat"))
	}
	if me.Committee != "" || me.Community != "" {
		all, err := x.bot.cfg.Roster.Places(x.ctx)
		if err != nil {
			x.fault("committees are not read", err)
		}
		name := placeName(all, Place{me.Committee, me.Community})
		if c, ok := committee(all, me.Committee); !ok {
			name = me.Community
		} else if me.Community == "" {
			name = c.Name
		}
		lines = append(lines, x.say("mine_place", name, x.originName(me.PlaceFrom)))
	}
	for _, c := range me.Consents {
		lines = append(lines, x.say("mine_consent", x.consentName(c.What), x.basisName(c.Basis), x.date(c.At)+x.howName(c.How)))
	}
	if len(me.Preferences) == 0 {
		lines = append(lines, x.say("mine_no_choice"))
	}
	for _, wants := range []bool{true, false} {
		var chosen []string
		for _, p := range me.Preferences {
			if p.Wants == wants {
				chosen = append(chosen, x.preferenceName(p, me.Preferences))
			}
		}
		if len(chosen) > 0 {
			lines = append(lines, x.say(map[bool]string{true: "mine_wants", false: "mine_stops"}[wants], strings.Join(chosen, "、")))
		}
	}
	lines = append(lines, x.say("mine_talk"))
	if tags := slices.DeleteFunc(slices.Clone(me.Tags), x.city.Library.City.Sensitive); len(tags) > 0 { // others see the screen too
		lines = append(lines, x.say("mine_tags", strings.Join(tags, "、")))
	}
	return lines
}

// came says when and how the number came.
func (x *exchange) came(from roster.Origin, consents []roster.Consent) string {
	if i := slices.IndexFunc(consents, func(c roster.Consent) bool { return c.What == roster.PhoneKept }); i >= 0 {
		return x.date(consents[i].At) + x.originName(from)
	}
	return x.originName(from)
}

// sent is a line each of what was sent, after a line that says so.
func (x *exchange) sent(id string) []string {
	if x.bot.cfg.Sent == nil {
		return []string{x.say("none_sent")}
	}
	list, err := x.bot.cfg.Sent.Sent(x.ctx, id, maxSent)
	if err != nil {
		x.fault("what was sent is not read", err)
		return []string{x.say("sent_later")}
	}
	if len(list) == 0 {
		return []string{x.say("none_sent")}
	}
	lines := []string{x.say("mine_sent")}
	for _, one := range list {
		what := one.What
		if by := x.channelName(one.Channel); !strings.HasPrefix(what, by) { // 短信验证码 says it by itself
			what = by + what
		}
		line := x.moment(one.At) + "，" + what
		if one.By != "" {
			line += "，" + x.say("sent_by", one.By)
		}
		if one.Why != "" {
			line += "，" + x.say("sent_why", one.Why)
		}
		if one.State != "" {
			line += "，" + one.State
		}
		lines = append(lines, line)
	}
	return lines
}

func (x *exchange) date(at time.Time) string { return content.DateOf(at.In(x.city.Zone())).String() }

func (x *exchange) moment(at time.Time) string {
	return at.In(x.city.Zone()).Format("2006年1月2日15:04")
}

// preferenceName names what a choice is about.
func (x *exchange) preferenceName(p roster.Preference, all []roster.Preference) string {
	topic := ""
	if i := slices.IndexFunc(x.city.Library.City.Topics, func(c content.Topic) bool { return c.ID == p.Topic }); i >= 0 {
		topic = x.city.Library.City.Topics[i].Name
	} else if p.Topic != "" {
		topic = x.say("old_topic")
	}
	switch {
	case topic == "" && p.Channel == "" && slices.ContainsFunc(all, func(o roster.Preference) bool { return o.Topic != "" }):
		return x.say("other_notices")
	case topic == "" && p.Channel == "":
		return x.say("every_notice")
	case topic == "":
		return x.say("every_by", x.channelName(p.Channel))
	case p.Channel == "":
		return topic
	}
	return topic + "（" + x.channelName(p.Channel) + "）"
}
