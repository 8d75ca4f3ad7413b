package sandbox

import (
	"regexp"
	"strconv"
	"sync"
	"time"
)

// What faults of the events name.
const (
	templateResult  = "message/template/result"
	subscribeResult = "message/subscribe/result"
)

// Statuses of TEMPLATESENDJOBFINISH; the space is the platform's.
const (
	resultSuccess = "success"
	resultBlocked = "failed:user block"
	resultFailed  = "failed: system failed"
)

// resultForm is a fault's kind that is an outcome.
var resultForm = regexp.MustCompile(`^failed: ?[a-z ]+$`)

const (
	// defaultResultDelay is from acceptance to the event.
	defaultResultDelay = 500 * time.Millisecond
	// maxTelling bounds the events that are pushed at once.
	maxTelling = 32
)

// results are the events that wait for their time, in its order.
type results struct {
	mu      sync.Mutex
	queue   []dueResult
	tellers int // goroutines that empty the queue
}

type dueResult struct {
	at time.Time // by the machine's clock
	l  *letter
}

// tell sets the event of an accepted letter going, as its fate has it. It returns once an early one was pushed.
func (s *Sandbox) tell(l *letter) {
	switch l.fate.Kind {
	case FaultLost:
	case FaultEarly:
		pushed := make(chan struct{})
		s.tasks.Go(func() {
			defer close(pushed)
			s.pushResult(l)
		})
		<-pushed
	case FaultLatency, FaultReordered:
		late := s.faults.lateness(l.fate)
		s.tasks.Go(func() {
			if s.wait(s.ctx, s.notices.delay+late) {
				s.pushResult(l)
			}
		})
	default:
		s.queueResult(l, s.notices.delay)
	}
}

// queueResult lets a few goroutines push all events: a broadcast has many thousands at once. The delay is always the same.
func (s *Sandbox) queueResult(l *letter, delay time.Duration) {
	q := &s.notices.due
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, dueResult{time.Now().Add(delay), l})
	if q.tellers == maxTelling {
		return
	}
	q.tellers++
	s.tasks.Go(func() {
		for {
			q.mu.Lock()
			if len(q.queue) == 0 {
				q.tellers--
				q.mu.Unlock()
				return
			}
			next := q.queue[0]
			q.queue[0] = dueResult{}
			q.queue = q.queue[1:]
			q.mu.Unlock()
			if s.wait(s.ctx, time.Until(next.at)) {
				s.pushResult(next.l)
			}
			if next.l.fate.Kind == FaultTwice && s.wait(s.ctx, again) {
				s.pushResult(next.l)
			}
		}
	})
}

// pushResult pushes the event until it is taken, or given up.
func (s *Sandbox) pushResult(l *letter) {
	s.notices.mu.Lock()
	e := l.entry
	s.notices.mu.Unlock()
	m := message{ToUserName: cdata{accountID}, FromUserName: cdata{e.Resident}, CreateTime: s.cfg.Now().Unix(), MsgType: cdata{"event"}}
	if e.Kind == KindTemplate {
		m.Event, m.JobID, m.Status = &cdata{"TEMPLATESENDJOBFINISH"}, l.msgID, &cdata{e.Notice.Status}
	} else {
		// Which ErrorCode a failure has is not documented, but that 0 is success.
		code := "0"
		if e.Notice.Status != resultSuccess {
			code = "1"
		}
		m.Event = &cdata{"subscribe_msg_sent_event"}
		m.Sent = &subscriptions{[]subscription{{
			Template: cdata{e.Notice.Template}, MsgID: &cdata{strconv.FormatInt(l.msgID, 10)}, Code: &cdata{code}, Text: &cdata{e.Notice.Status},
		}}}
	}
	if _, _, err := s.pushAll(m); err != nil {
		if s.ctx.Err() == nil {
			s.cfg.Log.Warn("sandbox push failed", "type", m.Event.Text, "err", err)
		}
		return
	}
	s.notices.mu.Lock()
	defer s.notices.mu.Unlock()
	s.amend(l, func(n *Notice) { n.Told++ })
}

// amend changes what the record says of a letter. The lock of noticeSide is held.
func (s *Sandbox) amend(l *letter, change func(*Notice)) {
	e, told := *l.entry, *l.entry.Notice
	change(&told)
	e.Notice = &told
	l.entry = s.record.update(e)
}

// subscriptions is what the three subscribe_msg events list.
type subscriptions struct{ List []subscription }

type subscription struct {
	Template cdata  `xml:"TemplateId"`
	Status   *cdata `xml:"SubscribeStatusString"`
	Scene    *cdata `xml:"PopupScene"`
	MsgID    *cdata `xml:"MsgID"`
	Code     *cdata `xml:"ErrorCode"`
	Text     *cdata `xml:"ErrorStatus"`
}

// subscriptionsOf are a resident's answers. 1 is a web page: where wx-open-subscribe asks.
func subscriptionsOf(a Action) *subscriptions {
	word := func(accept bool) *cdata {
		if accept {
			return &cdata{"accept"}
		}
		return &cdata{"reject"}
	}
	if a.Kind == Refuse {
		return &subscriptions{[]subscription{{Template: cdata{a.Key}, Status: word(false)}}}
	}
	list := &subscriptions{}
	for _, c := range a.Consents {
		list.List = append(list.List, subscription{Template: cdata{c.Template}, Status: word(c.Accept), Scene: &cdata{"1"}})
	}
	return list
}
