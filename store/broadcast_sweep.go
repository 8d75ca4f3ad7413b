package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"towncrier/broadcast"
)

// span is a claim with the rows that it may hold.
type span struct {
	id, num, first, last int64
	channel              broadcast.Channel
	doubtful             bool
}

// Sweep implements broadcast.Store. A sweep that finds nothing costs a read, not the writer.
func (s *Broadcasts) Sweep(ctx context.Context, now, unknownBefore time.Time, limit int) (broadcast.Swept, error) {
	var swept broadcast.Swept
	if err := s.mendClock(ctx, now, limit); err != nil {
		return swept, wrap("sweep deliveries", err)
	}
	for _, step := range []struct {
		count *int
		which string // claims c of broadcasts b
		at    time.Time
		do    func(context.Context, *sql.Tx, span, time.Time, tally) (int, error)
	}{
		{&swept.Doubtful, over("c.leased_until", "$1", broadcast.LongestLease), now, s.expire},
		{&swept.Unknown, `c.open = 1 AND c.at <= $1`, unknownBefore, s.giveUp},
		{&swept.Lost, `c.waiting = 1 AND c.at <= $1 AND c.at + b.wait <= $1`, now, s.pass},
		{&swept.Lost, `c.lost = 1 AND c.at <= $1`, now.Add(-broadcast.NewsWithin), s.passLost},
	} {
		const claims = `SELECT c.id, c.broadcast, c.first, c.last, c.channel, b.doubtful = 1 FROM broadcast b JOIN claim c ON c.broadcast = b.num WHERE `
		var due bool
		err := s.db.read.QueryRowContext(ctx, `SELECT EXISTS (`+claims+step.which+`)`, step.at.UnixMilli()).Scan(&due)
		if err != nil {
			return swept, wrap("sweep deliveries", err)
		}
		if !due {
			continue
		}
		looked, changed := 0, 0
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			found := 0
			looked = 0
			spans, err := collect(rowsOf(tx.QueryContext(ctx, claims+step.which+` ORDER BY c.id LIMIT $2`+of("c", s.db.skip), step.at.UnixMilli(), limit)), scanSpan)
			if err != nil {
				return err
			}
			t := make(tally)
			for _, c := range spans {
				n, err := step.do(ctx, tx, c, now, t)
				if err != nil {
					return err
				}
				found += n
				looked++
			}
			changed = found
			return s.count(ctx, tx, t, now)
		})
		if err != nil {
			return swept, wrap("sweep deliveries", err)
		}
		*step.count += changed
		swept.Claims = max(swept.Claims, looked)
	}
	return swept, nil
}

func scanSpan(row row) (c span, err error) {
	err = row.Scan(&c.id, &c.num, &c.first, &c.last, &c.channel, &c.doubtful)
	return c, err
}

// transition puts a claim's rows from a state into another, and gives their ids.
func (s *Broadcasts) transition(ctx context.Context, tx *sql.Tx, c span, from, to broadcast.State, set string, now time.Time, t tally) (ids []int64, err error) {
	ids, err = scalars[int64](tx.QueryContext(ctx, `UPDATE delivery SET `+set+`state = $1, updated_at = $2
		WHERE id BETWEEN $3 AND $4 AND claim = $5 AND state = `+quoted(from)+` RETURNING id`, string(to), now.UnixMilli(), c.first, c.last, c.id))
	t.move(c.num, c.channel, from, to, len(ids))
	return ids, err
}

