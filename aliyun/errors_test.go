package aliyun

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"towncrier/sms"
)

// wireCodes are the codes of the provider's documentation, and some that are in none, each behind the HTTP status that it
// comes under where that is not 200.
func wireCodes() map[sms.Class]string {
	return map[sms.Class]string{
		sms.Limited:  "isv.BUSINESS_LIMIT_CONTROL",
		sms.Refused:  "isv.MOBILE_NUMBER_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT",
		sms.OptedOut: "isv.CUSTOMER_REFUSED",
		sms.Invalid: `isv.MOBILE_COUNT_OVER_LIMIT isv.TEMPLATE_MISSING_PARAMETERS isv.TEMPLATE_PARAMS_ILLEGAL isv.INVALID_JSON_PARAM
		isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL isv.SMS_CONTENT_ILLEGAL isv.UNSUPPORTED_CONTENT
		isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE isv.INVALID_PARAMETERS`,
		sms.Operator: `isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL isv.DOMESTIC_NUMBER_NOT_SUPPORTED isv.AMOUNT_NOT_ENOUGH
		isv.OUT_OF_SERVICE isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL isv.SIGN_STATE_ILLEGAL isv.SIGN_NAME_ILLEGAL
		isv.SMS_SIGNATURE_SCENE_ILLEGAL isv.SMS_SIGN_ILLEGAL isv.EXTEND_CODE_ERROR isv.ONE_CODE_MULTIPLE_SIGN
		isv.CODE_EXCEED_LIMIT isv.CODE_ERROR isv.PRODUCT_UN_SUBSCRIPT isv.PRODUCT_UNSUBSCRIBE isv.ACCOUNT_NOT_EXISTS
		isv.ACCOUNT_ABNORMAL isv.SECURITY_FROZEN_ACCOUNT isv.DENY_IP_RANGE isp.RAM_PERMISSION_DENY isv.SMS_TEST_NUMBER_LIMIT
		isv.SMS_OVER_LIMIT isv.SIGN_COUNT_OVER_LIMIT isv.TEMPLATE_COUNT_OVER_LIMIT isv.INTERFACE_OFFLINE
		400:SignatureDoesNotMatch 404:InvalidAccessKeyId.NotFound 400:InvalidVersion 404:InvalidAction.NotFound
		400:InvalidTimeStamp.Expired isv.BRAND_NEW 403:Forbidden.RAM`,
		sms.Retry: "400:Throttling 503:Throttling.User 429:Throttling.Api 503:Throttling.Other",
		sms.InDoubt: `400:SignatureNonceUsed isp.SYSTEM_ERROR isp.GATEWAY_ERROR 503:ServiceUnavailable 500:InternalError
		isp.BRAND_NEW 500:BrandNew`,
	}
}

// TestEveryCode asks for each code over the wire, as the API gives it: its own codes under HTTP 200, the gateway's under
// an error's status.
func TestEveryCode(t *testing.T) {
	var status int
	var code string
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"Code":%q,"Message":"no","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990"}`, code)
	}
	c := newClient(t, Config{Endpoint: a.URL, Concurrency: 1})
	for class, codes := range wireCodes() {
		for code = range strings.FieldsSeq(codes) {
			status = http.StatusOK
			if before, after, ok := strings.Cut(code, ":"); ok {
				fmt.Sscan(before, &status)
				code = after
			}
			_, err := c.Send(t.Context(), testText)
			e, ok := errors.AsType[*sms.Error](err)
			if !ok || e.Class != class || e.Code != code {
				t.Errorf("%d %s: %v, want %s", status, code, err, class)
				continue
			}
			if !strings.Contains(err.Error(), "F655A8D5-B967-440B-8683-DAD6FF8DE990") {
				t.Errorf("%s: no request id in %v", code, err)
			}
			if e.Class == sms.Operator && !strings.ContainsFunc(e.Advice, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: an operator must act, and is not told what to do", code)
			}
		}
	}
}

func TestEveryVerdictIsAskedFor(t *testing.T) {
	asked := ""
	for _, codes := range wireCodes() {
		asked += " " + strings.Join(strings.FieldsFunc(codes, func(r rune) bool { return unicode.IsSpace(r) || r == ':' }), " ") + " "
	}
	for code := range verdicts {
		if !strings.Contains(asked, " "+code+" ") {
			t.Errorf("%s is in the table and in no test", code)
		}
	}
}

func TestFateOf(t *testing.T) {
	for code, want := range map[string]ReceiptStatus{
		"DELIVERED":             {State: sms.Delivered},
		"DELIVRD":               {State: sms.Delivered},
		"REQUEST_SUCCESS":       {State: sms.Accepted},
		"MOBILE_NOT_ON_SERVICE": {State: sms.Undelivered},
		"MOBILE_IN_BLACK":       {State: sms.Undelivered, Permanent: true},
		"INVALID_NUMBER":        {State: sms.Undelivered, Permanent: true},
		"USER_REJECT":           {State: sms.Undelivered, Permanent: true},
		"MK:0001":               {State: sms.Undelivered},
		"MK:":                   {State: sms.Undelivered},
		"IB:0008":               {State: sms.Undelivered},
		"ID:0076":               {State: sms.Undelivered},
		"BRAND_NEW":             {State: sms.Undelivered},
		"":                      {State: sms.Undelivered},
	} {
		got := ReceiptStatusOf(code)
		if got.State != want.State || got.Permanent != want.Permanent || got.Meaning == "" {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
	if ReceiptStatusOf("MK:0001") == ReceiptStatusOf("IB:0008") || ReceiptStatusOf("MK:0001") == ReceiptStatusOf("XX:0001") {
		t.Error("carriers' codes are not told apart")
	}
	for written, means := range map[string]string{
		"MK00013": "MK:0013", "MK0013": "MK:0013", "mk:13": "MK:0013", " MK:0013 ": "MK:0013", "MK：0013": "MK:0013", "MK-0013": "MK:0013",
		"MN00013": "MN:0013", "MI0029": "MI:0029", "LT:1": "LT:0001", "CB00053": "CB:0053", "IC0001": "IC:0001", "ID76": "ID:0076", "id:0076": "ID:0076",
		"REJECT": "REJECTD", "REJECTED": "REJECTD", "rejectd": "REJECTD", "PHONEERR": "INVALID_NUMBER", "phone_err": "INVALID_NUMBER",
		"2:12": "INVALID_NUMBER", "Delivrd": "DELIVRD", "user_reject": "USER_REJECT",
	} {
		if ReceiptStatusOf(written) != ReceiptStatusOf(means) || ReceiptStatusOf(means) == ReceiptStatusOf("BRAND_NEW") {
			t.Errorf("%q means %+v, want what %s means: %+v", written, ReceiptStatusOf(written), means, ReceiptStatusOf(means))
		}
		if CodeInfo(written) != CodeInfo(means) {
			t.Errorf("%q: %+v, want %+v", written, CodeInfo(written), CodeInfo(means))
		}
	}
}
