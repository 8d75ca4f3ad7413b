// Package broadcast is a message's way from an official to residents: draft, approval by another, schedule, the audience
// frozen into rows, each row's delivery over the channel that works, receipts, and what is done when one fails. It holds the
// rules and knows no platform and no SQL: those are behind Store and Provider.
//
// SQL is the truth and the queue is disposable: every step is a change of rows that one caller wins, so that a lost task
// is made up by a sweep and a doubled one finds nothing to do.
package broadcast

import (
	"errors"
	"fmt"
	"time"

	"towncrier/phone"
	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoBroadcast = problem.NotFound("没有这个群发或定期发送：请核对编号")
	// ErrState says that the broadcast is not where the act could be done. It is wrapped with where it stands.
	ErrState = errors.New("群发现在的状态不能这样做：请先查看它的状态")
	// ErrOwn says that an author of a broadcast may not approve it.
	ErrOwn = errors.New("您写过或改过它，不能自己审批：请另一位审批员审批")
	// ErrSigned says that the second of two approvals is not the first's to give.
	ErrSigned = errors.New("您已经复审过它，不能再终审：请另一位审批员终审")
	// ErrChanged says that the broadcast is not what was looked at: its hash differs.
	ErrChanged = errors.New("内容已经有人改过：请重新查看后再办")
	// ErrHash is an ErrChanged of somebody who names another hash than what was submitted has: mistyped, or of what it was before.
	ErrHash = fmt.Errorf("校验值与送审的不同，请核对有没有写错；没有写错的，%w", ErrChanged)
)

// Channel is a way by which a message reaches somebody.
type Channel string

const (
	Subscription Channel = "subscription" // WeChat subscription notification (订阅通知), long-term consent
	Template     Channel = "template"     // WeChat template message (模板消息), to subscribers of the topic
	SMS          Channel = "sms"
)

// Status is where a broadcast stands.
type Status string

const (
	Draft     Status = "draft"
	Submitted Status = "submitted" // waits for an approver
	Approved  Status = "approved"  // of exactly this hash; waits to be scheduled
	Scheduled Status = "scheduled" // waits for its time and window
	Held      Status = "held"      // waits for a confirmation: the audience grew beyond the share, it is overdue, or its notice went. Why says which
	Freezing  Status = "freezing"  // the audience is being written down, in slices
	Sending   Status = "sending"
	Paused    Status = "paused" // by somebody, or by an operator fault that Why names
	Done      Status = "done"   // every delivery is settled
	Cancelled Status = "cancelled"
	Expired   Status = "expired" // not begun, or not finished, in time
)

// Statuses are all of them, in the order of a broadcast's life.
var Statuses = []Status{Draft, Submitted, Approved, Scheduled, Held, Freezing, Sending, Paused, Done, Cancelled, Expired}

// Broadcast is one message to an audience.
type Broadcast struct {
	ID        string // "B" and 10 letters and digits; names it everywhere
	Version   int64  // grows with every change; a change that names an older one is ErrChanged
	Status    Status
	Why       string // of Held, Paused, Cancelled and Expired, and of a draft that was returned, for people, in Chinese
	Title     string // for colleagues; residents never see it
	Topic     string // a subject of the city's list; what residents subscribe to
	Cites     []Cite // what it rests on: at least one passage, none of a withdrawn notice
	Messages  []Message
	Audience  Rule
	Window    Window    // when it may be sent; the zero value is the default window
	SendAt    time.Time // not before; zero is at once when scheduled
	ExpireAt  time.Time // what has not been given to a provider by then expires; zero is a day after SendAt
	Fallback  Fallback
	Emergency bool   // passes windows and frequency caps; needs a right of its own
	Committee string // code, when a committee sends it: its audience is within that committee
	Series    string // of which it is an occurrence, "" for none
	DueAt     time.Time

	Author  string   // staff id
	Editors []string // staff ids of all who wrote in it, the author first: none of them may approve
	Hash    []byte   // of all that is approved; nil before submission
	// HashVersion is of the encoding that Hash is over: see hash.go.
	HashVersion int           `json:",omitzero"`
	Nonce       []byte        `json:",omitzero"` // random, part of Hash and never shown: nobody can find out a hidden count by trying hashes
	Lists       []ListContent `json:",omitzero"` // that Audience names, when it was submitted: part of what is approved
	Size        int           // recipients when it was submitted
	Expected    Bill          // when it was submitted: part of what is approved
	AnyFew      bool          `json:",omitzero"` // then a part of the audience was too small to be shown; the version before shows counts by it
	Accepted    []string      `json:",omitzero"` // names of the warnings that were accepted when it was submitted: part of what is approved
	Reviewer    string        `json:",omitzero"` // staff id of the first of two who approve; "" before, and where one is enough
	ReviewedAt  time.Time     `json:",omitzero"`
	Approver    string        // staff id
	ApprovedAt  time.Time
	Confirmer   string    // staff id of the person who confirmed it; "" when no confirmation was needed or given
	ReleasedAt  time.Time // of the last yes by a person to go: scheduling, confirmation, resend
	BegunAt     time.Time // zero until freezing began: from then on it cannot be edited
	Frozen      int       // recipients so far, those who get nothing included
	FrozenAt    time.Time // zero until the audience is whole
	Round       int       // of deliveries: 1, and one more for each explicit resend
	// ForgottenAt is when its deliveries came to lead to nobody any more: from then on only counts are left, and nothing can be resent.
	ForgottenAt time.Time
	// PutBackAt is set when the database was put back from a backup: it stands as it stood then, and may have gone on since. An edit clears it.
	PutBackAt time.Time
	// PutBackBefore says that an edit cleared PutBackAt: what it was before may have gone out, and its record stays.
	PutBackBefore bool `json:",omitzero"`
	// ReturnedAt is when it was returned to its authors; zero once it is submitted again.
	ReturnedAt time.Time `json:",omitzero"`
	// BasisGoneAt is when it was stopped because a notice that it rests on is not in force any more; zero while all are: see basis.go.
	BasisGoneAt time.Time `json:",omitzero"`
	CreatedAt   time.Time
	UpdatedAt   time.Time
	// Words is what it is found by: see WordsOf. It is set when it is written, and not read back.
	Words string `json:",omitzero"`
	// Revision is what is kept of this version. It is set when it is written, and not read back.
	Revision *Revision `json:"-"`
}

