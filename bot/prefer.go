package bot

import (
	"regexp"
	"slices"
	"strings"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/roster"
	"towncrier/sms"
)

// What narrows a choice about notices to part of them. A resident who says nothing of the kind means every one.
var (
	aboutPhone = regexp.MustCompile(`[绑綁]|换.{0,2}号|[邦帮幫][定钉]手?|号[码碼]|手[机機]号|[电電][话話]|我的号|新号|短信|[简簡][讯訊]|验证码|手[机機].{0,4}(?:[发發来來收]|上)|[发發].{0,4}手[机機]|bangding|bangshang|shouji|haoma|duanxin`)
	aboutSMS   = regexp.MustCompile(`短信|[简簡][讯訊]|手[机機]号|号[码碼]|[绑綁]|duanxin`)
	aboutChat  = regexp.MustCompile(`微信|公众号`)
	everything = regexp.MustCompile(`所有|全部|全都|一切|任何|统统|全退|都[退停关]|一个字`)
	onlyThese  = regexp.MustCompile(`只|仅|光要|[别其]的?他?(?:的)?不`)
	someTopic  = regexp.MustCompile(`[哪某].{0,3}(?:通知|方面|类|种|个|些|块)|一类|一部分|一些|分类|有啥通知|有什么通知|选择`)
)

// optIn takes a wish for notices: of some topics, by text, or every one.
func (x *exchange) optIn(s draft) draft {
	switch topics := x.topicsIn(x.said); {
	case x.bot.cfg.Roster == nil:
		s.Text = x.say("no_roster")
		return s
	case x.forOthers():
		s.Text = x.say("for_others")
		return s
	case noSMS.MatchString(x.key), noChat.MatchString(x.key):
		if in := x.byAction(intents.OptOut); in != nil {
			s.Topic, s.Text = in.ID, in.Answer
		}
		return x.optOut(s)
	case len(topics) > 0:
		return x.wantOrNot(s, topics)
	case aboutPhone.MatchString(x.key):
		return x.byText(s)
	case someTopic.MatchString(x.key), onlyThese.MatchString(x.key):
		s.Text = ""
		return x.subscribe(s)
	}
	if !x.prefer("", "", true) {
		s.Text = x.say("not_noted")
		return s
	}
	me, known := x.me()
	if stops := x.stops(me); known && stops != "" {
		s.Text += "\n" + x.say(stops)
	}
	var ids []string
	for _, a := range []intents.Action{intents.Bind, intents.Subscribe} {
		if in := x.byAction(a); in != nil && (a != intents.Bind || me.Phone == "" && x.bot.cfg.Codes != nil) {
			ids = append(ids, in.ID)
		}
	}
	return x.offering(s, ids)
}

// byText takes a wish for texts: to the number that is bound, or after binding one.
func (x *exchange) byText(s draft) draft {
	me, _ := x.me()
	if me.Phone == "" || !resume.MatchString(x.key) {
		if in := x.byAction(intents.Bind); in != nil {
			s.Text = in.Answer
		} else {
			s.Text = ""
		}
		return x.bind(s)
	}
	if s.Text = x.say("not_noted"); x.prefer("", roster.SMS, true) {
		s.Text = x.say("texts_again", me.Phone.Masked())
	}
	return s
}

// resume matches a resident who wants texts to the number that they have, and not another one.
var resume = regexp.MustCompile(`恢复|重新(?:发|收|接|打|开)|再给|又想|短信|[简簡][讯訊]`)

// What is said of notices for somebody else: nobody can agree to them, or stop them, for another person.
var (
	otherOnes = regexp.MustCompile(`(?:我|俺|额|咱)(?:们)?(?:家)?(?:里)?的?(?:爸|妈|爹|娘|父亲|母亲|爷|奶|姥|老伴|老婆|老公|老头|老人|媳妇|对象|孩子|儿子|女儿|闺女|婆婆|公公|岳|哥|姐|弟|妹|邻居|朋友|同事)|[帮替给](?:别人|他人|老人|家里人|家人|邻居|朋友|同事|他|她)`)
	bySomeone = regexp.MustCompile(`(?:爸|妈|爹|娘|老伴|老婆|老公|媳妇|孩子|儿子|女儿|闺女|哥|姐|弟|妹|邻居|朋友|同事).{0,2}(?:让|叫|说|教|劝|帮|给)(?:我|俺|额)`)
)

// forOthers reports whether the message wants something for another person.
func (x *exchange) forOthers() bool {
	return otherOnes.MatchString(x.key) && !bySomeone.MatchString(x.key)
}

