package store

import (
	"context"
	"database/sql"
	"time"

	"towncrier/broadcast"
)

// dueAt is the condition that what a row of delivery was put off for is over at the instant of a parameter, in milliseconds.
func dueAt(row, parameter string) string {
	return `(` + row + `due_at <= ` + parameter + ` OR ` + row + `updated_at > ` + beyond(parameter, clocksDiffer) + `)`
}

// mendClock brings back to now what a clock that was ahead wrote, for up to limit rows of each kind: when providers are to be asked, and
// when calls were made, by which providers are asked and fallback waits. When freezing began is brought back a little further: who said no
// since then gets nothing, and some may have before the clock's change was noticed.
func (s *Broadcasts) mendClock(ctx context.Context, now time.Time, limit int) error {
	for _, ahead := range []struct {
		table, column, which string
		to                   time.Time
	}{
		{"claim", "at", `open = 1 AND at > ` + beyond(`$1`, clocksDiffer), now},
		{"broadcast", "freezing_at", `status IN ('freezing', 'held', 'sending', 'paused') AND freezing_at > ` + beyond(`$1`, clocksDiffer), now.Add(-clocksDiffer)},
		{"delivery", "due_at", `state = 'in_doubt' AND channel = 'sms' AND due_at > ` + beyond(`$1`, broadcast.LongestAsk+clocksDiffer), now},
		{"delivery", "due_at", `state = 'in_doubt' AND channel = 'template' AND due_at > ` + beyond(`$1`, broadcast.LongestAsk+clocksDiffer), now},
		{"delivery", "due_at", `state = 'in_doubt' AND channel = 'subscription' AND due_at > ` + beyond(`$1`, broadcast.LongestAsk+clocksDiffer), now},
	} {
		var any bool
		err := s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+ahead.table+` WHERE `+ahead.which+`)`, now.UnixMilli()).Scan(&any)
		if err != nil || !any {
			if err != nil {
				return err
			}
			continue
		}
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE `+ahead.table+` SET `+ahead.column+` = $3
				WHERE id IN (SELECT id FROM `+ahead.table+` WHERE `+ahead.which+` ORDER BY id LIMIT $2)`, now.UnixMilli(), limit, ahead.to.UnixMilli())
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
