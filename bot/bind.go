package bot

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"towncrier/intents"
	"towncrier/phone"
	"towncrier/roster"
)

// bind begins to bind a phone: the notice of 个人信息保护法, article 17, comes first, and nothing goes on without an explicit
// yes to it (article 14). A city without that notice binds none.
func (x *exchange) bind(s draft) draft {
	notice := x.city.Library.City.PrivacyBinding
	switch {
	case x.bot.cfg.Roster == nil || x.bot.cfg.Codes == nil || notice == "":
		s.Text = x.say("no_binding")
		return s
	case x.lost:
		s.Text = x.say("later")
		return s
	}
	me, err := x.bot.cfg.Roster.Me(x.ctx, x.msg.From)
	if err != nil && !errors.Is(err, roster.ErrNoResident) {
		x.fault("resident is not found", err)
		s.Text = x.say("later")
		return s
	}
	s.Kind, s.lead, s.Text = Flowing, s.Text, notice+"\n\n"+x.say("agree")
	if me.Phone != "" {
		s.lead = x.say("bound_already", me.Phone.Masked())
	}
	x.open(nil, false)
	x.st.Step = StepAgree
	return s
}

// binding takes one step of binding a phone.
func (x *exchange) binding(step Step) (draft, bool) {
	switch {
	case saysCancel(x.key), step == StepAgree && saysNo(x.key), among(x.key, "不绑", "不绑定", "不想绑", "不想绑定", "别绑", "先不绑", "不同意", "我不同意"):
		x.st.Coded = 0
		return x.flow(intents.Bind, x.say("not_bound")), true
	case step == StepAgree && agrees(x.key):
		x.st.Step = StepNumber
		return x.flow(intents.Bind, x.say("which_number")), true
	case step == StepAgree && x.typed() && agrees(fold(numberWords.ReplaceAllString(x.said, ""))):
		x.st.Step = StepNumber
		return x.numberTyped(), true
	case !x.typed() && x.forOthers():
		x.st.Step = step
		return x.flow(intents.Bind, x.say("for_others")+"\n\n"+x.say(reminders[step])), true
	case !x.typed() && !x.aboutCode() && x.refuses():
		x.st.Coded = 0
		s := x.respond(x.meaning(x.said))
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say("not_bound"), "\n\n")
		return s, true
	case !x.typed() && !saysYes(x.key) && !(step == StepCode && x.aboutCode()) && (x.asksElsewhere(intents.Bind) || x.asks(ofBinding)):
		return x.aside(step), true
	}
	x.st.Step = step
	switch step {
	case StepAgree:
		if x.typed() {
			return x.flow(intents.Bind, x.say("agree_first")), true
		}
		return x.flow(intents.Bind, x.say("agree_word")), true
	case StepNumber:
		return x.numberTyped(), true
	}
	return x.codeTyped(), true
}

// ofBinding are words that a question about the binding itself holds.
var ofBinding = regexp.MustCompile(`手机|号码|电话|座机|固话|验证码|短信|绑|同意|^[0-9\s-]+$`)

// refuses reports whether the message wants no notices: then there is nothing to bind a phone for.
func (x *exchange) refuses() bool {
	in := x.sureOf()
	return in != nil && in.Action == intents.OptOut
}

// numberWords are a redacted number and the words around it.
var numberWords = regexp.MustCompile(`(?:我的?|这是)?(?:手机)?(?:号码?|电话)?(?:是|为|[:：])?[\s+]*[0-9]*\*{4}[0-9]*`)

// agrees is an explicit yes: a mere "fine" can be about something else.
func agrees(folded string) bool {
	return among(folded, "我", "也", "已阅读", "已看", "看过", "好", "行", "是", "嗯", "可以", "没问题", "同意", "愿意", "继续", "绑定", "tongyi") &&
		(strings.Contains(folded, "tongyi") || strings.Contains(folded, "同意") || strings.Contains(folded, "愿意") || strings.Contains(folded, "继续"))
}

// numberTyped takes the number that was asked for, and has a code sent to it.
func (x *exchange) numberTyped() draft {
	dialled := strings.ReplaceAll(norm.NFKC.String(x.said), " ", "")
	switch {
	case len(x.numbers) == 1:
		return x.request(x.numbers[0])
	case len(x.numbers) > 1:
		return x.flow(intents.Bind, x.say("many_numbers"))
	case len(codes(x.said)) == 1 && !strings.ContainsAny(x.said, "-－—()（）"):
		return x.flow(intents.Bind, x.say("code_too_early"))
	case x.foreign || overseas.MatchString(dialled):
		return x.flow(intents.Bind, x.say("foreign"))
	case noMobile.MatchString(x.key):
		return x.flow(intents.Bind, x.say("no_mobile"))
	case x.landline || local.MatchString(dialled):
		return x.flow(intents.Bind, x.say("landline"))
	case x.long || len(groups([]rune(x.said))) > 0:
		return x.flow(intents.Bind, x.say("no_number"))
	}
	return x.flow(intents.Bind, x.say("which_number"))
}

