package sms

import (
	"sync"
	"sync/atomic"
	"time"

	"towncrier/sandbox/platform"
)

const (
	// timeForm is how the platform writes times.
	timeForm = "2006-01-02 15:04:05"
	// senderNumber is what texts come from; an extension code may follow.
	senderNumber = "1069000000"
)

// texts are all that were accepted.
type texts struct {
	record *platform.Record

	lastID atomic.Int64 // of a call: BizId; of a reply: sequence_id

	mu       sync.Mutex
	byNumber map[string][]*text // oldest first
}

// text is one message to one number. The lock of texts guards the entry, which is replaced.
type text struct {
	entry *platform.Entry // of the record
	kind  TemplateKind
	fault platform.Fault // of its receipt; the zero Fault for none
}

func newTexts(record *platform.Record, now time.Time) *texts {
	t := &texts{record: record, byNumber: map[string][]*text{}}
	t.lastID.Store(now.UnixNano()) // a restart must not repeat a BizId
	return t
}

// to lists what was sent to a number, oldest first.
func (t *texts) to(number string) []*platform.Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return entries(t.byNumber[number])
}

// entries are those of texts.
func (t *texts) entries(list []*text) []*platform.Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return entries(list)
}

func entries(list []*text) []*platform.Entry {
	all := make([]*platform.Entry, len(list))
	for i, x := range list {
		all[i] = x.entry
	}
	return all
}

// update changes what the record says of texts. change is given a copy to change, also of its SMS.
func (t *texts) update(list []*text, change func(*text, *platform.Entry)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, x := range list {
		e, sms := *x.entry, *x.entry.SMS
		e.SMS = &sms
		change(x, &e)
		x.entry = t.record.Update(e)
	}
}
