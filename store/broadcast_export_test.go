package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"time"

	"towncrier/broadcast"
)

// MergeDeliveries makes one resident one with another, by subject ids, in every audience.
func (db *DB) MergeDeliveries(ctx context.Context, from, into string, now time.Time) error {
	var ids [2][]byte
	for i, id := range []string{from, into} {
		var err error
		if ids[i], err = hex.DecodeString(id); err != nil {
			return err
		}
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		var row int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM resident WHERE subject = $1`, ids[0]).Scan(&row); err != nil {
			return err
		}
		return db.mergeDeliveries(ctx, tx, row, ids[1], now)
	})
}

// ClaimInTwo claims a chunk as Claim does, with what happens between the reading of its rows and their change.
func (s *Broadcasts) ClaimInTwo(ctx context.Context, chunk broadcast.Chunk, now, until time.Time, between func()) (broadcast.Claimed, error) {
	found, err := s.addressees(ctx, chunk, broadcast.ClaimRows, now)
	if err != nil {
		return broadcast.Claimed{}, err
	}
	between()
	return s.claim(ctx, chunk, found, 0, now, until)
}

// ReaderWaits is how often somebody waited for a connection that reads.
func (db *DB) ReaderWaits() int64 { return db.read.Stats().WaitCount }
