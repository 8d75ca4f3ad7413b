package aliyun

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/sms"
)

const (
	// defaultInFlight calls of 100 numbers at 50 ms each are 32,000 texts a second.
	defaultInFlight = 16
	// beginWithin, with slowestCall behind it, ends a Send well inside a lease of 2 minutes.
	beginWithin = time.Minute
	slowestCall = 30 * time.Second

	// againAfter is for what the provider throttles, which it counts by the second, and for a network that is down.
	againAfter = 10 * time.Second
	// limitedFor is for a number that got as many texts as the provider allows in 24 hours, which end one by one.
	limitedFor = 4 * time.Hour
	// suspicious is how many numbers are refused by themselves, for a reason that may lie in the words, and none accepted,
	// before the words are taken to be why: otherwise each number of an audience would cost two calls, and fail.
	suspicious = 3

	adviceRequest = "系统交给短信平台的请求有误。请联系系统维护人员。"
)

// Provider carries a broadcast's texts by the hundred (SendBatchSms). It is a broadcast.Provider.
//
// The API takes one OutId a call, so neighbours that have the same OutID go in one call, and it is the OutID by which receipts
// and Ask tell a message from others to the same number: no two messages to one number may have the same. Handles are BizIds,
// one a call.
type Provider struct {
	client *Client
	slots  chan struct{} // one token a call under way
	asks   chan struct{} // one token a question under way: one that hangs holds up no text
	now    func() time.Time
	last   atomic.Pointer[phone.Number] // of the last call that ended in doubt
}

var _ broadcast.Provider = (*Provider)(nil)

// NewProvider has at most inFlight calls under way at once; 0 means 16, or what the client has. At least one of the client's
// connections is left to others, so that no verification code waits for a broadcast. now tells which days the provider can be
// asked about; nil means time.Now.
func NewProvider(client *Client, inFlight int, now func() time.Time) (*Provider, error) {
	most := cap(client.sdkClients) - 1
	if inFlight == 0 {
		inFlight = min(defaultInFlight, most)
	}
	if inFlight < 1 || inFlight > most {
		return nil, fmt.Errorf("broadcasts' calls in flight are %d, want at least 1, and fewer than the client's concurrency of %d", inFlight, most+1)
	}
	if client.timeout > slowestCall {
		return nil, fmt.Errorf("the client's timeout is %v, want at most %v: a broadcast's call has to end within its lease", client.timeout, slowestCall)
	}
	if now == nil {
		now = time.Now
	}
	asks := max(1, min(defaultInFlight, most-inFlight)) // on connections that no call waits for
	return &Provider{client: client, slots: make(chan struct{}, inFlight), asks: make(chan struct{}, asks), now: now}, nil
}

// Batch is 100 messages.
func (c *Provider) Batch() int { return maxBatch }

// Send makes one call for messages that share an OutID. When one number is why the call was refused, which the provider does
// not name, it is looked for by halves: a refused call reached nobody, so each half is a call of its own, and a culprit
// costs 2 calls for each of the 7 times that 100 can be halved. After the first answer that is about more than a number
// nothing else is begun. It takes at most 90 seconds.
func (c *Provider) Send(ctx context.Context, m broadcast.Message, code string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	begin, cancel := context.WithTimeout(ctx, beginWithin)
	defer cancel()
	s := sending{Provider: c, ctx: ctx, begin: begin, places: broadcast.PlacesOf(ctx), template: code}
	if len(m.Data) > 0 {
		s.params = params(m.Data)
	}
	outcomes := make([]broadcast.Outcome, len(messages))
	for from := 0; from < len(messages); {
		to := from + 1
		for to < len(messages) && to-from < maxBatch && messages[to].OutID == messages[from].OutID {
			to++
		}
		s.give(messages[from:to], outcomes[from:to])
		from = to
	}
	return outcomes
}

// sending is one Send under way.
type sending struct {
	*Provider
	ctx, begin       context.Context
	places           *broadcast.Places
	template, params string
	accepted         bool              // some of it
	suspects         int               // numbers refused for a reason that may lie in the words
	rest             broadcast.Outcome // of what was not begun, once nothing more is
}

