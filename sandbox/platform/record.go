package platform

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
)

// Record keeps entries and tells open pages of them. Safe for concurrent use.
type Record struct {
	log *slog.Logger

	mu        sync.Mutex
	entries   []*Entry // an entry never changes, but is replaced
	lastID    int64
	listeners map[chan *Entry]bool
	file      *os.File // nil for none
}

// maxEntries keeps a rehearsal that runs for weeks small; the oldest go first.
const maxEntries = 10_000

// newRecord appends to a file, too, unless its path is "". Ids go on where the file's end.
func newRecord(path string, log *slog.Logger) (*Record, error) {
	r := &Record{log: log, listeners: map[chan *Entry]bool{}}
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
func (r *Record) write(e *Entry) {
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
func (r *Record) close() {
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

// Add gives an entry its id. What it returns is the record's own: it may be kept, not changed.
func (r *Record) Add(e Entry) *Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastID++
	e.ID = r.lastID
	if len(r.entries) == maxEntries {
		r.entries = slices.Delete(r.entries, 0, maxEntries/10)
	}
	r.entries = append(r.entries, &e)
	r.write(&e)
	r.tell(&e)
	return &e
}

// Settle records the end of a resident's action.
func (r *Record) Settle(id int64, state string, attempts int, reason string) Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, known := r.find(id)
	if !known {
		return Entry{}
	}
	settled := *r.entries[i]
	settled.State, settled.Attempts, settled.Reason = state, attempts, reason
	return *r.update(settled)
}

// Update replaces an entry, or only tells of it when it is too old to be kept. What it returns is the record's own.
func (r *Record) Update(e Entry) *Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.update(e)
}

func (r *Record) update(e Entry) *Entry {
	if i, known := r.find(e.ID); known {
		r.entries[i] = &e
	}
	r.write(&e)
	r.tell(&e)
	return &e
}

// find is where an entry stands. r.mu is held.
func (r *Record) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(r.entries, id, func(e *Entry, id int64) int { return cmp.Compare(e.ID, id) })
}

// Changed tells open pages to look again at everything but the entries.
func (r *Record) Changed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(nil)
}

// tell drops a listener that does not keep up: its page connects again and reads everything. r.mu is held.
func (r *Record) tell(e *Entry) {
	for l := range r.listeners {
		select {
		case l <- e:
		default:
			delete(r.listeners, l)
			close(l)
		}
	}
}

// Listen returns every entry so far, and a channel with each that is new or changed, or nil when anything else changed; stop ends it.
func (r *Record) Listen() (past []Entry, news <-chan *Entry, stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := make(chan *Entry, 64)
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

// Of lists what a resident did and what reached them, oldest first; of everybody when openid is "".
func (r *Record) Of(openid string) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of(openid)
}

// of copies the entries of a resident, or of everybody when openid is "". r.mu is held.
func (r *Record) of(openid string) []Entry {
	out := []Entry{}
	for _, e := range r.entries {
		if openid == "" || e.Resident == openid {
			out = append(out, *e)
		}
	}
	return out
}

// Texts lists what tells of SMS to and from a number, oldest first; of every number when it is "".
func (r *Record) Texts(number string) []Entry {
	return slices.DeleteFunc(r.Of(""), func(e Entry) bool {
		return e.SMS == nil || number != "" && !slices.Contains(strings.Split(e.SMS.Phone, ","), number)
	})
}
