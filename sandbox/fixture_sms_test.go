package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
)

const (
	keyID     = "LTAI00000sandbox"
	keySecret = "sandbox-secret"

	jiaPhone = "19900000001"
	yiPhone  = "19900000002"
)

// posted is a push that callbacks took.
type posted struct {
	path string
	body string
}

// items reads the push as an array of receipts, or of replies.
func (p posted) items(t *testing.T) []map[string]any {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(p.body), &list); err != nil {
		t.Fatalf("%s is no array of objects: %v", p.body, err)
	}
	return list
}

// callbacks is a system under test that takes receipts and replies.
type callbacks struct {
	url    string
	pushed chan posted
}

// newCallbacks answers the n-th push, from 0, by answer; nil acknowledges.
func newCallbacks(t *testing.T, answer func(n int, w http.ResponseWriter)) *callbacks {
	t.Helper()
	c := &callbacks{pushed: make(chan posted, 1000)}
	turn := make(chan int, 1)
	turn <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := <-turn
		turn <- n + 1
		c.pushed <- posted{r.URL.Path, string(body)}
		if answer != nil {
			answer(n, w)
			return
		}
		io.WriteString(w, `{"code":0,"msg":"接收成功"}`)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// next is the next push.
func (c *callbacks) next(t *testing.T) posted {
	t.Helper()
	select {
	case p := <-c.pushed:
		return p
	case <-time.After(patience):
		t.Fatal("nothing is pushed")
		return posted{}
	}
}

// openSMS is a fixture with an SMS side that pushes to callbacks, nil for none.
func openSMS(t *testing.T, to *callbacks, change ...func(*sandbox.Config)) *fixture {
	t.Helper()
	cfg := sandbox.Config{SMS: &pretendsms.Config{
		AccessKeyID: keyID, AccessKeySecret: keySecret, Delay: time.Millisecond,
		ReportRetries: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
	}}
	if to != nil {
		cfg.SMS.ReportURL, cfg.SMS.ReplyURL = to.url+"/sms/report/unguessable", to.url+"/sms/reply/unguessable"
	}
	for _, f := range change {
		f(&cfg)
	}
	return open(t, setting{sandbox: cfg, answer: saying("好")})
}

// rfc3986 encodes byte by byte, unlike the sandbox.
func rfc3986(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func signSMS(method, secret string, params map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, rfc3986(name)+"="+rfc3986(params[name]))
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	io.WriteString(mac, method+"&"+rfc3986("/")+"&"+rfc3986(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// smsCall is a signed call of an operation with its parameters, name and value in turn. A value "-" leaves one out.
func (tw *fixture) smsCall(t *testing.T, method, action string, params ...string) (map[string]any, int) {
	t.Helper()
	all := map[string]string{
		"Action": action, "Version": "2017-05-25", "Format": "JSON", "RegionId": "cn-hangzhou", "AccessKeyId": keyID,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureType": "",
		"SignatureNonce": rfc3986(t.Name()) + fmt.Sprint(time.Now().UnixNano()),
		"Timestamp":      tw.clock.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	for i := 0; i+1 < len(params); i += 2 {
		all[params[i]] = params[i+1]
	}
	_, given := all["Signature"]
	maps.DeleteFunc(all, func(_, value string) bool { return value == "-" })
	if !given {
		all["Signature"] = signSMS(method, keySecret, all)
	}
	return tw.rawSMS(t, method, all)
}

// rawSMS sends parameters as they are: in the query of a GET, in the form of a POST.
func (tw *fixture) rawSMS(t *testing.T, method string, params map[string]string) (map[string]any, int) {
	t.Helper()
	q := url.Values{}
	for name, value := range params {
		q.Set(name, value)
	}
	target, body := tw.url+"/sandbox/aliyun/", ""
	if method == http.MethodPost {
		body = q.Encode()
	} else {
		target += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return tw.do(t, req)
}

// query asks what became of the texts to a number today.
func (tw *fixture) query(t *testing.T, number string, more ...string) map[string]any {
	t.Helper()
	got, _ := tw.smsCall(t, "POST", "QuerySendDetails", append([]string{
		"PhoneNumber", number, "SendDate", tw.clock.Now().UTC().Add(8 * time.Hour).Format("20060102"), "PageSize", "10", "CurrentPage", "1",
	}, more...)...)
	return got
}

// rows are the texts of a query's answer.
func rows(t *testing.T, answer map[string]any) []any {
	t.Helper()
	list, ok := answer["SmsSendDetailDTOs"].(map[string]any)["SmsSendDetailDTO"].([]any)
	if !ok {
		t.Fatalf("no rows: %v", answer)
	}
	return list
}

// sendCode texts a verification code and demands that it is accepted.
func (tw *fixture) sendCode(t *testing.T, to, outID string) (bizID string) {
	t.Helper()
	got, _ := tw.smsCall(t, "POST", "SendSms", codeTo(to, "OutId", outID)...)
	if got["Code"] != "OK" {
		t.Fatalf("to %s: %v", to, got)
	}
	return got["BizId"].(string)
}

// codeTo are the parameters of a verification code, and more.
func codeTo(to string, more ...string) []string {
	return append([]string{
		"PhoneNumbers", to, "SignName", pretendsms.DefaultSign, "TemplateCode", pretendsms.DefaultCodeTemplate, "TemplateParam", `{"code":"123456"}`,
	}, more...)
}

// settled waits until every text of a number has come to something and returns them.
func (tw *fixture) settled(t *testing.T, number string, ready func([]platform.Entry) bool) []platform.Entry {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		texts := tw.Record.Texts(number)
		if ready(texts) {
			return texts
		}
		if time.Now().After(deadline) {
			said, _ := json.Marshal(texts)
			t.Fatalf("not so within %s: %s", patience, said)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// pushedTimes says whether the first text was pushed so often.
func pushedTimes(n int) func([]platform.Entry) bool {
	return func(texts []platform.Entry) bool { return len(texts) > 0 && len(texts[0].SMS.Pushes) == n }
}