var (
	overseas = regexp.MustCompile(`^(?:852|853|886)[0-9-]{7,}$`) // without a plus: Hong Kong, Macao, Taiwan
	local    = regexp.MustCompile(`^[^0-9+]*[2-8][0-9]{6,7}$`)   // a fixed line without its area code
	noMobile = regexp.MustCompile(`没(?:有)?(?:手机|智能机)|不用手机|座机|固话|固定电话|小灵通`)
)

func (x *exchange) request(number phone.Number) draft {
	err := x.bot.cfg.Codes.Request(x.ctx, x.msg.From, number)
	if wait, ok := errors.AsType[*roster.TooSoon](err); ok {
		id := "too_soon"
		if x.st.Coded != 0 && x.since(x.st.Coded) < roster.CodeLife {
			id = "too_soon_coded"
		}
		return x.flow(intents.Bind, x.say(id, span(wait.Wait)))
	}
	switch {
	case errors.Is(err, roster.ErrCodeOff):
		x.st.Step = NoStep
		return x.flow(intents.Bind, x.say("code_off"))
	case err != nil:
		x.fault("code is not requested", err)
		x.st.Step = StepNumber
		return x.flow(intents.Bind, x.say("no_code"))
	}
	x.done = true
	x.st.Step, x.st.Coded = StepCode, x.now.Unix()
	return x.flow(intents.Bind, x.say("code", number.Masked()))
}

// codeTyped takes the code that was asked for, or what residents say instead of it.
func (x *exchange) codeTyped() draft {
	all := codes(x.said)
	switch {
	case len(all) == 1 && len(x.numbers) == 1: // both in one message
		return x.confirm(all[0], x.numbers[0])
	case len(x.numbers) > 0 || x.landline || x.foreign: // another number, or the same for another code
		return x.numberTyped()
	case len(all) == 1:
		return x.confirm(all[0], "")
	case len(all) > 1:
		return x.flow(intents.Bind, x.say("two_codes"))
	case wrongNumber.MatchString(x.key):
		x.st.Step, x.st.Coded = StepNumber, 0 // its code is not to bind it any more
		return x.flow(intents.Bind, x.say("new_number"))
	case notCome.MatchString(x.key):
		if wait := time.Minute - x.since(x.st.Coded); wait > 0 {
			return x.flow(intents.Bind, x.say("wait_code", span(wait)))
		}
		return x.flow(intents.Bind, x.say("code_again"))
	}
	return x.flow(intents.Bind, x.say("which_code"))
}

var (
	wrongNumber = regexp.MustCompile(`(?:号|号码|手机号|电话)(?:写|填|打|输|发|弄)?错|(?:写|填|打|输|发|弄)错(?:了)?(?:号|手机)|^(?:写|填|打|输|发)错了|换.{0,3}(?:号|手机)|不是这个(?:号|手机)|重新(?:写|填|输).{0,2}号|改.{0,2}号`)
	notCome     = regexp.MustCompile(`没(?:有)?(?:收|接|来|到|发|看)|收不到|接不到|还没|再发|重发|重新发|重新获取|没动静|怎么还不来|过期|meishoudao`)
)

// aboutCode reports whether the message says why there is no code yet; 不要再发了 does not.
func (x *exchange) aboutCode() bool {
	in := x.sureOf()
	return (in == nil || in.Action != intents.OptOut) && (notCome.MatchString(x.key) || wrongNumber.MatchString(x.key))
}

// underWay reports whether the message is nothing but a code while one is under way, whatever else was asked since.
func (x *exchange) underWay() bool {
	return x.st.Coded != 0 && x.since(x.st.Coded) < roster.CodeLife && x.bot.cfg.Codes != nil && x.bot.cfg.Roster != nil &&
		len(codes(x.said)) == 1 && len(x.key) <= len("验证码是")+roster.CodeDigits+len("的短信") && onlyCode.MatchString(x.key)
}

