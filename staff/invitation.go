package staff

import (
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// InvitationState is where an Invitation stands.
type InvitationState string

// An invitation moves through these states. The admin who issues it holds the activation code; the admin who confirms it decides which
// number proves the person; neither can open it alone.
//
//	state      how it is reached                                            what may follow
//	issued     an admin invites the person and gets the activation code     confirmed, expired, revoked
//	confirmed  another admin, not the person, confirms: the code that       opened, expired, revoked
//	           opens it goes to the person's own registered number, or to
//	           one that this admin enters; where SMS is off the admin
//	           confirms that the person stands before them
//	opened     the person enters the activation code, and the code sent to  none
//	           their number: they get a key, and their older keys end
//	expired    InvitationLife has passed since it was issued                none
//	revoked    an admin takes it back; the person, or an admin who issued   none
//	           or confirmed it, is disabled or gets another role; or a
//	           newer invitation of the person takes its place
//
// On the machine one step does both, issued and confirmed, for the first SetupNeeds admins, and for an admin when fewer
// than two other admins have a key: nobody else could help them.
const (
	Issued    InvitationState = "issued"
	Confirmed InvitationState = "confirmed"
	Opened    InvitationState = "opened"
	Expired   InvitationState = "expired"
	Revoked   InvitationState = "revoked"
)

// InvitationLife is how long after it was issued an invitation can be opened.
const InvitationLife = 24 * time.Hour

// Invitation is how a person gets a key, first or renewed.
type Invitation struct {
	ID          string // public part of the activation code
	Person      string // staff id
	IssuedBy    audit.Actor
	ConfirmedBy audit.Actor // "" before
	// Phone is where the code goes that opens it, PhoneBy the person who entered that number. Both are "" before it is confirmed, and
	// when InPerson.
	Phone       phone.Number
	PhoneBy     audit.Actor
	InPerson    bool // SMS was off: the admin who confirmed it saw the person
	IssuedAt    time.Time
	ConfirmedAt time.Time // zero before, as the others
	OpenedAt    time.Time
	RevokedAt   time.Time
	ExpiresAt   time.Time
}

// State is where i stands at now.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.OpenedAt.IsZero():
		return Opened
	case !i.RevokedAt.IsZero():
		return Revoked
	case !now.Before(i.ExpiresAt):
		return Expired
	case !i.ConfirmedAt.IsZero():
		return Confirmed
	}
	return Issued
}

// What a caller can tell apart with errors.Is.
var (
	// ErrNoInvitation is for an activation code that opens nothing: unknown, used, expired, or taken back.
	ErrNoInvitation = errors.New("the activation code is not valid: it is unknown, used, older than 24 hours, or taken back. Ask for a new invitation")
	ErrUnconfirmed  = errors.New("the invitation still has to be confirmed by an admin other than the one who issued it")
	ErrSecondAdmin  = errors.New("another admin must confirm the invitation: not the one who issued it, and not the person invited")
	ErrSettled      = errors.New("the invitation was confirmed, opened, taken back, or is older than 24 hours")
	ErrPhoneTaken   = errors.New("the number is another staff member's: everybody has one of their own")
	ErrNoPhone      = errors.New("no number is known that proves the person: enter their own mobile number")
	ErrSMSOff       = errors.New("SMS is off: no code can be sent; confirm in person instead")
	ErrSMSOn        = errors.New("SMS is on: the person is proved by a code to their number, not in person")
	// ErrOthersCan refuses a renewal on the machine.
	ErrOthersCan = errors.New("two other admins have keys: one invites, the other confirms")
	ErrNotAdmin  = errors.New("on the machine only admins are invited or renewed: admins invite everybody else")
)
