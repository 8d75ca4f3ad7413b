package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"towncrier/broadcast"
)

// pauseBroadcasts has what would go on by itself wait for a person, and notes of which rounds deliveries may have gone out.
func (m *marking) pauseBroadcasts(ctx context.Context, tx *sql.Tx) error {
	all := make(map[int64]broadcast.Broadcast)
	err := rowsOf(tx.QueryContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast WHERE forgotten_at IS NULL ORDER BY num`)).each(func(row row) error {
		num, b, err := scanBroadcast(row)
		all[num] = b
		return err
	})
	if err != nil {
		return err
	}
	for _, num := range slices.Sorted(maps.Keys(all)) {
		if err := m.putBack(ctx, tx, num, all[num]); err != nil {
			return err
		}
	}
	return nil
}

func (m *marking) putBack(ctx context.Context, tx *sql.Tx, num int64, b broadcast.Broadcast) error {
	doubted := 0
	if b.MayHaveGone(m.now()) {
		doubted = b.Round
	}
	paused := b.PutBack(m.asOf())
	if paused {
		b.Version++
		b.UpdatedAt = m.now()
	}
	doc, err := writeBroadcast(b)
	if err != nil {
		return err
	}
	// One that was put back before, and may not have been asked about since, stays in doubt from then on, as long as there are records.
	_, err = tx.ExecContext(ctx, `UPDATE broadcast SET version = $2, status = $3, doc = $4, as_of = CASE WHEN doubted > 0 AND as_of > $7 THEN as_of ELSE $5 END,
		doubted = $6 WHERE num = $1`,
		num, b.Version, string(b.Status), doc, m.row.asOf, doubted, recordsSince(m.now()))
	if err != nil || !paused {
		return err
	}
	return m.db.appendAudit(ctx, tx, m.act("broadcast.put_back", b.ID, ""))
}

// stopSeries stops every series of which something would come by itself.
func (m *marking) stopSeries(ctx context.Context, tx *sql.Tx) error {
	return eachSeries(ctx, tx, func(one broadcast.Series) error {
		if !one.PutBack(m.asOf()) {
			return nil
		}
		one.Version++
		one.UpdatedAt = m.now()
		doc, err := writeSeries(one)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE series SET version = $2, doc = $3 WHERE id = $1`, one.ID, one.Version, doc); err != nil {
			return err
		}
		return m.db.appendAudit(ctx, tx, m.act("series.put_back", one.ID, ""))
	})
}

// seriesToConfirm are the series that were stopped because the database was put back.
func (m *marking) seriesToConfirm(ctx context.Context, tx *sql.Tx) (ids []string, err error) {
	err = eachSeries(ctx, tx, func(one broadcast.Series) error {
		if one.WasPutBack(m.asOf()) {
			ids = append(ids, one.ID)
		}
		return nil
	})
	return ids, err
}

func eachSeries(ctx context.Context, tx *sql.Tx, do func(broadcast.Series) error) error {
	docs, err := scalars[string](tx.QueryContext(ctx, `SELECT doc FROM series ORDER BY id`))
	if err != nil {
		return err
	}
	for _, doc := range docs {
		one, err := readSeries(doc)
		if err != nil {
			return err
		}
		if err := do(one); err != nil {
			return err
		}
	}
	return nil
}

// doubtCalls opens again whatever was under way or in doubt: how it ended since is lost.
func (m *marking) doubtCalls(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE claim SET since = COALESCE(since, at), lost_after = COALESCE(lost_after, $2), at = $1, leased_until = NULL,
		sending = 0, open = 1
		WHERE id IN (SELECT claim FROM delivery WHERE state = 'sending' OR state = 'in_doubt')`, m.row.begun, m.row.known)
	if err != nil {
		return err
	}
	t := make(tally)
	err = t.moved(rowsOf(tx.QueryContext(ctx, `UPDATE delivery SET state = 'in_doubt', updated_at = $1 WHERE state = 'sending' RETURNING broadcast, channel`, m.row.begun)),
		broadcast.InFlight, broadcast.InDoubt)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE delivery SET due_at = 0, absent = 0 WHERE state = 'in_doubt'`); err != nil {
		return err
	}
	return m.ledger.count(ctx, tx, t, time.UnixMilli(m.row.begun))
}

// pendingOf is what is pending of a broadcast on a channel, up to a round and behind a delivery.
type pendingOf struct {
	num, round, after int64
	channel           broadcast.Channel
}

