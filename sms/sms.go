// Package sms sends text messages through a provider, each at most once, and takes in what comes back: receipts, replies,
// and the words that stop texts.
package sms

import (
	"context"
	"fmt"
	"time"

	"towncrier/phone"
)

// Text is one message to one number, as a template registered with the provider and its variables.
type Text struct {
	To       phone.Number
	Template string            // the provider's template code
	Params   map[string]string // by the template's variable names
	OutID    string            // ours; comes back in the receipt. At most 64 characters
}

// Class says what a failed call means for what comes next.
type Class string

const (
	Retry    Class = "retry"    // certainly not accepted, and a later try may be: throttled, connection refused
	Limited  Class = "limited"  // not accepted: this number had too many; not before hours
	Refused  Class = "refused"  // not accepted, and never will be for this number
	OptedOut Class = "optedout" // not accepted: the person told the provider to stop
	Invalid  Class = "invalid"  // not accepted: the text or its variables are at fault
	Operator Class = "operator" // not accepted: balance, sign, template, credentials; somebody must act, nothing else will go either
	InDoubt  Class = "in_doubt" // it may have been accepted: never send again blindly
)

// Classes are all of them.
var Classes = []Class{Retry, Limited, Refused, OptedOut, Invalid, Operator, InDoubt}

// Error is a send that did not succeed. It never holds a number, a variable or a credential.
type Error struct {
	Class  Class
	Code   string // the provider's, "" when there is none
	Advice string // what the operator should read, in Chinese
	Words  string // the provider's own, without what is secret or personal
	Err    error  // redacted; may be nil
}

func (e *Error) Error() string {
	text := "sms " + string(e.Class)
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Words != "" {
		text += fmt.Sprintf(": the provider says %q", e.Words)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Sender gives texts to the provider. A nil error means accepted, not delivered; handle names the call in receipts (with
// the number, since one call may carry many). Every failure is an *Error. Safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, t Text) (handle string, err error)
}

// Receipt is the provider's report on an accepted text. It may come twice, late, out of order, or before Send
// returned.
type Receipt struct {
	Handle     string // of the call
	OutID      string
	Phone      phone.Number
	Delivered  bool
	Code       string // the provider's: DELIVERED, MOBILE_NOT_ON_SERVICE
	SentAt     time.Time
	ReportedAt time.Time
	Parts      int // billed
	// Raw is the element as the provider pushed it: personal data. It may be all that is known, when it could not be read.
	Raw string
}

// Reply is what a person answered to a text. It names no text: match by number and time.
type Reply struct {
	ID       string // the provider's sequence id; may be ""
	Phone    phone.Number
	Content  string // personal data
	DestCode string // the extension that was answered
	At       time.Time
	Via      string // id of the callback key that it came under
	Raw      string // as Receipt's
}

// State of a text that was sent.
type State string

const (
	Pending     State = "pending"     // not yet given to the provider
	Sending     State = "sending"     // a call is under way, or its process died in it
	Accepted    State = "accepted"    // by the provider
	Delivered   State = "delivered"   // the receipt says so
	Undelivered State = "undelivered" // the receipt says so
	Failed      State = "failed"      // not accepted, or dropped
	Doubtful    State = "in_doubt"    // perhaps accepted
	Unknown     State = "unknown"     // no receipt came in time; one that still comes settles it
)

// Kind is what a text is for.
type Kind string

const (
	Code   Kind = "code"   // a verification code
	Access Kind = "access" // tells a member of staff that their access changed
	Urgent Kind = "urgent" // tells a member of staff of an emergency
)
