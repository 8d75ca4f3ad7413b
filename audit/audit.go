// Package audit records every act on residents, staff and settings: who, what, when, about which subject id. Entries form a
// chain, each sealed with a keyed hash over itself and the one before, so that an entry changed, taken out or put in by
// hand is found, with its place.
//
// Network rules for government bodies' public accounts ask for application and database operation logs to be kept, whole
// and available, for at least a year (互联网政务应用安全管理规定, article 20).
package audit

import (
	"strings"
	"time"
)

// Act is one thing that somebody did. None of its fields may hold a phone number, an openid, or what a person wrote.
type Act struct {
	Actor   Actor
	Action  string // noun.verb: "resident.erase", "staff.add"
	Subject string // about what: a resident's subject id, a staff id, a committee's code, a ticket's number; "" when about many
	Detail  string // short, for people: "rows=120 skipped=3"
	At      time.Time
	// Origin is whence it was done, as Origin prints it; "" for what came by no request. A store takes it from the context
	// when it is "".
	Origin string
}

// Actor names the person or part that acted, as kind:name.
type Actor string

// Self is a resident who acts about themselves, in chat or by an SMS reply; Subject is their id.
const Self Actor = "resident"

// Staff is an official or a committee member, by their staff id.
func Staff(id string) Actor { return Actor("staff:" + id) }

// Named is an actor as a person writes them: with its kind, or as a staff id alone. "resident" is Self.
func Named(text string) Actor {
	if text == "" || strings.Contains(text, ":") || Actor(text) == Self {
		return Actor(text)
	}
	return Staff(text)
}

// StaffID is the staff id of an actor who is staff, "" of every other.
func (a Actor) StaffID() string {
	id, ok := strings.CutPrefix(string(a), string(Staff("")))
	if !ok {
		return ""
	}
	return id
}

// Local is a person who runs a command on the server, by login name.
func Local(login string) Actor { return Actor("local:" + login) }

// System is a part of towncrier that acts by rule, such as "retention".
func System(part string) Actor { return Actor("system:" + part) }

// Entry is an Act in its place in the chain.
type Entry struct {
	Act
	Seq  int64 // from 1, without gaps
	Hash []byte
}