var (
	// replyT matches a resident who asks about stopping by SMS: 退订回T行不行.
	replyT = regexp.MustCompile(`回复?(?:短信)?["“']?td?["”']?.{0,6}(?:行|可以|能|吗|么|管用|有用|好使|中不)`)
	// keepsOnly matches a resident who stops everything but what they name.
	keepsOnly = regexp.MustCompile(`[只光仅](?:留|要|收|看|保留)|留[着下]|保留`)
	// notBinding matches a resident who leaves the number alone: there is nothing to stop when none is bound.
	notBinding = regexp.MustCompile(`^(?:我|先|就|那|暂时|还是)*不(?:想)?绑定?(?:手机|号码?|了|吧)*$`)
	noSMS      = regexp.MustCompile(`(?:不要|别[发用]|不[收用]|不想收)(?:再发)?(?:手机)?(?:短信|简讯)|(?:短信|简讯)(?:就|都)?(?:不要|别|不用|不收|停|退)`)
	noChat     = regexp.MustCompile(`(?:不要|别[发用]|不[收用]|不想收)(?:再发)?微信|微信(?:里|上)?(?:的)?(?:就|都)?(?:不要|别|不用|不收|停|退)`)
	// exceptThese matches such a choice that says nothing else.
	exceptThese = regexp.MustCompile(`^(?:我)?除[了开去]?.{2,16}(?:都|全|一概)(?:不|别|给我)*(?:要|收|订|发|退|停|取消)[要收订发退掉]*(?:了|的|吧|啊|通知|消息)*$`)
	exceptFor   = regexp.MustCompile(`除[了开去]?.+?(?:都|全|一概)(不|别|退|停|取消|甭)?`)
)

// excepts reports what is said of everything but the topics that a message names: that all of it is wanted, or none.
func (x *exchange) excepts() (all, none bool) {
	m := exceptFor.FindStringSubmatch(x.key)
	return m != nil && m[1] == "", m != nil && m[1] != ""
}

// command is a choice in the shortest words: 退订健康服务, 订阅养犬管理和充电的通知.
var command = regexp.MustCompile(`^(?:我)?(?:要|想)?(订阅?|退订|退掉|取消订阅|不订|不要)(.+?)(?:了|的)?(?:通知|消息|信息)?(?:了)?$`)

// commanded takes such a choice when all its words name topics.
func (x *exchange) commanded() (draft, bool) {
	if among(x.key, "反悔", "后悔", "我反悔", "我后悔", "别删", "不删", "我不删", "不要删", "先别删") {
		return plain(x.say("nothing_undone")), true
	}
	if in := x.byAction(intents.Place); in != nil && among(x.key, "选小区", "选社区") { // as we tell them to write, whatever was talked about
		return x.answered(in.ID, 1, nil, false), true
	}
	if x.bot.cfg.Roster == nil {
		return draft{}, false
	}
	if topics := x.topicsIn(x.said); len(topics) > 0 && !looksAsked(x.said) && exceptThese.MatchString(x.key) {
		return x.wantOrNot(x.flow(intents.OptIn, ""), topics), true
	}
	m := command.FindStringSubmatch(x.key)
	if m == nil {
		return draft{}, false
	}
	var topics []content.Topic
	for name := range strings.FieldsFuncSeq(m[2], func(r rune) bool { return strings.ContainsRune("、,，和跟与及", r) }) {
		found := x.topicsWhere(func(word string) bool { return word == name })
		if len(found) == 0 {
			return draft{}, false
		}
		topics = append(topics, found...)
	}
	action := intents.OptOut
	if strings.HasPrefix(m[1], "订") {
		action = intents.OptIn
	}
	in := x.byAction(action)
	if in == nil && action == intents.OptIn {
		in = x.byAction(intents.Subscribe)
	}
	if in == nil || len(topics) == 0 {
		return draft{}, false
	}
	s := x.flowing(in.ID, "")
	s.Kind = Answered
	if action == intents.OptIn {
		return x.want(s, topics, false), true
	}
	return x.refuse(s, topics, ""), true
}

// optOut takes a wish for no more notices: of some topics, on a channel, or none at all. What remains is said.
func (x *exchange) optOut(s draft) draft {
	topics := x.topicsToStop()
	switch {
	case x.bot.cfg.Roster == nil:
		s.Text = x.say("no_roster")
		return s
	case x.forOthers():
		s.Text = x.say("stop_for_others")
		return s
	case replyT.MatchString(x.key):
		s.Text = x.say("reply_t")
		return s
	case notBinding.MatchString(x.key):
		if me, known := x.me(); known && me.Phone == "" || !known {
			s.Text = x.say("not_bound")
			return s
		}
	}
	if named := x.topicsIn(x.said); len(named) > 0 && len(x.topicsRefused()) == 0 && keepsOnly.MatchString(x.key) {
		return x.want(s, named, true) // 别的都退了，只留养犬的
	}
	var channel roster.Channel
	switch whole := everything.MatchString(x.key); {
	case whole && len(topics) == 0:
	case noChat.MatchString(x.key) && !noSMS.MatchString(x.key):
		channel = roster.WeChat
	case aboutSMS.MatchString(x.key):
		channel = roster.SMS
	case aboutChat.MatchString(x.key):
		channel = roster.WeChat
	case len(topics) == 0 && someTopic.MatchString(x.key):
		return x.topicMenu(s, false)
	}
	if len(topics) > 0 {
		return x.refuse(s, topics, channel)
	}
	if !x.prefer("", channel, false) {
		s.Text = x.say("not_noted")
		return s
	}
	switch channel {
	case roster.SMS:
		s.Text = x.say("sms_stopped")
	case roster.WeChat:
		s.Text = x.say("chat_stopped")
	}
	me, _ := x.me()
	if stops := x.stops(me); channel == roster.WeChat && stops == "sms_still_stopped" {
		s.Text += "\n" + x.say(stops)
	}
	if me.Phone != "" {
		s.Text += "\n" + x.say("phone_stays", me.Phone.Masked())
	}
	return s
}