// Cite names a passage of a notice.
type Cite struct {
	Notice  string `json:"notice"`
	Passage int    `json:"passage"`
}

// Message is what one channel carries: a template of the city's list (content.Template), filled.
type Message struct {
	Channel  Channel           `json:"channel"`
	Template string            `json:"template"` // id in the city's list
	Data     map[string]string `json:"data"`     // by the template's variables
	URL      string            `json:"url,omitempty"`
}

// Fallback says what goes on to the next channel.
type Fallback struct {
	// Wait is how long an accepted message may be without a receipt before it counts as lost; 0 never.
	Wait time.Duration `json:"wait,omitempty"`
	// Doubtful goes on from unknown, and from accepted and in_doubt beyond Wait: some people may get it on two channels.
	Doubtful bool `json:"doubtful,omitempty"`
}

// State is where a delivery stands. states.md draws the machine, transitions in states.go holds it.
type State string

const (
	Planned     State = "planned"     // an alternative: becomes pending when the channel before it fails
	Pending     State = "pending"     // to be sent
	InFlight    State = "sending"     // claimed under a lease: a call is under way, or its process died in it
	Accepted    State = "accepted"    // by the provider
	Delivered   State = "delivered"   // the receipt says so
	Undelivered State = "undelivered" // the receipt says so
	Failed      State = "failed"      // not accepted, with class and code
	InDoubt     State = "in_doubt"    // perhaps accepted: never sent again blindly
	Unknown     State = "unknown"     // in doubt or without a receipt for 72 hours
	Suppressed  State = "suppressed"  // never to be sent: Reason
	Withdrawn   State = "cancelled"   // the broadcast was cancelled before it was sent
	Lapsed      State = "expired"     // its time was over before it was sent
)

// Reason is why a recipient gets nothing, or a channel was passed over.
type Reason string

const (
	OptedOut  Reason = "opted_out"  // of the topic, the channel or everything
	NoConsent Reason = "no_consent" // never agreed to notices, or not subscribed where the platform demands it
	NoChannel Reason = "no_channel" // neither number nor openid that the broadcast's channels could use
	Capped    Reason = "capped"     // got as many broadcasts lately as the city allows
	Gone      Reason = "gone"       // erased or moved away since the audience was frozen
	Invalid   Reason = "invalid"    // the number or openid cannot be read, or the provider says that it is none
)

// Delivery is one attempt to reach one recipient on one channel.
type Delivery struct {
	ID        int64
	Broadcast string
	Recipient int64  // within the broadcast, from 1
	Subject   string // the resident's random subject id
	Channel   Channel
	Round     int // 1, and more for explicit resends
	State     State
	Class     string // of a failure: an sms.Class or the like
	Code      string // the provider's
	Reason    Reason
	Handle    string // the provider's: BizId, msgid
	OutID     string // ours: OutId, client_msg_id
	Tries     int
	SentAt    time.Time // of the call that was accepted or in doubt
	UpdatedAt time.Time
}

// OutboundMessage is a delivery ready to be given to a Provider. It is personal data.
type OutboundMessage struct {
	Delivery int64
	OutID    string
	Phone    phone.Number // for SMS
	OpenID   string       // for WeChat
	SentAt   time.Time    // of the call that is in doubt; zero before any
	NamedAt  time.Time    // when OutID was used first: a template message keeps it over several tries, for RepeatWithin
	Since    CallsSince   // calls after SentAt, too, in one of which it may have gone out; as a rule there are none
}

// Outcome is how a provider answered for an OutboundMessage.
type Outcome struct {
	State  State // Accepted, Pending (certainly not sent, may be tried again), Failed, InDoubt, Delivered, Undelivered
	Handle string
	Class  string
	Code   string
	Wait   time.Duration // with Pending: not before
	Halt   string        // not "": nothing else will go either until somebody acts; what they should read, in Chinese
}
