package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// querier is what a pool, a connection and a transaction share.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// row is one row of a result.
type row interface{ Scan(...any) error }

// queried is what a query returned, for each and collect.
type queried struct {
	rows *sql.Rows
	err  error
}

func rowsOf(rows *sql.Rows, err error) queried { return queried{rows, err} }

// each has do read every row, and closes the result.
func (q queried) each(do func(row) error) error {
	if q.err != nil {
		return q.err
	}
	defer q.rows.Close()
	for q.rows.Next() {
		if err := do(q.rows); err != nil {
			return err
		}
	}
	return errors.Join(q.rows.Err(), q.rows.Close())
}

// collect reads every row with scan; nil when there is none.
func collect[T any](q queried, scan func(row) (T, error)) (all []T, err error) {
	err = q.each(func(row row) error {
		v, err := scan(row)
		all = append(all, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// scalars reads a result of one column.
func scalars[T any](rows *sql.Rows, err error) ([]T, error) {
	return collect(rowsOf(rows, err), func(r row) (v T, err error) {
		err = r.Scan(&v)
		return v, err
	})
}

// affected is how many rows a statement changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// orWhenNone is err, or none when result says that no row changed.
func orWhenNone(result sql.Result, err, none error) error {
	n, err := affected(result, err)
	if err == nil && n == 0 {
		return none
	}
	return err
}

// orNotFound is err, or none when a query of one row found none.
func orNotFound(err, none error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return none
	}
	return err
}

// wrap says what was being done when err happened; nil stays nil.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// stamp is how an instant is kept; the zero time is NULL.
func stamp(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// instant reverses stamp.
func instant(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}

// into scans an instant that stamp wrote into t.
func into(t *time.Time) sql.Scanner { return scanInstant{t} }

type scanInstant struct{ to *time.Time }

func (s scanInstant) Scan(value any) error {
	var n sql.NullInt64
	err := n.Scan(value)
	*s.to = instant(n)
	return err
}

// boolInt is how a truth is kept: both databases compare and add integers alike.
func boolInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// cursorBase is how the place of a list's last row is written for those who read on behind it.
const cursorBase = 36

// cursor reads a place in an order, 0 for its start. It returns bad for what is none.
func cursor(text string, bad error) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, cursorBase, 64)
	if err != nil || n <= 0 {
		return 0, bad
	}
	return n, nil
}

// page cuts what a query with LIMIT limit + 1 found down to limit. next is the cursor of the last row, "" when there is no more.
func page[T any](found []T, limit int, place func(T) int64) (_ []T, next string) {
	if len(found) <= limit {
		return found, ""
	}
	return found[:limit], strconv.FormatInt(place(found[limit-1]), cursorBase)
}

// orElse is err, or what stands for it when there is none.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
