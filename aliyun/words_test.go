package aliyun

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"towncrier/sms"
)

// What the provider says is what an operator can act on: it stands in the error, and in what halts a broadcast.
func TestTheProvidersWordsReachTheOperator(t *testing.T) {
	for code, message := range map[string]string{
		"isv.SMS_TEMPLATE_ILLEGAL": "模板不合法(不存在或被拉黑)",
		"isv.DENY_IP_RANGE":        "source IP 203.0.113.7 is not allowed",
		"isv.BRAND_NEW":            "a fault of tomorrow",
	} {
		a := newAPI(t)
		a.answer = func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"Code":%q,"Message":%q,"RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990"}`, code, message+" "+string(testNumber)+" "+testKeyID)
		}
		_, err := newClient(t, Config{Endpoint: a.URL, Concurrency: 1}).Send(t.Context(), testText)
		e, ok := errors.AsType[*sms.Error](err)
		if !ok || !strings.Contains(err.Error(), message) || !strings.Contains(halt(e), message) {
			t.Fatalf("%s: %v, halts with %q; want %q in both", code, err, halt(e), message)
		}
		for _, hidden := range []string{string(testNumber), testKeyID} {
			if strings.Contains(err.Error()+halt(e), hidden) {
				t.Errorf("%s: %q shows in %v, %q", code, hidden, err, halt(e))
			}
		}
	}
}
