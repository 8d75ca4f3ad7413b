package sms_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
)

// TestSignatureVectors sends the platform's documented example, and the same by POST.
func TestSignatureVectors(t *testing.T) {
	example := map[string]string{
		"AccessKeyId": "testId", "Format": "XML", "Action": "SendSms", "Version": "2017-05-25", "RegionId": "cn-hangzhou",
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
		"Timestamp": "2017-07-12T02:42:19Z", "PhoneNumbers": "15300000001", "SignName": "阿里云短信测试专用",
		"TemplateCode": "SMS_71390007", "TemplateParam": `{"customer":"test"}`, "OutId": "123",
	}
	for method, signature := range map[string]string{"GET": "zJDF+Lrzhj/ThnlvIToysFRq6t4=", "POST": "Xvhv7fPXrPkLVSnlt0jIr08o8NQ="} {
		if got := sandboxtest.SignSMS(method, "testSecret", example); got != signature {
			t.Fatalf("the tests' own signature of the %s is %s, want %s", method, got, signature)
		}
		then := time.Date(2017, 7, 12, 2, 42, 20, 0, time.UTC)
		f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) {
			c.Now = func() time.Time { return then }
			c.SMS.AccessKeyID, c.SMS.AccessKeySecret = "testId", "testSecret"
			c.SMS.Signs = []string{"阿里云短信测试专用"}
			c.SMS.Templates = []pretendsms.Template{{Code: "SMS_71390007", Kind: pretendsms.NoticeTemplate, Text: "尊敬的${customer}，您好。"}}
		})
		signed := maps.Clone(example)
		signed["Signature"] = signature
		changed := maps.Clone(signed)
		changed["PhoneNumbers"] = "15300000002"
		if got, status := f.RawSMS(t, method, changed); got["Code"] != "SignatureDoesNotMatch" || status != http.StatusBadRequest {
			t.Errorf("%s with another number: HTTP %d %v", method, status, got)
		}
		if got, status := f.RawSMS(t, method, signed); got["Code"] != "OK" || status != http.StatusOK {
			t.Errorf("%s: HTTP %d %v", method, status, got)
		}
		if got, _ := f.RawSMS(t, method, signed); got["Code"] != "SignatureNonceUsed" {
			t.Errorf("%s again: %v", method, got)
		}
		if texts := f.Record.Texts("15300000001"); len(texts) != 1 || texts[0].Text != "【阿里云短信测试专用】尊敬的test，您好。" {
			t.Errorf("%s: %+v", method, texts)
		}
	}
}

// TestGateway calls with something wrong that the gateway finds before any operation.
func TestGateway(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	at := func(off time.Duration) string { return f.Clock.Now().Add(off).UTC().Format("2006-01-02T15:04:05Z") }
	for i, c := range []struct {
		method string
		params []string
		code   string
		status int
	}{
		{"GET", []string{"Action", "-"}, "MissingAction", 400},
		{"GET", []string{"Action", "AddSmsSign"}, "InvalidAction.NotFound", 404},
		{"GET", []string{"Version", "-"}, "MissingVersion", 400},
		{"GET", []string{"Version", "2016-09-27"}, "InvalidVersion", 400},
		{"GET", []string{"AccessKeyId", "-"}, "MissingAccessKeyId", 400},
		{"GET", []string{"AccessKeyId", "LTAIother"}, "InvalidAccessKeyId.NotFound", 404},
		{"GET", []string{"Timestamp", "now"}, "InvalidTimeStamp.Format", 400},
		{"GET", []string{"Timestamp", at(-16 * time.Minute)}, "InvalidTimeStamp.Expired", 400},
		{"GET", []string{"Timestamp", at(16 * time.Minute)}, "InvalidTimeStamp.Expired", 400},
		{"GET", []string{"Timestamp", at(-15 * time.Minute)}, "OK", 200},
		{"GET", []string{"SignatureMethod", "HMAC-SHA256"}, "IncompleteSignature", 400},
		{"GET", []string{"Signature", "-"}, "MissingSignature", 400},
		{"GET", []string{"Signature", "AAAA"}, "SignatureDoesNotMatch", 400},
		{"GET", []string{"SignatureType", "-"}, "OK", 200},
		{"PUT", nil, "UnsupportedHTTPMethod", 405},
	} {
		got, status := f.SMSCall(t, c.method, "SendSms", append(sandboxtest.CodeTo(fmt.Sprintf("1990000%04d", i)), c.params...)...)
		if got["Code"] != c.code || status != c.status {
			t.Errorf("%s %q: HTTP %d %v, want %d %s", c.method, c.params, status, got, c.status, c.code)
		}
		if id, _ := got["RequestId"].(string); len(id) != 36 {
			t.Errorf("%q: RequestId %q", c.params, id)
		}
	}
}

