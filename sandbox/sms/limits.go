package sms

import (
	"fmt"
	"time"

	"towncrier/sandbox/platform"
)

// composed is a text of a call, before it is accepted.
type composed struct {
	text string
	sms  *platform.SMS
}

// limited holds a whole call against the limits. t.mu is held.
func (t *texts) limited(made []composed, template *template, now time.Time) *apiError {
	also := make(map[string]int, len(made))
	var limits []frequency
	for i, c := range made {
		if i == 0 || c.sms.Sign != made[i-1].sms.Sign {
			limits = template.frequencies(c.sms.Sign, now)
		}
		if failed := t.over(limits, c.sms.Phone, also[c.sms.Phone]); failed != nil {
			return failed
		}
		also[c.sms.Phone]++
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
