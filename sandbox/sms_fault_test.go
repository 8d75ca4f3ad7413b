package sandbox_test

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
)

func TestSMSReplyFaults(t *testing.T) {
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
		to := newCallbacks(t, nil)
		tw := openSMS(t, to)
		if err := tw.Faults.Add(platform.Fault{API: "aliyun/reply", Kind: c.kind, Latency: "5ms", Number: jiaPhone, Count: 1}); err != nil {
			t.Fatal(err)
		}
		d := tw.act(t, jia, platform.Action{Kind: platform.ReplySMS, Text: "退订"})
		if d.Sent.State != c.state || len(d.Sent.SMS.Pushes) != c.pushes || len(to.pushed) != c.pushes {
			t.Errorf("%s: %+v %+v, %d came", c.kind, d.Sent, d.Sent.SMS, len(to.pushed))
		}
	}
}

// TestSMSFaultKinds checks what each fault of a call does to the caller, and whether the text goes out.
func TestSMSFaultKinds(t *testing.T) {
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
		{platform.Fault{Kind: "InternalError", Number: jiaPhone}, "InternalError", 0},
		{platform.Fault{Kind: "InternalError", Number: yiPhone}, "OK", 1},
		{platform.Fault{API: "aliyun/QuerySendDetails", Kind: "Throttling"}, "OK", 1},
		{platform.Fault{API: "aliyun/SendBatchSms", Kind: "Throttling"}, "OK", 1},
	} {
		t.Run(c.fault.API+" "+c.fault.Kind, func(t *testing.T) {
			tw := openSMS(t, nil)
			if c.fault.API == "" {
				c.fault.API = "aliyun/SendSms"
			}
			if err := tw.Faults.Add(c.fault); err != nil {
				t.Fatal(err)
			}
			all := map[string]string{}
			params := codeTo(jiaPhone, "Action", "SendSms", "Version", "2017-05-25", "AccessKeyId", keyID, "SignatureMethod", "HMAC-SHA1",
				"SignatureVersion", "1.0", "SignatureNonce", "n", "Timestamp", tw.clock.Now().UTC().Format("2006-01-02T15:04:05Z"))
			form := url.Values{}
			for i := 0; i < len(params); i += 2 {
				all[params[i]] = params[i+1]
				form.Set(params[i], params[i+1])
			}
			form.Set("Signature", signSMS("POST", keySecret, all))
			heard := "broken"
			if resp, err := http.PostForm(tw.url+"/sandbox/aliyun/", form); err == nil {
				defer resp.Body.Close()
				var answer struct{ Code string }
				if json.NewDecoder(resp.Body).Decode(&answer) != nil {
					answer.Code = fmt.Sprint(resp.StatusCode)
				}
				heard = answer.Code
			}
			sent := 0
			for _, e := range tw.Record.Texts(jiaPhone) {
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

// TestSMSFaultsAreChecked refuses what no API has.
func TestSMSFaultsAreChecked(t *testing.T) {
	tw := openSMS(t, nil)
	for _, c := range []struct {
		fault platform.Fault
		says  string // "" for one that is taken
	}{
		{platform.Fault{API: "aliyun/report", Kind: "5xx"}, "MOBILE_NOT_ON_SERVICE"},
		{platform.Fault{API: "aliyun/reply", Kind: "early"}, "latency, drop, lost, twice"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "lost"}, "Throttling.User"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "45009"}, "Throttling.User"},
		{platform.Fault{API: "token", Kind: "drop", Number: jiaPhone}, "only SMS"},
		{platform.Fault{Kind: "drop", Number: jiaPhone}, "only SMS"},
		{platform.Fault{API: "aliyun/SendSms", Kind: "drop", Number: "+8619900000001"}, "11 digits"},
		{platform.Fault{API: "aliyun/AddSmsSign", Kind: "drop"}, "aliyun/SendBatchSms"},
		{platform.Fault{API: "SendSms", Kind: "drop"}, ""},
		{platform.Fault{API: "aliyun/report", Kind: "VALVE:M_MC"}, ""},
		{platform.Fault{API: "aliyun/SendSms", Kind: "isv.BUSINESS_LIMIT_CONTROL", Number: jiaPhone}, ""},
	} {
		err := tw.Faults.Add(c.fault)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%+v: %v, want one that says %q", c.fault, err, c.says)
		}
	}
	plain := open(t, setting{answer: saying("好")})
	if err := plain.Faults.Add(platform.Fault{API: "aliyun/SendSms", Kind: "drop"}); err == nil {
		t.Error("a fault of SMS where there is none is taken")
	}
	if resp, err := http.Get(plain.url + "/sandbox/aliyun/"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("SMS is served though it is off: %v %v", resp, err)
	}
}

// TestSMSFaultsRepeat: the same seed and calls, the same receipts are lost.
func TestSMSFaultsRepeat(t *testing.T) {
	outcomes := func(seed uint64) string {
		tw := openSMS(t, nil, func(c *sandbox.Config) { c.Seed = seed })
		if err := tw.Faults.Add(platform.Fault{API: "aliyun/report", Kind: "MOBILE_NOT_ON_SERVICE", Rate: 0.3}); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			tw.sendCode(t, fmt.Sprintf("1990000%04d", i), "")
		}
		var b strings.Builder
		for _, e := range tw.settled(t, "", func(texts []platform.Entry) bool {
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