// TestNonceIsForgotten after 31 minutes, not before.
func TestNonceIsForgotten(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	call := func() any {
		got, _ := f.SMSCall(t, "GET", "QuerySendDetails", "SignatureNonce", "same", "PhoneNumber", sandboxtest.JiaPhone,
			"SendDate", f.Clock.Now().In(time.FixedZone("", 8*3600)).Format("20060102"), "PageSize", "1", "CurrentPage", "1")
		return got["Code"]
	}
	for _, step := range []struct {
		wait time.Duration
		want string
	}{{0, "OK"}, {31 * time.Minute, "SignatureNonceUsed"}, {time.Second, "OK"}} {
		f.Clock.Advance(step.wait)
		if got := call(); got != step.want {
			t.Errorf("after %v: %v, want %s", step.wait, got, step.want)
		}
	}
}

// TestRefusals sends what the platform does not carry. Nothing of it reaches anybody, and each is on record.
func TestRefusals(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	notice := func(params string) []string {
		return sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateCode", pretendsms.DefaultNoticeTemplate, "TemplateParam", params)
	}
	many := strings.TrimSuffix(strings.Repeat(sandboxtest.JiaPhone+",", 1001), ",")
	cases := []struct {
		params []string
		code   string
	}{
		{sandboxtest.CodeTo("-"), "MissingPhoneNumbers"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "SignName", "-"), "MissingSignName"},
		{sandboxtest.CodeTo("1990000000"), "isv.MOBILE_NUMBER_ILLEGAL"},
		{sandboxtest.CodeTo("12900000001"), "isv.MOBILE_NUMBER_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone + ", " + sandboxtest.YiPhone), "isv.MOBILE_NUMBER_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone + ","), "isv.MOBILE_NUMBER_ILLEGAL"},
		{sandboxtest.CodeTo(many), "isv.MOBILE_COUNT_OVER_LIMIT"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "SignName", "别人的签名"), "isv.SMS_SIGNATURE_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateCode", "SMS_999"), "isv.SMS_TEMPLATE_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "SmsUpExtendCode", "x"), "isv.EXTEND_CODE_ERROR"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", "-"), "isv.TEMPLATE_MISSING_PARAMETERS"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{}`), "isv.TEMPLATE_MISSING_PARAMETERS"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"Code":"123456"}`), "isv.TEMPLATE_MISSING_PARAMETERS"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"code":123456}`), "isv.INVALID_JSON_PARAM"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `["123456"]`), "isv.INVALID_JSON_PARAM"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `null`), "isv.INVALID_JSON_PARAM"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"code":"12`), "isv.INVALID_JSON_PARAM"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"code":"123"}`), "isv.TEMPLATE_PARAMS_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"code":"abcdef"}`), "isv.TEMPLATE_PARAMS_ILLEGAL"},
		{sandboxtest.CodeTo(sandboxtest.JiaPhone, "TemplateParam", `{"code":"1234567"}`), "isv.PARAM_LENGTH_LIMIT"},
		{notice(`{"committee":"甲","title":" "}`), "isv.TEMPLATE_PARAMS_ILLEGAL"},
		{notice(`{"committee":"甲","title":"` + strings.Repeat("长", 36) + `"}`), "isv.PARAM_LENGTH_LIMIT"},
		{notice(`{"committee":"甲","title":"见https://example.org/a"}`), "isv.PARAM_NOT_SUPPORT_URL"},
		{notice(`{"committee":"甲","title":"见 WWW.example.org"}`), "isv.PARAM_NOT_SUPPORT_URL"},
	}
	for _, c := range cases {
		got, status := f.SMSCall(t, "POST", "SendSms", c.params...)
		want := http.StatusOK
		if !strings.HasPrefix(c.code, "isv.") {
			want = http.StatusBadRequest
		}
		if got["Code"] != c.code || status != want {
			t.Errorf("%.80q: HTTP %d %.100v, want %d %s", c.params, status, got, want, c.code)
		}
	}
	record := f.Record.Texts("")
	if len(record) != len(cases) {
		t.Fatalf("%d on record, want %d", len(record), len(cases))
	}
	for i, e := range record {
		if e.Kind != platform.KindSMSRefused || e.State != platform.Failed || e.SMS.Code != cases[i].code {
			t.Errorf("recorded %+v %+v, want %s", e, e.SMS, cases[i].code)
		}
	}
	if got, _ := f.SMSCall(t, "POST", "SendSms", notice(`{"committee":"甲","title":"`+strings.Repeat("长", 35)+`"}`)...); got["Code"] != "OK" {
		t.Errorf("35 characters: %v", got)
	}
}

