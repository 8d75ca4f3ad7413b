package store

import (
	"context"
	"database/sql"
	"time"

	"towncrier/audit"
	"towncrier/roster"
)

// AddNumbersExport implements roster.NumbersExportStore.
func (s *numbersExports) AddNumbersExport(ctx context.Context, e roster.NumbersExport, act audit.Act) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.db.Staff().mayStill(ctx, tx, act); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO numbers_export (id, committee, why, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)`,
			e.ID, e.Committee, e.Why, string(e.AskedBy), stamp(e.AskedAt))
		if err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
}

const numbersExportColumns = `id, committee, why, asked_by, asked_at, confirmed_by, confirmed_at, used_by, used_at, ended_at`

func scanNumbersExport(row row) (e roster.NumbersExport, err error) {
	err = row.Scan(&e.ID, &e.Committee, &e.Why, &e.AskedBy, into(&e.AskedAt), &e.ConfirmedBy, into(&e.ConfirmedAt), &e.UsedBy, into(&e.UsedAt), into(&e.EndedAt))
	return e, err
}

// NumbersExport implements roster.NumbersExportStore.
func (s *numbersExports) NumbersExport(ctx context.Context, id string) (roster.NumbersExport, error) {
	e, err := scanNumbersExport(s.db.read.QueryRowContext(ctx, `SELECT `+numbersExportColumns+` FROM numbers_export WHERE id = $1`, id))
	return e, orNotFound(err, roster.ErrNoExport)
}

// NumbersExports implements roster.NumbersExportStore.
func (s *numbersExports) NumbersExports(ctx context.Context, limit int) ([]roster.NumbersExport, error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+numbersExportColumns+` FROM numbers_export ORDER BY asked_at DESC, id LIMIT $1`, limit)),
		scanNumbersExport)
}

// ConfirmNumbersExport implements roster.NumbersExportStore.
func (s *numbersExports) ConfirmNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error {
	return s.stepNumbersExport(ctx, act, roster.ErrExportClosed, `UPDATE numbers_export SET confirmed_by = $2, confirmed_at = $3
		WHERE id = $1 AND confirmed_by = '' AND ended_at IS NULL AND asked_at > $4 AND asked_by <> $2
		AND EXISTS (SELECT 1 FROM staff s WHERE s.role = 'admin' AND s.disabled_at IS NULL AND 'staff:' || s.id = asked_by)`, id, string(act.Actor), stamp(act.At), stamp(since))
}

// UseNumbersExport implements roster.NumbersExportStore.
func (s *numbersExports) UseNumbersExport(ctx context.Context, id string, since time.Time, act audit.Act) error {
	return s.stepNumbersExport(ctx, act, roster.ErrExportUnfit, `UPDATE numbers_export SET used_by = $2, used_at = $3
		WHERE id = $1 AND used_at IS NULL AND ended_at IS NULL AND confirmed_at > $4 AND asked_by = $2
		AND (SELECT count(*) FROM staff s WHERE s.role = 'admin' AND s.disabled_at IS NULL AND 'staff:' || s.id IN (asked_by, confirmed_by)) = 2`,
		id, string(act.Actor), stamp(act.At), stamp(since))
}

// stepNumbersExport changes one request, or returns none.
func (s *numbersExports) stepNumbersExport(ctx context.Context, act audit.Act, none error, query string, args ...any) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.db.Staff().mayStill(ctx, tx, act); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, query, args...)
		if err = orWhenNone(result, err, none); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
}
