package store

import (
	"context"
	"database/sql"
)

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
