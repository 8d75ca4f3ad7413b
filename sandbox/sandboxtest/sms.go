package sandboxtest

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

// The credentials of the account at Alibaba Cloud, and the numbers of Jia and Yi.
const (
	KeyID     = "LTAI00000sandbox"
	KeySecret = "sandbox-secret"

	JiaPhone = "19900000001"
	YiPhone  = "19900000002"
)

// Posted is a push that callbacks took.
type Posted struct {
	Path string
	Body string
}

// Items reads the push as an array of receipts, or of replies.
func (p Posted) Items(t *testing.T) []map[string]any {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(p.Body), &list); err != nil {
		t.Fatalf("%s is no array of objects: %v", p.Body, err)
	}
	return list
}

// Callbacks is a system under test that takes receipts and replies.
type Callbacks struct {
	URL    string
	Pushed chan Posted
}

// NewCallbacks answers the n-th push, from 0, by answer; nil acknowledges.
func NewCallbacks(t *testing.T, answer func(n int, w http.ResponseWriter)) *Callbacks {
	t.Helper()
	c := &Callbacks{Pushed: make(chan Posted, 1000)}
	turn := make(chan int, 1)
	turn <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := <-turn
		turn <- n + 1
		c.Pushed <- Posted{r.URL.Path, string(body)}
		if answer != nil {
			answer(n, w)
			return
		}
		io.WriteString(w, `{"code":0,"msg":"接收成功"}`)
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// Next is the next push.
func (c *Callbacks) Next(t *testing.T) Posted {
	t.Helper()
	select {
	case p := <-c.Pushed:
		return p
	case <-time.After(Patience):
		t.Fatal("nothing is pushed")
		return Posted{}
	}
}

// OpenSMS is a fixture with an SMS side that pushes to callbacks, nil for none.
func OpenSMS(t *testing.T, to *Callbacks, change ...func(*sandbox.Config)) *Fixture {
	t.Helper()
	cfg := sandbox.Config{SMS: &pretendsms.Config{
		AccessKeyID: KeyID, AccessKeySecret: KeySecret, Delay: time.Millisecond,
		ReportRetries: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
	}}
	if to != nil {
		cfg.SMS.ReportURL, cfg.SMS.ReplyURL = to.URL+"/sms/report/unguessable", to.URL+"/sms/reply/unguessable"
	}
	for _, f := range change {
		f(&cfg)
	}
	return Open(t, Setting{Sandbox: cfg, Answer: Saying("好")})
}

// RFC3986 encodes byte by byte, unlike the sandbox.
func RFC3986(s string) string {
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

// SignSMS signs a call.
func SignSMS(method, secret string, params map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		pairs = append(pairs, RFC3986(name)+"="+RFC3986(params[name]))
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	io.WriteString(mac, method+"&"+RFC3986("/")+"&"+RFC3986(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SMSCall is a signed call of an operation with its parameters, name and value in turn. A value "-" leaves one out.
func (f *Fixture) SMSCall(t *testing.T, method, action string, params ...string) (map[string]any, int) {
	t.Helper()
	all := map[string]string{
		"Action": action, "Version": "2017-05-25", "Format": "JSON", "RegionId": "cn-hangzhou", "AccessKeyId": KeyID,
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureType": "",
		"SignatureNonce": RFC3986(t.Name()) + fmt.Sprint(time.Now().UnixNano()),
		"Timestamp":      f.Clock.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	for i := 0; i+1 < len(params); i += 2 {
		all[params[i]] = params[i+1]
	}
	_, given := all["Signature"]
	maps.DeleteFunc(all, func(_, value string) bool { return value == "-" })
	if !given {
		all["Signature"] = SignSMS(method, KeySecret, all)
	}
	return f.RawSMS(t, method, all)
}

// RawSMS sends parameters as they are: in the query of a GET, in the form of a POST.
func (f *Fixture) RawSMS(t *testing.T, method string, params map[string]string) (map[string]any, int) {
	t.Helper()
	q := url.Values{}
	for name, value := range params {
		q.Set(name, value)
	}
	target, body := f.URL+"/sandbox/aliyun/", ""
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
	return f.Call(t, req)
}

// Query asks for the states of the texts to a number today.
func (f *Fixture) Query(t *testing.T, number string, more ...string) map[string]any {
	t.Helper()
	got, _ := f.SMSCall(t, "POST", "QuerySendDetails", append([]string{
		"PhoneNumber", number, "SendDate", f.Clock.Now().UTC().Add(8 * time.Hour).Format("20060102"), "PageSize", "10", "CurrentPage", "1",
	}, more...)...)
	return got
}

// Rows are the texts of a query's answer.
func Rows(t *testing.T, answer map[string]any) []any {
	t.Helper()
	list, ok := answer["SmsSendDetailDTOs"].(map[string]any)["SmsSendDetailDTO"].([]any)
	if !ok {
		t.Fatalf("no rows: %v", answer)
	}
	return list
}

// SendCode texts a verification code and demands that it is accepted.
func (f *Fixture) SendCode(t *testing.T, to, outID string) (bizID string) {
	t.Helper()
	got, _ := f.SMSCall(t, "POST", "SendSms", CodeTo(to, "OutId", outID)...)
	if got["Code"] != "OK" {
		t.Fatalf("to %s: %v", to, got)
	}
	return got["BizId"].(string)
}

// CodeTo are the parameters of a verification code, and more.
func CodeTo(to string, more ...string) []string {
	return append([]string{
		"PhoneNumbers", to, "SignName", pretendsms.DefaultSign, "TemplateCode", pretendsms.DefaultCodeTemplate, "TemplateParam", `{"code":"123456"}`,
	}, more...)
}

// Settled waits until every text of a number has come to something and returns them.
func (f *Fixture) Settled(t *testing.T, number string, ready func([]platform.Entry) bool) []platform.Entry {
	t.Helper()
	deadline := time.Now().Add(Patience)
	for {
		texts := f.Record.Texts(number)
		if ready(texts) {
			return texts
		}
		if time.Now().After(deadline) {
			said, _ := json.Marshal(texts)
			t.Fatalf("not so within %s: %s", Patience, said)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// PushedTimes says whether the first text was pushed so often.
func PushedTimes(n int) func([]platform.Entry) bool {
	return func(texts []platform.Entry) bool { return len(texts) > 0 && len(texts[0].SMS.Pushes) == n }
}
