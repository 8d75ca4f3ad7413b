package bot

import (
	"errors"
	"fmt"
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
func (t *turn) bind(s say) say {
	notice := t.city.Library.City.PrivacyBinding
	switch {
	case t.bot.cfg.Roster == nil || t.bot.cfg.Codes == nil || notice == "":
		s.Text = sayNoBinding
		return s
	case t.lost:
		s.Text = sayLater
		return s
	}
	me, err := t.bot.cfg.Roster.Me(t.ctx, t.msg.From)
	if err != nil && !errors.Is(err, roster.ErrNotFound) {
		t.fault("resident is not found", err)
		s.Text = sayLater
		return s
	}
	s.Kind, s.lead, s.Text = Flowing, s.Text, notice+"\n\n"+sayAgree
	if me.Phone != "" {
		s.lead = fmt.Sprintf(sayBoundAlready, me.Phone.Masked())
	}
	t.open(nil, false)
	t.st.Step = StepAgree
	return s
}

// binding takes one step of binding a phone.
func (t *turn) binding(step Step) (say, bool) {
	switch {
	case saysCancel(t.key), step == StepAgree && saysNo(t.key), among(t.key, "不绑", "不绑定", "不想绑", "不想绑定", "别绑", "先不绑", "不同意", "我不同意"):
		t.st.Coded = 0
		return t.flow(intents.Bind, sayNotBound), true
	case step == StepAgree && agrees(t.key):
		t.st.Step = StepNumber
		return t.flow(intents.Bind, sayWhichNumber), true
	case step == StepAgree && t.typed() && agrees(fold(numberWords.ReplaceAllString(t.said, ""))):
		t.st.Step = StepNumber
		return t.numberTyped(), true
	case !t.typed() && t.forOthers():
		t.st.Step = step
		return t.flow(intents.Bind, sayForOthers+"\n\n"+reminders[step]), true
	case !t.typed() && !t.aboutCode() && t.refuses():
		t.st.Coded = 0
		s := t.respond(t.meaning(t.said))
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+sayNotBound, "\n\n")
		return s, true
	case !t.typed() && !saysYes(t.key) && !(step == StepCode && t.aboutCode()) && (t.elsewhere(intents.Bind) || t.asks(ofBinding)):
		return t.aside(step), true
	}
	t.st.Step = step
	switch step {
	case StepAgree:
		if t.typed() {
			return t.flow(intents.Bind, sayAgreeFirst), true
		}
		return t.flow(intents.Bind, sayAgreeWord), true
	case StepNumber:
		return t.numberTyped(), true
	}
	return t.codeTyped(), true
}

// ofBinding are words that a question about the binding itself holds.
var ofBinding = regexp.MustCompile(`手机|号码|电话|座机|固话|验证码|短信|绑|同意|^[0-9\s-]+$`)

// refuses reports whether the message wants no notices: then there is nothing to bind a phone for.
func (t *turn) refuses() bool {
	in := t.sureOf()
	return in != nil && in.Action == intents.OptOut
}

// numberWords are a hidden number and the words around it.
var numberWords = regexp.MustCompile(`(?:我的?|这是)?(?:手机)?(?:号码?|电话)?(?:是|为|[:：])?[\s+]*[0-9]*\*{4}[0-9]*`)

// agrees is an explicit yes: a mere "fine" can be about something else.
func agrees(folded string) bool {
	return among(folded, "我", "也", "已阅读", "已看", "看过", "好", "行", "是", "嗯", "可以", "没问题", "同意", "愿意", "继续", "绑定", "tongyi") &&
		(strings.Contains(folded, "tongyi") || strings.Contains(folded, "同意") || strings.Contains(folded, "愿意") || strings.Contains(folded, "继续"))
}

// numberTyped takes the number that was asked for, and has a code sent to it.
func (t *turn) numberTyped() say {
	dialled := strings.ReplaceAll(norm.NFKC.String(t.said), " ", "")
	switch {
	case len(t.numbers) == 1:
		return t.request(t.numbers[0])
	case len(t.numbers) > 1:
		return t.flow(intents.Bind, sayManyNumbers)
	case len(codes(t.said)) == 1 && !strings.ContainsAny(t.said, "-－—()（）"):
		return t.flow(intents.Bind, sayCodeTooEarly)
	case t.foreign || overseas.MatchString(dialled):
		return t.flow(intents.Bind, sayForeign)
	case noMobile.MatchString(t.key):
		return t.flow(intents.Bind, sayNoMobile)
	case t.landline || local.MatchString(dialled):
		return t.flow(intents.Bind, sayLandline)
	case t.long || len(groups([]rune(t.said))) > 0:
		return t.flow(intents.Bind, sayNoNumber)
	}
	return t.flow(intents.Bind, sayWhichNumber)
}

