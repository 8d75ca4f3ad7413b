package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// connections are the pools of connections to one database, and how they are written through.
type connections struct {
	*dialect
	where string // the SQLite file's path, or words for the server
	write *sql.DB
	read  *sql.DB // the same as write on PostgreSQL
	// scan is for what reads every resident or recipient. It has connections of its own, so that nobody else waits for one meanwhile.
	scan *sql.DB

	// writerLock is held by the one transaction that SQLite's writer serves. Those that wait for it get it in their order; database/sql
	// gives its connection to any of them, so that beside an import, slice after slice, somebody would wait for long. nil on PostgreSQL.
	writerLock chan struct{}
}

// open connects to what setting names, which is made when it is a file. A ring is asked about each new connection to PostgreSQL.
func open(ctx context.Context, setting string, ring *keyRing) (*connections, error) {
	scheme, _, isURL := strings.Cut(setting, "://")
	switch {
	case setting == "":
		return nil, errors.New("the database setting is empty: want the path of a SQLite file or a postgres:// URL")
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, setting, ring)
	case isURL:
		return nil, fmt.Errorf("unknown database scheme %q: want the path of a SQLite file or a postgres:// URL", scheme)
	}
	return openSQLite(ctx, setting)
}

// close waits for queries that run.
func (c *connections) close() error {
	return errors.Join(c.scan.Close(), c.read.Close(), c.write.Close()) // the writer last: it folds the journal into the file
}
