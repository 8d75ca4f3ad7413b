package broadcast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// Tester is the member of staff that a test send goes to, at an address that they proved to be theirs: a Phone for SMS, an
// OpenID for WeChat.
type Tester struct {
	Staff  string // id
	Phone  phone.Number
	OpenID string
	Number string // their registered number, masked, for colleagues; "" for none
}

func (t Tester) address() string {
	if t.Phone != "" {
		return string(t.Phone)
	}
	return t.OpenID
}

var (
	// ErrChannelOff says that a channel is not switched on, or carries nothing of the broadcast.
	ErrChannelOff = errors.New("这个渠道没有开通，或者群发里没有这个渠道的内容：请换一个渠道")
	// ErrTestOwn says that nobody but the author looks at a draft.
	ErrTestOwn = errors.New("送审之前，测试消息只能发给您自己：请不写接收人，或者先送审")
	// ErrTests says that somebody sent, or got, as many tests as a day allows.
	ErrTests = fmt.Errorf("每人每天最多发送或接收%d条测试消息：请明天再测，或者直接送审", MaxTests)
)

// MaxTests is how many test sends a person may make within a day, and get: enough to look at what is written, and too few
// to reach residents without an approval.
const MaxTests = 20

// testWithin bounds a test send.
const testWithin = 20 * time.Second

// TestSend gives one message to a member of staff, outside of the ledger, and returns what the provider said. Only by
// themselves gets a test of a draft. What is sent must be fit to be submitted. It is audited before it is tried, with the
// channel and a keyed hash of the address. ErrNoBroadcast, ErrState, ErrChannelOff, ErrTestOwn, ErrTests, FaultsError.
func (s *Service) TestSend(ctx context.Context, by Official, id string, channel Channel, to Tester) (Outcome, error) {
	if channel == SMS && (to.Phone == "" || to.OpenID != "") || channel != SMS && (to.OpenID == "" || to.Phone != "") {
		return Outcome{}, &problem.Invalid{Field: "to", Reason: "短信只能发到手机号，微信只能发给关注了公众号的人"}
	}
	b, err := s.Get(ctx, by, id)
	if err == nil {
		err = s.mayTest(ctx, by, b, channel, to)
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("test a broadcast: %w", err)
	}
	hash, err := s.Store.TakeTest(ctx, by.ID, to.Staff, to.address(), s.instant(), MaxTests)
	if err != nil {
		return Outcome{}, fmt.Errorf("test a broadcast: %w", err)
	}
	_, err = s.Store.Change(ctx, id, func(now *Broadcast) ([]audit.Act, error) {
		if now.Version != b.Version {
			return nil, ErrChanged
		}
		act := s.act(audit.Staff(by.ID), "test", *now)
		act.Detail += " channel=" + string(channel) + " to=" + to.Staff + " address=" + hash
		return []audit.Act{act}, nil
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("test a broadcast: %w", err)
	}
	m, _ := b.message(channel)
	template := s.Content().Templates[m.Template]
	if template == nil { // the folder was changed within this call
		return Outcome{}, fmt.Errorf("test a broadcast: %w", ErrChanged)
	}
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	test := Test{Broadcast: id, Asker: by.ID, Recipient: to.Staff, Channel: channel, SentTo: to.Number, Address: hash, OutID: newID("T"),
		State: InFlight, At: s.instant()}
	if err := s.Store.KeepTest(ctx, test); err != nil {
		return Outcome{}, fmt.Errorf("test a broadcast: %w", err)
	}
	message := OutboundMessage{OutID: test.OutID, Phone: to.Phone, OpenID: to.OpenID}
	o := s.Providers[channel].Send(ctx, m, template.Code, []OutboundMessage{message})[0]
	if o.State == Pending { // nobody tries a test again
		o.State = Failed
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	if err := s.Store.SettleTest(settle, test.OutID, o, s.instant()); err != nil {
		o.Halt = cmp.Or(o.Halt, "结果没有记下：以这里显示的为准")
	}
	return o, nil
}

// settleWithin bounds keeping what came of a test.
const settleWithin = 5 * time.Second

// Test is a test send, and what came of it so far.
type Test struct {
	Broadcast string
	Asker     string // staff ids
	Recipient string
	Channel   Channel
	SentTo    string // the registered number, masked
	Address   string // keyed hash of where it went
	OutID     string // ours: "T" and 10 letters and digits
	Handle    string // the provider's
	State     State
	Class     string
	Code      string
	At        time.Time
	UpdatedAt time.Time
}

// Tests are the latest test sends of a broadcast that is the official's to act on, newest first.
func (s *Service) Tests(ctx context.Context, by Official, id string) ([]Test, error) {
	if _, err := s.Get(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := s.Store.Tests(ctx, id, MaxList)
	if err != nil {
		return nil, fmt.Errorf("list test sends: %w", err)
	}
	for i := range all {
		all[i].age(s.instant())
	}
	return all, nil
}

// age says what time made of a test of which nothing was heard.
func (t *Test) age(now time.Time) {
	switch since := now.Sub(t.At); {
	case t.State == InFlight && since > testWithin+settleWithin: // the process died in the call
		t.State = InDoubt
	case (t.State == Accepted || t.State == InDoubt) && since > maxWait:
		t.State = Unknown
	}
}

// mayTest says what forbids to test b.
func (s *Service) mayTest(ctx context.Context, by Official, b Broadcast, channel Channel, to Tester) error {
	switch _, ok := b.message(channel); {
	case !by.sees(b):
		return ErrNoBroadcast
	case b.Status.Over():
		return &StateError{Status: b.Status, Step: Tests}
	case !ok || s.Providers[channel] == nil:
		return ErrChannelOff
	case b.Status == Draft && to.Staff != by.ID:
		return ErrTestOwn
	}
	if err := refused(s.Lint(b)); err != nil {
		return err
	}
	faults, err := s.nameFaults(ctx, by, b)
	if err != nil {
		return err
	}
	return refused(faults)
}

func (b Broadcast) message(channel Channel) (Message, bool) {
	for _, m := range b.Messages {
		if m.Channel == channel {
			return m, true
		}
	}
	return Message{}, false
}
