package aliyun

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"towncrier/broadcast"
	"towncrier/sms"
)

// askWithin bounds an Ask: cut off, it may be made again at any time.
const askWithin = time.Minute

// aroundMidnight is how far a text's day at the provider may be from the instant at which it was claimed here: the call's
// own time, the provider's delay in splitting a batch, and clocks that differ.
const aroundMidnight = 10 * time.Minute

// Ask looks messages up by number, day in Shanghai and OutID (QuerySendDetails), on both days around midnight, and on every day on which a
// message may have gone out. What is found is Accepted without a handle, Delivered or Undelivered. Pending means that the provider knows nothing of it: one reading,
// which it may take another to believe. Everything else, such as no answer, or a day that has not begun, is InDoubt; Halt
// then says what somebody must do before the provider can be asked at all.
func (c *Provider) Ask(ctx context.Context, _ broadcast.Message, code string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	outcomes := make([]broadcast.Outcome, len(messages))
	fill(outcomes, broadcast.Outcome{State: broadcast.InDoubt})
	var calls sync.WaitGroup
	for i, l := range messages {
		if !take(ctx, c.asks) {
			break
		}
		calls.Go(func() {
			defer func() { <-c.asks }()
			outcomes[i] = c.ask(ctx, code, l)
		})
	}
	calls.Wait()
	return outcomes
}

// recordsFor is how long the provider can be asked about a text (QuerySendDetails).
const recordsFor = 30 * 24 * time.Hour

// AskWithin is 30 days.
func (c *Provider) AskWithin() time.Duration { return recordsFor }

func (c *Provider) ask(ctx context.Context, code string, l broadcast.OutboundMessage) broadcast.Outcome {
	doubt := broadcast.Outcome{State: broadcast.InDoubt}
	if l.OutID == "" || l.SentAt.IsZero() {
		return doubt
	}
	days, whole := daysOf(l.SentAt, cmp.Or(l.Since.Until, l.SentAt), c.now())
	var found []Detail
	for _, day := range days {
		details, err := c.client.QueryDetails(ctx, l.Phone, day, "")
		if err != nil {
			e := reason(err)
			doubt.Class, doubt.Code = string(e.Class), e.Code
			if e.Class == sms.Operator || e.Class == sms.Invalid {
				doubt.Halt = halt(e)
			}
			return doubt
		}
		for _, d := range details {
			switch {
			// The template is not compared: a city may have replaced its code since.
			case d.OutID == l.OutID, l.Since.Has(d.OutID):
				found = append(found, d)
			// A record without an OutId may be this one's: the message is not absent.
			case d.OutID == "" && d.Template == code:
				whole = false
			}
		}
		if len(found) > 0 && l.Since == (broadcast.CallsSince{}) {
			break
		}
	}
	switch {
	case len(found) > 0:
		return known(best(found))
	case !whole:
		return doubt
	}
	return broadcast.Outcome{State: broadcast.Pending}
}

// best is the record that says most of whether somebody was reached: calls that are not known may have been several, one after another.
func best(found []Detail) Detail {
	return slices.MinFunc(found, func(a, b Detail) int {
		return cmp.Or(cmp.Compare(reached(a), reached(b)), b.SentAt.Compare(a.SentAt))
	})
}

func reached(d Detail) int {
	return slices.Index([]sms.State{sms.Delivered, sms.Accepted, sms.Undelivered}, d.State)
}

// known is what the provider's record says of a message.
func known(d Detail) broadcast.Outcome {
	switch d.State {
	case sms.Delivered:
		return broadcast.Outcome{State: broadcast.Delivered}
	case sms.Undelivered:
		o := broadcast.Outcome{State: broadcast.Undelivered, Code: d.Code}
		if ReceiptStatusOf(d.Code).Permanent {
			o.Class = string(sms.Refused)
		}
		return o
	}
	return broadcast.Outcome{State: broadcast.Accepted}
}

// daysOf gives an instant in each day in Shanghai on which a text may be recorded that was claimed from first to last. whole is false when
// such a day has not begun, or is too long ago: of those the provider refuses to be asked.
func daysOf(first, last, now time.Time) (days []time.Time, whole bool) {
	first, last, now = first.Add(-aroundMidnight).In(shanghai), last.Add(aroundMidnight).In(shanghai), now.In(shanghai)
	oldest := midnight(now.Add(-recordsFor)).AddDate(0, 0, 1)
	for day := midnight(first); !day.After(last); day = day.AddDate(0, 0, 1) {
		if !day.Before(oldest) && !day.After(now) {
			days = append(days, day)
		}
	}
	return days, !first.Before(oldest) && !midnight(last).After(now)
}

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, shanghai)
}
