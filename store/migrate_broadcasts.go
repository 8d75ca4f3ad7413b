package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// foundStep is the migration that fills what broadcasts are found by. Their documents are read for it, so it is in Go.
const foundStep = 121

func broadcastsFound() *goose.Migration {
	return goose.NewGoMigration(foundStep, &goose.GoFunc{RunTx: fillFound}, nil)
}

func fillFound(ctx context.Context, tx *sql.Tx) error {
	type kept struct {
		num int64
		doc string
	}
	all, err := collect(rowsOf(tx.QueryContext(ctx, `SELECT num, doc FROM broadcast`)), func(row row) (one kept, err error) {
		return one, row.Scan(&one.num, &one.doc)
	})
	if err != nil {
		return err
	}
	for _, one := range all {
		b, err := readBroadcast(one.doc)
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE broadcast SET approver = $2, dated = $3, words = $4 WHERE num = $1`,
				one.num, b.Approver, b.Date().UnixMilli(), b.WordsOf(nil))
		}
		if err != nil {
			return wrap("fill what broadcasts are found by", err)
		}
	}
	return nil
}
