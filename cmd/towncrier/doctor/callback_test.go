package doctor_test

import (
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/sandbox/sandboxtest"
	"towncrier/sms"
	"towncrier/wechat"
)

const pushKey = "q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE"

// sink takes pushes, of which there must be none.
type sink struct{ t *testing.T }

func (s sink) TakeReceipts(context.Context, []sms.Receipt) error {
	s.t.Error("a receipt was pushed")
	return nil
}

func (s sink) TakeReplies(context.Context, []sms.Reply) error {
	s.t.Error("a reply was pushed")
	return nil
}

// TestCallback asks the real webhook and the real callbacks, behind proxies that are set up well and badly.
func TestCallback(t *testing.T) {
	pushes, err := aliyun.NewCallbacks(aliyun.CallbackConfig{Key: pushKey, Sink: sink{t}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	crypto, err := wechat.NewCrypto(sandboxtest.AppID, sandboxtest.Token, sandboxtest.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	other, err := wechat.NewCrypto(sandboxtest.AppID, "another", sandboxtest.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	var webhook http.Handler
	sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Webhook: func(real http.Handler) http.Handler {
		webhook = real
		return real
	}})
	whole := http.NewServeMux()
	whole.Handle("/wechat", webhook)
	whole.Handle("/sms/", pushes)
	served := httptest.NewTLSServer(whole)
	t.Cleanup(served.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(served.Certificate())
	ends := served.Certificate().NotAfter
	// The sandbox's clock stands at ten in the morning of today: all ask by that.
	morning := func() time.Time {
		now := time.Now().In(time.FixedZone("", 8*3600))
		return time.Date(now.Year(), now.Month(), now.Day(), 10, 0, 0, 0, now.Location())
	}
	good := doctor.Callback{Public: served.URL, Crypto: crypto, SMSKey: pushKey, Now: morning, Roots: trusted}

	answering := func(handler http.HandlerFunc) string {
		s := httptest.NewServer(handler)
		t.Cleanup(s.Close)
		return s.URL
	}
	const fine, valid, taken = "ok /wechat answers as WeChat wants it", "ok is valid until", "ok takes what Alibaba Cloud pushes"
	for name, c := range map[string]struct {
		change func(*doctor.Callback)
		want   []string
	}{
		"set up well":                     {func(*doctor.Callback) {}, []string{fine, valid, taken, taken}},
		"without SMS":                     {func(c *doctor.Callback) { c.SMSKey = "" }, []string{fine, valid}},
		"not set":                         {func(c *doctor.Callback) { c.Public = "" }, []string{"unchecked was not looked at / TOWNCRIER_PUBLIC_URL"}},
		"another token":                   {func(c *doctor.Callback) { c.Crypto = other }, []string{"fault HTTP 403 / proxy"}},
		"another key":                     {func(c *doctor.Callback) { c.SMSKey = strings.Repeat("x", 32) }, []string{fine, valid, "fault /sms/report/… answers HTTP 404 / proxy", "fault /sms/reply/… answers HTTP 404 / proxy"}},
		"from certain networks":           {func(c *doctor.Callback) { c.Bounded = true }, []string{fine, valid, "unchecked TOWNCRIER_SMS_CALLBACK_NETWORKS / log"}},
		"an authority that nobody trusts": {func(c *doctor.Callback) { c.Roots = x509.NewCertPool() }, []string{"fault certificate / intermediate"}},
		"another server": {func(c *doctor.Callback) {
			c.Public = answering(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "welcome") })
		}, []string{"fault HTTP 200 / proxy"}},
		"a redirect": {func(c *doctor.Callback) {
			c.Public = answering(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, served.URL+r.URL.String(), http.StatusMovedPermanently)
			})
		}, []string{"fault HTTP 301 / proxy"}},
		"nobody there": {func(c *doctor.Callback) { c.Public = "http://127.0.0.1:1" }, []string{"warning does not reach / from outside"}},
	} {
		asked := good
		c.change(&asked)
		finds(t, name, asked.Check(), c.want...)
	}

	// httptest's certificate lasts for decades: the webhook that is asked then has the same clock.
	late := good
	late.Now = func() time.Time { return ends.Add(-13 * 24 * time.Hour) }
	echo := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.FormValue("echostr")) }))
	echo.TLS = served.TLS
	echo.StartTLS()
	t.Cleanup(echo.Close)
	late.Public, late.SMSKey = echo.URL, ""
	finds(t, "a certificate that ends soon", late.Check(), fine, "warning in 13 days: then WeChat reaches nobody / renew")
}