// finish confirms such a code; what was asked since stays asked.
func (x *exchange) finish() draft {
	step := x.st.Step
	s := x.confirm(codes(x.said)[0], "")
	switch {
	case step == StepCode || step == StepAgree || step == StepNumber:
		return s
	case x.st.Step == NoStep || step != NoStep:
		x.st.Step = step
	}
	if waits, ok := reminders[step]; ok {
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say(waits), "\n\n")
	}
	return s
}

var onlyCode = regexp.MustCompile(`^(?:短信)?(?:验证码|校验码|码)?(?:是|为|:)?[0-9\s-]+$`)

// confirm binds the number that the code proves. A resident who writes a number beside it means that one and no other.
func (x *exchange) confirm(code string, meant phone.Number) draft {
	number, err := x.bot.cfg.Codes.Confirm(x.ctx, x.msg.From, code)
	if wrong, ok := errors.AsType[*roster.WrongCode](err); ok && wrong.Left > 0 {
		return x.flow(intents.Bind, x.say("wrong_code", strconv.Itoa(wrong.Left)))
	} else if ok {
		err = roster.ErrCodeGone
	}
	switch {
	case errors.Is(err, roster.ErrCodeGone):
		x.st.Step, x.st.Coded = StepNumber, 0
		return x.flow(intents.Bind, x.say("code_gone"))
	case errors.Is(err, roster.ErrCodeOff):
		x.st.Step, x.st.Coded = NoStep, 0
		return x.flow(intents.Bind, x.say("code_off"))
	case err != nil:
		x.fault("code is not confirmed", err)
		return x.flow(intents.Bind, x.say("not_checked"))
	}
	if meant != "" && meant != number {
		x.st.Step, x.st.Coded = StepNumber, 0
		return x.flow(intents.Bind, x.say("other_number"))
	}
	x.st.Step, x.st.Coded = NoStep, 0
	me, err := x.bot.cfg.Roster.Bind(x.ctx, x.msg.From, number)
	if err != nil {
		x.fault("phone is not bound", err)
		return x.flow(intents.Bind, x.say("not_kept"))
	}
	x.done = true
	s := x.flow(intents.Bind, x.say("bound", number.Masked()))
	if stops := x.stops(me); stops != "" {
		s.Text += "\n" + x.say(stops)
	}
	return x.offering(s, x.next(me))
}

// next are the intents that go well after a phone was bound.
func (x *exchange) next(me roster.Resident) []string {
	var ids []string
	for _, a := range []intents.Action{intents.Place, intents.Subscribe, intents.Mine} {
		if in := x.byAction(a); in != nil && (a != intents.Place || me.Community == "") {
			ids = append(ids, in.ID)
		}
	}
	return ids
}

// offering ends a reply with a menu.
func (x *exchange) offering(s draft, ids []string) draft {
	if len(ids) > 0 {
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say("can_now")+x.menu(ids), "\n\n")
		x.open(ids, false)
	}
	return s
}

// typed reports whether the message held a number that was redacted.
func (x *exchange) typed() bool { return len(x.numbers) > 0 || x.long || x.landline || x.foreign }

// strayNumber answers a number that nobody asked for; it was redacted before anything could keep it. ok is false when the message
// says more than the number: then only a line is added to its answer.
func (x *exchange) strayNumber() (draft, bool) {
	if !x.typed() {
		return draft{}, false
	}
	const hidden = 7 // digits that are left of a mobile number
	n, _ := letters(x.said)
	if n -= hidden * len(x.numbers); n > 0 {
		in := x.sureOf()
		if n > 8 || in != nil && in.Action != intents.Mine {
			return draft{}, false
		}
	}
	return plain(x.notKept()), true
}

// notKept says that a number was not kept, and how to bind one.
func (x *exchange) notKept() string {
	switch {
	case len(x.numbers) == 0:
		return x.say("digits_hidden")
	case x.byAction(intents.Bind) == nil || x.bot.cfg.Codes == nil || x.bot.cfg.Roster == nil:
		return x.say("number_hidden")
	}
	return x.say("number_hidden") + x.say("how_to_bind")
}

func (x *exchange) since(unix int64) time.Duration { return x.now.Sub(time.Unix(unix, 0)) }

// span is a waiting time in words, rounded up.
func span(d time.Duration) string {
	up := func(unit time.Duration) string { return strconv.Itoa(int((d + unit - 1) / unit)) }
	switch d = max(d, time.Second); {
	case d <= time.Minute:
		return up(time.Second) + "秒"
	case d <= time.Hour:
		return up(time.Minute) + "分钟"
	}
	return up(time.Hour) + "小时"
}
