package sms

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/alarm"
)

const (
	// sliceOf is how many rows one transaction touches: a few milliseconds of SQLite's only writer.
	sliceOf = 100
	// keepAtOnce is how many elements of a push are stored in one transaction: about 25 ms of the writer, which the largest
	// push, of 4,000, would hold for 120.
	keepAtOnce = 500
	// keepFor bounds how long the rest of a push is kept after its caller gave up: the largest takes a fraction of a second.
	keepFor = 30 * time.Second
	// inboundLease is how long claimed elements belong to one Process, which ends within processFor.
	inboundLease = time.Minute
	processFor   = 30 * time.Second
	// An element that could not be handled is looked at again after firstAgain, then twice as long each time, up to LongestWait. A
	// receipt that comes before its call has returned is matched by that call's End, not by this.
	firstAgain = 15 * time.Second
	// LongestWait is how long an element is leased or put off at most.
	LongestWait = 6 * time.Hour
)

// Done counts what a Process did.
type Done struct {
	Receipts int // matched with their texts
	Early    int // receipts that no text is known for yet
	Replies  int
	Stops    int // of the replies
	Failed   int // will be tried again
}

// TakeReceipts keeps what was pushed, sealed, before it returns, and has it processed soon after. After an error a part of it
// may be kept: push all of it again, repeats are harmless.
func (d *Outbox) TakeReceipts(ctx context.Context, receipts []Receipt) error {
	elements := make([]Element, len(receipts))
	for i := range receipts {
		elements[i].Receipt = &receipts[i]
	}
	return d.take(ctx, elements)
}

// TakeReplies is TakeReceipts for replies. Once a part of a push is kept, all of it is, even when ctx ends: of many stops none
// is left waiting for the push to come again.
func (d *Outbox) TakeReplies(ctx context.Context, replies []Reply) error {
	elements := make([]Element, len(replies))
	for i := range replies {
		elements[i].Reply = &replies[i]
	}
	first := min(len(elements), keepAtOnce)
	if err := d.take(ctx, elements[:first]); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepFor)
	defer cancel()
	return d.take(ctx, elements[first:])
}

func (d *Outbox) take(ctx context.Context, elements []Element) error {
	for some := range slices.Chunk(elements, keepAtOnce) {
		n, err := d.cfg.Store.Keep(ctx, some, d.cfg.Now())
		if err != nil {
			return err
		}
		if n > 0 {
			d.wake()
		}
	}
	return nil
}

// Run processes whatever this process takes in, at once, until ctx ends. What it leaves (it was killed, the database was
// away) any process's next Process does.
func (d *Outbox) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wakeUp:
		}
		done, err := d.Process(ctx)
		if err != nil && ctx.Err() == nil {
			d.cfg.Log.Warn("inbound SMS processed, with trouble", "receipts", done.Receipts, "replies", done.Replies, "failed", done.Failed, "err", err)
		}
	}
}

// Process handles every kept element that is due, in slices, for at most half a minute. Callers in several processes share
// the work; work that is done twice is harmless. The error joins what went wrong, the counts hold beside it.
func (d *Outbox) Process(ctx context.Context) (Done, error) {
	ctx, cancel := context.WithTimeout(ctx, processFor)
	defer cancel()
	var done Done
	var faults []error
	for ctx.Err() == nil {
		now := d.cfg.Now()
		claimed, err := d.cfg.Store.Claim(ctx, sliceOf, now, now.Add(inboundLease))
		if err != nil {
			faults = append(faults, err)
		}
		if len(claimed) == 0 {
			break
		}
		var receipts []Inbound
		for _, in := range claimed { // replies first: a stop does not wait for receipts
			if in.Receipt != nil {
				receipts = append(receipts, in)
			} else if err := d.reply(ctx, in, &done); err != nil {
				faults = append(faults, err)
			}
		}
		if err := d.receipts(ctx, receipts, &done); err != nil {
			faults = append(faults, err)
		}
	}
	if done.Stops > 0 {
		if err := d.watchStops(ctx); err != nil {
			faults = append(faults, err)
		}
	}
	return done, errors.Join(faults...)
}

const (
	// stopsAMinute is more than any broadcast brings: of 300,000 texts that arrive within ten minutes, 1 in 100 stops.
	stopsAMinute = 300
	// stopShare is one stop in so many texts of a day; below fewStops a share says nothing.
	stopShare = 50
	fewStops  = 20
)

