package store

import (
	"context"
	"database/sql"
	"time"

	"towncrier/broadcast"
)

// mergeDeliveries makes a resident who is about to be removed, by row id, one with another, by subject id, in every audience:
// what is sent, subscribed and planned moves. In an audience that holds both, what the removed one would still get is
// suppressed, so that the person gets it once; and what they got stays under their old subject id, which leads to nobody. The
// caller gives the one that stays the openid of the one that goes, if that has any.
//
// A resident who is removed for good needs nothing of this: their deliveries keep a row id that is not used again.
func (db *DB) mergeDeliveries(ctx context.Context, tx *sql.Tx, from int64, into []byte, now time.Time) error {
	s := db.Broadcasts()
	var to int64
	if err := tx.QueryRowContext(ctx, `SELECT id FROM resident WHERE subject = $1`, into).Scan(&to); err != nil {
		return err
	}
	t := make(tally)
	for _, state := range []broadcast.State{broadcast.Pending, broadcast.Planned} {
		err := t.moved(rowsOf(tx.QueryContext(ctx, `UPDATE delivery SET state = 'suppressed', reason = 'gone', updated_at = $3
			WHERE state = `+quoted(state)+` AND id IN (SELECT d.id FROM recipient p JOIN recipient q ON q.broadcast = p.broadcast AND q.resident = $2
				JOIN delivery d ON d.broadcast = p.broadcast AND d.recipient = p.n WHERE p.resident = $1) RETURNING broadcast, channel`,
			from, to, now.UnixMilli())), state, broadcast.Suppressed)
		if err != nil {
			return err
		}
	}
	const apart = `p.resident = $1 AND NOT EXISTS (SELECT 1 FROM recipient q WHERE q.broadcast = p.broadcast AND q.resident = $2)`
	for _, step := range []struct {
		query string
		args  []any
	}{
		// A WeChat call that is under way stays with the old id: its outcome finds the row, and nobody else asks for it.
		{`UPDATE delivery SET resident = $2 WHERE NOT (channel <> 'sms' AND state IN ('sending', 'in_doubt')) AND id IN (SELECT d.id FROM recipient p
			JOIN delivery d ON d.broadcast = p.broadcast AND d.recipient = p.n WHERE ` + apart + `)`, []any{from, to}},
		{`UPDATE recipient AS p SET resident = $2, subject = $3 WHERE ` + apart, []any{from, to, into}},
		// A consent to notifications was given with an openid: those of one that is about to be replaced go with it, before the others come.
		{`UPDATE resident SET openid_find = NULL, openid = NULL WHERE id = $2
			AND EXISTS (SELECT 1 FROM resident WHERE id = $1 AND openid_find IS NOT NULL)`, []any{from, to}},
		{`INSERT INTO subscription (resident, template, agreed_at) SELECT CAST($2 AS BIGINT), template, agreed_at FROM subscription WHERE resident = $1
			ON CONFLICT DO NOTHING`, []any{from, to}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return s.count(ctx, tx, t, now)
}
