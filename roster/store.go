package roster

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// Key leads to a resident: by exactly one of its fields.
type Key struct {
	ID     string
	Phone  phone.Number
	OpenID string
}

// Found is what a store has under a Key.
type Found struct {
	Resident   Resident    // ID is "" when there is none
	Suppressed Suppression // of the key's Phone, else of the resident's; "" when it may be texted
}

// Edit is what becomes of residents.
type Edit struct {
	Remove   []string                     // ids, removed before others are saved, so that what they held can move
	Into     string                       // id of the resident who is one with the removed from now on, "" for nobody: gets their texts
	Save     []Resident                   // whole and in this order; one whose ID is not there is added
	Suppress map[phone.Number]Suppression // "" lifts
	Vacate   []phone.Number               // what was sent to them and came from them is not their new owner's
	Acts     []audit.Act                  // audited with the change
	Stop     *Stop                        // written down with it, so that it can be undone; may be nil
	Undone   *Undone                      // the stop that is taken back with it, or left as it is; may be nil
}

// Undone is what becomes of a stop that somebody asked to undo.
type Undone struct {
	Stop    int64  // row
	Request string // its id
	Lifted  bool   // false: the number stays stopped
	At      time.Time
}

// Filter narrows List. Its zero value is everybody.
type Filter struct {
	Committee    string // code
	Community    string
	Tag          string
	Consent      string // has a Consent of this What
	HasPhone     *bool
	HasWeChat    *bool
	UpdatedSince time.Time // changed then or later
}

// Stats counts residents.
type Stats struct {
	Residents  int
	Phone      int // with a number
	WeChat     int // who follow
	Both       int
	Consented  int // with a consent "notices"
	Stopped    int // who want nothing, or nothing by SMS
	Committees int // all of them, or 1
	Suppressed int // numbers not to be texted, residents' or not; 0 when one committee is counted
}

// Store keeps residents, committees and suppressions. Implementations seal numbers and openids, are safe for concurrent use
// by several processes, and do each method whole or not at all. They keep Consents sorted by What, Preferences by Topic
// and Channel, and times to the millisecond.
type Store interface {
	Find(ctx context.Context, key Key) (Resident, error) // ErrNoResident
	// Edit lets decide change what keys lead to: nobody else changes it in between. decide gets one Found a key, must not
	// block or use the store, and may run again when the transaction has to. An error of decide is returned and nothing
	// is changed. Whatever of a number or an openid leaves a resident, no byte of it stays in the database, but for a
	// suppression's hash. ErrPhoneTaken and ErrNoCommittee are the store's.
	Edit(ctx context.Context, keys []Key, decide func([]Found) (Edit, error)) error
	// List is in the order of registration. next is "" at the end; it stays good when residents come and go.
	List(ctx context.Context, f Filter, after string, limit int) (residents []Resident, next string, err error)
	// Stats counts the residents of a committee, or all for "".
	Stats(ctx context.Context, committee string) (Stats, error)
	// StatsByCommittee counts the residents of each committee, or of one; Committees and Suppressed are 0.
	StatsByCommittee(ctx context.Context, committee string) (map[string]Stats, error)
	// Stale lists the ids of residents without WeChat whose update and newest consent are older than before, at most limit.
	Stale(ctx context.Context, before time.Time, limit int) ([]string, error)
	Suppressed(ctx context.Context, number phone.Number) (Suppression, error) // "" when it may be texted

	StopStore
	NumbersExportStore

	Committees(ctx context.Context) ([]Committee, error)           // by code
	Committee(ctx context.Context, code string) (Committee, error) // ErrNoCommittee
	// PutCommittee audits the act when something changed.
	PutCommittee(ctx context.Context, c Committee, act audit.Act) (created bool, err error)
	DeleteCommittee(ctx context.Context, code string, act audit.Act) error // ErrNoCommittee, ErrInUse
}
