// Package signintest has colleagues who can sign in, for tests about other things.
package signintest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"

	"towncrier/signin"
	"towncrier/staff"
	"towncrier/staff/stafftest"
)

// Colleague is somebody with what they sign in with.
type Colleague struct {
	ID, Passphrase string
	Secret         string   // of their app
	Codes          []string // for recovery
}

// Passphrase is one that nobody refuses.
const Passphrase = "九十九只白鹅不吃芦苇的叶子"

// Enrolled lets a member of staff sign in, as two admins do where SMS is off.
func Enrolled(ctx context.Context, s *signin.Service, store staff.InvitationStore, now func() time.Time, person string) (Colleague, error) {
	activation, err := stafftest.InvitationOf(ctx, store, now, person)
	if err != nil {
		return Colleague{}, err
	}
	c := Colleague{ID: person, Passphrase: Passphrase, Secret: signin.NewSecret()}
	c.Codes, _, err = s.Enrol(ctx, signin.Enrolling{Activation: activation, Passphrase: c.Passphrase, Secret: c.Secret, Code: c.Code(now())})
	return c, err
}

// Code is what their app shows.
func (c Colleague) Code(at time.Time) string {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(c.Secret)
	if err != nil {
		panic(err)
	}
	step := make([]byte, 8)
	binary.BigEndian.PutUint64(step, uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, secret)
	mac.Write(step)
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:])&0x7fffffff%1_000_000)
}
