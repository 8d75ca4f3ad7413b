package sms

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	// clockTolerance is how far a caller's clock may be off.
	clockTolerance = 15 * time.Minute
	// nonceMemory is how long a SignatureNonce is remembered.
	nonceMemory = 31 * time.Minute
)

// callers checks that calls come from the account.
type callers struct {
	keyID, secret string

	mu     sync.Mutex
	nonces nonces
}

func newCallers(keyID, secret string) *callers {
	return &callers{keyID: keyID, secret: secret, nonces: nonces{seen: map[string]bool{}}}
}

// authenticate checks the caller, the clock, and that every parameter is as it was signed.
func (c *callers) authenticate(method string, form url.Values, now time.Time) *apiError {
	if failed := missing(form, "AccessKeyId", "Timestamp", "SignatureNonce", "Signature"); failed != nil {
		return failed
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", form.Get("Timestamp"))
	switch {
	case form.Get("AccessKeyId") != c.keyID:
		return fail("InvalidAccessKeyId.NotFound")
	case err != nil:
		return fail("InvalidTimeStamp.Format")
	case now.Sub(at).Abs() > clockTolerance:
		return fail("InvalidTimeStamp.Expired")
	case form.Get("SignatureMethod") != "HMAC-SHA1" || form.Get("SignatureVersion") != "1.0":
		return fail("IncompleteSignature")
	}
	signed := stringToSign(method, form)
	mac := hmac.New(sha1.New, []byte(c.secret+"&"))
	mac.Write(signed)
	if !hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(form.Get("Signature"))) {
		failed := fail("SignatureDoesNotMatch")
		failed.Message += " server string to sign is:" + string(signed) // so does the platform, numbers and all
		return failed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.nonces.use(form.Get("SignatureNonce"), now) {
		return fail("SignatureNonceUsed")
	}
	return nil
}

// stringToSign is RPC v1's: every parameter of query and form but the signature itself, empty ones too, sorted by name. Names and
// values are encoded once, and what is made of them once more, with the = and & between them.
func stringToSign(method string, form url.Values) []byte {
	signed, first := []byte(method+"&%2F&"), true
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			if name == "Signature" {
				continue
			}
			if !first {
				signed = append(signed, "%26"...)
			}
			first = false
			signed = encodeTwice(append(encodeTwice(signed, name), "%3D"...), value)
		}
	}
	return signed
}

// encodeTwice appends s in RFC 3986's percent-encoding, encoded by it again. Texts to a hundred numbers make 50 KB of it.
func encodeTwice(to []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	to = slices.Grow(to, 5*len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
			to = append(to, c)
		default:
			to = append(to, '%', '2', '5', digits[c>>4], digits[c&15])
		}
	}
	return to
}

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
