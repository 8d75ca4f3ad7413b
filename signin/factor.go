package signin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Kind is a kind of second factor.
type Kind string

const (
	TOTP     Kind = "totp"     // a code that an app shows for 30 seconds
	Recovery Kind = "recovery" // one of ten codes on paper
	Made     Kind = "made"     // what a made-up colleague has: RehearsalCode
)

// Enrolled is a second factor that a person has. Its counter only grows: a proof moves it on, so that none is good twice.
type Enrolled struct {
	ID      string
	Kind    Kind
	Secret  string // "" where only a hash is kept
	Counter int64
	// Is says whether the hash that is kept is of a secret with this digest.
	Is func(digest []byte) bool
}

// Proof is of what a person has, good once: it moves the counter of that on.
type Proof struct {
	Kind    Kind
	ID      string // of the Enrolled; "" for none that is kept; of WeChatFactor the digest of the sign-in's token
	Counter int64
}

// A Factor knows one kind. Others, such as passkeys, come beside these.
type Factor interface {
	// Proves says whether answer proves that somebody has what is enrolled, and to where its counter moves.
	Proves(e Enrolled, answer string, now time.Time) (counter int64, ok bool)
}

var factors = map[Kind]Factor{TOTP: totp{}, Recovery: recovery{}, Made: made{}}

// prove finds what an answer proves. It looks at everything that is enrolled, so that it takes as long for a wrong answer.
func prove(all []Enrolled, answer string, now time.Time) (proof Proof, ok bool) {
	for _, e := range all {
		if counter, proves := factors[e.Kind].Proves(e, answer, now); proves && !ok {
			proof, ok = Proof{e.Kind, e.ID, counter}, true
		}
	}
	return proof, ok
}

// totp is RFC 6238 with what every app takes: SHA-1, six digits, 30 seconds.
type totp struct{}

const (
	totpStep   = 30 * time.Second
	totpSecret = 20 // bytes, as RFC 4226 asks for
	totpDrift  = 1  // steps that clocks may be apart
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Proves implements Factor. The counter is the step of the last code that was used.
func (totp) Proves(e Enrolled, answer string, now time.Time) (counter int64, ok bool) {
	secret, err := base32Text.DecodeString(e.Secret)
	if err != nil {
		return 0, false
	}
	answer = strings.Join(strings.Fields(answer), "")
	at := now.Unix() / int64(totpStep/time.Second)
	for step := at - totpDrift; step <= at+totpDrift; step++ {
		if hmac.Equal([]byte(totpCode(secret, step)), []byte(answer)) && step > e.Counter {
			counter, ok = step, true
		}
	}
	return counter, ok
}

// totpCode is the code of a step: the dynamic truncation of RFC 4226, 5.3.
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes everything
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:from+4])&0x7fffffff%1_000_000)
}

// NewSecret draws a secret for an app that shows codes.
func NewSecret() string {
	secret := make([]byte, totpSecret)
	rand.Read(secret) // never fails since Go 1.24
	return base32Text.EncodeToString(secret)
}

// IsSecret says whether NewSecret may have drawn a secret.
func IsSecret(secret string) bool {
	raw, err := base32Text.DecodeString(secret)
	return err == nil && len(raw) == totpSecret
}

// SecretURI is a secret as apps scan it. city and id are what the app shows.
func SecretURI(city, id, secret string) string {
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + city + ":" + id,
		RawQuery: "secret=" + secret + "&issuer=" + url.PathEscape(city)}).String()
}

// recovery codes are ten of twelve digits, which the keyboard for codes has on every phone; the counter is 1 once one was used.
type recovery struct{}

const recoveryCodes = 10

var recoveryForm = regexp.MustCompile(`^[0-9]{12}$`)

// Proves implements Factor.
func (recovery) Proves(e Enrolled, answer string, _ time.Time) (counter int64, ok bool) {
	code := recoveryText(answer)
	return 1, e.Is(digest(code)) && e.Counter == 0 && recoveryForm.MatchString(code)
}

func recoveryText(answer string) string {
	return strings.Join(strings.FieldsFunc(answer, func(r rune) bool { return r == '-' || unicode.IsSpace(r) }), "")
}

// newRecoveryCodes draws codes as they are shown: 0000-0000-0000.
func newRecoveryCodes() []string {
	all := make([]string, recoveryCodes)
	for i := range all {
		n, err := rand.Int(rand.Reader, big.NewInt(1e12))
		if err != nil {
			panic(err) // never fails since Go 1.24
		}
		text := fmt.Sprintf("%012d", n)
		all[i] = text[:4] + "-" + text[4:8] + "-" + text[8:]
	}
	return all
}

// made is what a made-up colleague has: the answer stands on the page.
type made struct{}

// Proves implements Factor.
func (made) Proves(e Enrolled, answer string, _ time.Time) (counter int64, ok bool) {
	return 0, hmac.Equal([]byte(e.Secret), []byte(answer))
}
