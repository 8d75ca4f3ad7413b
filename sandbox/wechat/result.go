package wechat

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"towncrier/sandbox/platform"
)

// What faults of the events name. Their codes are statuses.
var (
	templateResultAPI  = resultAPI("message/template/result")
	subscribeResultAPI = resultAPI("message/subscribe/result")
)

// Statuses of TEMPLATESENDJOBFINISH; the space is the platform's.
const (
	resultSuccess = "success"
	resultBlocked = "failed:user block"
	resultFailed  = "failed: system failed"
)

var resultForm = regexp.MustCompile(`^failed: ?[a-z ]+$`)

func resultAPI(name string) platform.API {
	return platform.API{
		Name:   name,
		Kinds:  []string{platform.FaultLatency, platform.FaultLost, platform.FaultTwice, platform.FaultEarly, platform.FaultReordered},
		IsCode: resultForm.MatchString, Codes: fmt.Sprintf(", nor a status like %q", resultFailed),
	}
}

// again is when an event that comes twice comes the second time.
const again = 200 * time.Millisecond

// results pushes the events that tell of notices.
type results struct {
	base    *platform.Base
	webhook *webhook
	delay   time.Duration // from acceptance to the event

	mu      sync.Mutex
	queue   []*notice // in the order of their times
	workers int       // goroutines that empty the queue
}

// notice is one that was accepted.
type notice struct {
	at    time.Time
	due   time.Time // by the machine's clock: when its event is pushed
	msgID int64
	fault platform.Fault // of its event; the zero Fault for none

	mu    sync.Mutex
	entry *platform.Entry // of the record; replaced
}

// update changes what the record says of a notice.
func (n *notice) update(record *platform.Record, change func(*platform.Notice)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, changed := *n.entry, *n.entry.Notice
	change(&changed)
	e.Notice = &changed
	n.entry = record.Update(e)
}

// schedule has the event of a notice pushed, as its fault has it. It returns once an early one was pushed.
func (r *results) schedule(n *notice) {
	switch n.fault.Kind {
	case platform.FaultLost:
	case platform.FaultEarly:
		pushed := make(chan struct{})
		r.base.Go(func() {
			defer close(pushed)
			r.push(n)
		})
		<-pushed
	case platform.FaultLatency, platform.FaultReordered:
		late := r.base.Faults.Delay(n.fault)
		r.base.Go(func() {
			if r.base.Wait(r.delay + late) {
				r.push(n)
			}
		})
	default:
		r.enqueue(n)
	}
}

// enqueue lets a few goroutines push all events: a broadcast has many thousands at once. The delay is always the same.
func (r *results) enqueue(n *notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n.due = time.Now().Add(r.delay)
	r.queue = append(r.queue, n)
	if r.workers == platform.MaxPushes {
		return
	}
	r.workers++
	r.base.Go(func() {
		for next := r.next(); next != nil; next = r.next() {
			if r.base.Wait(time.Until(next.due)) {
				r.push(next)
			}
			if next.fault.Kind == platform.FaultTwice && r.base.Wait(again) {
				r.push(next)
			}
		}
	})
}

// next takes a notice from the queue. A worker that gets nil ends.
func (r *results) next() *notice {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		r.workers--
		return nil
	}
	next := r.queue[0]
	r.queue[0] = nil
	r.queue = r.queue[1:]
	return next
}

// push pushes the event until it is taken, or given up.
func (r *results) push(n *notice) {
	n.mu.Lock()
	e := n.entry
	n.mu.Unlock()
	m := message{ToUserName: cdata{accountID}, FromUserName: cdata{e.Resident}, CreateTime: r.base.Now().Unix(), MsgType: cdata{"event"}}
	if e.Kind == platform.KindTemplate {
		m.Event, m.JobID, m.Status = &cdata{"TEMPLATESENDJOBFINISH"}, n.msgID, &cdata{e.Notice.Status}
	} else {
		// Which ErrorCode a failure has is not documented, but that 0 is success.
		code := "0"
		if e.Notice.Status != resultSuccess {
			code = "1"
		}
		m.Event = &cdata{"subscribe_msg_sent_event"}
		m.Sent = &subscriptions{[]subscription{{
			Template: cdata{e.Notice.Template}, MsgID: &cdata{strconv.FormatInt(n.msgID, 10)}, Code: &cdata{code}, Text: &cdata{e.Notice.Status},
		}}}
	}
	if _, _, err := r.webhook.pushAll(m); err != nil {
		if r.base.Err() == nil {
			r.base.Log.Warn("sandbox push failed", "type", m.Event.Text, "err", err)
		}
		return
	}
	n.update(r.base.Record, func(n *platform.Notice) { n.Told++ })
}
