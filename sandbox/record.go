package sandbox

import (
	"slices"
	"sync"
	"time"
)

// Sides of a conversation.
const (
	FromResident = "resident"
	FromAccount  = "account"
	FromPlatform = "platform" // what WeChat itself tells the resident
)

// States of what a resident sent. What reached the resident has none.
const (
	Sending   = "sending"
	Delivered = "delivered" // the webhook took it
	Failed    = "failed"    // the webhook did not, after every retry
)

// Ways in which the account's words reach a resident.
const (
	ByReply  = "passive" // inside the webhook's answer
	ByCustom = "custom"  // customer-service message
)

// Entry is one line of the platform's record: what somebody did, or what reached them.
type Entry struct {
	ID       int64     `json:"id"` // grows with time
	Resident string    `json:"resident"`
	At       time.Time `json:"at"`
	From     string    `json:"from"`
	Kind     string    `json:"kind"` // an ActionKind; of the account: text, msgmenu; of the platform: notice, transfer
	Text     string    `json:"text"`
	Key      string    `json:"key,omitempty"`
	Tail     string    `json:"tail,omitempty"`     // below the options
	Options  []Option  `json:"options,omitempty"`  // of a menu message
	Via      string    `json:"via,omitempty"`      // of the account's words
	MsgID    string    `json:"msg_id,omitempty"`   // of a resident's message
	AnswerTo int64     `json:"answer,omitempty"`   // ID of what a passive reply answers
	State    string    `json:"state,omitempty"`    // of what a resident did
	Attempts int       `json:"attempts,omitempty"` // pushes of what a resident did
	Reason   string    `json:"reason,omitempty"`   // why the last push failed
}

// Option is one line of a menu message that a resident may tap.
type Option struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// record keeps entries and tells open pages of them.
type record struct {
	mu        sync.Mutex
	entries   []Entry
	listeners map[chan update]bool
}

// update is news for an open page: an entry that is new or changed, or, with a nil entry, that anything else changed.
type update struct{ entry *Entry }

// maxEntries keeps a rehearsal that runs for weeks small; the oldest go first.
const maxEntries = 10_000

func newRecord() *record { return &record{listeners: map[chan update]bool{}} }

func (r *record) add(e Entry) Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.ID = 1
	if n := len(r.entries); n > 0 {
		e.ID = r.entries[n-1].ID + 1
	}
	if len(r.entries) == maxEntries {
		r.entries = slices.Delete(r.entries, 0, maxEntries/10)
	}
	r.entries = append(r.entries, e)
	r.tell(update{&e})
	return e
}

// settle records what became of a resident's action.
func (r *record) settle(id int64, state string, attempts int, reason string) (settled Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.entries) - 1; i >= 0; i-- {
		if e := &r.entries[i]; e.ID == id {
			e.State, e.Attempts, e.Reason = state, attempts, reason
			settled = *e
			r.tell(update{&settled})
			break
		}
	}
	return settled
}

// change tells open pages to look again at everything but the entries.
func (r *record) change() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(update{})
}

// tell drops a listener that does not keep up: its page connects again and reads everything.
func (r *record) tell(u update) {
	for l := range r.listeners {
		select {
		case l <- u:
		default:
			delete(r.listeners, l)
			close(l)
		}
	}
}

// listen returns every entry so far and a channel with what follows; stop ends it.
func (r *record) listen() (past []Entry, news <-chan update, stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := make(chan update, 64)
	r.listeners[l] = true
	return append([]Entry{}, r.entries...), l, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.listeners[l] {
			delete(r.listeners, l)
			close(l)
		}
	}
}

// Record returns what a resident did and what reached them, oldest first; of everybody when openid is "".
func (s *Sandbox) Record(openid string) []Entry {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	out := []Entry{}
	for _, e := range s.record.entries {
		if openid == "" || e.Resident == openid {
			out = append(out, e)
		}
	}
	return out
}
