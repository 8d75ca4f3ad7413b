package sms

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"towncrier/alarm"
	"towncrier/phone"
)

const (
	// LongestSend is how long a text that is being sent belongs to one caller: longer than callFor and settleFor together.
	LongestSend = 2 * time.Minute
	// callFor bounds one call of the provider.
	callFor = 20 * time.Second
	// settleFor is what is left to write down what happened, even when the context is cancelled.
	settleFor = 5 * time.Second
	// staleAfter is when a code that is still Pending is of no use any more: twice its life.
	staleAfter = 10 * time.Minute
	// unknownAfter is when the provider itself calls a text without a receipt unknown.
	unknownAfter = 72 * time.Hour
)

// How long what came back is kept.
const (
	// KeepReceipts is as long as the provider answers questions about a text. A text forgets the hash of its number then
	// too: from that day on it is of the resident who has the number, or of nobody.
	KeepReceipts = 30 * 24 * time.Hour
	KeepReplies  = 90 * 24 * time.Hour // for officials to read
)

// Stops stops texts to a number for good, whether or not a resident is known by it. Stopping twice is harmless. via is the id of
// the callback key that the reply came under.
type Stops interface {
	StopSMS(ctx context.Context, number phone.Number, via string) error
}

// Replies takes replies that are no stop word, for a person to read. id names the reply: taken again, it changes nothing.
type Replies interface {
	TakeReply(ctx context.Context, id string, r Reply) error
}

// ReceiptSink takes receipts of texts that no Outbox sent.
type ReceiptSink interface {
	// Receipts takes receipts that no text of an Outbox's is known for. matched says, one by one, which belong to a text of
	// theirs; the others are offered again later. A receipt may be offered twice.
	Receipts(ctx context.Context, receipts []Receipt) (matched []bool, err error)
}

// Config is what an Outbox needs. Sender is nil while SMS is off: nothing is sent then, and what comes back is still taken.
type Config struct {
	Store         Store
	Sender        Sender
	Stops         Stops
	Replies       Replies       // nil: replies that do not stop are kept, and nobody reads them
	Alarms        *alarm.Alarms // hears that unusually many people stop texts; may be nil
	OtherReceipts ReceiptSink   // nil: every receipt is of the Outbox's own texts
	Now           func() time.Time
	Log           *slog.Logger
}

// Outbox sends texts, each at most once, and takes in what comes back about them. Safe for concurrent use; any number of
// processes may have one on the same store.
type Outbox struct {
	cfg    Config
	wakeUp chan struct{}
}

// New makes an Outbox.
func New(cfg Config) *Outbox {
	return &Outbox{cfg: cfg, wakeUp: make(chan struct{}, 1)}
}

// ErrOff says that no provider is configured.
var ErrOff = errors.New("SMS is off")

// Send gives t to the provider unless that was done before: a text is known by its OutID, and of several calls in any
// process one makes the attempt. It returns where t stands then; beside Failed, Doubtful and Pending there is an error,
// an *Error when it is the provider's. Only a Pending text may be sent again.
func (d *Outbox) Send(ctx context.Context, kind Kind, t Text) (State, error) {
	if d.cfg.Sender == nil {
		return "", ErrOff
	}
	now := d.cfg.Now()
	state, won, err := d.cfg.Store.Begin(ctx, kind, t, now, now.Add(LongestSend))
	if err != nil {
		return "", err
	}
	if !won {
		return state, nil
	}
	call, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	handle, fault := d.cfg.Sender.Send(call, t)
	o := outcome(handle, fault)
	return o.State, errors.Join(fault, d.end(ctx, t.OutID, o))
}

// Drop ends a text that was not given to the provider, as Failed with a code of ours. dropped is false when somebody else
// sends or sent it.
func (d *Outbox) Drop(ctx context.Context, kind Kind, t Text, code string) (dropped bool, err error) {
	now := d.cfg.Now()
	_, won, err := d.cfg.Store.Begin(ctx, kind, t, now, now.Add(LongestSend))
	if err != nil || !won {
		return false, err
	}
	return true, d.end(ctx, t.OutID, Outcome{State: Failed, Code: code})
}

func (d *Outbox) end(ctx context.Context, outID string, o Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	woken, err := d.cfg.Store.End(ctx, outID, o, d.cfg.Now())
	if err != nil {
		return err
	}
	if woken > 0 {
		d.wake()
	}
	return nil
}

// outcome reads what a Sender returned. What is no *Error is in doubt: the call may have reached the provider.
func outcome(handle string, fault error) Outcome {
	if fault == nil {
		return Outcome{State: Accepted, Handle: handle}
	}
	e, ok := errors.AsType[*Error](fault)
	switch {
	case !ok || e.Class == InDoubt:
		o := Outcome{State: Doubtful}
		if ok {
			o.Code = e.Code
		}
		return o
	case e.Class == Retry:
		return Outcome{State: Pending, Code: e.Code}
	}
	return Outcome{State: Failed, Code: e.Code}
}

// Sweep settles texts that nobody else will, deletes what came back too long ago, and has old texts forget their numbers. It
// works in slices, so that no writer waits long. A code in doubt is settled by its receipt alone: it is of no use to anybody
// any more when the provider could be asked.
func (d *Outbox) Sweep(ctx context.Context) error {
	now := d.cfg.Now()
	var swept Swept
	for {
		s, err := d.cfg.Store.Sweep(ctx, now, now.Add(-staleAfter), now.Add(-unknownAfter), sliceOf)
		if err != nil {
			return err
		}
		swept.Doubtful, swept.Unknown, swept.Failed = swept.Doubtful+s.Doubtful, swept.Unknown+s.Unknown, swept.Failed+s.Failed
		if max(s.Doubtful, s.Unknown, s.Failed) < sliceOf {
			break
		}
	}
	if swept != (Swept{}) {
		d.cfg.Log.Info("texts swept", "in_doubt", swept.Doubtful, "unknown", swept.Unknown, "failed", swept.Failed)
	}
	var pruned Pruned
	for {
		p, err := d.cfg.Store.Prune(ctx, now.Add(-KeepReceipts), now.Add(-KeepReplies), sliceOf)
		if err != nil {
			return err
		}
		pruned.Receipts, pruned.Unmatched, pruned.Replies = pruned.Receipts+p.Receipts, pruned.Unmatched+p.Unmatched, pruned.Replies+p.Replies
		pruned.Numbers += p.Numbers
		if max(p.Receipts, p.Replies, p.Numbers) < sliceOf {
			break
		}
	}
	if pruned != (Pruned{}) {
		d.cfg.Log.Info("receipts and replies pruned", "receipts", pruned.Receipts, "never_matched", pruned.Unmatched, "replies", pruned.Replies, "texts_without_number", pruned.Numbers)
	}
	return nil
}

func (d *Outbox) wake() {
	select {
	case d.wakeUp <- struct{}{}:
	default: // one is waiting already, and will see these too
	}
}
