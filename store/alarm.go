package store

import (
	"context"
	"database/sql"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
)

// Alarms implements alarm.Store.
type Alarms struct{ db *DB }

var _ alarm.Store = (*Alarms)(nil)

// Alarms keeps what admins must look at in db.
func (db *DB) Alarms() *Alarms { return &Alarms{db} }

// Raise implements alarm.Store.
func (s *Alarms) Raise(ctx context.Context, kind alarm.Kind, detail string, at time.Time) error {
	_, err := s.db.exec(ctx, raiseAlarm, string(kind), detail, stamp(at))
	return wrap("keep alarm", err)
}

const raiseAlarm = `INSERT INTO alarm (kind, detail, since, last, count) VALUES ($1, $2, $3, $3, 1)
		ON CONFLICT (kind) DO UPDATE SET detail = excluded.detail, last = excluded.last,
			since = CASE WHEN alarm.acked_at IS NULL THEN alarm.since ELSE excluded.since END,
			count = CASE WHEN alarm.acked_at IS NULL THEN alarm.count + 1 ELSE 1 END,
			acked_at = NULL, acked_by = ''`

// List implements alarm.Store.
func (s *Alarms) List(ctx context.Context) (all []alarm.Alarm, err error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT kind, detail, since, last, count, acked_at, acked_by FROM alarm ORDER BY last DESC, kind`)), func(row row) (a alarm.Alarm, err error) {
		err = row.Scan(&a.Kind, &a.Detail, into(&a.Since), into(&a.Last), &a.Count, into(&a.AckedAt), &a.AckedBy)
		return a, err
	})
}

// Acknowledge implements alarm.Store.
func (s *Alarms) Acknowledge(ctx context.Context, kind alarm.Kind, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE alarm SET acked_at = $2, acked_by = $3 WHERE kind = $1 AND acked_at IS NULL`,
			string(kind), stamp(act.At), string(act.Actor))
		if err := orWhenNone(result, err, alarm.ErrNoAlarm); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("acknowledge alarm", err)
}
