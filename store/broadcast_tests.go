package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"towncrier/broadcast"
)

// KeepTest implements broadcast.Store.
func (s *Broadcasts) KeepTest(ctx context.Context, t broadcast.Test) error {
	return wrap("keep a test send", s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO broadcast_test (broadcast, asker, recipient, channel, sent_to, address, out_id, state, at, updated_at)
			SELECT num, $2, $3, $4, $5, $6, $7, $8, $9, $9 FROM broadcast WHERE id = $1`,
			t.Broadcast, t.Asker, t.Recipient, string(t.Channel), t.SentTo, t.Address, t.OutID, string(t.State), t.At.UnixMilli())
		return err
	}))
}

// SettleTest implements broadcast.Store.
func (s *Broadcasts) SettleTest(ctx context.Context, outID string, o broadcast.Outcome, now time.Time) error {
	return wrap("settle a test send", s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE broadcast_test SET handle = $2, state = $3, class = $4, code = $5, updated_at = $6
			WHERE out_id = $1 AND state = 'sending'`, outID, o.Handle, string(o.State), o.Class, o.Code, now.UnixMilli())
		return err
	}))
}

// Tests implements broadcast.Store.
func (s *Broadcasts) Tests(ctx context.Context, id string, limit int) ([]broadcast.Test, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT asker, recipient, channel, sent_to, address, out_id, handle, state, class, code, at, updated_at
		FROM broadcast_test WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) ORDER BY id DESC LIMIT $2`, id, limit)),
		func(row row) (broadcast.Test, error) {
			t := broadcast.Test{Broadcast: id}
			err := row.Scan(&t.Asker, &t.Recipient, &t.Channel, &t.SentTo, &t.Address, &t.OutID, &t.Handle, &t.State, &t.Class, &t.Code,
				into(&t.At), into(&t.UpdatedAt))
			return t, err
		})
	return all, wrap("list test sends", err)
}

// testReported is how long after a test WeChat may report on it under an id that the call did not tell.
const testReported = time.Hour

// reportTest applies a receipt to the test send that it is about. matched says whether there is one.
func (s *Broadcasts) reportTest(ctx context.Context, tx *sql.Tx, r broadcast.Receipt, now time.Time) (matched bool, err error) {
	const columns = `SELECT id, state FROM broadcast_test WHERE channel = $1 AND `
	var id int64
	var state broadcast.State
	err = sql.ErrNoRows
	if r.OutID != "" {
		err = s.row(ctx, tx, columns+`out_id = $2`, string(r.Channel), r.OutID).Scan(&id, &state)
	}
	if errors.Is(err, sql.ErrNoRows) && r.Handle != "" {
		err = s.row(ctx, tx, columns+`handle = $2 AND handle <> '' ORDER BY id DESC LIMIT 1`, string(r.Channel), r.Handle).Scan(&id, &state)
	}
	if errors.Is(err, sql.ErrNoRows) && r.OpenID != "" {
		address := hex.EncodeToString(s.db.sealer.Find(testAddress, r.OpenID)[:8])
		err = s.row(ctx, tx, columns+`address = $2 AND handle = '' AND state IN ('sending', 'accepted', 'in_doubt') AND at > $3 ORDER BY id DESC LIMIT 1`,
			string(r.Channel), address, now.Add(-testReported).UnixMilli()).Scan(&id, &state)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || !broadcast.CanBecome(state, r.State) {
		return err == nil, err
	}
	_, err = s.exec(ctx, tx, `UPDATE broadcast_test SET state = $2, class = $3, code = $4, updated_at = $5 WHERE id = $1`,
		id, string(r.State), r.Class, r.Code, now.UnixMilli())
	return true, err
}
