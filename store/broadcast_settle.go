package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"towncrier/broadcast"
)

// outcomeKey is what several deliveries of one claim have in common.
type outcomeKey struct {
	claim       int64
	state       broadcast.State
	class, code string
	due         int64
	absent      int
	asked       bool
}

// outcomeGroup is the deliveries of an outcome, and the handles that providers gave.
type outcomeGroup struct {
	ids     []int64
	handles [][2]any // delivery id and handle
}

// RecordOutcomes implements broadcast.Store.
func (s *Broadcasts) RecordOutcomes(ctx context.Context, settled []broadcast.Settled, now time.Time) error {
	groups := make(map[outcomeKey]*outcomeGroup)
	var order []outcomeKey // as they came: rows are locked in one order
	for _, d := range settled {
		f := outcomeKey{claim: d.Claim, state: d.Outcome.State, class: d.Outcome.Class, code: d.Outcome.Code, absent: boolInt(d.Absent), asked: d.Asked}
		if f.state == broadcast.Pending || f.state == broadcast.InDoubt {
			f.due = now.Add(d.Outcome.Wait).UnixMilli()
		}
		g, ok := groups[f]
		if !ok {
			g = new(outcomeGroup)
			groups[f] = g
			order = append(order, f)
		}
		g.ids = append(g.ids, d.Delivery)
		if d.Outcome.Handle != "" {
			g.handles = append(g.handles, [2]any{d.Delivery, d.Outcome.Handle})
		}
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		t := make(tally)
		for _, f := range order {
			if err := s.settle(ctx, tx, f, *groups[f], now, t); err != nil {
				return err
			}
		}
		return s.count(ctx, tx, t, now)
	})
	return wrap("settle deliveries", err)
}

func (s *Broadcasts) settle(ctx context.Context, tx *sql.Tx, f outcomeKey, g outcomeGroup, now time.Time, t tally) error {
	var num int64
	var channel broadcast.Channel
	if err := s.row(ctx, tx, `SELECT broadcast, channel FROM claim WHERE id = $1`+s.db.lock, f.claim).Scan(&num, &channel); err != nil {
		return err
	}
	// To ask about a template message is to repeat it: once the lease ended that may be happening, so that a caller who comes back and
	// did not send cannot say any more that nobody did.
	late := f.state == broadcast.Pending && !f.asked && channel == broadcast.Template
	if f.state == broadcast.Pending && !late {
		if err := s.failPassed(ctx, tx, num, channel, f, g.ids, now, t); err != nil {
			return err
		}
	}
	left := 0 // rows that were sending
	from := []broadcast.State{broadcast.InFlight, broadcast.InDoubt}
	if f.state == broadcast.InDoubt { // what comes to be in doubt is not asked about twice
		slices.Reverse(from)
	}
	if late {
		from = from[:1]
	}
	done := 0
	for _, from := range from {
		n, err := s.change(ctx, tx, `UPDATE delivery SET state = $1, class = $2, code = $3, due_at = $4, absent = absent + $5, updated_at = $6
			WHERE id %s AND claim = $7 AND state = `+quoted(from), g.ids,
			string(f.state), f.class, f.code, f.due, f.absent, now.UnixMilli(), f.claim)
		if err != nil {
			return err
		}
		t.move(num, channel, from, f.state, n)
		if from == broadcast.InFlight {
			left = n
		}
		if done += n; done == len(g.ids) {
			break
		}
	}
	if err := s.keepHandles(ctx, tx, f.claim, g.handles, left); err != nil {
		return err
	}
	if channel != broadcast.SMS && f.state != broadcast.InDoubt {
		// After the update, which waits for a transaction that is writing an event down.
		if err := s.earlyEvents(ctx, tx, f, g, now, t); err != nil {
			return err
		}
	}
	switch f.state {
	case broadcast.Failed, broadcast.Undelivered:
		return s.promote(ctx, tx, g.ids, now, t)
	case broadcast.Delivered:
		return s.suppressRemaining(ctx, tx, g.ids, now, t)
	case broadcast.Unknown:
		_, err := s.exec(ctx, tx, `UPDATE claim SET lost = 1 WHERE id = $1 AND broadcast IN (SELECT num FROM broadcast WHERE doubtful = 1)`, f.claim)
		return err
	}
	return nil
}

// failPassed ends deliveries that turn out not to have been sent after fallback went on from them: another channel has their
// place.
func (s *Broadcasts) failPassed(ctx context.Context, tx *sql.Tx, num int64, channel broadcast.Channel, f outcomeKey, ids []int64, now time.Time, t tally) error {
	n, err := s.change(ctx, tx, `UPDATE delivery SET state = 'failed', class = $1, code = $2, updated_at = $3
		WHERE id %s AND claim = $4 AND state = 'in_doubt' AND passed = 1`, ids, f.class, f.code, now.UnixMilli(), f.claim)
	t.move(num, channel, broadcast.InDoubt, broadcast.Failed, n)
	return err
}

// quoted is a state as SQL has it: written out, so that partial indexes apply.
func quoted(state broadcast.State) string { return `'` + string(state) + `'` }

// keepHandles writes what receipts will name: for the whole call when it was one, else for each delivery; and that so many
// rows of the claim are not sending any more.
func (s *Broadcasts) keepHandles(ctx context.Context, tx *sql.Tx, claim int64, handles [][2]any, left int) error {
	whole := ""
	if len(handles) > 1 {
		whole, _ = handles[0][1].(string)
		for _, h := range handles {
			if h[1] != whole {
				whole = ""
				break
			}
		}
	}
	if left > 0 || whole != "" {
		var kept string
		err := s.row(ctx, tx, `UPDATE claim SET sending = sending - $2, leased_until = CASE WHEN sending > $2 THEN leased_until END,
			handle = CASE WHEN handle = '' THEN $3 ELSE handle END WHERE id = $1 RETURNING handle`, claim, left, whole).Scan(&kept)
		if err != nil {
			return err
		}
		if whole != "" && kept == whole {
			return nil
		}
	}
	if len(handles) == 0 {
		return nil
	}
	_, err := s.exec(ctx, tx, `UPDATE delivery SET handle = v.handle FROM (`+s.db.handles+`) v WHERE delivery.id = v.id`, jsonArray(handles))
	return err
}

// suppressRemaining gives up what is pending for somebody who got it on another channel.
func (s *Broadcasts) suppressRemaining(ctx context.Context, tx *sql.Tx, ids []int64, now time.Time, t tally) error {
	return t.moved(rowsOf(s.query(ctx, tx, `UPDATE delivery SET state = 'suppressed', reason = 'reached', updated_at = $1
		WHERE state = 'pending' AND id `+s.db.oneOf(`SELECT p.id FROM delivery d`+
		s.db.next("delivery", "p", "p.broadcast = d.broadcast AND p.recipient = d.recipient")+
		` WHERE d.id `+s.in(2)+` AND d.state = 'delivered' AND p.state = 'pending'`)+`
		RETURNING broadcast, channel`, now.UnixMilli(), jsonArray(ids))), broadcast.Pending, broadcast.Suppressed)
}
