package aliyun

import (
	"context"
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

// Ask looks letters up by number, day in Shanghai and OutID (QuerySendDetails), on both days around midnight. What is found is
// Accepted without a handle, Delivered or Undelivered. Pending means that the provider knows nothing of it: one reading,
// which it may take another to believe. Everything else, such as no answer, or a day that has not begun, is InDoubt; Halt
// then says what somebody must do before the provider can be asked at all.
func (c *Provider) Ask(ctx context.Context, _ broadcast.Message, code string, letters []broadcast.OutboundMessage) []broadcast.Outcome {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	outcomes := make([]broadcast.Outcome, len(letters))
	fill(outcomes, broadcast.Outcome{State: broadcast.InDoubt})
	var calls sync.WaitGroup
	for i, l := range letters {
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
	days, whole := daysOf(l.SentAt, c.now())
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
			case d.OutID == l.OutID:
				return known(d)
			// A record without an OutId may be this one's: the letter is not absent.
			case d.OutID == "" && d.Template == code:
				whole = false
			}
		}
	}
	if !whole {
		return doubt
	}
	return broadcast.Outcome{State: broadcast.Pending}
}

// known is what the provider's record says of a letter.
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

// daysOf gives an instant in each day in Shanghai on which a text claimed at that time may be recorded. whole is false when
// such a day has not begun, of which the provider refuses to be asked.
func daysOf(sent, now time.Time) (days []time.Time, whole bool) {
	first, last := sent.Add(-aroundMidnight).In(shanghai), sent.Add(aroundMidnight).In(shanghai)
	days = []time.Time{first}
	midnight := time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, shanghai)
	switch {
	case first.Before(midnight) && now.Before(midnight):
		return days, false
	case first.Before(midnight):
		days = append(days, last)
	}
	return days, true
}
