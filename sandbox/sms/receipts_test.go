package sms_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
)

// TestReceipt follows one text from the call to the acknowledged receipt, and reads all that is recorded of it.
func TestReceipt(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to)
	at := f.Clock.Now()
	bizID := f.SendCode(t, sandboxtest.JiaPhone, "challenge-1")
	push := to.Next(t)
	when := at.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04:05")
	want := fmt.Sprintf(`[{"phone_number":"19900000001","send_time":"%s","report_time":"%s","success":true,"err_code":"DELIVERED",`+
		`"err_msg":"用户接收成功","sms_size":"1","biz_id":"%s","out_id":"challenge-1"}]`, when, when, bizID)
	if push.Path != "/sms/report/unguessable" || push.Body != want {
		t.Errorf("pushed to %s\n%s, want\n%s", push.Path, push.Body, want)
	}
	e := f.Settled(t, sandboxtest.JiaPhone, sandboxtest.PushedTimes(1))[0]
	if busy(e.SMS.Pushes[0]) {
		e.SMS.Pushes[0].Problem = ""
	}
	if !e.SMS.Pushes[0].Acknowledged || e.SMS.Pushes[0].Problem != "" {
		t.Errorf("acknowledgement %+v", e.SMS.Pushes[0])
	}
	e.SMS.Pushes[0].TookMS = 3
	stamp, _ := at.MarshalJSON()
	said, err := json.Marshal(e)
	wantRecord := strings.NewReplacer("AT", string(stamp), "BIZ", bizID).Replace(`{"id":1,"resident":"` + sandboxtest.Jia + `","at":AT,"from":"account","kind":"sms",` +
		`"text":"【演示签名】您的验证码是123456，5分钟内有效。","via":"sms","state":"delivered","sms":{"phone":"19900000001","sign":"演示签名",` +
		`"template":"SMS_100000001","params":{"code":"123456"},"biz_id":"BIZ","out_id":"challenge-1","code":"DELIVERED","parts":1,` +
		`"received":AT,"dest_code":"1069000000","pushes":[{"at":AT,"took_ms":3,"acknowledged":true}]}}`)
	if err != nil || string(said) != wantRecord {
		t.Errorf("recorded (%v)\n%s, want\n%s", err, said, wantRecord)
	}
	row := sandboxtest.Rows(t, f.Query(t, sandboxtest.JiaPhone))[0].(map[string]any)
	wantRow := map[string]any{
		"PhoneNum": sandboxtest.JiaPhone, "SendStatus": json.Number("3"), "ErrCode": "DELIVERED", "TemplateCode": pretendsms.DefaultCodeTemplate,
		"Content": "【演示签名】您的验证码是123456，5分钟内有效。", "SendDate": when, "ReceiveDate": when, "OutId": "challenge-1",
	}
	if !maps.Equal(row, wantRow) {
		t.Errorf("queried %v, want %v", row, wantRow)
	}
}

// TestReceiptsShareArrays: several numbers and calls travel together, at most 100 in one array. Receipts wait but a
// moment for each other: on a busy machine it takes several tries to make two calls within one.
func TestReceiptsShareArrays(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to)
	for try := range 20 {
		var numbers []string
		for i := range 150 {
			numbers = append(numbers, fmt.Sprintf("199%04d%04d", try, i))
		}
		got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(strings.Join(numbers, ","))...)
		if got["Code"] != "OK" {
			t.Fatal(got)
		}
		f.SendCode(t, fmt.Sprintf("199%04d9999", try), "another call")
		seen, calls, mixed := map[any]bool{}, 0, false
		for len(seen) < 151 {
			list := to.Next(t).Items(t)
			calls++
			bizIDs := map[any]bool{}
			for _, r := range list {
				if seen[r["phone_number"]] {
					t.Errorf("%v came twice", r)
				}
				seen[r["phone_number"]], bizIDs[r["biz_id"]] = true, true
			}
			if len(list) > 100 {
				t.Errorf("%d receipts in one array", len(list))
			}
			mixed = mixed || len(bizIDs) > 1
		}
		if calls == 2 && mixed {
			return
		}
		t.Logf("151 receipts came in %d arrays (two calls in one: %v)", calls, mixed)
	}
	t.Error("the receipts of two calls never came in two arrays, mixed")
}

// busy says whether the machine took longer for a push than the platform allows, so that the push counts as too slow.
func busy(p platform.Push) bool { return p.TookMS >= 700 }