// TestLimits counts what was accepted by the clock's minute and hour, and by the last 24 hours.
func TestLimits(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	now := f.Clock.Now()
	f.Clock.Advance(now.Truncate(time.Hour).Add(time.Hour).Sub(now))
	send := func(what, want string) {
		t.Helper()
		got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(sandboxtest.JiaPhone)...)
		if said := fmt.Sprint(got["Code"], " ", got["Message"]); said != want {
			t.Errorf("%s: %s, want %s", what, said, want)
		}
	}
	limit := func(span string, n int) string {
		return fmt.Sprintf("isv.BUSINESS_LIMIT_CONTROL 触发%s级流控Permits:%d", span, n)
	}
	f.Clock.Advance(59 * time.Second)
	send("first", "OK OK")
	send("in the same second", limit("分钟", 1))
	f.Clock.Advance(time.Second)
	send("a second later, in another minute of the clock", "OK OK")
	for range 3 {
		f.Clock.Advance(time.Minute)
		send("each minute", "OK OK")
	}
	f.Clock.Advance(time.Minute)
	send("the sixth of the hour", limit("小时", 5))
	f.Clock.Advance(time.Hour)
	for range 5 {
		send("the next hour", "OK OK")
		f.Clock.Advance(time.Minute)
	}
	f.Clock.Advance(time.Hour)
	send("the eleventh", limit("天", 10))
	if got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(sandboxtest.YiPhone)...); got["Code"] != "OK" {
		t.Errorf("another number: %v", got)
	}
	f.Clock.Advance(24 * time.Hour)
	send("a day later", "OK OK")

	notice := sandboxtest.CodeTo(sandboxtest.YiPhone, "TemplateCode", pretendsms.DefaultNoticeTemplate, "TemplateParam", `{"committee":"甲","title":"停水"}`)
	for i := range 51 {
		got, _ := f.SMSCall(t, "POST", "SendSms", notice...)
		if (got["Code"] == "OK") != (i < 50) {
			t.Fatalf("notice %d: %v", i+1, got)
		}
	}
	twice := sandboxtest.CodeTo("19900000003,+8619900000003")
	if got, _ := f.SMSCall(t, "POST", "SendSms", twice...); got["Code"] != "isv.BUSINESS_LIMIT_CONTROL" {
		t.Errorf("a number twice in a call: %v", got)
	}
	if texts := f.Record.Texts("19900000003"); len(texts) != 0 && texts[0].Kind == platform.KindSMS {
		t.Errorf("half of a refused call went out: %+v", texts)
	}
}

