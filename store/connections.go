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

// transact runs do in a transaction, which is rolled back when do fails.
func (c *connections) transact(ctx context.Context, do func(*sql.Tx) error) error {
	leave, err := c.enter(ctx)
	if err != nil {
		return wrap("begin", err)
	}
	defer leave()
	return c.transactOn(ctx, c.write, do)
}

// enter waits for the writer lock; leave gives it back.
func (c *connections) enter(ctx context.Context) (leave func(), err error) {
	if c.writerLock == nil {
		return func() {}, nil
	}
	select {
	case c.writerLock <- struct{}{}:
		return func() { <-c.writerLock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// beginner begins transactions: a pool, or a connection of it.
type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

func (c *connections) transactOn(ctx context.Context, on beginner, do func(*sql.Tx) error) (err error) {
	defer func() { err = wrapFull(err, c.where) }()
	var tx *sql.Tx
	err = whenFree(ctx, func() (err error) {
		tx, err = on.BeginTx(ctx, nil)
		return err
	})
	if err != nil {
		return wrap("begin", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return wrap("commit", tx.Commit())
}

// exec runs one statement that writes, in a transaction of its own.
func (c *connections) exec(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	err = whenFree(ctx, func() (err error) {
		result, err = c.write.ExecContext(ctx, query, args...)
		return err
	})
	return result, wrapFull(err, c.where)
}
