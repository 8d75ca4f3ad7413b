package store

import (
	"context"

	"towncrier/broadcast"
)

// Failures implements broadcast.Store.
func (s *Broadcasts) Failures(ctx context.Context, id string) (all []broadcast.Failure, err error) {
	all, err = collect(rowsOf(s.db.scan.QueryContext(ctx, `SELECT channel, state, class, code, count(*) AS n FROM delivery
		WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND (state = 'failed' OR state = 'undelivered')
		GROUP BY channel, state, class, code ORDER BY n DESC, channel, state, class, code`, id)), func(row row) (f broadcast.Failure, err error) {
		err = row.Scan(&f.Channel, &f.State, &f.Class, &f.Code, &f.N)
		return f, err
	})
	return all, wrap("count failures", err)
}

// NewestFailures implements broadcast.Store. Broadcasts are sent in the order of ids: the last ids are the newest, and have an index.
func (s *Broadcasts) NewestFailures(ctx context.Context, id string, limit int) (all []broadcast.NewFailure, err error) {
	for _, state := range []broadcast.State{broadcast.Failed, broadcast.Undelivered} {
		some, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT channel, state, class, code, updated_at FROM delivery
			WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND state = `+quoted(state)+` ORDER BY id DESC LIMIT $2`, id, limit)),
			func(row row) (f broadcast.NewFailure, err error) {
				err = row.Scan(&f.Channel, &f.State, &f.Class, &f.Code, into(&f.At))
				return f, err
			})
		if err != nil {
			return nil, wrap("list the newest failures", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Billed implements broadcast.Store.
func (s *Broadcasts) Billed(ctx context.Context, id string) (b broadcast.Billed, err error) {
	err = s.db.scan.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(parts), 0) FROM delivery
		WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND channel = 'sms' AND state = 'delivered' AND parts > 0`, id).
		Scan(&b.Texts, &b.Parts)
	return b, wrap("count billed texts", err)
}
