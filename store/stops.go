package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
)

const stopPhone = "sms_stop.phone"

// replied is true of stops that came by SMS.
const replied = `via <> '` + roster.ViaChat + `' AND via <> '` + roster.ViaStaff + `'`

// StopsSince implements roster.StopStore.
func (s *stops) StopsSince(ctx context.Context, since time.Time) (all []roster.StopsSeen, err error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT via, min(at), max(at), count(*), count(undone_at) FROM sms_stop
		WHERE at >= $1 AND `+replied+` GROUP BY via ORDER BY count(*) DESC, via`, stamp(since))), func(row row) (k roster.StopsSeen, err error) {
		err = row.Scan(&k.Key, into(&k.First), into(&k.Last), &k.Stops, &k.Undone)
		return k, err
	})
}

// AddUndo implements roster.StopStore.
func (s *stops) AddUndo(ctx context.Context, u roster.Undo, act audit.Act) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.db.Staff().mayStill(ctx, tx, act); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO stop_undo (id, via, since, until, why, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			u.ID, u.Key, stamp(u.Since), stamp(u.Until), u.Why, string(u.AskedBy), stamp(u.AskedAt))
		if err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
}

// Undo implements roster.StopStore.
func (s *stops) Undo(ctx context.Context, id string) (u roster.Undo, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT id, via, since, until, why, asked_by, asked_at, confirmed_by, confirmed_at, undone
		FROM stop_undo WHERE id = $1`, id).
		Scan(&u.ID, &u.Key, into(&u.Since), into(&u.Until), &u.Why, &u.AskedBy, into(&u.AskedAt), &u.ConfirmedBy, into(&u.ConfirmedAt), &u.Undone)
	if err != nil {
		return roster.Undo{}, orNotFound(err, roster.ErrNoUndo)
	}
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM sms_stop s WHERE `+undoable, u.Key, stamp(u.Since), stamp(u.Until)).Scan(&u.Left)
	return u, err
}

// UndosFor implements roster.StopStore.
func (s *stops) UndosFor(ctx context.Context, actor audit.Actor, since time.Time) ([]roster.Undo, error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT id, via, why, asked_by, asked_at FROM stop_undo
		WHERE confirmed_by = '' AND ended_at IS NULL AND asked_by <> $1 AND asked_at > $2 ORDER BY asked_at, id`, string(actor), stamp(since))), func(row row) (u roster.Undo, err error) {
		err = row.Scan(&u.ID, &u.Key, &u.Why, &u.AskedBy, into(&u.AskedAt))
		return u, err
	})
}

// undoable is true of stops that a request is about: $1 is its key, $2 and $3 its span. Who asked once more, at another time or
// through anything else, stays stopped.
const undoable = `s.via = $1 AND s.at >= $2 AND s.at <= $3 AND s.made = 1 AND s.undone_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM sms_stop o WHERE o.phone_find = s.phone_find AND o.at >= s.at
		AND NOT (o.via = $1 AND o.at >= $2 AND o.at <= $3))`

// ConfirmUndo implements roster.StopStore.
func (s *stops) ConfirmUndo(ctx context.Context, id string, act audit.Act) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.db.Staff().mayStill(ctx, tx, act); err != nil {
			return err
		}
		var asker string
		var ended bool
		err := tx.QueryRowContext(ctx, `SELECT asked_by, ended_at IS NOT NULL FROM stop_undo WHERE id = $1 AND confirmed_by = ''`+s.db.lock, id).Scan(&asker, &ended)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // somebody confirmed it
		}
		if err != nil {
			return err
		}
		var may bool
		err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM staff WHERE 'staff:' || id = $1 AND role = 'admin' AND disabled_at IS NULL)`, asker).Scan(&may)
		if err != nil || !may || ended {
			return orElse(err, roster.ErrNoUndo)
		}
		_, err = tx.ExecContext(ctx, `UPDATE stop_undo SET confirmed_by = $2, confirmed_at = $3 WHERE id = $1`, id, string(act.Actor), stamp(act.At))
		if err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
}

// ToUndo implements roster.StopStore.
func (s *stops) ToUndo(ctx context.Context, u roster.Undo, limit int) (stops []roster.Stop, err error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT s.id, s.phone, s.via, s.at FROM sms_stop s WHERE `+undoable+` ORDER BY s.id LIMIT $4`,
		u.Key, stamp(u.Since), stamp(u.Until), limit)), func(row row) (roster.Stop, error) {
		stop := roster.Stop{Made: true}
		var sealed []byte
		if err := row.Scan(&stop.Row, &sealed, &stop.Via, into(&stop.At)); err != nil {
			return stop, err
		}
		number, err := s.db.sealer.Open(stopPhone, sealed)
		stop.Number = phone.Number(number)
		return stop, wrap(fmt.Sprintf("stop %d", stop.Row), err)
	})
}

// StopRates implements sms.Store.
func (s *SMS) StopRates(ctx context.Context, minute, day time.Time) (minuteN, dayN, sent int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM sms_stop WHERE at > $1 AND made = 1 AND `+replied+`),
		(SELECT count(*) FROM sms_stop WHERE at > $2 AND made = 1 AND `+replied+`),
		(SELECT count(*) FROM text WHERE created_at > $2 AND state NOT IN ('pending', 'failed')) +
		(SELECT COALESCE(sum(t.n), 0) FROM tally t JOIN broadcast b ON b.num = t.broadcast
			WHERE t.channel = 'sms' AND t.state IN ('accepted', 'delivered', 'undelivered', 'unknown', 'in_doubt')
			AND (b.ended_at IS NULL OR b.ended_at > $2))`, stamp(minute), stamp(day)).Scan(&minuteN, &dayN, &sent)
	return minuteN, dayN, sent, wrap("count stops", err)
}
