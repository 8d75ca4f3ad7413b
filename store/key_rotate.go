package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"towncrier/audit"
	"towncrier/seal"
)

const (
	// keyTakenUp is when every process that answers seals with a key after it was made: it looked once, and had time to.
	keyTakenUp = keyRefresh + keyAsk
	// keyGrace is how long a superseded key is kept although nothing is sealed under it: a process that could not refresh
	// may still seal with it.
	keyGrace = 24 * time.Hour
	// maxPasses bounds going over rows again that others change in the same instant; one more is nearly always enough.
	maxPasses = 20
)

// Keys is the key ring, for operators.
type Keys struct {
	db      *DB
	takenUp time.Duration
}

// Keys lists and rotates the keys of db.
func (db *DB) Keys() *Keys { return &Keys{db, keyTakenUp} }

// Key is one of the ring. The newest of either kind makes what is new.
type Key struct {
	ID        int
	Finds     bool
	MadeAt    time.Time
	SettledAt time.Time // when its rotation was complete; zero while it is under way
	Values    int64     // sealed under it in SQL; 0 when it finds
}

// List returns the ring, the oldest first. It opens every sealed value to tell its key: about a second for a million.
// damaged counts those that open under none.
func (k *Keys) List(ctx context.Context) (keys []Key, damaged int64, err error) {
	keys, err = collect(rowsOf(k.db.read.QueryContext(ctx, `SELECT id, finds = 1 OR id = 0, made_at, settled_at FROM seal_key ORDER BY id`)), func(row row) (key Key, err error) {
		err = row.Scan(&key.ID, &key.Finds, into(&key.MadeAt), into(&key.SettledAt))
		return key, err
	})
	if err != nil {
		return nil, 0, wrap("list keys", err)
	}
	under := make(map[uint16]int64)
	for _, c := range sealedColumns {
		err := k.db.ring.eachSealed(ctx, c, func(values []sealedValue) error {
			for _, v := range values {
				if id, err := k.db.sealer.KeyOf(c.purpose, v.sealed); err != nil {
					damaged++
				} else {
					under[id]++
				}
			}
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
	}
	for i := range keys {
		keys[i].Values = under[uint16(keys[i].ID)]
	}
	return keys, damaged, nil
}

// Rotation is what a rotation has done so far.
type Rotation struct {
	Key      int   // that seals from now on
	Resumed  bool  // a rotation that was interrupted goes on
	Total    int64 // sealed values there were to look at when it began
	Seen     int64
	Resealed int64
	Damaged  int64 // open under no key; left as they are, and no key is deleted then
	Deleted  int   // keys under which nothing was sealed any more
}

// Rotate makes a new key, seals every value anew under it, and wraps the ring under the current master key. Other processes
// go on meanwhile: Rotate first waits until they have taken the key up (12 s), then goes over the rows in slices that each
// hold the writer for some milliseconds, and never overwrites a value that changed since it was read. Interrupted, it goes on
// where it was when it is called again.
//
// Superseded keys are deleted once nothing is sealed under them and their successor is 24 hours old: a process that could not
// read the ring since may still seal with a fresh predecessor. So a key outlives its rotation and goes with the next one.
//
// After a change of the master key, start every process with the new one, and the old one as the previous, before Rotate: a
// process that only has the old master cannot take up what Rotate wraps under the new.
//
// act says who rotates and when; its Action and Detail are filled in. progress, unless nil, hears of every slice.
func (k *Keys) Rotate(ctx context.Context, act audit.Act, progress func(Rotation)) (r Rotation, err error) {
	act.Action = "key.rotate"
	wait, err := k.begin(ctx, act, &r)
	if err != nil {
		return r, wrap("rotate keys", err)
	}
	for _, c := range sealedColumns {
		var n int64
		query := fmt.Sprintf(`SELECT count(%s) FROM %s`, c.column, c.table)
		if err := k.db.read.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return r, wrap("rotate keys", err)
		}
		r.Total += n
	}
	report := func() {
		if progress != nil {
			progress(r)
		}
	}
	report()
	if err := pause(ctx, wait); err != nil {
		return r, err
	}
	for pass := 1; ; pass++ {
		missed, err := k.pass(ctx, &r, report)
		if err != nil {
			return r, wrap("rotate keys", err)
		}
		if missed == 0 {
			break
		}
		if pass == maxPasses {
			return r, fmt.Errorf("rotate keys: %d values changed each time that they were to be sealed anew: run it again", missed)
		}
		r.Seen, r.Damaged = 0, 0
	}
	if err := k.settle(ctx, act, &r); err != nil {
		return r, wrap("rotate keys", err)
	}
	return r, k.db.scrubAfter(ctx, driver.RowsAffected(r.Resealed+int64(r.Deleted)))
}

// begin stores a new key, or finds the one whose rotation was interrupted, and wraps all under the current master. wait is
// how long others may need to take the key up.
func (k *Keys) begin(ctx context.Context, act audit.Act, r *Rotation) (wait time.Duration, err error) {
	wait = k.takenUp
	err = k.transact(ctx, func(tx *sql.Tx) error {
		if err := k.lock(ctx, tx); err != nil { // of two rotations that begin at once the second resumes the first
			return err
		}
		keys, err := readKeys(ctx, tx)
		if err != nil {
			return err
		}
		if err := k.db.sealer.Load(keys); err != nil {
			return err
		}
		var newest uint16
		var made, settled sql.NullInt64
		err = tx.QueryRowContext(ctx, `SELECT id, made_at, settled_at FROM seal_key WHERE id > 0 AND finds = 0 ORDER BY id DESC LIMIT 1`).
			Scan(&newest, &made, &settled)
		if err != nil {
			return err
		}
		for _, w := range k.db.sealer.Wrap() {
			if _, err := tx.ExecContext(ctx, `UPDATE seal_key SET wrapped = $2 WHERE id = $1`, w.ID, w.Bytes); err != nil {
				return err
			}
		}
		if r.Resumed = !settled.Valid; r.Resumed {
			r.Key = int(newest)
			wait = min(wait, max(0, wait-act.At.Sub(instant(made))))
			return nil
		}
		fresh, err := k.db.sealer.Mint()
		if err != nil {
			return err
		}
		r.Key = int(fresh.ID)
		_, err = tx.ExecContext(ctx, `INSERT INTO seal_key (id, wrapped, made_at) VALUES ($1, $2, $3)`, fresh.ID, fresh.Bytes, stamp(act.At))
		if err != nil {
			return err
		}
		act.Detail = fmt.Sprintf("key=%d begun", r.Key)
		return k.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return 0, err
	}
	return wait, k.db.ring.load(ctx)
}

// transact tries again while another process holds SQLite's writer: that rotation takes long beside a busy server is no
// reason to give up.
func (k *Keys) transact(ctx context.Context, do func(*sql.Tx) error) error {
	for {
		err := k.db.transact(ctx, do)
		if sqliteCode(err) != sqlite3.SQLITE_BUSY || ctx.Err() != nil {
			return err
		}
	}
}

// lock makes changes of the ring take turns: the finding key's row is always there.
func (k *Keys) lock(ctx context.Context, tx *sql.Tx) error {
	var id int
	return tx.QueryRowContext(ctx, `SELECT id FROM seal_key WHERE id = 0`+k.db.lock).Scan(&id)
}

// pass goes over every value once. missed counts those that somebody changed between reading and writing.
func (k *Keys) pass(ctx context.Context, r *Rotation, report func()) (missed int64, err error) {
	for _, c := range sealedColumns {
		err := k.db.ring.eachSealed(ctx, c, func(values []sealedValue) error {
			began := time.Now()
			changed, late, damaged, err := k.reseal(ctx, c, values)
			if err != nil {
				return err
			}
			r.Seen += int64(len(values))
			r.Resealed += changed
			r.Damaged += damaged
			missed += late
			report()
			if changed+late == 0 {
				return nil
			}
			return pause(ctx, time.Since(began)) // half of the writer's time belongs to everybody else
		})
		if err != nil {
			return 0, err
		}
	}
	return missed, nil
}

// reseal writes a slice under the newest key, in one transaction, if any of it is not.
func (k *Keys) reseal(ctx context.Context, c sealedColumn, values []sealedValue) (changed, missed, damaged int64, err error) {
	var swaps []swap
	for _, v := range values {
		value, fresh, err := k.db.sealer.Reseal(c.purpose, v.sealed)
		switch {
		case errors.Is(err, seal.ErrSealed):
			damaged++
		case err != nil:
			return 0, 0, 0, err
		case fresh:
			swaps = append(swaps, swap{v, value})
		}
	}
	if len(swaps) == 0 {
		return 0, 0, damaged, nil
	}
	err = k.transact(ctx, func(tx *sql.Tx) error {
		changed, err = k.db.swap(ctx, tx, c, swaps)
		return err
	})
	return changed, int64(len(swaps)) - changed, damaged, err
}

// settle ends a rotation: every value that opens is under the newest key, so keys long superseded can go.
func (k *Keys) settle(ctx context.Context, act audit.Act, r *Rotation) error {
	err := k.transact(ctx, func(tx *sql.Tx) error {
		if err := k.lock(ctx, tx); err != nil {
			return err
		}
		r.Deleted = 0
		if r.Damaged == 0 {
			n, err := affected(tx.ExecContext(ctx, `DELETE FROM seal_key WHERE id > 0 AND finds = 0 AND id < $1 AND EXISTS
				(SELECT 1 FROM seal_key AS next WHERE next.finds = 0 AND next.id > seal_key.id AND next.made_at < $2)`, r.Key, stamp(act.At.Add(-keyGrace))))
			if err != nil {
				return err
			}
			r.Deleted = n
		}
		_, err := tx.ExecContext(ctx, `UPDATE seal_key SET settled_at = $2 WHERE id <= $1 AND settled_at IS NULL`, r.Key, stamp(act.At))
		if err != nil {
			return err
		}
		act.Detail = fmt.Sprintf("key=%d values=%d damaged=%d deleted=%d", r.Key, r.Resealed, r.Damaged, r.Deleted)
		return k.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return err
	}
	return k.db.ring.load(ctx)
}