// stopped takes the words that stop notices by SMS and in chat alike, whatever was being asked. A resident who stops is not asked on for
// a number or for topics; other matters stay open.
func (x *exchange) stopped() (draft, bool) {
	in := x.byAction(intents.OptOut)
	if in == nil || !sms.IsChatStop(x.said) {
		return draft{}, false
	}
	step := x.st.Step
	x.st.Step = NoStep
	s := x.answered(in.ID, 1, nil, false)
	switch step {
	case StepAgree, StepNumber, StepCode:
		x.st.Coded = 0
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say("not_bound"), "\n\n")
		return s, true
	case StepTopics, StepStops:
		return s, true
	}
	return x.reminding(s, step), true
}

// prefer records one choice.
func (x *exchange) prefer(topic string, channel roster.Channel, wants bool) bool {
	if err := x.bot.cfg.Roster.Prefer(x.ctx, x.msg.From, topic, channel, wants); err != nil {
		x.fault("choice about notices is not recorded", err)
		return false
	}
	x.done = true
	return true
}

// me is the resident who writes; false when nothing is known of them, or cannot be read now.
func (x *exchange) me() (roster.Resident, bool) {
	me, err := x.bot.cfg.Roster.Me(x.ctx, x.msg.From)
	return me, err == nil
}

// stops is the phrase that says what of an earlier stop still holds; "" when nothing does.
func (x *exchange) stops(me roster.Resident) string {
	stopped := func(topic string, c roster.Channel) bool {
		return slices.ContainsFunc(me.Preferences, func(p roster.Preference) bool { return p.Topic == topic && p.Channel == c && !p.Wants })
	}
	switch {
	case stopped("", ""):
		return "all_still_stopped"
	case stopped("", roster.SMS):
		return "sms_still_stopped"
	}
	return ""
}

// wantOrNot subscribes to the topics that a message names, unless it refuses them: the matcher may take 不要养犬的通知 for a
// wish, and nobody may be subscribed by a no.
func (x *exchange) wantOrNot(s draft, topics []content.Topic) draft {
	if all, none := x.excepts(); all {
		return x.wantAllBut(s, topics)
	} else if none {
		return x.want(s, topics, true)
	}
	only := onlyThese.MatchString(x.key)
	if !only && len(x.topicsRefused()) > 0 {
		if in := x.byAction(intents.OptOut); in != nil {
			s.Topic, s.Text = in.ID, in.Answer
		}
		return x.optOut(s)
	}
	return x.want(s, topics, only)
}

// want subscribes to topics, with only to nothing else.
func (x *exchange) want(s draft, topics []content.Topic, only bool) draft {
	if only && !x.prefer("", "", false) {
		s.Text = x.say("not_noted")
		return s
	}
	for i, topic := range topics {
		if !x.prefer(topic.ID, "", true) {
			s.Text = x.say("not_noted")
			if i > 0 || only {
				s.Text = x.say("part_noted")
			}
			return s
		}
	}
	s.Text = x.say("subscribed", names(topics))
	if only {
		s.Text = x.say("subscribed_only", names(topics))
	}
	me, known := x.me()
	if known && !only {
		if stops := x.stops(me); stops == "sms_still_stopped" {
			s.Text += "\n" + x.say(stops)
		}
	}
	if in := x.byAction(intents.Bind); in != nil && me.Phone == "" && x.bot.cfg.Codes != nil {
		s = x.offering(s, []string{in.ID})
	}
	return s
}

// wantAllBut asks for every notice, and stops those of topics.
func (x *exchange) wantAllBut(s draft, topics []content.Topic) draft {
	if !x.prefer("", "", true) {
		s.Text = x.say("not_noted")
		return s
	}
	for _, topic := range topics {
		if !x.prefer(topic.ID, "", false) {
			s.Text = x.say("part_noted")
			return s
		}
	}
	s.Text = x.say("all_but", names(topics))
	if me, known := x.me(); known {
		if stops := x.stops(me); stops != "" {
			s.Text += "\n" + x.say(stops)
		}
	}
	return s
}

// refuse stops topics, on one channel or on every one.
func (x *exchange) refuse(s draft, topics []content.Topic, channel roster.Channel) draft {
	for i, topic := range topics {
		if !x.prefer(topic.ID, channel, false) {
			s.Text = x.say("not_noted")
			if i > 0 {
				s.Text = x.say("part_noted")
			}
			return s
		}
	}
	switch channel {
	case roster.SMS:
		s.Text = x.say("topic_no_sms", names(topics))
	default:
		s.Text = x.say("topic_stopped", names(topics))
	}
	return s
}
