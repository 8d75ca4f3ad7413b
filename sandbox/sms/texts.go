package sms

import (
	"fmt"
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
	base *platform.Base

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

func newTexts(base *platform.Base) *texts {
	t := &texts{base: base, byNumber: map[string][]*text{}}
	t.lastID.Store(base.Now().UnixNano()) // a restart must not repeat a BizId
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
		x.entry = t.base.Record.Update(e)
	}
}

// limited holds a whole call against the limits. t.mu is held.
func (t *texts) limited(made []platform.Entry, template *template, now time.Time) *apiError {
	also := make(map[string]int, len(made))
	var limits []frequency
	for i, e := range made {
		if i == 0 || e.SMS.Sign != made[i-1].SMS.Sign {
			limits = template.frequencies(e.SMS.Sign, now)
		}
		if failed := t.over(limits, e.SMS.Phone, also[e.SMS.Phone]); failed != nil {
			return failed
		}
		also[e.SMS.Phone]++
	}
	return nil
}

// frequency is one limit of texts to a number: at most so many that are alike since a time.
type frequency struct {
	most  int
	since time.Time
	name  string // of the span, as the platform says it
	alike func(*text) bool
}

// frequencies are the limits for one sign and template (短信发送频率限制). Days are the last 24 hours; minutes and hours are
// the clock's, and UTC+8's begin when UTC's do.
func (t *template) frequencies(sign string, now time.Time) []frequency {
	lastDay := now.Add(-24 * time.Hour)
	sameSign := func(x *text) bool { return x.kind == t.Kind && x.entry.SMS.Sign == sign }
	switch t.Kind {
	case CodeTemplate:
		return []frequency{
			{1, now.Truncate(time.Minute), "分钟", sameSign},
			{5, now.Truncate(time.Hour), "小时", sameSign},
			{10, lastDay, "天", sameSign},
			{40, lastDay, "天", func(x *text) bool { return x.kind == CodeTemplate }},
		}
	case NoticeTemplate:
		return []frequency{{50, lastDay, "天", func(x *text) bool { return sameSign(x) && x.entry.SMS.Template == t.Code }}}
	}
	return []frequency{{50, lastDay, "天", sameSign}}
}

// over refuses a text that would be one too many for its number. What was accepted counts, whatever its receipt says;
// also is how many more the same call has for the number. t.mu is held.
func (t *texts) over(limits []frequency, number string, also int) *apiError {
	for _, f := range limits {
		n := also
		for _, x := range t.byNumber[number] {
			if f.alike(x) && !x.entry.At.Before(f.since) {
				n++
			}
		}
		if n >= f.most {
			e := fail("isv.BUSINESS_LIMIT_CONTROL")
			e.Message = fmt.Sprintf("触发%s级流控Permits:%d", f.name, f.most)
			return e
		}
	}
	return nil
}
