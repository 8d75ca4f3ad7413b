package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"towncrier/phone"
	"towncrier/sms"
)

// SMS implements sms.Store, and roster.Texts.
type SMS struct{ db *DB }

var _ sms.Store = (*SMS)(nil)

// SMS keeps texts and what came back about them in db.
func (db *DB) SMS() *SMS { return &SMS{db} }

// find is nil for no number.
func (s *SMS) find(number phone.Number) []byte {
	if number == "" {
		return nil
	}
	hash := s.db.findPhone(number)
	return hash[:]
}

// Begin implements sms.Store.
func (s *SMS) Begin(ctx context.Context, kind sms.Kind, t sms.Text, now, until time.Time) (state sms.State, won bool, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO text
			(out_id, phone_find, subject, kind, template, state, created_at, leased_until, settled_at)
			VALUES ($1, $2, (SELECT subject FROM resident WHERE phone_find = $2), $3, $4, 'sending', $5, $6, $5)
			ON CONFLICT (out_id) DO UPDATE SET state = 'sending', leased_until = excluded.leased_until, settled_at = excluded.settled_at
			WHERE text.state = 'pending' RETURNING state`,
			t.OutID, s.find(t.To), string(kind), t.Template, stamp(now), stamp(until)).Scan(&state)
		if won = err == nil; won || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT state FROM text WHERE out_id = $1`, t.OutID).Scan(&state)
	})
	return state, won, wrap("begin text", err)
}

// End implements sms.Store.
func (s *SMS) End(ctx context.Context, outID string, o sms.Outcome, at time.Time) (woken int, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE text SET state = $2, code = $3, settled_at = $4, leased_until = NULL
			WHERE out_id = $1 AND state IN ('sending', 'in_doubt')`, outID, string(o.State), o.Code, stamp(at))
		if err != nil || o.Handle == "" {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE text SET handle = $2 WHERE out_id = $1`, outID, o.Handle); err != nil {
			return err
		}
		woken, err = affected(tx.ExecContext(ctx, `UPDATE sms_inbound SET due_at = $2
			WHERE handle = $1 AND handle <> '' AND handled_at IS NULL`, o.Handle, stamp(at)))
		return err
	})
	return woken, wrap("end text", err)
}

// Sweep implements sms.Store.
func (s *SMS) Sweep(ctx context.Context, now, pendingBefore, unknownBefore time.Time, limit int) (swept sms.Swept, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		for _, step := range []struct {
			count    *int
			to, code string
			which    string
			before   time.Time
		}{
			{&swept.Doubtful, "in_doubt", "", `state = 'sending' AND ` + over("leased_until", "$4", sms.LongestSend), now},
			{&swept.Failed, "failed", "late", `state = 'pending' AND kind = 'code' AND created_at <= $4`, pendingBefore},
			{&swept.Unknown, "unknown", "", `state IN ('accepted', 'in_doubt') AND created_at <= $4`, unknownBefore},
		} {
			n, err := affected(tx.ExecContext(ctx, `UPDATE text SET state = $1, code = $2, settled_at = $3, leased_until = NULL
				WHERE id IN (SELECT id FROM text WHERE `+step.which+` ORDER BY id LIMIT $5`+s.db.skip+`)`,
				step.to, step.code, stamp(now), stamp(step.before), limit))
			if err != nil {
				return err
			}
			*step.count = n
		}
		return nil
	})
	return swept, wrap("sweep texts", err)
}