// TestAcknowledgement answers receipts in every way, and reads how each counted.
func TestAcknowledgement(t *testing.T) {
	say := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(status); io.WriteString(w, body) }
	}
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter)
		took   bool
		says   string
	}{
		{"as documented", say(200, `{"code":0,"msg":"接收成功"}`), true, ""},
		{"another number", say(200, `{"code":500,"msg":"no"}`), true, ""},
		{"slow", func(w http.ResponseWriter) { <-time.After(720 * time.Millisecond); io.WriteString(w, `{"code":0}`) }, true, "within 700"},
		{"HTTP 500", say(500, `{"code":0}`), false, "HTTP 500"},
		{"HTTP 204", say(204, ``), false, "HTTP 204"},
		{"HTTP 302", say(302, `{"code":0}`), false, "HTTP 302"},
		{"a string", say(200, `{"code":"0"}`), false, "not a number"},
		{"null", say(200, `{"code":null}`), false, "not a number"},
		{"nothing", say(200, `{}`), false, "not a number"},
		{"words", say(200, `ok`), false, "not JSON"},
		{"empty", say(200, ``), false, "not JSON"},
		{"broken connection", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, false, "not reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			to := sandboxtest.NewCallbacks(t, func(n int, w http.ResponseWriter) {
				if n == 0 {
					c.answer(w)
					return
				}
				io.WriteString(w, `{"code":0}`)
			})
			f := sandboxtest.OpenSMS(t, to)
			f.SendCode(t, sandboxtest.JiaPhone, "")
			first := to.Next(t)
			attempts := 1
			if !c.took {
				attempts = 2
				if again := to.Next(t); again.Body != first.Body {
					t.Errorf("pushed again as %s, first %s", again.Body, first.Body)
				}
			}
			pushes := f.Settled(t, sandboxtest.JiaPhone, sandboxtest.PushedTimes(attempts))[0].SMS.Pushes
			if p := pushes[0]; p.Acknowledged != c.took || !strings.Contains(p.Problem, c.says) || c.says == "" && p.Problem != "" && !busy(p) {
				t.Errorf("recorded as %+v", p)
			}
			if said := fmt.Sprint(pushes); strings.Contains(said, "unguessable") {
				t.Errorf("the key is on record: %s", said)
			}
		})
	}
}

// TestReceiptIsGivenUp after the first push and three more.
func TestReceiptIsGivenUp(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(503) })
	f := sandboxtest.OpenSMS(t, to)
	// A fifth push of the first would come before the fourth of the second.
	for _, number := range []string{sandboxtest.JiaPhone, sandboxtest.YiPhone} {
		f.SendCode(t, number, "")
		for range 4 {
			if got := to.Next(t).Items(t)[0]["phone_number"]; got != number {
				t.Errorf("pushed of %s, want %s", got, number)
			}
		}
		if e := f.Settled(t, number, sandboxtest.PushedTimes(4))[0]; e.State != platform.Delivered {
			t.Errorf("the text itself: %s", e.State)
		}
	}
	if n := len(to.Pushed); n != 0 {
		t.Errorf("%d pushes more", n)
	}
}

