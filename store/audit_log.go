package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"towncrier/audit"
)

// auditSlice is how many entries are read at a time, and deleted in one transaction: 1000 hold SQLite's writer for some
// milliseconds.
const auditSlice = 1000

// Audit implements audit.Log.
type Audit struct{ db *DB }

var _ audit.Log = (*Audit)(nil)

// Audit is the audit log of db.
func (db *DB) Audit() *Audit { return &Audit{db} }

// Record adds an act that changed no row of db: what changes rows records it in the same transaction.
func (s *Audit) Record(ctx context.Context, act audit.Act) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error { return s.db.appendAudit(ctx, tx, act) })
}

// List implements audit.Log.
func (s *Audit) List(ctx context.Context, after int64, limit int, f audit.Filter) ([]audit.Entry, error) {
	where, args := []string{"seq > 0"}, []any{limit}
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf("%s $%d", condition, len(args)))
	}
	if after > 0 {
		add("seq <", after)
	}
	for _, c := range []struct{ column, value string }{{"actor", string(f.Actor)}, {"action", f.Action}, {"subject", f.Subject}} {
		if c.value != "" {
			add(c.column+" =", c.value)
		}
	}
	if !f.From.IsZero() {
		add("at >=", f.From.UnixMilli())
	}
	if !f.Before.IsZero() {
		add("at <", f.Before.UnixMilli())
	}
	entries, err := auditRows(ctx, s.db.read, ` WHERE `+strings.Join(where, " AND ")+` ORDER BY seq DESC LIMIT $1`, args...)
	return entries, wrap("list the audit log", err)
}

// Verify implements audit.Log.
func (s *Audit) Verify(ctx context.Context, progress func(done, total int64)) (audit.Mark, error) {
	for {
		anchor, err := s.db.mark(ctx, s.db.read, anchorMark, "")
		if errors.Is(err, errMark) {
			return audit.Mark{}, &audit.Broken{Seq: anchor.Seq + 1, What: audit.Moved}
		}
		if err != nil {
			return audit.Mark{}, wrap("verify the audit log", err)
		}
		head, err := s.verify(ctx, anchor, progress)
		if _, broken := errors.AsType[*audit.Broken](err); broken {
			// What a prune deleted meanwhile is not missing: then begin behind it.
			if now, look := s.db.mark(ctx, s.db.read, anchorMark, ""); look == nil && now.Seq > anchor.Seq {
				continue
			}
			return audit.Mark{}, err
		}
		return head, wrap("verify the audit log", err)
	}
}

// Head implements audit.Log.
func (s *Audit) Head(ctx context.Context) (audit.Mark, error) {
	head, err := s.db.mark(ctx, s.db.read, headMark, "")
	if errors.Is(err, errMark) {
		err = &audit.Broken{Seq: head.Seq, What: audit.Moved}
	}
	return head, wrap("read the head of the audit log", err)
}

// Holds implements audit.Log.
func (s *Audit) Holds(ctx context.Context, noted audit.Mark) error {
	anchor, err := s.db.mark(ctx, s.db.read, anchorMark, "")
	switch {
	case errors.Is(err, errMark):
		return &audit.Broken{Seq: anchor.Seq + 1, What: audit.Moved}
	case err != nil:
		return wrap("look for an entry of the audit log", err)
	case noted.Seq < anchor.Seq:
		return audit.ErrPruned
	}
	kept := anchor.Hash
	if noted.Seq > anchor.Seq {
		kept = nil
		err := s.db.read.QueryRowContext(ctx, `SELECT hash FROM audit WHERE seq = $1`, noted.Seq).Scan(&kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return wrap("look for an entry of the audit log", err)
		}
	}
	if !hmac.Equal(kept, noted.Hash) {
		return &audit.Broken{Seq: noted.Seq, What: audit.Other}
	}
	return nil
}

// verify reads the head before each slice: every entry up to it is there to be read then, and what was added since is in a
// later one.
func (s *Audit) verify(ctx context.Context, anchor audit.Mark, progress func(done, total int64)) (audit.Mark, error) {
	v := audit.NewVerifier(anchor, s.made())
	from := int64(math.MinInt64) // also what was put in before the anchor
	for {
		head, headErr := s.db.mark(ctx, s.db.read, headMark, "")
		if headErr != nil && !errors.Is(headErr, errMark) {
			return audit.Mark{}, headErr
		}
		entries, err := auditRows(ctx, s.db.read, ` WHERE seq >= $1 ORDER BY seq LIMIT $2`, from, auditSlice)
		if err != nil {
			return audit.Mark{}, err
		}
		for _, e := range entries {
			if err := v.Next(e); err != nil {
				return audit.Mark{}, err
			}
			from = e.Seq + 1
		}
		if progress != nil {
			progress(v.Last().Seq-anchor.Seq, max(head.Seq, v.Last().Seq)-anchor.Seq)
		}
		if len(entries) > 0 {
			continue
		}
		if headErr != nil {
			head = v.Last()
		}
		if err := v.End(head); err != nil {
			return audit.Mark{}, err
		}
		if headErr != nil {
			return audit.Mark{}, &audit.Broken{Seq: head.Seq, What: audit.Moved}
		}
		return head, nil
	}
}

// made follows a chain whose entries were hashed under one finding key after the other. An entry under an earlier key than the one
// before it is none: what leaked with an earlier key forges nothing behind the rotation.
func (s *Audit) made() func(message string, hash []byte) bool {
	oldest := math.MaxInt
	return func(message string, hash []byte) bool {
		for age, want := range s.db.sealer.Finds(auditEntry, message) { // the newest first
			if age <= oldest && hmac.Equal(want, hash) {
				oldest = age
				return true
			}
		}
		return false
	}
}

// Prune implements audit.Log. Nothing goes that does not verify: a prune must not wipe a fault away.
func (s *Audit) Prune(ctx context.Context, before time.Time, act audit.Act) (deleted int64, err error) {
	if before.After(act.At.Add(-audit.MinRetention)) {
		return 0, fmt.Errorf("prune the audit log before %s: %w", before.UTC().Format(time.DateOnly), audit.ErrRetention)
	}
	for {
		n, err := s.prune(ctx, before, act)
		if err != nil {
			return deleted, wrap("prune the audit log", err)
		}
		deleted += n
		if n < auditSlice {
			return deleted, nil
		}
	}
}

func (s *Audit) prune(ctx context.Context, before time.Time, act audit.Act) (n int64, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		anchor, err := s.db.mark(ctx, tx, anchorMark, s.db.lock)
		if errors.Is(err, errMark) {
			return &audit.Broken{Seq: anchor.Seq + 1, What: audit.Moved}
		}
		if err != nil {
			return err
		}
		entries, err := auditRows(ctx, tx, ` ORDER BY seq LIMIT $1`, auditSlice)
		if err != nil {
			return err
		}
		v := audit.NewVerifier(anchor, s.made())
		for _, e := range entries {
			if !e.At.Before(before) {
				break
			}
			if err := v.Next(e); err != nil {
				return err
			}
		}
		end := v.Last()
		if n = end.Seq - anchor.Seq; n == 0 {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM audit WHERE seq <= $1`, end.Seq); err != nil {
			return err
		}
		if err := s.db.setMark(ctx, tx, anchorMark, end); err != nil {
			return err
		}
		act.Action, act.Detail = "audit.prune", fmt.Sprintf("entries=%d last=%d", n, end.Seq)
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
