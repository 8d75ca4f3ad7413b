package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
)

// Ended implements broadcast.Store.
func (s *Broadcasts) Ended(ctx context.Context, before time.Time, limit int) ([]string, error) {
	ids, err := scalars[string](s.db.read.QueryContext(ctx, `SELECT id FROM broadcast WHERE ended_at < $1 AND forgotten_at IS NULL
		ORDER BY ended_at LIMIT $2`, before.UnixMilli(), limit))
	return ids, wrap("list what has ended", err)
}

// Forget implements broadcast.Store. A forgotten recipient's row has its own negative number for a resident: no resident has it,
// and rows stay apart.
func (s *Broadcasts) Forget(ctx context.Context, id string, after int64, limit int, act audit.Act) (next int64, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		next = 0
		var num, last int64
		var ended, forgotten sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT num, last, ended_at, forgotten_at FROM broadcast WHERE id = $1`+s.db.lock, id).
			Scan(&num, &last, &ended, &forgotten)
		if errors.Is(err, sql.ErrNoRows) {
			return broadcast.ErrNoBroadcast
		}
		if err != nil || !ended.Valid || forgotten.Valid { // it is sent again, or another process was first
			return err
		}
		upTo := after + int64(limit)
		_, err = tx.ExecContext(ctx, `UPDATE delivery SET resident = -recipient, handle = '', address = NULL WHERE broadcast = $1 AND recipient > $2 AND recipient <= $3 AND resident > 0`,
			num, after, upTo)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE recipient SET resident = -n, subject = $4 WHERE broadcast = $1 AND n > $2 AND n <= $3 AND resident > 0`,
			num, after, upTo, []byte{})
		if err != nil {
			return err
		}
		if upTo < last {
			next = upTo
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE claim SET handle = '' WHERE broadcast = $1 AND handle <> ''`, num); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM broadcast_test WHERE broadcast = $1`, num); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM broadcast_revision WHERE subject = $1`, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE broadcast SET forgotten_at = $2 WHERE num = $1`, num, stamp(act.At)); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return next, wrap("forget recipients", err)
}

// UnusedLists implements broadcast.Store. A list's id is random enough to be looked for in the text of a broadcast.
func (s *Broadcasts) UnusedLists(ctx context.Context, before time.Time) ([]string, error) {
	ids, err := scalars[string](s.db.read.QueryContext(ctx, `SELECT l.id FROM number_list l WHERE l.created_at < $1 AND NOT EXISTS
		(SELECT 1 FROM broadcast b WHERE (b.ended_at IS NULL OR b.ended_at >= $1) AND b.doc LIKE '%"' || l.id || '"%') ORDER BY l.id`,
		before.UnixMilli()))
	return ids, wrap("look for unused lists of numbers", err)
}
