package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"towncrier/audit"
	"towncrier/roster"
)

const (
	// An import's transactions begin with firstPart rows; then the size follows how long they take, to importHold each.
	firstPart, minPart, maxPart = 2000, 100, 8000
	importHold                  = 30 * time.Millisecond
	// importPause is between transactions: several times as long as another process waits before it asks for SQLite's writer
	// again, so that a waiting caller gets it.
	importPause = 4 * lockPoll
)

var _ roster.Importer = (*Roster)(nil)

// BeginImport implements roster.Importer. What is kept of the digest tells nothing of the file without the key: a file may be one number.
func (s *imports) BeginImport(ctx context.Context, digest [32]byte, act audit.Act) (state roster.ImportState, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		finds := s.db.sealer.Finds("roster_import.digest", string(digest[:]))
		for _, earlier := range append(finds[1:], digest[:]) { // earlier versions kept it without a key
			if _, err := tx.ExecContext(ctx, `UPDATE roster_import SET digest = $1 WHERE digest = $2`, finds[0], earlier); err != nil {
				return err
			}
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO roster_import (id, digest, at, up_to) VALUES ($1, $2, $3, 0) ON CONFLICT (digest) DO NOTHING`,
			strings.ToLower(rand.Text()), finds[0], stamp(act.At))
		if err != nil {
			return err
		}
		n := &state.Counts
		err = tx.QueryRowContext(ctx, `UPDATE roster_import SET at = $2 WHERE digest = $1
			RETURNING id, up_to, added, changed, unchanged, erased, held, stopped`, finds[0], stamp(act.At)).
			Scan(&state.ID, &state.UpTo, &n.Added, &n.Changed, &n.Unchanged, &n.Erased, &n.Held, &n.Stopped)
		if err != nil {
			return err
		}
		if created, err := result.RowsAffected(); err != nil || created == 0 {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return state, wrap("begin import", err)
}

// FinishImport implements roster.Importer.
func (s *imports) FinishImport(ctx context.Context, importID string, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM roster_import WHERE id = $1`, importID)
		if err := orWhenNone(result, err, roster.ErrImportMoved); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("finish import", err)
}

// importRow is a row as it is written.
type importRow struct {
	roster.ImportRow
	find   phoneHash
	sealed []byte
}

// importPart is what one transaction writes, in the order of hashes.
type importPart struct {
	rows []importRow
	new  newcomers // all of the rows, as if nobody were known
}

// place is where a slice has a row.
type place struct {
	find phoneHash
	row  int32
}

// WriteSlice implements roster.Importer.
//
// Rows are written in the order of their numbers' hashes, so that each page of the index is written once: pages are what
// an import costs. The next rows are sealed while some are written.
func (s *imports) WriteSlice(ctx context.Context, importID string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	step := importStep{s: s, id: importID, slice: slice}
	if err := step.begin(ctx); err != nil {
		return wrap("import", err)
	}
	order := s.order(slice.Rows)
	i, written := slices.BinarySearchFunc(order, step.passed, func(p place, hash []byte) int { return bytes.Compare(p.find[:], hash) })
	if written {
		i++
	}
	order = order[i:]

	var size atomic.Int64
	size.Store(firstPart)
	parts := make(chan importPart)
	work, inner := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(parts)
		for {
			n := min(int(size.Load()), len(order))
			part, err := s.prepare(slice.Rows, order[:n])
			if err != nil {
				return err
			}
			select {
			case parts <- part:
			case <-inner.Done():
				return inner.Err()
			}
			if order = order[n:]; len(order) == 0 {
				return nil
			}
		}
	})
	work.Go(func() error {
		left := len(order)
		for part := range parts {
			left -= len(part.rows)
			start := time.Now()
			counts, err := step.write(inner, part, left == 0)
			if err != nil {
				return err
			}
			took := max(time.Since(start), time.Millisecond)
			size.Store(min(max(int64(len(part.rows))*int64(importHold)/int64(took), minPart), maxPart, 2*size.Load()))
			wrote(counts)
			if err := s.pause(inner); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("import", work.Wait())
}

// order hashes rows and sorts them, half of them beside the other half.
func (s *imports) order(rows *roster.ImportRows) []place {
	order := make([]place, rows.Len())
	hash := func(from, upTo int) {
		for i := from; i < upTo; i++ {
			order[i] = place{s.db.findPhone(rows.Phone(i)), int32(i)}
		}
	}
	var work errgroup.Group
	half := len(order) / 2
	work.Go(func() error { hash(0, half); return nil })
	hash(half, len(order))
	work.Wait()
	byHash := func(a, b place) int { return bytes.Compare(a.find[:], b.find[:]) }
	slices.SortFunc(order, byHash)
	return order
}

// prepare seals rows and brings them into the form in which they are written.
func (s *imports) prepare(rows *roster.ImportRows, places []place) (part importPart, err error) {
	part.rows = make([]importRow, len(places))
	for i, p := range places {
		row := rows.At(int(p.row))
		part.rows[i] = importRow{row, p.find, s.db.sealer.Seal(residentPhone, string(row.Phone))}
	}
	part.new, err = s.db.newcomers(part.rows)
	return part, err
}

// lock makes tx the only one that changes whose number is whose.
func (s *imports) lock(ctx context.Context, tx *sql.Tx) error {
	return errors.Join(take(ctx, tx, s.db.byIndex), take(ctx, tx, s.db.lockNumber, rosterLock))
}

func (s *imports) pause(ctx context.Context) error {
	if !s.db.embedded {
		return nil // PostgreSQL wakes waiting callers
	}
	select {
	case <-time.After(importPause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// importStep is where a slice stands.
type importStep struct {
	s      *imports
	id     string
	slice  roster.ImportSlice
	passed []byte // hash of the last row of the slice that is written; nil before the first
}

// begin finds out how much of the slice another process wrote before it died.
func (p *importStep) begin(ctx context.Context) error {
	var from int
	err := p.s.db.read.QueryRowContext(ctx, `SELECT up_to, passed FROM roster_import WHERE id = $1`, p.id).Scan(&from, &p.passed)
	if errors.Is(err, sql.ErrNoRows) || err == nil && from != p.slice.From {
		return roster.ErrImportMoved
	}
	return err
}

// write writes a part of the slice, and moves the import there.
func (p *importStep) write(ctx context.Context, part importPart, last bool) (counts roster.ImportCounts, err error) {
	s := p.s
	upTo, passed := p.slice.UpTo, []byte(nil)
	if !last {
		upTo, passed = p.slice.From, part.rows[len(part.rows)-1].find[:]
	}
	err = s.db.transactInBulk(ctx, func(tx *sql.Tx) error {
		if err := s.lock(ctx, tx); err != nil {
			return err
		}
		var from int
		var reached []byte
		var at sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT up_to, passed, at FROM roster_import WHERE id = $1`+s.db.lock, p.id).Scan(&from, &reached, &at)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (from != p.slice.From || !bytes.Equal(p.passed, reached)) {
			return roster.ErrImportMoved
		}
		if err != nil {
			return err
		}
		if counts, err = s.write(ctx, tx, part, p.slice.Own, at); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE roster_import SET up_to = $2, passed = $3, added = added + $4, changed = changed + $5,
			unchanged = unchanged + $6, erased = erased + $7, held = held + $8, stopped = stopped + $9 WHERE id = $1`,
			p.id, upTo, passed, counts.Added, counts.Changed, counts.Unchanged, counts.Erased, counts.Held, counts.Stopped)
		return err
	})
	if err == nil {
		p.passed = passed
	}
	return counts, err
}