var (
	overseas = regexp.MustCompile(`^(?:852|853|886)[0-9-]{7,}$`) // without a plus: Hong Kong, Macao, Taiwan
	local    = regexp.MustCompile(`^[^0-9+]*[2-8][0-9]{6,7}$`)   // a fixed line without its area code
	noMobile = regexp.MustCompile(`没(?:有)?(?:手机|智能机)|不用手机|座机|固话|固定电话|小灵通`)
)

func (t *turn) request(number phone.Number) say {
	err := t.bot.cfg.Codes.Request(t.ctx, t.msg.From, number)
	if wait, ok := errors.AsType[*roster.TooSoon](err); ok {
		text := sayTooSoon
		if t.st.Coded != 0 && t.since(t.st.Coded) < roster.CodeLife {
			text = sayTooSoonCoded
		}
		return t.flow(intents.Bind, fmt.Sprintf(text, span(wait.Wait)))
	}
	switch {
	case errors.Is(err, roster.ErrCodeOff):
		t.st.Step = NoStep
		return t.flow(intents.Bind, sayCodeOff)
	case err != nil:
		t.fault("code is not requested", err)
		t.st.Step = StepNumber
		return t.flow(intents.Bind, sayNoCode)
	}
	t.done = true
	t.st.Step, t.st.Coded = StepCode, t.now.Unix()
	return t.flow(intents.Bind, fmt.Sprintf(sayCode, number.Masked()))
}

// codeTyped takes the code that was asked for, or what residents say instead of it.
func (t *turn) codeTyped() say {
	all := codes(t.said)
	switch {
	case len(all) == 1 && len(t.numbers) == 1: // both in one message
		return t.confirm(all[0], t.numbers[0])
	case len(t.numbers) > 0 || t.landline || t.foreign: // another number, or the same for another code
		return t.numberTyped()
	case len(all) == 1:
		return t.confirm(all[0], "")
	case len(all) > 1:
		return t.flow(intents.Bind, sayTwoCodes)
	case wrongNumber.MatchString(t.key):
		t.st.Step, t.st.Coded = StepNumber, 0 // its code is not to bind it any more
		return t.flow(intents.Bind, sayNewNumber)
	case notCome.MatchString(t.key):
		if wait := time.Minute - t.since(t.st.Coded); wait > 0 {
			return t.flow(intents.Bind, fmt.Sprintf(sayWaitCode, span(wait)))
		}
		return t.flow(intents.Bind, sayCodeAgain)
	}
	return t.flow(intents.Bind, sayWhichCode)
}

var (
	wrongNumber = regexp.MustCompile(`(?:号|号码|手机号|电话)(?:写|填|打|输|发|弄)?错|(?:写|填|打|输|发|弄)错(?:了)?(?:号|手机)|^(?:写|填|打|输|发)错了|换.{0,3}(?:号|手机)|不是这个(?:号|手机)|重新(?:写|填|输).{0,2}号|改.{0,2}号`)
	notCome     = regexp.MustCompile(`没(?:有)?(?:收|接|来|到|发|看)|收不到|接不到|还没|再发|重发|重新发|重新获取|没动静|怎么还不来|过期|meishoudao`)
)

// aboutCode reports whether the message says why there is no code yet; 不要再发了 does not.
func (t *turn) aboutCode() bool {
	in := t.sureOf()
	return (in == nil || in.Action != intents.OptOut) && (notCome.MatchString(t.key) || wrongNumber.MatchString(t.key))
}

// underWay reports whether the message is nothing but a code while one is under way, whatever else was asked since.
func (t *turn) underWay() bool {
	return t.st.Coded != 0 && t.since(t.st.Coded) < roster.CodeLife && t.bot.cfg.Codes != nil && t.bot.cfg.Roster != nil &&
		len(codes(t.said)) == 1 && len(t.key) <= len("验证码是")+roster.CodeDigits+len("的短信") && onlyCode.MatchString(t.key)
}

