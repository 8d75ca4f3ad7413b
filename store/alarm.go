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
func (s *Alarms) Raise(ctx context.Context, kind alarm.Kind, detail string, cause audit.Actor, at time.Time) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, raiseAlarm, string(kind), detail, stamp(at))
		if err == nil && cause != "" {
			_, err = tx.ExecContext(ctx, `INSERT INTO alarm_cause (kind, actor) VALUES ($1, $2) ON CONFLICT DO NOTHING`, string(kind), string(cause))
		}
		return err
	})
	return wrap("keep alarm", err)
}

const raiseAlarm = `INSERT INTO alarm (kind, detail, since, last, count) VALUES ($1, $2, $3, $3, 1)
		ON CONFLICT (kind) DO UPDATE SET detail = excluded.detail, last = excluded.last,
			since = CASE WHEN alarm.acked_at IS NULL THEN alarm.since ELSE excluded.since END,
			count = CASE WHEN alarm.acked_at IS NULL THEN alarm.count + 1 ELSE 1 END,
			acked_at = NULL, acked_by = ''`

// List implements alarm.Store.
func (s *Alarms) List(ctx context.Context) (all []alarm.Alarm, err error) {
	causes := map[alarm.Kind][]audit.Actor{}
	_, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT kind, actor FROM alarm_cause ORDER BY actor`)), func(row row) (kind alarm.Kind, err error) {
		var actor audit.Actor
		err = row.Scan(&kind, &actor)
		causes[kind] = append(causes[kind], actor)
		return kind, err
	})
	if err != nil {
		return nil, wrap("list the causes of alarms", err)
	}
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT kind, detail, since, last, count, acked_at, acked_by FROM alarm ORDER BY last DESC, kind`)), func(row row) (a alarm.Alarm, err error) {
		err = row.Scan(&a.Kind, &a.Detail, into(&a.Since), into(&a.Last), &a.Count, into(&a.AckedAt), &a.AckedBy)
		a.Causes = causes[a.Kind]
		return a, err
	})
}

// Acknowledge implements alarm.Store.
func (s *Alarms) Acknowledge(ctx context.Context, kind alarm.Kind, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE alarm SET last = last WHERE kind = $1 AND acked_at IS NULL`, string(kind)) // nobody else may, meanwhile
		if err := orWhenNone(result, err, alarm.ErrNoAlarm); err != nil {
			return err
		}
		others, err := affected(tx.ExecContext(ctx, `DELETE FROM alarm_cause WHERE kind = $1 AND actor <> $2`, string(kind), string(act.Actor)))
		if err != nil {
			return err
		}
		var own int64
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM alarm_cause WHERE kind = $1`, string(kind)).Scan(&own); err != nil {
			return err
		}
		switch {
		case own > 0 && others == 0:
			return alarm.ErrOwn
		case own == 0:
			if _, err := tx.ExecContext(ctx, `UPDATE alarm SET acked_at = $2, acked_by = $3 WHERE kind = $1`, string(kind), stamp(act.At), string(act.Actor)); err != nil {
				return err
			}
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("acknowledge alarm", err)
}
