package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"

	"github.com/jackc/pgx/v5/pgconn"

	"towncrier/audit"
	"towncrier/broadcast"
)

// Broadcasts implements broadcast.Store.
type Broadcasts struct {
	db    *DB
	group *group // nil on PostgreSQL, which flushes several transactions at once by itself
}

var _ broadcast.Store = (*Broadcasts)(nil)

// Broadcasts keeps broadcasts and their deliveries in db. Use one for all of a process: what it writes at the same time is
// flushed together.
func (db *DB) Broadcasts() *Broadcasts {
	s := &Broadcasts{db: db}
	if db.embedded {
		s.group = &group{db: db}
	}
	return s
}

// writeAgain is how often a transaction that lost to another is tried.
const writeAgain = 5

// write runs do in a transaction. It may run several times: see group.
func (s *Broadcasts) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if s.group != nil {
		return s.group.write(ctx, do)
	}
	for try := 1; ; try++ {
		err := s.db.transact(ctx, func(tx *sql.Tx) error { return do(ctx, tx) })
		if lost, ok := errors.AsType[*pgconn.PgError](err); !ok || try == writeAgain || !again(lost) {
			return err
		}
	}
}

// again says whether a transaction lost to another, so that it may succeed now: a deadlock, or two calls to one resident.
func again(err *pgconn.PgError) bool {
	return err.Code == "40P01" || err.Code == "40001" || err.Code == "23505" && err.ConstraintName == "delivery_wechat"
}

// tallyParts spreads counts over rows on PostgreSQL, where workers would queue for the one of the state that all write.
const tallyShards = 16

// shard is where a transaction counts.
func (s *Broadcasts) shard() int {
	if s.group != nil {
		return 0
	}
	return rand.IntN(tallyShards)
}

const broadcastColumns = `num, version, doc, frozen, frozen_at, forgotten_at, as_of`

func scanBroadcast(row row) (num int64, b broadcast.Broadcast, err error) {
	var doc string
	var columns broadcast.Broadcast
	err = row.Scan(&num, &columns.Version, &doc, &columns.Frozen, into(&columns.FrozenAt), into(&columns.ForgottenAt), into(&columns.PutBackAt))
	if err != nil {
		return 0, b, orNotFound(err, broadcast.ErrNoBroadcast)
	}
	b, err = readBroadcast(doc)
	b.Version, b.Frozen, b.FrozenAt, b.ForgottenAt, b.PutBackAt = columns.Version, columns.Frozen, columns.FrozenAt, columns.ForgottenAt, columns.PutBackAt
	return num, b, err
}

// Create implements broadcast.Store.
func (s *Broadcasts) Create(ctx context.Context, b broadcast.Broadcast, act audit.Act) (created bool, err error) {
	doc, err := writeBroadcast(b)
	if err != nil {
		return false, wrap("create broadcast", err)
	}
	series := sql.NullString{String: b.Series, Valid: b.Series != ""}
	due := stamp(b.DueAt)
	due.Valid = series.Valid
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `INSERT INTO broadcast
			(id, version, status, committee, author, topic, emergency, series, due_at, doubtful, wait, doc, approver, dated, words)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (series, due_at) DO NOTHING`,
			b.ID, b.Version, string(b.Status), b.Committee, b.Author, b.Topic, boolInt(b.Emergency), series, due,
			boolInt(b.Fallback.Doubtful), b.Fallback.Wait.Milliseconds(), doc, b.Approver, b.Date().UnixMilli(), b.Words))
		if created = n == 1; err != nil || !created {
			return err
		}
		if err := putRevision(ctx, tx, b.ID, b.Version, b.Revision); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return created, wrap("create broadcast", err)
}

// Get implements broadcast.Store.
func (s *Broadcasts) Get(ctx context.Context, id string) (broadcast.Broadcast, error) {
	_, b, err := scanBroadcast(s.db.read.QueryRowContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast WHERE id = $1`, id))
	return b, wrap("get broadcast", err)
}

// Change implements broadcast.Store.
func (s *Broadcasts) Change(ctx context.Context, id string, decide func(*broadcast.Broadcast) ([]audit.Act, error)) (broadcast.Broadcast, error) {
	var b broadcast.Broadcast
	err := s.db.transact(ctx, func(tx *sql.Tx) (err error) {
		var num int64
		num, b, err = scanBroadcast(tx.QueryRowContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast WHERE id = $1`+s.db.lock, id))
		if err != nil {
			return err
		}
		before := b
		acts, err := decide(&b)
		if err != nil {
			return err
		}
		if len(acts) == 0 {
			b = before
			return nil
		}
		b.Version, b.Frozen, b.FrozenAt, b.ForgottenAt = before.Version+1, before.Frozen, before.FrozenAt, before.ForgottenAt
		another := b.PutBackAt.IsZero()
		doc, err := writeBroadcast(b)
		if err != nil {
			return err
		}
		var begins, ends sql.NullInt64
		if b.Status == broadcast.Freezing {
			begins = stamp(acts[0].At)
		}
		if b.Status.Over() {
			ends = stamp(acts[0].At)
		}
		_, err = tx.ExecContext(ctx, `UPDATE broadcast SET version = $2, status = $3, committee = $4, topic = $5, emergency = $6,
				doubtful = $7, wait = $8, doc = $9, freezing_at = COALESCE(freezing_at, $10), ended_at = $11,
				as_of = CASE WHEN $12 = 1 THEN NULL ELSE as_of END, doubted = CASE WHEN $12 = 1 THEN 0 ELSE doubted END,
				approver = $13, dated = $14, words = CASE WHEN $15 = '' THEN words ELSE $15 END WHERE num = $1`,
			num, b.Version, string(b.Status), b.Committee, b.Topic, boolInt(b.Emergency),
			boolInt(b.Fallback.Doubtful), b.Fallback.Wait.Milliseconds(), doc, begins, ends, boolInt(another), b.Approver, b.Date().UnixMilli(), b.Words)
		if err != nil {
			return err
		}
		if err := putRevision(ctx, tx, b.ID, b.Version, b.Revision); err != nil {
			return err
		}
		for _, act := range acts {
			if act.Action == "" {
				continue
			}
			if err := s.db.appendAudit(ctx, tx, act); err != nil {
				return err
			}
		}
		return nil
	})
	return b, wrap("change broadcast", err)
}

// Delete implements broadcast.Store. The ledger has no rows of what was never sent.
func (s *Broadcasts) Delete(ctx context.Context, id string, decide func(broadcast.Broadcast) (audit.Act, error)) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		num, b, err := scanBroadcast(tx.QueryRowContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast WHERE id = $1`+s.db.lock, id))
		if err != nil {
			return err
		}
		act, err := decide(b)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM broadcast_test WHERE broadcast = $1`, num); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM broadcast_revision WHERE subject = $1`, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM broadcast WHERE num = $1`, num); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("delete broadcast", err)
}
