package sms_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
)

func TestReplyFaults(t *testing.T) {
	for _, c := range []struct {
		kind   string
		pushes int
		state  string
	}{
		{platform.FaultLost, 0, platform.Failed},
		{platform.FaultTwice, 2, platform.Delivered},
		{platform.FaultDrop, 2, platform.Delivered},
		{platform.FaultLatency, 1, platform.Delivered},
	} {
		to := sandboxtest.NewCallbacks(t, nil)
		f := sandboxtest.OpenSMS(t, to)
		if err := f.Faults.Add(platform.Fault{API: "aliyun/reply", Kind: c.kind, Latency: "5ms", Number: sandboxtest.JiaPhone, Count: 1}); err != nil {
			t.Fatal(err)
		}
		d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.ReplySMS, Text: "退订"})
		if d.Sent.State != c.state || len(d.Sent.SMS.Pushes) != c.pushes || len(to.Pushed) != c.pushes {
			t.Errorf("%s: %+v %+v, %d came", c.kind, d.Sent, d.Sent.SMS, len(to.Pushed))
		}
	}
}

// TestFaultKinds checks what each fault of a call does to the caller, and whether the text goes out.
func TestFaultKinds(t *testing.T) {
	for _, c := range []struct {
		fault   platform.Fault
		caller  string // a code, an HTTP status, or "broken"
		reached int
	}{
		{platform.Fault{Kind: platform.FaultLatency, Latency: "10ms"}, "OK", 1},
		{platform.Fault{Kind: platform.FaultSlowAnswer, Latency: "10ms"}, "OK", 1},
		{platform.Fault{Kind: platform.Fault5xx}, "502", 0},
		{platform.Fault{Kind: platform.Fault5xxAfter}, "502", 1},
		{platform.Fault{Kind: platform.FaultDrop}, "broken", 0},
		{platform.Fault{Kind: platform.FaultTimeout, Latency: "10ms"}, "broken", 1},
		{platform.Fault{Kind: "Throttling.User"}, "Throttling.User", 0},
		{platform.Fault{Kind: "isv.AMOUNT_NOT_ENOUGH"}, "isv.AMOUNT_NOT_ENOUGH", 0},
		{platform.Fault{Kind: "ServiceUnavailable"}, "ServiceUnavailable", 0},
		{platform.Fault{Kind: "InternalError", Number: sandboxtest.JiaPhone}, "InternalError", 0},
		{platform.Fault{Kind: "InternalError", Number: sandboxtest.YiPhone}, "OK", 1},
		{platform.Fault{API: "aliyun/QuerySendDetails", Kind: "Throttling"}, "OK", 1},
		{platform.Fault{API: "aliyun/SendBatchSms", Kind: "Throttling"}, "OK", 1},
	} {
		t.Run(c.fault.API+" "+c.fault.Kind, func(t *testing.T) {
			f := sandboxtest.OpenSMS(t, nil)
			if c.fault.API == "" {
				c.fault.API = "aliyun/SendSms"
			}
			if err := f.Faults.Add(c.fault); err != nil {
				t.Fatal(err)
			}
			all := map[string]string{}
			params := sandboxtest.CodeTo(sandboxtest.JiaPhone, "Action", "SendSms", "Version", "2017-05-25", "AccessKeyId", sandboxtest.KeyID, "SignatureMethod", "HMAC-SHA1",
				"SignatureVersion", "1.0", "SignatureNonce", "n", "Timestamp", f.Clock.Now().UTC().Format("2006-01-02T15:04:05Z"))
			form := url.Values{}
			for i := 0; i < len(params); i += 2 {
				all[params[i]] = params[i+1]
				form.Set(params[i], params[i+1])
			}
			form.Set("Signature", sandboxtest.SignSMS("POST", sandboxtest.KeySecret, all))
			heard := "broken"
			if resp, err := http.PostForm(f.URL+"/sandbox/aliyun/", form); err == nil {
				defer resp.Body.Close()
				var answer struct{ Code string }
				if json.NewDecoder(resp.Body).Decode(&answer) != nil {
					answer.Code = fmt.Sprint(resp.StatusCode)
				}
				heard = answer.Code
			}
			sent := 0
			for _, e := range f.Record.Texts(sandboxtest.JiaPhone) {
				if e.Kind == platform.KindSMS {
					sent++
				}
			}
			if heard != c.caller || sent != c.reached {
				t.Errorf("the caller hears %s and %d texts go out, want %s and %d", heard, sent, c.caller, c.reached)
			}
		})
	}
}

// TestFaultsAreChecked refuses what no API has.
func TestFaultsAreChecked(t *testing.T) {
	f := sandboxtest.OpenSMS(t, nil)
	for _, c := range []struct {
		fault platform.Fault
		says  string // "" for one that is taken
	}{
		{platform.Fault{API: "aliyun/report", Kind: "5xx"}, "MOBILE_NOT_ON_SERVICE"},
		{platform.Fault{API: "aliyun/reply", Kind: "early"}, "latency, drop, lost, twice"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "lost"}, "Throttling.User"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "45009"}, "Throttling.User"},
		{platform.Fault{API: "token", Kind: "drop", Number: sandboxtest.JiaPhone}, "only SMS"},
		{platform.Fault{Kind: "drop", Number: sandboxtest.JiaPhone}, "only SMS"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "drop", Number: "+8619900000001"}, "11 digits"},
		{platform.Fault{API: "aliyun/AddSmsSign", Kind: "drop"}, "aliyun/SendBatchSms"},
		{platform.Fault{API: "SendSms", Kind: "drop"}, ""},
		{platform.Fault{API: "aliyun/report", Kind: "VALVE:M_MC"}, ""},
		{platform.Fault{API: "aliyun/SendSms", Kind: "isv.BUSINESS_LIMIT_CONTROL", Number: sandboxtest.JiaPhone}, ""},
	} {
		err := f.Faults.Add(c.fault)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%+v: %v, want one that says %q", c.fault, err, c.says)
		}
	}
	plain := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	if err := plain.Faults.Add(platform.Fault{API: "aliyun/SendSms", Kind: "drop"}); err == nil {
		t.Error("a fault of SMS where there is none is taken")
	}
	if resp, err := http.Get(plain.URL + "/sandbox/aliyun/"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("SMS is served though it is off: %v %v", resp, err)
	}
}

// TestFaultsRepeat: the same seed and calls, the same receipts are lost.
func TestFaultsRepeat(t *testing.T) {
	outcomes := func(seed uint64) string {
		f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) { c.Seed = seed })
		if err := f.Faults.Add(platform.Fault{API: "aliyun/report", Kind: "MOBILE_NOT_ON_SERVICE", Rate: 0.3}); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			f.SendCode(t, fmt.Sprintf("1990000%04d", i), "")
		}
		var b strings.Builder
		for _, e := range f.Settled(t, "", func(texts []platform.Entry) bool {
			return !slices.ContainsFunc(texts, func(e platform.Entry) bool { return e.State == platform.Sending })
		}) {
			b.WriteByte(e.State[0])
		}
		return b.String()
	}
	one := outcomes(7)
	if again := outcomes(7); again != one {
		t.Errorf("seed 7 gave\n%s then\n%s", one, again)
	}
	if n := strings.Count(one, "f"); n < 12 || n > 48 { // 30 expected, 4.6 the standard deviation
		t.Errorf("%d of 100 failed at a rate of 0.3", n)
	}
}
