package sandbox

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

const (
	// clockTolerance is how far a caller's clock may be off.
	clockTolerance = 15 * time.Minute
	// nonceMemory is how long a SignatureNonce is remembered.
	nonceMemory = 31 * time.Minute
	smsVersion  = "2017-05-25"
)

// authenticate checks who calls, when, and that every parameter is as it was signed.
func (m *smsSide) authenticate(method string, form url.Values, now time.Time) *smsError {
	for _, name := range []string{"AccessKeyId", "Timestamp", "SignatureNonce", "Signature"} {
		if form.Get(name) == "" {
			return missing(name)
		}
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", form.Get("Timestamp"))
	switch {
	case form.Get("AccessKeyId") != m.AccessKeyID:
		return refusal("InvalidAccessKeyId.NotFound")
	case err != nil:
		return refusal("InvalidTimeStamp.Format")
	case now.Sub(at).Abs() > clockTolerance:
		return refusal("InvalidTimeStamp.Expired")
	case form.Get("SignatureMethod") != "HMAC-SHA1" || form.Get("SignatureVersion") != "1.0":
		return refusal("IncompleteSignature")
	}
	signed := stringToSign(method, form)
	mac := hmac.New(sha1.New, []byte(m.AccessKeySecret+"&"))
	mac.Write([]byte(signed))
	if !hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(form.Get("Signature"))) {
		failed := refusal("SignatureDoesNotMatch")
		failed.Message += " server string to sign is:" + signed // so does the platform, numbers and all
		return failed
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.nonces.use(form.Get("SignatureNonce"), now) {
		return refusal("SignatureNonceUsed")
	}
	return nil
}

// stringToSign is RPC v1's: every parameter of query and form but the signature itself, empty ones too, sorted by name.
func stringToSign(method string, form url.Values) string {
	signed := url.Values{}
	for name, values := range form {
		if name != "Signature" {
			signed[name] = values
		}
	}
	canonical := percent.Replace(signed.Encode())
	return method + "&%2F&" + percent.Replace(url.QueryEscape(canonical))
}

// percent turns net/url's encoding of forms into RFC 3986's: a space is %20, an asterisk %2A.
var percent = strings.NewReplacer("+", "%20", "*", "%2A")

// nonces remembers those that were used, the oldest first.
type nonces struct {
	seen  map[string]bool
	order []usedNonce
}

type usedNonce struct {
	nonce string
	at    time.Time
}

// use is false for a nonce that was used in the last 31 minutes.
func (n *nonces) use(nonce string, now time.Time) bool {
	for len(n.order) > 0 && now.Sub(n.order[0].at) > nonceMemory {
		delete(n.seen, n.order[0].nonce)
		n.order = n.order[1:]
	}
	if n.seen[nonce] {
		return false
	}
	n.seen[nonce] = true
	n.order = append(n.order, usedNonce{nonce, now})
	return true
}
