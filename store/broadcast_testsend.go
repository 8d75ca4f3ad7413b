package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"towncrier/broadcast"
)

// testAddress is the purpose of the hashes by which the audit log names where a test went.
const testAddress = "test.address"

// testDay is the span in which test sends are counted.
const testDay = 24 * time.Hour

// TakeTest implements broadcast.Records.
func (s *Broadcasts) TakeTest(ctx context.Context, asker, recipient, address string, at time.Time, most int) (hash string, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		// Locked in one order: of tests at once that count against the same people each sees those before it.
		_, err := scalars[string](tx.QueryContext(ctx, `SELECT id FROM staff WHERE id IN ($1, $2) ORDER BY id`+s.db.lock, asker, recipient))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM test_send WHERE at <= $1`, stamp(at.Add(-testDay))); err != nil {
			return err
		}
		var made, got int
		err = tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN asker = $1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN recipient = $2 THEN 1 ELSE 0 END), 0)
			FROM test_send WHERE at > $3`, asker, recipient, stamp(at.Add(-testDay))).Scan(&made, &got)
		if err != nil {
			return err
		}
		if made >= most || got >= most {
			return broadcast.ErrTests
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO test_send (asker, recipient, at) VALUES ($1, $2, $3)`, asker, recipient, stamp(at))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("count a test send: %w", err)
	}
	return hex.EncodeToString(s.db.sealer.Find(testAddress, address)[:8]), nil
}
