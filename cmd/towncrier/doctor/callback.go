package doctor

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"towncrier/wechat"
)

// certificateEnds is how long before its end a certificate has to be renewed.
const certificateEnds = 14 * 24 * time.Hour

// Callback is the way in from outside: the addresses that platforms call.
type Callback struct {
	Public  string         // base URL of the server as platforms reach it; "" when no setting says
	Crypto  *wechat.Crypto // signs as WeChat does
	SMSKey  string         // last part of the addresses for receipts and replies; "" when SMS is off
	Bounded bool           // receipts are taken from certain networks only, of which this machine is hardly one
	Now     func() time.Time
	Roots   *x509.CertPool // whose certificates are trusted; nil for those of the system
}

// Check asks for what platforms ask for, at the addresses that they know.
func (c Callback) Check() Check {
	return Check{"callback", "the addresses that the platforms call", func(ctx context.Context) []Finding {
		if c.Public == "" {
			return []Finding{unchecked("", "whether the platforms reach this server was not looked at",
				"set TOWNCRIER_PUBLIC_URL to its address as WeChat knows it, such as https://talk.example.gov.cn")}
		}
		client := &http.Client{
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: c.Roots}, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // platforms follow none
			Timeout:       5 * time.Second,                                                               // as WeChat waits
		}
		found := c.webhook(ctx, client)
		switch {
		case c.SMSKey == "" || found[0].State != OK: // the same server, the same way
			return found
		case c.Bounded:
			return append(found, unchecked("/sms", "receipts are taken from TOWNCRIER_SMS_CALLBACK_NETWORKS only, so this server does not ask for /sms/ itself", "see in the log that receipts come"))
		}
		return append(found, c.receipts(ctx, client, "report"), c.receipts(ctx, client, "reply"))
	}}
}

// webhook asks as WeChat does when the address is entered in its console.
func (c Callback) webhook(ctx context.Context, client *http.Client) []Finding {
	const of = "/wechat"
	stamp, nonce, echo := strconv.FormatInt(c.Now().Unix(), 10), rand.Text(), rand.Text()
	query := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "echostr": {echo}, "signature": {c.Crypto.Signature(stamp, nonce)}}
	status, body, certificate, err := c.ask(ctx, client, http.MethodGet, "/wechat?"+query.Encode(), "")
	switch {
	case err != nil:
		return []Finding{c.unreached(of, err)}
	case status != http.StatusOK || body != echo:
		return []Finding{fault(of, fmt.Sprintf("%s/wechat answers HTTP %d, and not as this server does: WeChat reaches another server, or a proxy that changes or holds back what passes",
			c.Public, status), "have the proxy pass /wechat on to this server as it comes, and TOWNCRIER_PUBLIC_URL name that proxy")}
	}
	found := []Finding{ok(of, c.Public+"/wechat answers as WeChat wants it")}
	if certificate == nil {
		return found
	}
	return append(found, c.expiry(certificate))
}

func (c Callback) expiry(certificate *x509.Certificate) Finding {
	const of = "certificate"
	left := certificate.NotAfter.Sub(c.Now())
	ends := certificate.NotAfter.UTC().Format("2006-01-02 15:04 UTC")
	if left < certificateEnds {
		return warning(of, fmt.Sprintf("the certificate of %s ends on %s, in %d days: then WeChat reaches nobody", c.Public, ends, int(left.Hours()/24)),
			"renew it, and have the proxy load it")
	}
	return ok(of, fmt.Sprintf("the certificate of %s is valid until %s", c.Public, ends))
}

// receipts pushes nothing, as Alibaba Cloud does when an address is entered in its console.
func (c Callback) receipts(ctx context.Context, client *http.Client, kind string) Finding {
	of := "/sms/" + kind
	status, body, _, err := c.ask(ctx, client, http.MethodPost, of+"/"+c.SMSKey, "[]")
	switch {
	case err != nil:
		return c.unreached(of, err)
	case status == http.StatusOK && strings.HasPrefix(strings.TrimSpace(body), `{"code":0`):
		return ok(of, c.Public+of+"/… takes what Alibaba Cloud pushes")
	}
	return fault(of, fmt.Sprintf("%s%s/… answers HTTP %d, and not as this server does: receipts and stops by SMS are lost", c.Public, of, status),
		"have the proxy pass /sms/ on to this server as it comes")
}

// ask makes one request. certificate is the server's, nil without TLS. Errors do not show the path, in which a key may be.
func (c Callback) ask(ctx context.Context, client *http.Client, method, path, body string) (status int, answer string, certificate *x509.Certificate, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Public+path, strings.NewReader(body))
	if err != nil {
		return 0, "", nil, errors.New("the address cannot be called")
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		if u, is := errors.AsType[*url.Error](err); is {
			err = u.Err
		}
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	if resp.TLS != nil {
		certificate = resp.TLS.PeerCertificates[0]
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	return resp.StatusCode, string(text), certificate, err
}

// unreached explains that there was no answer.
func (c Callback) unreached(of string, err error) Finding {
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return fault(of, fmt.Sprintf("the certificate of %s is not valid: %v", c.Public, err),
			"give the proxy a certificate for this name by an authority that everybody trusts, with its intermediate certificates, and not past its end")
	}
	return warning(of, fmt.Sprintf("this server does not reach %s: %v", c.Public, err),
		"open the way to it; where a machine cannot reach its own public address, look from outside, with WeChat's console (基本配置 > 服务器配置)")
}
