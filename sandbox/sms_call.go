package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// smsBase is where the pretend Alibaba Cloud SMS hangs: an RPC gateway with one path, GET and POST.
const smsBase = "/sandbox/aliyun/"

// smsOperation answers a call with a value for JSON, or a refusal. numbers are those that the call names.
type smsOperation struct {
	name    string
	serve   func(*Sandbox, url.Values) (any, *smsError)
	numbers func(url.Values) []string
}

func smsOperations() []smsOperation {
	return []smsOperation{
		{"SendSms", (*Sandbox).sendSMS, func(f url.Values) []string { return strings.Split(f.Get("PhoneNumbers"), ",") }},
		{"SendBatchSms", (*Sandbox).sendBatchSMS, func(f url.Values) (numbers []string) {
			json.Unmarshal([]byte(f.Get("PhoneNumberJson")), &numbers) // the operation itself refuses what is no list
			return numbers
		}},
		{"QuerySendDetails", (*Sandbox).querySMS, func(f url.Values) []string { return []string{f.Get("PhoneNumber")} }},
	}
}

// What faults of the pushes name.
const (
	smsAPI    = "aliyun/"
	smsReport = smsAPI + "report"
	smsReply  = smsAPI + "reply"
)

func smsNames() []string {
	var names []string
	for _, o := range smsOperations() {
		names = append(names, smsAPI+o.name)
	}
	return append(names, smsReport, smsReply)
}

// serveSMS is the gateway: it reads a call from query and form, finds the operation, checks the caller, and answers JSON.
func (s *Sandbox) serveSMS(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxCall)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "body is too large or is no form", http.StatusBadRequest)
		return
	}
	o, failed := s.admit(r)
	if failed != nil {
		s.cfg.Log.Info("sandbox refused an SMS call", "api", r.Form.Get("Action"), "code", failed.Code)
		answerSMS(w, failed.Status, failed.answer())
		return
	}
	refuse := func(w http.ResponseWriter, failed *smsError) {
		s.cfg.Log.Info("sandbox refused an SMS call", "api", o.name, "code", failed.Code)
		s.recordRefusal(o, r.Form, failed)
		answerSMS(w, failed.Status, failed.answer())
	}
	next := func(w http.ResponseWriter, r *http.Request) {
		result, failed := o.serve(s, r.Form)
		if failed != nil {
			refuse(w, failed)
			return
		}
		answerSMS(w, http.StatusOK, result)
	}
	if s.sms.throttled(o.name, s.cfg.Now()) {
		refuse(w, refusal("Throttling.User"))
		return
	}
	f, struck := s.strike(smsAPI+o.name, func() []string { return o.numbers(r.Form) })
	if !struck {
		next(w, r)
		return
	}
	s.suffer(f, w, r, next, func(w http.ResponseWriter, code string) { refuse(w, refusal(code)) })
}

// admit finds the operation of a call and checks who calls.
func (s *Sandbox) admit(r *http.Request) (smsOperation, *smsError) {
	var o smsOperation
	for _, known := range smsOperations() {
		if known.name == r.Form.Get("Action") {
			o = known
		}
	}
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return o, &smsError{http.StatusMethodNotAllowed, "UnsupportedHTTPMethod", "This http method is not supported."}
	case r.Form.Get("Action") == "":
		return o, missing("Action")
	case r.Form.Get("Version") == "":
		return o, missing("Version")
	case r.Form.Get("Version") != smsVersion:
		return o, refusal("InvalidVersion")
	case o.serve == nil:
		return o, refusal("InvalidAction.NotFound")
	}
	return o, s.sms.authenticate(r.Method, r.Form, s.cfg.Now())
}

// recordRefusal keeps what nobody got. Questions are not recorded.
func (s *Sandbox) recordRefusal(o smsOperation, form url.Values, failed *smsError) {
	if o.name == "QuerySendDetails" {
		return
	}
	sign, params := form.Get("SignName"), map[string]string(nil)
	if o.name == "SendSms" {
		params, _ = decodeParams(form.Get("TemplateParam")) // what is no JSON is not shown
	}
	numbers := o.numbers(form)
	e := Entry{At: s.cfg.Now(), From: FromPlatform, Kind: KindSMSRefused, Text: failed.Message, Via: BySMS, State: Failed, SMS: &SMS{
		Phone: strings.Join(numbers, ","), Sign: sign, Template: form.Get("TemplateCode"), Params: params,
		OutID: form.Get("OutId"), Code: failed.Code,
	}}
	if len(numbers) == 1 {
		e.Resident = s.owners[number(numbers[0])]
	}
	s.record.add(e)
}

func answerSMS(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) // a caller that went away is no matter
}
