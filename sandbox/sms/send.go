package sms

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/sandbox/platform"
)

const (
	maxNumbers = 1000 // of SendSms
	maxBatch   = 100  // of SendBatchSms
)

// extendForm is what SmsUpExtendCode may be: digits behind the sender's number.
var extendForm = regexp.MustCompile(`^[0-9]{0,10}$`)

// sender takes texts.
type sender struct {
	base      *platform.Base
	texts     *texts
	receipts  *receipts
	signs     []string
	reviews   map[string]Review    // of signs that are not approved
	templates map[string]*template // by code
}

// outgoing is one text of a call.
type outgoing struct {
	number, sign, params, extend string
}

func numbersOfSend(form url.Values) []string { return strings.Split(form.Get("PhoneNumbers"), ",") }

func numbersOfBatch(form url.Values) (numbers []string) {
	json.Unmarshal([]byte(form.Get("PhoneNumberJson")), &numbers) // the operation itself refuses what is no list
	return numbers
}

// sendSMS is SendSms: the same text to up to 1000 numbers. Which numbers of a call the platform would still serve when
// another one is refused is not documented: here one bad number refuses the call, and nobody gets anything.
func (s *sender) sendSMS(form url.Values) (any, *apiError) {
	if failed := missing(form, "PhoneNumbers", "SignName", "TemplateCode"); failed != nil {
		return nil, failed
	}
	numbers := strings.Split(form.Get("PhoneNumbers"), ",")
	if len(numbers) > maxNumbers {
		return nil, fail("isv.MOBILE_COUNT_OVER_LIMIT")
	}
	var list []outgoing
	for _, n := range numbers {
		list = append(list, outgoing{n, form.Get("SignName"), form.Get("TemplateParam"), form.Get("SmsUpExtendCode")})
	}
	return s.accept(list, form.Get("TemplateCode"), form.Get("OutId"))
}

// sendBatchSMS is SendBatchSms: up to 100 numbers, each with its sign and variables, one template and one BizId.
func (s *sender) sendBatchSMS(form url.Values) (any, *apiError) {
	if failed := missing(form, "PhoneNumberJson", "SignNameJson", "TemplateCode"); failed != nil {
		return nil, failed
	}
	var numbers, signs, extends []string
	var params []json.RawMessage
	for name, into := range map[string]any{
		"PhoneNumberJson": &numbers, "SignNameJson": &signs, "TemplateParamJson": &params, "SmsUpExtendCodeJson": &extends,
	} {
		if raw := form.Get(name); raw != "" && json.Unmarshal([]byte(raw), into) != nil {
			return nil, fail("isv.INVALID_JSON_PARAM")
		}
	}
	n := len(numbers)
	same := func(length int) bool { return length == n || length == 0 } // lists that may be left out
	switch {
	case n > maxBatch:
		return nil, fail("isv.MOBILE_COUNT_OVER_LIMIT")
	case n == 0, len(signs) != n, !same(len(params)), !same(len(extends)), len(form.Get("OutId")) >= 256:
		return nil, fail("isv.INVALID_PARAMETERS")
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
func (s *sender) accept(list []outgoing, template, outID string) (any, *apiError) {
	known := s.templates[template]
	if known == nil || known.Review.status() != Approved.status() {
		return nil, fail("isv.SMS_TEMPLATE_ILLEGAL")
	}
	now := s.base.Now()
	made, failed := s.compose(list, known)
	if failed != nil {
		return nil, failed
	}

	bizID := strconv.FormatInt(s.texts.lastID.Add(1), 10) + "^0"
	accepted, failed := s.add(made, known, now, bizID, outID)
	if failed != nil {
		return nil, failed
	}
	s.receipts.deliver(accepted)
	return answer{Code: "OK", Message: "OK", BizID: bizID, RequestID: requestID()}, nil
}

// add holds a whole call against the limits, and records its texts.
func (s *sender) add(made []platform.Entry, known *template, now time.Time, bizID, outID string) ([]*text, *apiError) {
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	if failed := s.texts.limited(made, known, now); failed != nil {
		return nil, failed
	}
	accepted := make([]*text, len(made))
	for i, e := range made {
		e.At, e.SMS.OutID, e.SMS.BizID = now, outID, bizID
		t := &text{kind: known.Kind}
		t.fault, _ = s.base.Faults.Next(reportAPI, func() []string { return []string{e.SMS.Phone} })
		t.entry = s.base.Record.Add(e)
		s.texts.byNumber[e.SMS.Phone] = append(s.texts.byNumber[e.SMS.Phone], t)
		accepted[i] = t
	}
	return accepted, nil
}

// compose checks the texts of a call but for the limits, and renders them. Neighbours that say the same, as all of a
// broadcast's do, are rendered once, and share their Params.
func (s *sender) compose(list []outgoing, template *template) ([]platform.Entry, *apiError) {
	made := make([]platform.Entry, len(list))
	for i, o := range list {
		to := platform.Number(o.number)
		switch {
		case to == "":
			return nil, fail("isv.MOBILE_NUMBER_ILLEGAL")
		case !slices.Contains(s.signs, o.sign):
			return nil, fail("isv.SMS_SIGNATURE_ILLEGAL")
		case o.extend != "" && !extendForm.MatchString(o.extend):
			return nil, fail("isv.EXTEND_CODE_ERROR")
		}
		e := platform.Entry{
			Resident: s.base.Residents.Owner(to), From: platform.FromAccount, Kind: platform.KindSMS, Via: platform.BySMS, State: platform.Sending,
			SMS: &platform.SMS{Phone: to, Sign: o.sign, Template: template.Code, DestCode: senderNumber + o.extend},
		}
		if i > 0 && o.sign == list[i-1].sign && o.params == list[i-1].params {
			before := made[i-1]
			e.Text, e.SMS.Params, e.SMS.Parts = before.Text, before.SMS.Params, before.SMS.Parts
		} else {
			var failed *apiError
			if e.Text, e.SMS.Params, failed = template.render(o.sign, o.params); failed != nil {
				return nil, failed
			}
			e.SMS.Parts = parts(e.Text)
		}
		made[i] = e
	}
	return made, nil
}