// doubtPending puts in doubt what was pending: it may have been sent since.
func (m *marking) doubtPending(ctx context.Context, tx *sql.Tx) error {
	if m.pending == nil {
		err := rowsOf(tx.QueryContext(ctx, `SELECT num, doubted FROM broadcast WHERE doubted > 0 ORDER BY num`)).each(func(row row) error {
			var p pendingOf
			err := row.Scan(&p.num, &p.round)
			for _, p.channel = range []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS} {
				if p.channel == broadcast.SMS {
					p.round++ // a resend that was cut off wrote it
				}
				m.pending = append(m.pending, p)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(m.pending) == 0 {
		return nil
	}
	p := &m.pending[0]
	ids, err := scalars[int64](tx.QueryContext(ctx, `SELECT id FROM delivery WHERE broadcast = $1 AND channel = $2 AND state = 'pending' AND id > $3 AND round <= $4
		ORDER BY id LIMIT $5`, p.num, string(p.channel), p.after, p.round, markSlice))
	if err != nil {
		return err
	}
	t := make(tally)
	if err := m.ledger.doubt(ctx, tx, ids, m.now(), t); err != nil {
		return err
	}
	if err := m.ledger.count(ctx, tx, t, time.UnixMilli(m.row.begun)); err != nil {
		return err
	}
	if len(ids) < markSlice {
		m.pending = m.pending[1:]
	} else {
		p.after = ids[len(ids)-1]
	}
	return errMore
}

// doubt puts pending deliveries of broadcasts that were put back in doubt: they may have been sent, in calls that were lost.
func (s *Broadcasts) doubt(ctx context.Context, tx *sql.Tx, ids []int64, now time.Time, t tally) error {
	if len(ids) == 0 {
		return nil
	}
	type call struct {
		num, since, waiting int64
		channel             broadcast.Channel
	}
	calls := make(map[call][]int64)
	var order []call
	// By their ids alone: PostgreSQL would look through all that is pending, in a database that was just filled.
	err := rowsOf(tx.QueryContext(ctx, `SELECT d.id, d.broadcast, d.channel, b.as_of, CASE WHEN b.doubtful = 1 AND b.wait > 0 THEN 1 ELSE 0 END
		FROM delivery d JOIN broadcast b ON b.num = d.broadcast WHERE d.id `+s.in(1)+` ORDER BY d.id`, jsonArray(ids))).each(func(row row) error {
		var id int64
		var c call
		err := row.Scan(&id, &c.num, &c.channel, &c.since, &c.waiting)
		if calls[c] == nil {
			order = append(order, c)
		}
		calls[c] = append(calls[c], id)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range order {
		var claim int64
		ids := calls[c]
		err := tx.QueryRowContext(ctx, `INSERT INTO claim (broadcast, channel, first, last, at, sending, waiting, since, lost_after)
			VALUES ($1, $2, $3, $4, $5, 0, $6, $7, (SELECT min(known) FROM restore WHERE as_of >= $7)) RETURNING id`,
			c.num, string(c.channel), ids[0], ids[len(ids)-1], now.UnixMilli(), c.waiting, c.since).Scan(&claim)
		if err != nil {
			return err
		}
		n, err := s.change(ctx, tx, `UPDATE delivery SET state = 'in_doubt', claim = $1, updated_at = $2, due_at = 0, absent = 0, named = 0, named_at = 0,
			handle = '', address = NULL WHERE id %s`, ids, claim, now.UnixMilli())
		if err != nil {
			return err
		}
		t.move(c.num, c.channel, broadcast.Pending, broadcast.InDoubt, n)
	}
	return nil
}

// doubtFrozen puts in doubt what was just frozen behind a recipient, of a broadcast that may have gone out before the database was put back.
func (s *Broadcasts) doubtFrozen(ctx context.Context, tx *sql.Tx, num, behind int64, now time.Time) error {
	ids, err := scalars[int64](tx.QueryContext(ctx, `SELECT d.id FROM delivery d
		WHERE d.broadcast = $1 AND d.recipient > $2 AND d.state = 'pending' AND `+mayHaveGone("d", "$3")+` ORDER BY d.id`,
		num, behind, recordsSince(now)))
	if err != nil {
		return err
	}
	t := make(tally)
	if err := s.doubt(ctx, tx, ids, now, t); err != nil {
		return err
	}
	return s.count(ctx, tx, t, now)
}

// doubtFresh puts in doubt those of new pending deliveries that may have gone out before the database was put back.
func (s *Broadcasts) doubtFresh(ctx context.Context, tx *sql.Tx, ids []int64, now time.Time, t tally) error {
	if len(ids) == 0 {
		return nil
	}
	gone, err := scalars[int64](tx.QueryContext(ctx, `SELECT d.id FROM delivery d WHERE d.id `+s.in(1)+` AND `+mayHaveGone("d", "$2")+` ORDER BY d.id`,
		jsonArray(ids), recordsSince(now)))
	if err != nil {
		return err
	}
	return s.doubt(ctx, tx, gone, now, t)
}

// recordsSince is from when on a provider's records of texts are counted on: it keeps them for 30 days.
func recordsSince(now time.Time) int64 { return now.Add(-29 * 24 * time.Hour).UnixMilli() }

// mayHaveGone is true of a delivery that may have been sent before the database was put back. Of a broadcast that had begun then, that is
// everything in the rounds that it knows of. Where somebody has said since that it is to go, it is what can be asked about: texts, as long as there
// are records. That is all of a broadcast that had not begun, and the next round of one that had: it may have been resent. Who got
// nothing in the calls that were lost, the provider says, is told so in that round, and gets it in the one after.
func mayHaveGone(delivery, recordsSince string) string {
	const begun = `COALESCE(b.freezing_at <= (SELECT max(as_of) FROM restore), FALSE)`
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM broadcast b WHERE b.num = %[1]s.broadcast AND b.doubted > 0
		AND (%[1]s.round <= b.doubted AND `+begun+`
			OR %[1]s.channel = 'sms' AND %[1]s.round <= b.doubted + CASE WHEN `+begun+` THEN 1 ELSE 0 END AND b.as_of > %[2]s))`,
		delivery, recordsSince)
}

// endTexts ends single texts: a code that was not given to the provider is too old by now, and one that was being given is in doubt.
func (m *marking) endTexts(ctx context.Context, tx *sql.Tx) error {
	for _, end := range []struct{ from, to, code string }{{"pending", "failed", "late"}, {"sending", "in_doubt", ""}} {
		_, err := tx.ExecContext(ctx, `UPDATE text SET state = $1, code = $2, settled_at = $3, leased_until = NULL WHERE state = '`+end.from+`'`,
			end.to, end.code, m.row.begun)
		if err != nil {
			return err
		}
	}
	return nil
}
