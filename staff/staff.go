// Package staff knows who works with towncrier, what each may do, and the bearer keys by which programs and browsers speak
// for them.
package staff

import (
	"errors"
	"time"
)

// Role is what somebody works as. A person has one.
type Role string

const (
	Author    Role = "author"    // drafts broadcasts, answers residents' tickets
	Approver  Role = "approver"  // approves what another drafted
	Committee Role = "committee" // a community committee (社区居委会): sees and targets its own residents only
	Auditor   Role = "auditor"   // reads everything that is recorded, changes nothing
	Admin     Role = "admin"     // staff, committees, residents; approves nothing
)

// What a caller can tell apart with errors.Is.
var (
	ErrNotFound = errors.New("no such member of staff, or no such key")
	ErrExists   = errors.New("the staff id is taken")
	// ErrNoCommittee says that the committee must be there before somebody can belong to it.
	ErrNoCommittee = errors.New("no such committee: add it first")
	// ErrDisabled says that no key can be made for somebody who may not act.
	ErrDisabled = errors.New("the member of staff is disabled: enable them first")
	// ErrLastAdmin keeps the API manageable.
	ErrLastAdmin = errors.New("the only admin cannot be disabled: add another admin first")
	// ErrKey is for every bearer key that does not open: unknown, revoked, of somebody disabled. Which of them is not said.
	ErrKey = errors.New("the key is not valid")
)

// Person is a member of staff.
type Person struct {
	ID         string // 2 to 32 of a-z, 0-9, - and _; never reused
	Name       string // as colleagues know them
	Role       Role
	Committee  string // the committee's code; for Role Committee only, and then required
	CreatedAt  time.Time
	DisabledAt time.Time // zero while they may act
}

// Key is a bearer key of a person, without its secret: that is shown once, and kept as a hash.
type Key struct {
	ID         string // public part; names the key in lists and in the audit log
	Person     string // staff id
	CreatedAt  time.Time
	RevokedAt  time.Time // zero while it opens
	LastUsedAt time.Time // to the hour; zero when never
}

// Right is one thing that a role may do. The API asks for a right, never for a role.
type Right string
