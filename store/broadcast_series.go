package store

import (
	"context"
	"database/sql"

	"towncrier/audit"
	"towncrier/broadcast"
)

// PutSeries implements broadcast.Store. One that is new has Version 0; what is kept has one more than what was put.
func (s *Broadcasts) PutSeries(ctx context.Context, one broadcast.Series, act audit.Act) error {
	before := one.Version
	one.Version++
	doc, err := writeSeries(one)
	if err != nil {
		return wrap("put series", err)
	}
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE series SET version = $3, doc = $4 WHERE id = $1 AND version = $2`,
			one.ID, before, one.Version, doc)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 && before == 0 {
			if result, err = tx.ExecContext(ctx, `INSERT INTO series (id, version, doc) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
				one.ID, one.Version, doc); err == nil {
				n, err = result.RowsAffected()
			}
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return broadcast.ErrChanged
		}
		if err := putRevision(ctx, tx, one.ID, one.Version, one.Revision); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("put series", err)
}

// GetSeries implements broadcast.Store.
func (s *Broadcasts) GetSeries(ctx context.Context, id string) (broadcast.Series, error) {
	one, err := scanSeries(s.db.read.QueryRowContext(ctx, `SELECT doc FROM series WHERE id = $1`, id))
	return one, wrap("get series", orNotFound(err, broadcast.ErrNoBroadcast))
}

func scanSeries(row row) (one broadcast.Series, err error) {
	var doc string
	if err := row.Scan(&doc); err != nil {
		return one, err
	}
	return readSeries(doc)
}

// ListSeries implements broadcast.Store.
func (s *Broadcasts) ListSeries(ctx context.Context) (all []broadcast.Series, err error) {
	all, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT doc FROM series ORDER BY id`)), scanSeries)
	return all, wrap("list series", err)
}