// expire ends a lease: its holder may have called.
func (s *Broadcasts) expire(ctx context.Context, tx *sql.Tx, c span, now time.Time, t tally) (int, error) {
	ids, err := s.transition(ctx, tx, c, broadcast.InFlight, broadcast.InDoubt, `due_at = CASE WHEN updated_at < $2 THEN updated_at ELSE $2 END, `, now, t)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE claim SET leased_until = NULL WHERE id = $1`, c.id)
	return len(ids), err
}

// giveUp ends the wait for news.
func (s *Broadcasts) giveUp(ctx context.Context, tx *sql.Tx, c span, now time.Time, t tally) (n int, err error) {
	set := ``
	if c.doubtful {
		set = `passed = 1, `
	}
	for _, from := range []broadcast.State{broadcast.Accepted, broadcast.InDoubt} {
		ids, err := s.transition(ctx, tx, c, from, broadcast.Unknown, set, now, t)
		if err != nil {
			return 0, err
		}
		n += len(ids)
		if c.doubtful && len(ids) > 0 {
			if err := s.promote(ctx, tx, ids, now, t); err != nil {
				return 0, err
			}
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM early_event WHERE delivery BETWEEN $1 AND $2`, c.first, c.last); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE claim SET open = 0, waiting = 0 WHERE id = $1`, c.id)
	return n, err
}

// pass goes on to the next channel from what may have arrived, as the official chose.
func (s *Broadcasts) pass(ctx context.Context, tx *sql.Tx, c span, now time.Time, t tally) (n int, err error) {
	n, err = s.passFrom(ctx, tx, c, now, t, broadcast.Accepted, broadcast.InDoubt, broadcast.Unknown)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE claim SET waiting = 0, lost = 0 WHERE id = $1`, c.id)
	return n, err
}

