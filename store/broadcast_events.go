package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"towncrier/broadcast"
)

// toldWithin is how long after a call an event may be about it that names an id which nobody knows: the platform tells within seconds, and
// again while nobody answers.
const toldWithin = 10 * time.Minute

// ofFollower finds the delivery of a WeChat event, or sql.ErrNoRows: by the platform's id, else the last call to them of which the answer
// is not known. open says that the answer may still come. A call to another openid than the event's is not meant.
func (s *Broadcasts) ofFollower(ctx context.Context, tx *sql.Tx, r broadcast.Receipt, now time.Time) (row reported, open bool, err error) {
	const columns = `SELECT d.id, d.broadcast, COALESCE(d.claim, 0), d.channel, d.state, d.handle <> '', d.address FROM delivery d `
	scan := func(found *sql.Row) error {
		var hash []byte
		err := found.Scan(&row.id, &row.num, &row.claim, &row.channel, &row.state, &row.handled, &hash)
		if err == nil && r.OpenID != "" && !s.went(row.claim, hash, r.OpenID) {
			return sql.ErrNoRows
		}
		return err
	}
	byHandle := func() error {
		if r.Handle == "" {
			return sql.ErrNoRows
		}
		open = false
		return scan(s.row(ctx, tx, columns+`WHERE d.handle = $1 AND d.handle <> '' AND d.channel = $2 ORDER BY d.id DESC LIMIT 1`+s.db.lock,
			r.Handle, string(r.Channel)))
	}
	byFollower := func() error {
		if r.OpenID == "" {
			return sql.ErrNoRows
		}
		err := scan(s.row(ctx, tx, columns+`JOIN resident r ON r.id = d.resident JOIN recipient p ON p.resident = r.id AND p.broadcast = d.broadcast AND p.n = d.recipient
			JOIN claim c ON c.id = d.claim
			WHERE r.openid_find = $1 AND d.channel = $2 AND d.channel <> 'sms'
				AND (d.state = 'sending' OR d.state = 'in_doubt' OR d.state = 'unknown' AND d.handle = '' AND c.at > $3)
			ORDER BY d.state = 'sending' DESC, d.state = 'in_doubt' DESC, d.claim DESC LIMIT 1`+of("d", s.db.lock),
			s.db.sealer.Find(openidFind, r.OpenID), string(r.Channel), now.Add(-toldWithin).UnixMilli()))
		open = row.state != broadcast.Unknown
		return err
	}
	// The call's answer may be written down between the two looks, on PostgreSQL even while the second waits for the row: then the
	// handle is there.
	for _, look := range []func() error{byHandle, byFollower, byHandle} {
		if err = look(); !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	return row, open && err == nil, err
}

// keepEvent keeps what an event says of a call whose answer is not known: it may be about a message of another system's.
func (s *Broadcasts) keepEvent(ctx context.Context, tx *sql.Tx, delivery int64, r broadcast.Receipt, now time.Time) error {
	_, err := s.exec(ctx, tx, `INSERT INTO early_event (delivery, handle, state, class, code, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (delivery, handle) DO NOTHING`, delivery, r.Handle, string(r.State), r.Class, r.Code, now.UnixMilli())
	return err
}

// earlyEvents applies what events said before the answers of calls did, now that deliveries of one call are in f.state: what names the
// answer's id, or all that was said when there will be no answer. Anything else is forgotten.
func (s *Broadcasts) earlyEvents(ctx context.Context, tx *sql.Tx, f outcomeKey, g outcomeGroup, now time.Time, t tally) error {
	events := make(map[int64][]broadcast.Receipt)
	found := make(map[int64]reported)
	var ids []int64
	err := rowsOf(s.query(ctx, tx, `SELECT d.id, d.broadcast, d.channel, e.handle, e.state, e.class, e.code FROM early_event e JOIN delivery d ON d.id = e.delivery
		WHERE e.delivery `+s.in(1)+` AND d.claim = $2 AND d.state = $3 ORDER BY d.id, e.handle`, jsonArray(g.ids), f.claim, string(f.state))).each(func(row row) error {
		d := reported{claim: f.claim, state: f.state}
		var r broadcast.Receipt
		if err := row.Scan(&d.id, &d.num, &d.channel, &r.Handle, &r.State, &r.Class, &r.Code); err != nil {
			return err
		}
		r.Channel = d.channel
		if found[d.id] = d; events[d.id] == nil {
			ids = append(ids, d.id)
		}
		events[d.id] = append(events[d.id], r)
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	if _, err := s.exec(ctx, tx, `DELETE FROM early_event WHERE delivery `+s.in(1), jsonArray(ids)); err != nil {
		return err
	}
	answered := make(map[int64]string)
	for _, h := range g.handles {
		answered[h[0].(int64)], _ = h[1].(string)
	}
	var told []broadcast.Receipt
	of := make(map[int]reported)
	for _, id := range ids {
		if r, ok := meant(events[id], f.state, answered[id]); ok {
			row := found[id]
			row.handled = answered[id] != ""
			of[len(told)] = row
			told = append(told, r)
		}
	}
	return s.report(ctx, tx, told, of, make([]bool, len(told)), now, t)
}

// meant is the event that is about a message of ours, which is in a state by now.
func meant(events []broadcast.Receipt, state broadcast.State, handle string) (broadcast.Receipt, bool) {
	if state == broadcast.Accepted && handle != "" {
		for _, r := range events {
			if r.Handle == "" || r.Handle == handle {
				return r, true
			}
		}
		return broadcast.Receipt{}, false
	}
	// Accepted without an id, or never answered: one event to them at that time is taken for ours, of several nobody knows which is.
	if (state == broadcast.Accepted || state == broadcast.Unknown) && len(events) == 1 {
		return events[0], true
	}
	return broadcast.Receipt{}, false
}