// give makes one call for messages, and more for its halves when it has to.
func (s *sending) give(messages []broadcast.OutboundMessage, outcomes []broadcast.Outcome) {
	numbers := make([]phone.Number, len(messages))
	for i, l := range messages {
		numbers[i] = l.Phone
	}
	var handle string
	var err error
	if s.rest.State == "" {
		handle, err = s.call(numbers, messages[0].OutID)
	}
	if s.rest.State != "" {
		fill(outcomes, s.rest)
		return
	}
	if err == nil {
		s.accepted = true
		fill(outcomes, broadcast.Outcome{State: broadcast.Accepted, Handle: handle})
		return
	}
	if errors.Is(err, errLate) {
		s.rest.State = broadcast.Pending
		fill(outcomes, s.rest)
		return
	}
	e := reason(err)
	switch e.Class {
	case sms.Refused, sms.OptedOut, sms.Limited:
		if half := len(messages) / 2; half > 0 {
			s.give(messages[:half], outcomes[:half])
			s.give(messages[half:], outcomes[half:])
			return
		}
		outcomes[0] = verdictOf(e)
		s.suspect(e)
	default:
		o := verdictOf(e)
		fill(outcomes, o)
		if s.rest = o; o.State == broadcast.InDoubt { // the others were not tried
			s.rest = broadcast.Outcome{State: broadcast.Pending, Wait: againAfter}
		}
	}
}

// call makes one call in its turn. When its turn does not come nothing more of this sending is begun.
func (s *sending) call(numbers []phone.Number, outID string) (handle string, err error) {
	if !take(s.begin, s.slots) {
		s.rest.State = broadcast.Pending
		return "", nil
	}
	defer func() { <-s.slots }()
	permit, ok := s.places.Begin()
	if !ok {
		s.rest.State = broadcast.Pending
		return "", nil
	}
	end := broadcast.Doubted // when it panics
	defer func() { s.places.End(permit, end) }()
	handle, err = s.client.sendBatch(s.ctx, batch{s.template, s.params, outID, numbers})
	if err == nil {
		end = broadcast.Answered
	} else if end = broadcast.EndOf(verdictOf(reason(err))); end == broadcast.Doubted {
		s.last.Store(&numbers[0])
	}
	return handle, err
}

// Answers asks about a number of the last call that ended in doubt: what the provider knows of it is not looked at.
func (c *Provider) Answers(ctx context.Context) bool {
	number := c.last.Load()
	if number == nil {
		return true
	}
	_, err := c.client.QueryDetails(ctx, *number, c.now(), "")
	e, failed := errors.AsType[*sms.Error](err)
	return !failed || e.Class != sms.Retry && e.Class != sms.InDoubt
}

// suspect counts a number that was refused by itself. A reason that comes with advice may lie in the words, which are the same
// for all.
func (s *sending) suspect(e *sms.Error) {
	if e.Advice == "" {
		return
	}
	if s.suspects++; s.suspects >= suspicious && !s.accepted {
		s.rest = verdictOf(&sms.Error{Class: sms.Invalid, Code: e.Code, Advice: e.Advice})
	}
}

// verdictOf is what a refused or broken call means for its messages, when it is not about one of several.
func verdictOf(e *sms.Error) broadcast.Outcome {
	o := broadcast.Outcome{State: broadcast.InDoubt, Class: string(e.Class), Code: e.Code}
	switch e.Class {
	case sms.Retry:
		o.State, o.Wait = broadcast.Pending, againAfter
	case sms.Limited:
		o.State, o.Wait = broadcast.Pending, limitedFor
	case sms.Refused, sms.OptedOut:
		o.State = broadcast.Failed
	case sms.Operator, sms.Invalid: // the words are the same for everybody
		o.State, o.Halt = broadcast.Pending, halt(e)
	}
	return o
}

// halt is what somebody must do before anything else can go.
func halt(e *sms.Error) string {
	advice := cmp.Or(e.Advice, adviceRequest)
	if e.Code != "" {
		advice += "（错误代码 " + e.Code + "）"
	}
	if e.Words != "" {
		advice += "短信平台的原话：“" + e.Words + "”"
	}
	return advice
}

// reason is the *sms.Error that every failed call of a Client is.
func reason(err error) *sms.Error {
	if e, ok := errors.AsType[*sms.Error](err); ok {
		return e
	}
	return &sms.Error{Class: sms.InDoubt, Err: err}
}

// take waits for a slot. It is false when ctx ended.
func take(ctx context.Context, slots chan struct{}) bool {
	if ctx.Err() != nil { // select picks at random when both are ready
		return false
	}
	select {
	case slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func fill(outcomes []broadcast.Outcome, o broadcast.Outcome) {
	for i := range outcomes {
		outcomes[i] = o
	}
}
