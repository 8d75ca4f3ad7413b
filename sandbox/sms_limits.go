package sandbox

import (
	"fmt"
	"time"
)

// second counts the calls of one operation in one second.
type second struct {
	at    int64
	calls int
}

// throttled counts a call and says whether it is one too many for this second.
func (m *smsSide) throttled(operation string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rate[operation]
	if r.at != now.Unix() {
		r = second{at: now.Unix()}
	}
	r.calls++
	m.rate[operation] = r
	return r.calls > m.QPS
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
func (t *smsTemplate) frequencies(sign string, now time.Time) []frequency {
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

// limited refuses a text that would be one too many for its number. What was accepted counts, whatever its receipt says;
// also is how many more the same call has for the number. m.mu is held.
func (m *smsSide) limited(limits []frequency, number string, also int) *smsError {
	for _, f := range limits {
		n := also
		for _, x := range m.texts[number] {
			if f.alike(x) && !x.entry.At.Before(f.since) {
				n++
			}
		}
		if n >= f.most {
			e := refusal("isv.BUSINESS_LIMIT_CONTROL")
			e.Message = fmt.Sprintf("触发%s级流控Permits:%d", f.name, f.most)
			return e
		}
	}
	return nil
}