// TestThrottling lets so many calls a second through.
func TestThrottling(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) { c.SMS.QPS = 2 })
	for i, want := range []string{"OK", "OK", "Throttling.User"} {
		got, status := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(fmt.Sprintf("1990000001%d", i))...)
		if got["Code"] != want || (status == 400) != (want != "OK") {
			t.Errorf("HTTP %d %v, want %s", status, got, want)
		}
	}
	f.Clock.Advance(time.Second)
	if got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(sandboxtest.YiPhone)...); got["Code"] != "OK" {
		t.Errorf("a second later: %v", got)
	}
}

// TestNumberForms takes the four ways to write a number.
func TestNumberForms(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	got, _ := f.SMSCall(t, "GET", "SendSms", sandboxtest.CodeTo("19900000005,+8619900000006,8619900000007,008619900000008")...)
	if got["Code"] != "OK" {
		t.Fatal(got)
	}
	for _, n := range []string{"19900000005", "19900000006", "19900000007", "19900000008"} {
		if texts := f.Record.Texts(n); len(texts) != 1 || texts[0].SMS.BizID != got["BizId"] {
			t.Errorf("%s: %+v", n, texts)
		}
	}
}

func TestBatch(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	list := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	numbers := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"1990001%04d"`, i))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	sign := `"` + pretendsms.DefaultSign + `"`
	send := func(params ...string) map[string]any {
		got, _ := f.SMSCall(t, "POST", "SendBatchSms", append([]string{"TemplateCode", pretendsms.DefaultCodeTemplate, "OutId", "round-1"}, params...)...)
		return got
	}
	for _, c := range []struct {
		params []string
		code   string
	}{
		{[]string{"PhoneNumberJson", numbers(101), "SignNameJson", list(101, sign), "TemplateParamJson", list(101, `{"code":"1234"}`)}, "isv.MOBILE_COUNT_OVER_LIMIT"},
		{[]string{"PhoneNumberJson", numbers(2), "SignNameJson", list(1, sign), "TemplateParamJson", list(2, `{"code":"1234"}`)}, "isv.INVALID_PARAMETERS"},
		{[]string{"PhoneNumberJson", numbers(2), "SignNameJson", list(2, sign), "TemplateParamJson", list(1, `{"code":"1234"}`)}, "isv.INVALID_PARAMETERS"},
		{[]string{"PhoneNumberJson", `[]`, "SignNameJson", `[]`}, "isv.INVALID_PARAMETERS"},
		{[]string{"PhoneNumberJson", "19900010000", "SignNameJson", list(1, sign)}, "isv.INVALID_JSON_PARAM"},
		{[]string{"PhoneNumberJson", numbers(1), "SignNameJson", list(1, sign), "TemplateParamJson", `[{"code":1234}]`}, "isv.INVALID_JSON_PARAM"},
		{[]string{"PhoneNumberJson", numbers(1), "SignNameJson", list(1, sign), "OutId", strings.Repeat("x", 256)}, "isv.INVALID_PARAMETERS"},
		{[]string{"SignNameJson", list(1, sign)}, "MissingPhoneNumberJson"},
	} {
		if got := send(c.params...); got["Code"] != c.code {
			t.Errorf("%.90q: %v, want %s", c.params, got, c.code)
		}
	}
	got := send("PhoneNumberJson", numbers(100), "SignNameJson", list(100, sign), "TemplateParamJson", list(100, `{"code":"1234"}`))
	if got["Code"] != "OK" {
		t.Fatal(got)
	}
	sent := 0
	for _, e := range f.Record.Texts("") {
		if e.Kind == platform.KindSMS && e.SMS.BizID == got["BizId"] && e.SMS.OutID == "round-1" {
			sent++
		}
	}
	if sent != 100 {
		t.Errorf("%d texts under the BizId, want 100", sent)
	}
}
