package sandbox

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
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

// States of what a resident sent, and of SMS. Other things that reached the resident have none.
const (
	Sending   = "sending"
	Delivered = "delivered" // the webhook took it
	Failed    = "failed"    // the webhook did not, after every retry
)

// Ways in which the account's words reach a resident.
const (
	ByReply  = "passive" // inside the webhook's answer
	ByCustom = "custom"  // customer-service message
	BySMS    = "sms"

	ByTemplate     = KindTemplate
	BySubscription = KindSubscription
)

// Entry is one line of the platform's record: what somebody did, or what reached them.
type Entry struct {
	ID       int64     `json:"id"` // grows with time
	Resident string    `json:"resident"`
	At       time.Time `json:"at"`
	From     string    `json:"from"`
	Kind     string    `json:"kind"` // an ActionKind; of the account: text, msgmenu, sms, template, subscription; of the platform: notice, transfer, sms-refused
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
	SMS      *SMS      `json:"sms,omitempty"`      // of the kinds that begin with sms; never changed, only replaced
	Notice   *Notice   `json:"notice,omitempty"`   // of the kinds template and subscription; never changed, only replaced

	Consents []ConsentTo `json:"consents,omitempty"` // of the kind consent
}

// Option is one line of a menu message that a resident may tap.
type Option struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// record keeps entries and tells open pages of them.
type record struct {
	log *slog.Logger

	mu        sync.Mutex
	entries   []*Entry // an entry never changes, but is replaced
	lastID    int64
	listeners map[chan update]bool
	file      *os.File // nil for none
}

// update is news for an open page: an entry that is new or changed, or, with a nil entry, that anything else changed.
type update struct{ entry *Entry }

// maxEntries keeps a rehearsal that runs for weeks small; the oldest go first.
const maxEntries = 10_000

// newRecord appends to a file, too, unless its path is "". Ids go on where the file's end.
func newRecord(path string, log *slog.Logger) (*record, error) {
	r := &record{log: log, listeners: map[chan update]bool{}}
	if path == "" {
		return r, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox: record file: %w", err)
	}
	if r.lastID, err = lastID(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("sandbox: record file %s: %w", path, err)
	}
	r.file = f
	return r, nil
}

// lastID is the highest id in a file of entries. A line that was cut off by a crash holds none.
func lastID(f io.Reader) (highest int64, err error) {
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		var e Entry
		if json.Unmarshal(line, &e) == nil {
			highest = max(highest, e.ID)
		}
		if err == io.EOF {
			return highest, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// write appends an entry as it stands to the file: the last line with an id holds. r.mu is held.
func (r *record) write(e *Entry) {
	if r.file == nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = r.file.Write(append(line, '\n'))
	}
	if err != nil {
		r.log.Error("sandbox record not written", "id", e.ID, "err", err)
	}
}

// close ends the file.
func (r *record) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return
	}
	if err := r.file.Close(); err != nil {
		r.log.Error("sandbox record not closed", "err", err)
	}
	r.file = nil
}

// add gives an entry its id. What it returns is the record's own: it may be kept, not changed.
func (r *record) add(e Entry) *Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	e.ID = r.lastID
	if len(r.entries) == maxEntries {
		r.entries = slices.Delete(r.entries, 0, maxEntries/10)
	}
	r.entries = append(r.entries, &e)
	r.write(&e)
	r.tell(update{&e})
	return &e
}

// settle records what became of a resident's action.
func (r *record) settle(id int64, state string, attempts int, reason string) (settled Entry) {
	r.mu.Lock()
	i, known := r.find(id)
	if known {
		settled = *r.entries[i]
	}
	r.mu.Unlock()
	if !known {
		return Entry{}
	}
	settled.State, settled.Attempts, settled.Reason = state, attempts, reason
	r.update(settled)
	return settled
}

// update replaces an entry, or only tells of it when it is too old to be kept. What it returns is the record's own.
func (r *record) update(e Entry) *Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, known := r.find(e.ID); known {
		r.entries[i] = &e
	}
	r.write(&e)
	r.tell(update{&e})
	return &e
}

// find is where an entry stands. r.mu is held.
func (r *record) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(r.entries, id, func(e *Entry, id int64) int { return cmp.Compare(e.ID, id) })
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
	return r.of(""), l, func() {
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
	return s.record.of(openid)
}

// of copies the entries of a resident, or of everybody when openid is "". r.mu is held.
func (r *record) of(openid string) []Entry {
	out := []Entry{}
	for _, e := range r.entries {
		if openid == "" || e.Resident == openid {
			out = append(out, *e)
		}
	}
	return out
}
