package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/roster"
)

// subscribe shows what can be subscribed to, or takes the topics that the message names.
func (x *exchange) subscribe(s draft) draft {
	if x.bot.cfg.Roster == nil {
		s.Text = x.say("no_roster")
		return s
	}
	if topics := x.topicsIn(x.said); len(topics) > 0 {
		return x.wantOrNot(s, topics)
	}
	return x.topicMenu(s, true)
}

// topicMenu asks which topics are wanted, or are to stop.
func (x *exchange) topicMenu(s draft, wants bool) draft {
	topics := x.city.Library.City.Topics
	if len(topics) == 0 {
		s.Text = x.say("no_topics")
		return s
	}
	me, _ := x.me()
	var b strings.Builder
	for i, topic := range topics {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + topic.Name)
		if p := slices.IndexFunc(me.Preferences, func(p roster.Preference) bool { return p.Topic == topic.ID && p.Channel == "" }); p >= 0 {
			b.WriteString(x.say(map[bool]string{true: "chosen", false: "refused"}[me.Preferences[p].Wants]))
		}
	}
	s.Kind, s.lead = Flowing, ""
	x.open(nil, false)
	if x.st.Step = StepTopics; wants {
		s.Text = x.say("topics") + b.String() + "\n\n" + x.say("topics_how")
	} else {
		x.st.Step = StepStops
		s.Text = x.say("stops") + b.String() + "\n\n" + x.say("stops_how")
	}
	return s
}

// choosing takes topics off the menu.
func (x *exchange) choosing(step Step) (draft, bool) {
	all := x.city.Library.City.Topics
	s := x.flow(intents.Subscribe, "")
	if _, number := choice(x.key, len(x.st.Menu)); number && len(x.st.Menu) > 0 {
		return draft{}, false // off the menu of an aside
	}
	var picked []content.Topic
	picks, ok := choices(x.said, x.key, len(all))
	if i, one := choice(x.key, len(all)); one && !ok {
		if ok = true; i >= 0 {
			picks = []int{i}
		}
	}
	switch {
	case saysCancel(x.key), saysNo(x.key), saysNoneOfThese(x.key):
		return x.flow(intents.Subscribe, x.say("unchanged")), true
	case ok && len(picks) == 0:
		s = x.topicMenu(s, step == StepTopics)
		s.Text = x.say("no_such_number") + s.Text
		return s, true
	case ok:
		for _, i := range picks {
			picked = append(picked, all[i])
		}
	default:
		picked = x.topicsIn(x.said)
		exact := slices.ContainsFunc(picked, func(c content.Topic) bool { return fold(c.Name) == x.key || slices.Contains(c.Also, x.key) })
		if n, _ := letters(x.said); !exact && (len(picked) == 0 || n > 12*len(picked) || looksAsked(x.said) || x.again ||
			x.asksElsewhere(intents.Subscribe, intents.OptIn, intents.OptOut)) {
			if in := x.sureOf(); x.again || in != nil && (in.Action == intents.OptIn || in.Action == intents.OptOut) {
				return draft{}, false
			}
			return x.aside(step), true
		}
		if all, none := x.excepts(); all {
			return x.wantAllBut(s, picked), true
		} else if none {
			return x.want(s, picked, true), true
		}
		if in := x.sureOf(); step == StepTopics && (len(x.topicsRefused()) > 0 || in != nil && in.Action == intents.OptOut) {
			return draft{}, false // 别发养犬的了
		}
	}
	if step == StepStops {
		return x.refuse(s, picked, ""), true
	}
	return x.want(s, picked, onlyThese.MatchString(x.key)), true
}

// topicsIn are the topics that a text names, in the order of the menu.
func (x *exchange) topicsIn(text string) []content.Topic {
	folded := fold(text)
	return x.topicsWhere(func(word string) bool { return strings.Contains(folded, word) })
}

// topicsToStop are the topics whose notices a message that wants no more is about. A name alone is not enough: 我又不养狗，别发了
// wants none at all.
func (x *exchange) topicsToStop() []content.Topic {
	return x.topicsBetween(func(before, after string) bool { return refusing.MatchString(before) || noticesOf.MatchString(after) })
}

// topicsRefused are the topics that a message refuses in so many words.
func (x *exchange) topicsRefused() []content.Topic {
	return x.topicsBetween(func(before, after string) bool { return refusing.MatchString(before) || refused.MatchString(after) })
}

// topicsBetween are the topics that the message names with such words before and after.
func (x *exchange) topicsBetween(fits func(before, after string) bool) []content.Topic {
	folded := fold(x.said)
	return x.topicsWhere(func(word string) bool {
		for at := 0; ; {
			i := strings.Index(folded[at:], word)
			if i < 0 {
				return false
			}
			end := at + i + len(word)
			if fits(folded[:at+i], folded[end:]) {
				return true
			}
			at = end
		}
	})
}

var (
	refusing  = regexp.MustCompile(`(?:退订|退掉?|取消(?:订阅)?|停止?|关[掉闭]?|别(?:再)?(?:给[我俺额])?[发推]|不要(?:再)?(?:给[我俺额])?[发推]?|不想(?:再)?(?:要|收|看)?|不[收看订要]了?)(?:接收|推送|收到?)?(?:关于|有关)?$`)
	noticesOf = regexp.MustCompile(`^(?:管理|方面|这块|那块|这类|那类|类|有关)*的?(?:通知|消息|信息|提醒|推送|短信|公告|内容|那块|这块|方面)`)
	refused   = regexp.MustCompile(`^(?:管理|方面|这块|那块|这类|那类|类|有关)*的?(?:通知|消息|信息|提醒|推送|短信|公告|内容|那块|这块|方面)*(?:我|俺|都|就|也|全|以后)*(?:别|不要|不用|不想|甭|莫|停|退|取消|不[收看订])`)
)

func (x *exchange) topicsWhere(named func(word string) bool) []content.Topic {
	var topics []content.Topic
	for _, topic := range x.city.Library.City.Topics {
		if slices.ContainsFunc(append([]string{topic.Name}, topic.Also...), func(w string) bool { return named(fold(w)) }) {
			topics = append(topics, topic)
		}
	}
	return topics
}

func names(topics []content.Topic) string {
	var all []string
	for _, topic := range topics {
		all = append(all, topic.Name)
	}
	return strings.Join(all, "、")
}
