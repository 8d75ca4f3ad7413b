package store

import (
	"context"
	"database/sql"
	"errors"
)

// restoreRow is the newest restore.
type restoreRow struct {
	epoch, asOf, known, begun int64
	steps                     int // that are done
}

func readRestore(ctx context.Context, q querier) (r restoreRow, marking bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT epoch, as_of, known, begun_at, steps, ended_at IS NULL FROM restore ORDER BY epoch DESC LIMIT 1`).
		Scan(&r.epoch, &r.asOf, &r.known, &r.begun, &r.steps, &marking)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, marking, err
}

// firstCall is below the first call id of an epoch.
func firstCall(epoch int64) int64 { return (epoch - firstEpoch) * callsASecond }
