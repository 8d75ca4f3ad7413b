package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrReadOnly says that the database answers and takes no writes.
var ErrReadOnly = errors.New("the database is read-only")

// ProbeWrite writes a row, so that it fails where other writes would: with roster.ErrNoRoom when the disk is full, with ErrReadOnly when the
// database, its file or the server is read-only, such as a standby. It fails, too, where a stop could not be written to stops.log: nobody
// could stop texts.
func (db *DB) ProbeWrite(ctx context.Context, now time.Time) error {
	_, err := db.exec(ctx, `UPDATE write_probe SET at = $1 WHERE id = 1`, stamp(now))
	if err == nil && db.embedded && noRoomBeside(db.where) { // the row that was written took room that was there before
		return &noRoom{where: db.where}
	}
	if err == nil {
		return db.stops.probe(now)
	}
	const readOnlyTransaction = "25006"
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == readOnlyTransaction || sqliteCode(err) == sqlite3.SQLITE_READONLY {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return fmt.Errorf("write to %s: %w", db.kind, err)
}
