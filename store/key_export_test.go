package store

import (
	"context"
	"fmt"
	"time"
)

// TakenUpAfter sets how long Rotate waits for other processes.
func (k *Keys) TakenUpAfter(d time.Duration) *Keys { return &Keys{k.db, d} }

// RefreshKeys is what a process does every keyRefresh.
func (db *DB) RefreshKeys(ctx context.Context) error { return db.ring.load(ctx) }

// SealedColumns lists what Rotate walks, as table.column.
func SealedColumns() []string {
	var all []string
	for _, c := range sealedColumns {
		all = append(all, c.table+"."+c.column)
	}
	return all
}

// LimitPages lets the SQLite file have so many pages and no more: the next is refused as on a full disk.
func (db *DB) LimitPages(ctx context.Context, pages int) error {
	var now int
	return db.write.QueryRowContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&now)
}

// Exec runs a statement.
func (db *DB) Exec(ctx context.Context, query string) error {
	_, err := db.exec(ctx, query)
	return err
}
