package sandbox

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxNumbers = 1000 // of SendSms
	maxBatch   = 100  // of SendBatchSms
)

// extendForm is what SmsUpExtendCode may be: digits behind the sender's number.
var extendForm = regexp.MustCompile(`^[0-9]{0,10}$`)

// outgoing is one text of a call.
type outgoing struct {
	number, sign, params, extend string
}

// sendSMS is SendSms: the same text to up to 1000 numbers. Which numbers of a call the platform would still serve when
// another one is refused is not documented: here one bad number refuses the call, and nobody gets anything.
func (s *Sandbox) sendSMS(form url.Values) (any, *smsError) {
	for _, name := range []string{"PhoneNumbers", "SignName", "TemplateCode"} {
		if form.Get(name) == "" {
			return nil, missing(name)
		}
	}
	numbers := strings.Split(form.Get("PhoneNumbers"), ",")
	if len(numbers) > maxNumbers {
		return nil, refusal("isv.MOBILE_COUNT_OVER_LIMIT")
	}
	var list []outgoing
	for _, n := range numbers {
		list = append(list, outgoing{n, form.Get("SignName"), form.Get("TemplateParam"), form.Get("SmsUpExtendCode")})
	}
	return s.accept(list, form.Get("TemplateCode"), form.Get("OutId"))
}

// sendBatchSMS is SendBatchSms: up to 100 numbers, each with its sign and variables, one template and one BizId.
func (s *Sandbox) sendBatchSMS(form url.Values) (any, *smsError) {
	for _, name := range []string{"PhoneNumberJson", "SignNameJson", "TemplateCode"} {
		if form.Get(name) == "" {
			return nil, missing(name)
		}
	}
	var numbers, signs, extends []string
	var params []json.RawMessage
	for name, into := range map[string]any{
		"PhoneNumberJson": &numbers, "SignNameJson": &signs, "TemplateParamJson": &params, "SmsUpExtendCodeJson": &extends,
	} {
		if raw := form.Get(name); raw != "" && json.Unmarshal([]byte(raw), into) != nil {
			return nil, refusal("isv.INVALID_JSON_PARAM")
		}
	}
	n := len(numbers)
	same := func(length int) bool { return length == n || length == 0 } // lists that may be left out
	switch {
	case n > maxBatch:
		return nil, refusal("isv.MOBILE_COUNT_OVER_LIMIT")
	case n == 0, len(signs) != n, !same(len(params)), !same(len(extends)), len(form.Get("OutId")) >= 256:
		return nil, refusal("isv.INVALID_PARAMETERS")
	}
	list := make([]outgoing, n)
	for i := range list {
		list[i] = outgoing{number: numbers[i], sign: signs[i]}
		if len(params) > 0 {
			list[i].params = string(params[i])
		}
		if len(extends) > 0 {
			list[i].extend = extends[i]
		}
	}
	return s.accept(list, form.Get("TemplateCode"), form.Get("OutId"))
}

// accept takes a call's texts, all or none, and sets their receipts going. It returns once the early ones were pushed.
func (s *Sandbox) accept(list []outgoing, template, outID string) (any, *smsError) {
	m := s.sms
	known := m.templates[template]
	if known == nil {
		return nil, refusal("isv.SMS_TEMPLATE_ILLEGAL")
	}
	now := s.cfg.Now()
	texts := make([]*text, len(list))
	for i, o := range list {
		made, failed := m.compose(o, known)
		if failed != nil {
			return nil, failed
		}
		made.entry.At, made.entry.SMS.OutID = now, outID
		made.entry.Resident = s.owners[made.entry.SMS.Phone]
		texts[i] = made
	}

	m.mu.Lock()
	if failed := m.limitedAny(texts, known, now); failed != nil {
		m.mu.Unlock()
		return nil, failed
	}
	bizID := strconv.FormatInt(m.nextID(), 10) + "^0"
	for _, t := range texts {
		t.entry.SMS.BizID = bizID
		t.fate, _ = s.strike(smsReport, t.entry.SMS.Phone)
		t.entry = s.record.add(t.entry)
		m.texts[t.entry.SMS.Phone] = append(m.texts[t.entry.SMS.Phone], t)
	}
	m.mu.Unlock()
	s.forward(texts)
	return smsAnswer{Code: "OK", Message: "OK", BizID: bizID, RequestID: requestID()}, nil
}

// compose checks one text of a call but for the limits, and renders it.
func (m *smsSide) compose(o outgoing, template *smsTemplate) (*text, *smsError) {
	to := number(o.number)
	switch {
	case to == "":
		return nil, refusal("isv.MOBILE_NUMBER_ILLEGAL")
	case !slices.Contains(m.Signs, o.sign):
		return nil, refusal("isv.SMS_SIGNATURE_ILLEGAL")
	case !extendForm.MatchString(o.extend):
		return nil, refusal("isv.EXTEND_CODE_ERROR")
	}
	rendered, params, failed := template.render(o.sign, o.params)
	if failed != nil {
		return nil, failed
	}
	return &text{kind: template.Kind, entry: Entry{
		From: FromAccount, Kind: KindSMS, Text: rendered, Via: BySMS, State: Sending,
		SMS: &SMS{Phone: to, Sign: o.sign, Template: template.Code, Params: params, Parts: parts(rendered), DestCode: senderNumber + o.extend},
	}}, nil
}

// limitedAny holds a whole call against the limits. m.mu is held.
func (m *smsSide) limitedAny(texts []*text, template *smsTemplate, now time.Time) *smsError {
	also := map[string]int{}
	for _, t := range texts {
		to := t.entry.SMS.Phone
		if failed := m.limited(t.entry.SMS.Sign, template, to, also[to], now); failed != nil {
			return failed
		}
		also[to]++
	}
	return nil
}