// passLost goes on from what nobody can ask about, as the official chose.
func (s *Broadcasts) passLost(ctx context.Context, tx *sql.Tx, c span, now time.Time, t tally) (n int, err error) {
	n, err = s.passFrom(ctx, tx, c, now, t, broadcast.Unknown)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE claim SET lost = 0 WHERE id = $1`, c.id)
	return n, err
}

func (s *Broadcasts) passFrom(ctx context.Context, tx *sql.Tx, c span, now time.Time, t tally, states ...broadcast.State) (n int, err error) {
	for _, state := range states {
		ids, err := s.transition(ctx, tx, c, state, state, `passed = 1, `, now, t)
		if err != nil {
			return 0, err
		}
		before := t.pending()
		if len(ids) > 0 {
			if err := s.promote(ctx, tx, ids, now, t); err != nil {
				return 0, err
			}
		}
		n += t.pending() - before
	}
	return n, nil
}

// FallBack implements broadcast.Store.
func (s *Broadcasts) FallBack(ctx context.Context, id string, after int64, limit int, now time.Time) (added int, next int64, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		added, next = 0, 0
		var num int64
		err := tx.QueryRowContext(ctx, `SELECT num FROM broadcast WHERE id = $1`+s.db.share, id).Scan(&num)
		if err != nil {
			return orNotFound(err, broadcast.ErrNoBroadcast)
		}
		ids, err := scalars[int64](tx.QueryContext(ctx, `UPDATE delivery SET passed = 1 WHERE state = 'unknown' AND id IN
			(SELECT id FROM delivery WHERE broadcast = $1 AND state = 'unknown' AND id > $2 ORDER BY id LIMIT $3) RETURNING id`, num, after, limit))
		if err != nil || len(ids) == 0 {
			return err
		}
		if len(ids) == limit {
			next = slices.Max(ids)
		}
		t := make(tally)
		if err := s.promoteIn(ctx, tx, `'sending', 'paused', 'done'`, ids, now, t); err != nil {
			return err
		}
		added = t.pending() + t.now(broadcast.InDoubt)
		return s.count(ctx, tx, t, now)
	})
	return added, next, wrap("go on to the next channel", err)
}

// Lost implements broadcast.Store.
func (s *Broadcasts) Lost(ctx context.Context, id string) (n int, err error) {
	err = s.db.scan.QueryRowContext(ctx, `SELECT count(DISTINCT d.recipient) FROM delivery d
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND d.state = 'unknown' AND d.passed = 0
			AND EXISTS (SELECT 1 FROM delivery p WHERE p.broadcast = d.broadcast AND p.recipient = d.recipient AND p.round = d.round AND p.state = 'planned')
			AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.broadcast = d.broadcast AND o.recipient = d.recipient AND o.round = d.round
				AND (o.state IN ('pending', 'sending', 'delivered') OR o.passed = 0 AND o.state IN ('accepted', 'in_doubt')))`, id).Scan(&n)
	return n, wrap("count what is unknown", err)
}

// pending is how many more are pending than before.
func (t tally) pending() (n int) {
	for k, add := range t {
		if k.state == broadcast.Pending {
			n += add
		}
	}
	return n
}

// Close implements broadcast.Store.
func (s *Broadcasts) Close(ctx context.Context, id string, to broadcast.State, now time.Time, limit int) (n int, err error) {
	over := broadcast.Cancelled
	if to == broadcast.Lapsed {
		over = broadcast.Expired
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n = 0
		var num int64
		err := tx.QueryRowContext(ctx, `SELECT num FROM broadcast WHERE id = $1 AND status = $2`+s.db.share, id, string(over)).Scan(&num)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		t := make(tally)
		for _, from := range []broadcast.State{broadcast.Pending, broadcast.Planned} {
			before := len(t)
			err := t.moved(rowsOf(tx.QueryContext(ctx, `UPDATE delivery SET state = $1, updated_at = $2 WHERE id IN
				(SELECT id FROM delivery WHERE broadcast = $3 AND state = `+quoted(from)+` LIMIT $4) AND state = `+quoted(from)+`
				RETURNING broadcast, channel`, string(to), now.UnixMilli(), num, limit-n)), from, to)
			if err != nil {
				return err
			}
			if len(t) == before {
				continue
			}
			n = t.now(to)
		}
		return s.count(ctx, tx, t, now)
	})
	return n, wrap("close deliveries", err)
}

// now is how many more are in a state than before.
func (t tally) now(state broadcast.State) (n int) {
	for k, add := range t {
		if k.state == state {
			n += add
		}
	}
	return n
}

// missedBefore are the deliveries d of recipients whom nothing reached for certain, by their last round before $2.
const missedBefore = `(d.state = 'failed' OR d.state = 'undelivered')
	AND d.round = (SELECT max(m.round) FROM delivery m WHERE m.broadcast = d.broadcast AND m.recipient = d.recipient)
	AND d.round < $2 AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.broadcast = d.broadcast AND o.recipient = d.recipient
		AND o.state NOT IN ('failed', 'undelivered', 'suppressed', 'cancelled', 'expired'))`

// Missed implements broadcast.Store.
func (s *Broadcasts) Missed(ctx context.Context, id string, round int) (n int, err error) {
	err = s.db.scan.QueryRowContext(ctx, `SELECT count(DISTINCT d.recipient) FROM delivery d
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND `+missedBefore, id, round).Scan(&n)
	return n, wrap("count whom nothing reached", err)
}

// Resend implements broadcast.Store.
func (s *Broadcasts) Resend(ctx context.Context, id string, round int, after int64, limit int, now time.Time) (added int, next int64, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		added, next = 0, 0
		var num, last int64
		var frozen sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT num, last, frozen_at FROM broadcast WHERE id = $1`+s.db.share, id).Scan(&num, &last, &frozen)
		if err != nil {
			return orNotFound(err, broadcast.ErrNoBroadcast)
		}
		upTo := after + int64(limit)
		t := make(tally)
		var fresh []int64
		err = rowsOf(tx.QueryContext(ctx, `INSERT INTO delivery (broadcast, recipient, resident, channel, round, state, updated_at)
			SELECT d.broadcast, d.recipient, d.resident, d.channel, $2,
				CASE WHEN row_number() OVER (PARTITION BY d.recipient ORDER BY d.id) = 1 THEN 'pending' ELSE 'planned' END, d.updated_at
			FROM delivery d WHERE d.broadcast = $1 AND d.recipient > $3 AND d.recipient <= $4 AND `+missedBefore+`
			ORDER BY d.id ON CONFLICT DO NOTHING RETURNING id, channel, state`, num, round, after, upTo)).each(func(row row) error {
			var id int64
			var channel broadcast.Channel
			var state broadcast.State
			if err := row.Scan(&id, &channel, &state); err != nil {
				return err
			}
			t.add(num, channel, state, 1)
			if state == broadcast.Pending {
				fresh = append(fresh, id)
			}
			return nil
		})
		if err != nil {
			return err
		}
		added = len(fresh)
		if err := s.doubtFresh(ctx, tx, fresh, now, t); err != nil {
			return err
		}
		if upTo < last {
			next = upTo
		}
		return s.count(ctx, tx, t, now)
	})
	return added, next, wrap("resend", err)
}