// finish confirms such a code; what was asked since stays asked.
func (t *turn) finish() say {
	step := t.st.Step
	s := t.confirm(codes(t.said)[0], "")
	switch {
	case step == StepCode || step == StepAgree || step == StepNumber:
		return s
	case t.st.Step == NoStep || step != NoStep:
		t.st.Step = step
	}
	if waits, ok := reminders[step]; ok {
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+waits, "\n\n")
	}
	return s
}

var onlyCode = regexp.MustCompile(`^(?:短信)?(?:验证码|校验码|码)?(?:是|为|:)?[0-9\s-]+$`)

// confirm binds the number that the code proves. A resident who writes a number beside it means that one and no other.
func (t *turn) confirm(code string, meant phone.Number) say {
	number, err := t.bot.cfg.Codes.Confirm(t.ctx, t.msg.From, code)
	if wrong, ok := errors.AsType[*roster.WrongCode](err); ok && wrong.Left > 0 {
		return t.flow(intents.Bind, fmt.Sprintf(sayWrongCode, strconv.Itoa(wrong.Left)))
	} else if ok {
		err = roster.ErrCodeGone
	}
	switch {
	case errors.Is(err, roster.ErrCodeGone):
		t.st.Step, t.st.Coded = StepNumber, 0
		return t.flow(intents.Bind, sayCodeGone)
	case errors.Is(err, roster.ErrCodeOff):
		t.st.Step, t.st.Coded = NoStep, 0
		return t.flow(intents.Bind, sayCodeOff)
	case err != nil:
		t.fault("code is not confirmed", err)
		return t.flow(intents.Bind, sayNotChecked)
	}
	if meant != "" && meant != number {
		t.st.Step, t.st.Coded = StepNumber, 0
		return t.flow(intents.Bind, sayOtherNumber)
	}
	t.st.Step, t.st.Coded = NoStep, 0
	me, err := t.bot.cfg.Roster.Bind(t.ctx, t.msg.From, number)
	if err != nil {
		t.fault("phone is not bound", err)
		return t.flow(intents.Bind, sayNotKept)
	}
	t.done = true
	s := t.flow(intents.Bind, fmt.Sprintf(sayBound, number.Masked()))
	if stops := t.stops(me); stops != "" {
		s.Text += "\n" + stops
	}
	return t.offering(s, t.next(me))
}

// next are the intents that go well after a phone was bound.
func (t *turn) next(me roster.Resident) []string {
	var ids []string
	for _, a := range []intents.Action{intents.Place, intents.Subscribe, intents.Mine} {
		if in := t.byAction(a); in != nil && (a != intents.Place || me.Community == "") {
			ids = append(ids, in.ID)
		}
	}
	return ids
}

// offering ends a reply with a menu.
func (t *turn) offering(s say, ids []string) say {
	if len(ids) > 0 {
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+sayCanNow+t.menu(ids), "\n\n")
		t.open(ids, false)
	}
	return s
}

// typed reports whether the message held a number that was hidden.
func (t *turn) typed() bool { return len(t.numbers) > 0 || t.long || t.landline || t.foreign }

// stray answers a number that nobody asked for; it was hidden before anything could keep it. ok is false when the message
// says more than the number: then only a line is added to its answer.
func (t *turn) stray() (say, bool) {
	if !t.typed() {
		return say{}, false
	}
	const hidden = 7 // digits that are left of a mobile number
	n, _ := letters(t.said)
	if n -= hidden * len(t.numbers); n > 0 {
		in := t.sureOf()
		if n > 8 || in != nil && in.Action != intents.Mine {
			return say{}, false
		}
	}
	return plain(t.notKept()), true
}

// notKept says that a number was not kept, and how to bind one.
func (t *turn) notKept() string {
	switch {
	case len(t.numbers) == 0:
		return sayDigitsHidden
	case t.byAction(intents.Bind) == nil || t.bot.cfg.Codes == nil || t.bot.cfg.Roster == nil:
		return sayNumberHidden
	}
	return sayNumberHidden + sayHowToBind
}

func (t *turn) since(unix int64) time.Duration { return t.now.Sub(time.Unix(unix, 0)) }

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