// TestReceiptFaults sends two texts, the first under each fault, and reads the receipts as they come.
func TestReceiptFaults(t *testing.T) {
	for _, c := range []struct {
		fault platform.Fault
		want  string        // whose receipts come, in order
		late  time.Duration // by how much the first comes late; then its place does not matter
	}{
		{platform.Fault{Kind: platform.FaultLost}, "yi", 0},
		{platform.Fault{Kind: platform.FaultTwice}, "jia yi jia", 0},
		{platform.Fault{Kind: platform.FaultLatency, Latency: "300ms"}, "yi jia", 300 * time.Millisecond},
		{platform.Fault{Kind: platform.FaultReordered, Latency: "1s"}, "yi jia", 400 * time.Millisecond}, // a share of 0.5 with seed 0
		{platform.Fault{Kind: platform.FaultDrop}, "jia jia yi", 0},
		{platform.Fault{Kind: "MOBILE_NOT_ON_SERVICE"}, "jia:MOBILE_NOT_ON_SERVICE yi", 0},
	} {
		t.Run(c.fault.Kind, func(t *testing.T) {
			t.Parallel()
			to := sandboxtest.NewCallbacks(t, nil)
			f := sandboxtest.OpenSMS(t, to, func(cfg *sandbox.Config) {
				cfg.SMS.ReportRetries = []time.Duration{0, 0, 0}
			})
			c.fault.API, c.fault.Number = "aliyun/report", sandboxtest.JiaPhone
			if err := f.Faults.Add(c.fault); err != nil {
				t.Fatal(err)
			}
			from := time.Now()
			f.SendCode(t, sandboxtest.JiaPhone, "jia")
			if !slices.Contains([]string{platform.FaultLost, platform.FaultLatency, platform.FaultReordered}, c.fault.Kind) {
				f.Settled(t, sandboxtest.JiaPhone, func(texts []platform.Entry) bool { return len(texts[0].SMS.Pushes) > 0 })
			}
			f.SendCode(t, sandboxtest.YiPhone, "yi")
			var came []string
			for len(came) < len(strings.Fields(c.want)) {
				for _, r := range to.Next(t).Items(t) {
					name := r["out_id"].(string)
					if took := time.Since(from); name == "jia" && took < c.late {
						t.Errorf("the late receipt came after %s", took)
					}
					if r["success"] != true {
						name += ":" + r["err_code"].(string)
					}
					came = append(came, name)
				}
			}
			if c.fault.Kind == platform.FaultDrop || c.fault.Kind == platform.FaultTwice || c.late > 0 {
				slices.Sort(came) // the second text's may overtake the first's repetition, or be as late on a busy machine
				c.want = strings.Join(slices.Sorted(slices.Values(strings.Fields(c.want))), " ")
			}
			if got := strings.Join(came, " "); got != c.want {
				t.Errorf("came %q, want %q", got, c.want)
			}
			// Whatever happened to the receipt, a question is answered with the truth.
			status := json.Number("3")
			if c.fault.Kind == "MOBILE_NOT_ON_SERVICE" {
				status = "2"
			}
			if row := sandboxtest.Rows(t, f.Query(t, sandboxtest.JiaPhone))[0].(map[string]any); row["SendStatus"] != status {
				t.Errorf("queried %v", row)
			}
		})
	}
}

// TestReceiptBeforeTheAnswer: an early receipt is pushed, and acknowledged or not, while the call is still open.
func TestReceiptBeforeTheAnswer(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to, func(c *sandbox.Config) { c.SMS.Delay = time.Hour })
	if err := f.Faults.Add(platform.Fault{API: "aliyun/report", Kind: platform.FaultEarly, Count: 1}); err != nil {
		t.Fatal(err)
	}
	bizID := f.SendCode(t, sandboxtest.JiaPhone, "")
	select {
	case p := <-to.Pushed:
		if p.Items(t)[0]["biz_id"] != bizID {
			t.Errorf("the receipt %s is not of %s", p.Body, bizID)
		}
	default:
		t.Error("the call was answered before the receipt was pushed")
	}
}

// TestUnreachable: the resident's own attribute decides what receipts say.
func TestUnreachable(t *testing.T) {
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to, func(c *sandbox.Config) {
		c.Residents = platform.DefaultResidents()
		c.Residents[0].Unreachable = "MOBILE_NOT_ON_SERVICE"
	})
	f.SendCode(t, sandboxtest.JiaPhone, "")
	r := to.Next(t).Items(t)[0]
	if r["success"] != false || r["err_code"] != "MOBILE_NOT_ON_SERVICE" {
		t.Errorf("receipt %v", r)
	}
	if e := f.Settled(t, sandboxtest.JiaPhone, sandboxtest.PushedTimes(1))[0]; e.State != platform.Failed || e.SMS.Code != "MOBILE_NOT_ON_SERVICE" {
		t.Errorf("recorded %+v", e)
	}
}

// TestParts bills by 70 characters, then by 67, the sign included.
func TestParts(t *testing.T) {
	text := func(n int) string { return strings.Repeat("长", n-6) } // 【演示签名】 has 6
	f := sandboxtest.OpenSMS(t, nil, func(c *sandbox.Config) {
		c.SMS.Templates = nil
		for _, n := range []int{70, 71, 134, 135, 160, 500} {
			c.SMS.Templates = append(c.SMS.Templates, pretendsms.Template{Code: fmt.Sprint("SMS_", n), Kind: pretendsms.NoticeTemplate, Text: text(n)})
		}
	})
	for n, want := range map[int]int{70: 1, 71: 2, 134: 2, 135: 3, 160: 3, 500: 8} {
		to := fmt.Sprintf("19900000%03d", n)
		if got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(to, "TemplateCode", fmt.Sprint("SMS_", n))...); got["Code"] != "OK" {
			t.Fatal(got)
		}
		if got := f.Record.Texts(to)[0].SMS.Parts; got != want {
			t.Errorf("%d characters are %d parts, want %d", n, got, want)
		}
	}
}
