package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"towncrier/broadcast"
)

// Serve implements broadcast.Store.
func (s *Broadcasts) Serve(ctx context.Context, channels []broadcast.Channel, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, channel := range channels {
			_, err := s.exec(ctx, tx, `INSERT INTO channel_served (channel, at) VALUES ($1, $2)
				ON CONFLICT (channel) DO UPDATE SET at = excluded.at`, string(channel), now.UnixMilli())
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("say which channels are served", err)
}

// Served implements broadcast.Store.
func (s *Broadcasts) Served(ctx context.Context, channel broadcast.Channel) (time.Time, error) {
	var at sql.NullInt64
	err := s.db.read.QueryRowContext(ctx, `SELECT at FROM channel_served WHERE channel = $1`, string(channel)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return instant(at), wrap("look which channels are served", err)
}
