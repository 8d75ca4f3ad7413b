package store

import (
	"context"

	"towncrier/broadcast"
)

// Failures implements broadcast.Store.
func (s *Broadcasts) Failures(ctx context.Context, id string) (all []broadcast.Failure, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT channel, state, class, code, count(*) AS n FROM delivery
		WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND (state = 'failed' OR state = 'undelivered')
		GROUP BY channel, state, class, code ORDER BY n DESC, channel, state, class, code`, id)
	if err != nil {
		return nil, explain("count failures", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f broadcast.Failure
		if err := rows.Scan(&f.Channel, &f.State, &f.Class, &f.Code, &f.N); err != nil {
			return nil, explain("count failures", err)
		}
		all = append(all, f)
	}
	return all, explain("count failures", rows.Err())
}

// Billed implements broadcast.Store.
func (s *Broadcasts) Billed(ctx context.Context, id string) (b broadcast.Billed, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(parts), 0) FROM delivery
		WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND channel = 'sms' AND state = 'delivered' AND parts > 0`, id).
		Scan(&b.Texts, &b.Parts)
	return b, explain("count billed texts", err)
}