// watchStops raises an alarm when so many people stopped texts that a text went wrong, or somebody forges replies.
func (d *Outbox) watchStops(ctx context.Context) error {
	now := d.cfg.Now()
	minute, day, sent, err := d.cfg.Store.StopRates(ctx, now.Add(-time.Minute), now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if minute > stopsAMinute || day >= fewStops && day*stopShare > sent {
		d.cfg.Alarms.Raise(ctx, alarm.ManyStops, fmt.Sprintf(
			"短信退订异常增多：近1分钟%d个，近24小时%d个，近24小时发出短信%d条。请查看是否发错了内容，或回调密钥已泄露；确属伪造的，更换回调密钥后可由另一位管理员撤销",
			minute, day, sent))
	}
	return nil
}

func (d *Outbox) receipts(ctx context.Context, receipts []Inbound, done *Done) error {
	if len(receipts) == 0 {
		return nil
	}
	// One order for all, so that two transactions on PostgreSQL do not wait for each other's rows.
	slices.SortFunc(receipts, func(a, b Inbound) int {
		return cmp.Or(cmp.Compare(a.Receipt.OutID, b.Receipt.OutID), cmp.Compare(a.Receipt.Handle, b.Receipt.Handle),
			cmp.Compare(a.Receipt.Phone, b.Receipt.Phone), cmp.Compare(a.ID, b.ID))
	})
	unmatched, err := d.cfg.Store.Apply(ctx, receipts, d.cfg.Now())
	if err != nil {
		done.Failed += len(receipts)
		return errors.Join(err, d.again(ctx, receipts))
	}
	early, err := d.offerReceipts(ctx, unmatched)
	if err != nil {
		done.Receipts += len(receipts) - len(unmatched)
		done.Failed += len(unmatched)
		return errors.Join(err, d.again(ctx, unmatched))
	}
	done.Receipts += len(receipts) - len(early)
	done.Early += len(early)
	return d.again(ctx, early)
}

// offerReceipts offers receipts to the other sender of texts, and returns those that are not theirs either.
func (d *Outbox) offerReceipts(ctx context.Context, receipts []Inbound) (unmatched []Inbound, err error) {
	if d.cfg.OtherReceipts == nil || len(receipts) == 0 {
		return receipts, nil
	}
	offered := make([]Receipt, len(receipts))
	for i, in := range receipts {
		offered[i] = *in.Receipt
	}
	matched, err := d.cfg.OtherReceipts.Receipts(ctx, offered)
	if err != nil {
		return nil, fmt.Errorf("offer receipts to the other sender: %w", err)
	}
	var theirs []int64
	for i, in := range receipts {
		if matched[i] {
			theirs = append(theirs, in.ID)
		} else {
			unmatched = append(unmatched, in)
		}
	}
	if len(theirs) == 0 {
		return unmatched, nil
	}
	return unmatched, d.cfg.Store.Handled(ctx, theirs, d.cfg.Now())
}

func (d *Outbox) reply(ctx context.Context, in Inbound, done *Done) error {
	switch {
	case in.Reply == nil:
	case IsStop(in.Reply.Content):
		if in.Reply.Phone == "" {
			d.cfg.Log.Error("a reply asks to stop SMS, but its number cannot be read", "inbound", in.ID)
		} else if err := d.cfg.Stops.StopSMS(ctx, in.Reply.Phone, in.Reply.Via); err != nil {
			done.Failed++
			return errors.Join(fmt.Errorf("stop SMS as a reply asks (inbound %d, try %d): %w", in.ID, in.Tries, err), d.again(ctx, []Inbound{in}))
		} else {
			done.Stops++
		}
	case in.Reply.Phone == "" || strings.TrimSpace(in.Reply.Content) == "":
		d.cfg.Log.Warn("a reply is kept unread: its number or its text is missing", "inbound", in.ID)
	case d.cfg.Replies != nil:
		if err := d.cfg.Replies.TakeReply(ctx, fmt.Sprintf("sms-%d", in.ID), *in.Reply); err != nil {
			done.Failed++
			return errors.Join(fmt.Errorf("hand a reply to a person (inbound %d, try %d): %w", in.ID, in.Tries, err), d.again(ctx, []Inbound{in}))
		}
	}
	if err := d.cfg.Store.Handled(ctx, []int64{in.ID}, d.cfg.Now()); err != nil {
		done.Failed++
		return fmt.Errorf("inbound %d: %w", in.ID, err) // comes round when its lease ends
	}
	done.Replies++
	return nil
}

// again puts elements off, each by how often it was tried.
func (d *Outbox) again(ctx context.Context, all []Inbound) error {
	byTries := make(map[int][]int64)
	for _, in := range all {
		byTries[in.Tries] = append(byTries[in.Tries], in.ID)
	}
	var faults []error
	for tries, ids := range byTries {
		if err := d.cfg.Store.Later(ctx, ids, d.cfg.Now().Add(backoff(tries))); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func backoff(tries int) time.Duration {
	return min(firstAgain<<min(max(tries-1, 0), 20), LongestWait)
}
