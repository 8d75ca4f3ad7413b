// Package bot holds a conversation with one resident: a message in, a reply out, the dialogue's state kept between
// them. It knows no platform: WeChat, the terminal and the tests all speak to it through Message and Reply. Every
// sentence of a reply is curated; nothing that a resident wrote is ever repeated.
package bot

import (
	"context"
	"time"

	"towncrier/city"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/unanswered"
)

// Kind is what arrived.
type Kind string

const (
	Text        Kind = "text"
	Voice       Kind = "voice" // Text holds the platform's recognition, when it gave one
	Image       Kind = "image"
	Video       Kind = "video"
	Location    Kind = "location"
	Link        Kind = "link"
	Follow      Kind = "follow"   // Text holds the scene of the QR code that led here, or ""
	Unfollow    Kind = "unfollow" // everything about From is deleted
	Scan        Kind = "scan"     // Text holds the scene
	Tap         Kind = "tap"      // Text holds the key of the menu button
	Unsupported Kind = "unsupported"
)

// Message is one thing that a resident did.
type Message struct {
	From string // the platform's id of the resident: personal data, never logged
	Kind Kind
	Text string
	At   time.Time
	ID   string // of this message, the same when it comes again; "" when there is none
}

// ReplyKind says what a Reply is.
type ReplyKind string

const (
	Answered  ReplyKind = "answer"
	Clarified ReplyKind = "clarify"
	Declined  ReplyKind = "decline"
	Flowing   ReplyKind = "flow"
	Silence   ReplyKind = "none" // nothing is to be said (an unfollow, an event)
)

// Reply is what the resident is told.
type Reply struct {
	Kind       ReplyKind
	Topic      string   // intent ID; "" for clarify and decline
	Options    []string // intent IDs of the menu, in order
	Confidence float64
	Text       string // plain text, at most 2048 bytes of UTF-8
	Cites      []city.Cite
	Handoff    bool // the platform should hand the conversation to a person
}

// Sessions keeps the dialogue's state, with a time limit of its own. Load of an unknown or expired id is the zero
// State. Implementations are safe for concurrent use.
type Sessions interface {
	Load(ctx context.Context, from string) (State, error)
	Save(ctx context.Context, from string, s State) error
	Delete(ctx context.Context, from string) error
}

// Inbox takes what a person must answer, and gives back what was answered since the resident last wrote.
type Inbox interface {
	// File keeps a matter; *inbox.TooMany when the resident filed as much as they may for now.
	File(ctx context.Context, in inbox.Filing) (inbox.Ticket, error)
	// Append adds to a ticket what its asker writes; inbox.ErrNoTicket when the ticket takes nothing more.
	Append(ctx context.Context, a inbox.Addition) (inbox.Ticket, error)
	// Collect returns answers that the asker has not been told, and marks them told in reply to a message. When that comes again,
	// because it was not answered, it returns them again.
	Collect(ctx context.Context, from, message string) ([]inbox.Ticket, error)
	// Forget removes the asker from every ticket; the tickets stay, without their author.
	Forget(ctx context.Context, from string) error
	// CountOf is how many tickets of the resident are kept, and Empty takes out of them all that they wrote.
	CountOf(ctx context.Context, from string) (int, error)
	Empty(ctx context.Context, from string) error
}

// Unanswered keeps declined questions that are not filed, without who asked.
type Unanswered interface {
	// Keep returns what Forget takes, 0 when nothing is kept.
	Keep(ctx context.Context, a unanswered.Asked) (int64, error)
	// Forget takes back what was kept: its asker had it filed after all.
	Forget(ctx context.Context, id int64) error
}

// Roster is what the city keeps of its residents, as a resident may see, change and delete it by themselves.
// Implementations are safe for concurrent use; each change is audited as the resident's own act.
type Roster interface {
	// Me is the resident who writes; roster.ErrNoResident when nothing is kept of them.
	Me(ctx context.Context, openid string) (roster.Resident, error)
	// Bind gives the resident a number that they have proved to be theirs.
	Bind(ctx context.Context, openid string, number phone.Number) (roster.Resident, error)
	// SetPlace notes where the resident lives; community may be "".
	SetPlace(ctx context.Context, openid, committee, community string) error
	// Prefer notes a choice; an empty topic or channel means every one.
	Prefer(ctx context.Context, openid, topic string, channel roster.Channel, wants bool) error
	// Unfollow deletes what came from the platform.
	Unfollow(ctx context.Context, openid string) error
	// EraseSelf deletes the resident.
	EraseSelf(ctx context.Context, openid string) error
	// Places are the committees with their communities.
	Places(ctx context.Context) ([]roster.Committee, error)
}

// Colleagues are members of staff who bind this account to theirs, and sign in by it. What they say to do so is no part of a conversation, and is not kept.
type Colleagues interface {
	// Scanned takes a scene, and returns what is asked; with an error there is something to say, too. ok is false for a scene of another kind.
	Scanned(ctx context.Context, openid, scene string) (text string, ok bool, err error)
	// Said takes an answer. ok is false when nothing was asked.
	Said(ctx context.Context, openid, text string) (reply string, ok bool, err error)
	// Left forgets who unfollows.
	Left(ctx context.Context, openid string) error
}

// Codes sends verification codes and checks them; it keeps the number while a code is under way, so that a conversation
// need not. Errors that a caller tells apart: roster.ErrCodeOff, *roster.TooSoon, *roster.WrongCode, roster.ErrCodeGone.
type Codes interface {
	// Request has a code sent to number. It returns before the text is sent.
	Request(ctx context.Context, openid string, number phone.Number) error
	// Confirm returns the number that the code proves.
	Confirm(ctx context.Context, openid, code string) (phone.Number, error)
}
