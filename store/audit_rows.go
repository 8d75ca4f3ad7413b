package store

import (
	"context"
	"time"

	"towncrier/audit"
)

func auditRows(ctx context.Context, q querier, which string, args ...any) ([]audit.Entry, error) {
	return collect(rowsOf(q.QueryContext(ctx, `SELECT seq, actor, action, subject, detail, at, hash, origin FROM audit`+which, args...)), func(row row) (e audit.Entry, err error) {
		var at int64
		err = row.Scan(&e.Seq, &e.Actor, &e.Action, &e.Subject, &e.Detail, &at, &e.Hash, &e.Origin)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	})
}
