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
	made, failed := m.compose(list, known)
	if failed != nil {
		return nil, failed
	}

	m.mu.Lock()
	if failed := m.limitedAny(made, known, now); failed != nil {
		m.mu.Unlock()
		return nil, failed
	}
	bizID := strconv.FormatInt(m.nextID(), 10) + "^0"
	texts := make([]*text, len(made))
	for i, c := range made {
		c.sms.OutID, c.sms.BizID = outID, bizID
		t := &text{kind: known.Kind}
		t.fate, _ = s.strike(smsReport, func() []string { return []string{c.sms.Phone} })
		t.entry = s.record.add(Entry{
			Resident: s.owners[c.sms.Phone], At: now, From: FromAccount, Kind: KindSMS, Text: c.text, Via: BySMS, State: Sending, SMS: c.sms,
		})
		m.texts[c.sms.Phone] = append(m.texts[c.sms.Phone], t)
		texts[i] = t
	}
	m.mu.Unlock()
	s.forward(texts)
	return smsAnswer{Code: "OK", Message: "OK", BizID: bizID, RequestID: requestID()}, nil
}

// composed is a text of a call, before it is accepted.
type composed struct {
	text string
	sms  *SMS
}

// compose checks the texts of a call but for the limits, and renders them. Neighbours that say the same, as all of a
// broadcast's do, are rendered once, and share their Params.
func (m *smsSide) compose(list []outgoing, template *smsTemplate) ([]composed, *smsError) {
	made := make([]composed, len(list))
	for i, o := range list {
		to := number(o.number)
		switch {
		case to == "":
			return nil, refusal("isv.MOBILE_NUMBER_ILLEGAL")
		case !slices.Contains(m.Signs, o.sign):
			return nil, refusal("isv.SMS_SIGNATURE_ILLEGAL")
		case o.extend != "" && !extendForm.MatchString(o.extend):
			return nil, refusal("isv.EXTEND_CODE_ERROR")
		}
		told := &SMS{Phone: to, Sign: o.sign, Template: template.Code, DestCode: senderNumber + o.extend}
		if i > 0 && o.sign == list[i-1].sign && o.params == list[i-1].params {
			before := made[i-1]
			told.Params, told.Parts = before.sms.Params, before.sms.Parts
			made[i] = composed{before.text, told}
			continue
		}
		rendered, params, failed := template.render(o.sign, o.params)
		if failed != nil {
			return nil, failed
		}
		told.Params, told.Parts = params, parts(rendered)
		made[i] = composed{rendered, told}
	}
	return made, nil
}

// limitedAny holds a whole call against the limits. m.mu is held.
func (m *smsSide) limitedAny(made []composed, template *smsTemplate, now time.Time) *smsError {
	also := make(map[string]int, len(made))
	var limits []frequency
	for i, c := range made {
		if i == 0 || c.sms.Sign != made[i-1].sms.Sign {
			limits = template.frequencies(c.sms.Sign, now)
		}
		if failed := m.limited(limits, c.sms.Phone, also[c.sms.Phone]); failed != nil {
			return failed
		}
		also[c.sms.Phone]++
	}
	return nil
}
