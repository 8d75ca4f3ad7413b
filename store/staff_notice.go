package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/notify"
)

// Notices implements notify.Store.
type Notices struct {
	db    *DB
	staff *Staff
}

var _ notify.Store = (*Notices)(nil)

// Notices keeps in db what staff were told of what waits for them.
func (db *DB) Notices() *Notices { return &Notices{db, db.Staff()} }

// Bound implements notify.Store.
func (s *Notices) Bound(ctx context.Context) ([]notify.Bound, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+staffColumns+`, w.openid, w.openid_find FROM staff s JOIN staff_wechat w ON w.person = s.id
		WHERE s.disabled_at IS NULL ORDER BY s.id`)), func(row row) (b notify.Bound, err error) {
		var sealed, find []byte
		if b.Person, err = s.staff.scan(row, &sealed, &find); err == nil {
			b.OpenID, err = s.db.openStaffAccount(b.Person.ID, sealed, find)
		}
		return b, err
	})
	for i := range all {
		if err == nil {
			all[i].Unwanted, err = s.Unwanted(ctx, all[i].Person.ID)
		}
	}
	return all, wrap("list colleagues with an account", err)
}

// Untold implements notify.Store.
func (s *Notices) Untold(ctx context.Context, person string, keys []string) ([]string, error) {
	told, err := scalars[string](s.db.read.QueryContext(ctx, `SELECT thing FROM staff_told WHERE person = $1`, person))
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return slices.Contains(told, k) }), wrap("look at what a colleague was told", err)
}

// Begin implements notify.Store. The call is written down, and committed, before deliveries are looked at; a claim looks at calls (oneCall) and
// takes only what is pending in a broadcast under way, which is looked for here. So one of the two sees the other.
func (s *Notices) Begin(ctx context.Context, person string, keys []string, now, until time.Time) (fresh []string, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff_call WHERE person = $1 AND (until <= $2 OR until > $3)`, person, stamp(now), stamp(until)); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO staff_call (person, resident, until)
			SELECT w.person, (SELECT r.id FROM resident r WHERE r.openid_find = w.openid_find), $2 FROM staff_wechat w WHERE w.person = $1
			ON CONFLICT (person) DO NOTHING`, person, stamp(until))
		return orWhenNone(result, err, notify.ErrBusy)
	})
	if err != nil {
		return nil, wrap("begin to tell a colleague", err)
	}
	busy, err := s.db.callComes(ctx, person, until)
	if err == nil && busy {
		err = notify.ErrBusy
	}
	if err == nil {
		err = s.db.transact(ctx, func(tx *sql.Tx) error {
			fresh = nil
			for _, key := range keys {
				n, err := affected(tx.ExecContext(ctx, `INSERT INTO staff_told (person, thing, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, person, key, stamp(now)))
				if err != nil {
					return err
				}
				if n > 0 {
					fresh = append(fresh, key)
				}
			}
			return nil
		})
	}
	if err != nil || len(fresh) == 0 {
		if end := s.End(context.WithoutCancel(ctx), person, nil); err == nil {
			err = end
		}
		return nil, wrap("begin to tell a colleague", err)
	}
	return fresh, nil
}

// End implements notify.Store.
func (s *Notices) End(ctx context.Context, person string, again []string) error {
	return wrap("end telling a colleague", s.db.transact(ctx, func(tx *sql.Tx) error {
		for _, key := range again {
			if _, err := tx.ExecContext(ctx, `DELETE FROM staff_told WHERE person = $1 AND thing = $2`, person, key); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM staff_call WHERE person = $1`, person)
		return err
	}))
}

// Unwanted implements notify.Store.
func (s *Notices) Unwanted(ctx context.Context, person string) ([]notify.Kind, error) {
	all, err := scalars[notify.Kind](s.db.read.QueryContext(ctx, `SELECT kind FROM staff_unwanted WHERE person = $1 ORDER BY kind`, person))
	return all, wrap("look at what a colleague wants to hear of", err)
}

// Choose implements notify.Store.
func (s *Notices) Choose(ctx context.Context, person string, unwanted []notify.Kind, act audit.Act) error {
	return wrap("choose what to hear of", s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := s.staff.lockPerson(ctx, tx, person); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff_unwanted WHERE person = $1`, person); err != nil {
			return err
		}
		for _, kind := range unwanted {
			if _, err := tx.ExecContext(ctx, `INSERT INTO staff_unwanted (person, kind) VALUES ($1, $2)`, person, string(kind)); err != nil {
				return err
			}
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// Forget implements notify.Store.
func (s *Notices) Forget(ctx context.Context, before time.Time) error {
	_, err := s.db.exec(ctx, `DELETE FROM staff_told WHERE at < $1`, stamp(before))
	return wrap("forget what colleagues were told", err)
}
