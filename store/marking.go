package store

import (
	"context"
	"database/sql"
	"io"
	"time"

	"towncrier/audit"
)

// marking is one MarkRestored.
type marking struct {
	db     *DB
	ledger *Broadcasts
	by     audit.Actor
	row    restoreRow
	done   *Restored

	logs    []io.Reader
	lines   []stopLine // of them; nil before they are read
	applied int
	pending []pendingOf // still to be put in doubt; nil before it is known
}

func (m *marking) step(ctx context.Context, tx *sql.Tx, done int) error {
	_, err := tx.ExecContext(ctx, `UPDATE restore SET steps = $2 WHERE epoch = $1`, m.row.epoch, done)
	return err
}

// write is a transaction on the one connection.
func (m *marking) write(ctx context.Context, do func(*sql.Tx) error) error {
	return m.db.transactOn(ctx, m.db.write, do)
}

func (m *marking) asOf() time.Time { return instant(millis(m.row.asOf)) }

func (m *marking) now() time.Time { return instant(millis(m.row.begun)) }

func (m *marking) act(action, subject, detail string) audit.Act {
	return audit.Act{Actor: m.by, Action: action, Subject: subject, Detail: detail, At: m.now()}
}
