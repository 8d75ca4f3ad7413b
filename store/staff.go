package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

// Staff implements staff.Store.
type Staff struct{ db *DB }

var _ staff.Store = (*Staff)(nil)

// Staff keeps members of staff and their keys in db.
func (db *DB) Staff() *Staff { return &Staff{db} }

const (
	staffColumns = `s.id, s.name, s.role, s.committee, s.created_at, s.disabled_at, s.phone, s.phone_by`
	keyColumns   = `k.id, k.person, k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.name`
)

// Add implements staff.Store.
func (s *Staff) Add(ctx context.Context, p staff.Person, act audit.Act) error {
	return s.change(ctx, "add staff", act, func(tx *sql.Tx) (sql.Result, error) {
		if err := s.lockCommittee(ctx, tx, p.Committee); err != nil {
			return nil, err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO staff (id, name, role, committee, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO NOTHING`, p.ID, p.Name, string(p.Role), p.Committee, stamp(p.CreatedAt))
		return result, orWhenNone(result, err, staff.ErrExists)
	})
}

// lockCommittee keeps a committee, unless it is "", from being deleted before tx ends.
func (s *Staff) lockCommittee(ctx context.Context, tx *sql.Tx, code string) error {
	if code == "" {
		return nil
	}
	err := tx.QueryRowContext(ctx, `SELECT code FROM committee WHERE code = $1`+s.db.lock, code).Scan(&code)
	return orNotFound(err, staff.ErrNoCommittee)
}

// Get implements staff.Store.
func (s *Staff) Get(ctx context.Context, id string) (staff.Person, error) {
	p, err := s.scan(s.db.read.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`, id))
	return p, wrap("get staff", err)
}

// List implements staff.Store.
func (s *Staff) List(ctx context.Context) ([]staff.Person, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+staffColumns+` FROM staff s ORDER BY s.id`)),
		func(row row) (staff.Person, error) { return s.scan(row) })
	return all, wrap("list staff", err)
}

// Disable implements staff.Store.
func (s *Staff) Disable(ctx context.Context, id string, keep int, at time.Time, act audit.Act) error {
	return s.change(ctx, "disable staff", act, func(tx *sql.Tx) (sql.Result, error) {
		if short, err := s.othersManage(ctx, tx, id, keep); err != nil || short != nil {
			return nil, cmp.Or(err, short)
		}
		if err := exists(ctx, tx, `SELECT id FROM staff WHERE id = $1`+s.db.lock, id); err != nil {
			return nil, err
		}
		if err := endAccess(ctx, tx, at, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE staff SET disabled_at = $2, phone = NULL, phone_find = NULL, phone_by = ''
			WHERE id = $1 AND disabled_at IS NULL`, id, stamp(at))
	})
}

// othersManage says, by short, that id is an admin who is not disabled, and that fewer than keep others are. Changes of staff take turns.
func (s *Staff) othersManage(ctx context.Context, tx *sql.Tx, id string, keep int) (short, err error) {
	admins, err := scalars[string](tx.QueryContext(ctx, `SELECT id FROM staff WHERE role = 'admin' AND disabled_at IS NULL`))
	if err != nil || !slices.Contains(admins, id) {
		return nil, err
	}
	return staff.AdminsLeft(len(admins)-1, keep), nil
}

// endAccess ends a person's keys, how they sign in and their sessions, the invitations that are theirs or that they issued or confirmed, and what they asked for or confirmed and
// nobody did yet.
func endAccess(ctx context.Context, tx *sql.Tx, at time.Time, id string) error {
	if _, err := endKeys(ctx, tx, at, `person = $3`, id); err != nil {
		return err
	}
	if err := endLogin(ctx, tx, at, id); err != nil {
		return err
	}
	if err := endInvitations(ctx, tx, at, id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE staff_invitation SET revoked_at = $1, mac = $2
		WHERE $3 IN (issued_by, confirmed_by) AND revoked_at IS NULL AND opened_at IS NULL`, stamp(at), []byte{}, string(audit.Staff(id))); err != nil {
		return err
	}
	for _, end := range []string{
		`UPDATE numbers_export SET ended_at = $1 WHERE $2 IN (asked_by, confirmed_by) AND used_at IS NULL AND ended_at IS NULL`,
		`UPDATE stop_undo SET ended_at = $1 WHERE asked_by = $2 AND confirmed_by = '' AND ended_at IS NULL`,
	} {
		if _, err := tx.ExecContext(ctx, end, stamp(at), string(audit.Staff(id))); err != nil {
			return err
		}
	}
	return nil
}

// Change implements staff.Store.
func (s *Staff) Change(ctx context.Context, id string, keep int, at time.Time, act audit.Act, edit func(*staff.Person, *audit.Act) error) (p staff.Person, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.mayStill(ctx, tx, act); err != nil {
			return err
		}
		short, err := s.othersManage(ctx, tx, id, keep)
		if err != nil {
			return err
		}
		if p, err = s.scan(tx.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`+s.db.lock, id)); err != nil {
			return err
		}
		before := p
		if err := edit(&p, &act); err != nil || p == before {
			return err
		}
		if p.OtherRights(before) {
			if short != nil && p.Role != staff.Admin {
				return short
			}
			if err := s.lockCommittee(ctx, tx, p.Committee); err != nil {
				return err
			}
			if err := endAccess(ctx, tx, at, id); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE staff SET name = $2, role = $3, committee = $4 WHERE id = $1`, id, p.Name, string(p.Role), p.Committee); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return staff.Person{}, wrap("change staff", err)
	}
	return p, nil
}

// Enable implements staff.Store.
func (s *Staff) Enable(ctx context.Context, id string, at time.Time, act audit.Act) error {
	return s.change(ctx, "enable staff", act, func(tx *sql.Tx) (sql.Result, error) {
		var committee string
		if err := tx.QueryRowContext(ctx, `SELECT committee FROM staff WHERE id = $1`, id).Scan(&committee); err != nil {
			return nil, orNotFound(err, staff.ErrNoPerson)
		}
		if err := s.lockCommittee(ctx, tx, committee); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE staff SET disabled_at = NULL, enabled_at = $2 WHERE id = $1 AND disabled_at IS NOT NULL`, id, stamp(at))
	})
}

// Unused implements staff.Store.
func (s *Staff) Unused(ctx context.Context, since time.Time) ([]staff.Person, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+staffColumns+` FROM staff s
		WHERE s.disabled_at IS NULL AND s.created_at < $1 AND COALESCE(s.enabled_at, 0) < $1
		AND NOT EXISTS (SELECT 1 FROM staff_key k WHERE k.person = s.id AND COALESCE(k.last_used_at, k.created_at) >= $1)
		AND NOT EXISTS (SELECT 1 FROM staff_session x WHERE x.person = s.id AND x.seen_at >= $1)
		AND NOT EXISTS (SELECT 1 FROM staff_invitation i WHERE i.person = s.id AND i.issued_at >= $1)
		ORDER BY s.id`, stamp(since))), func(row row) (staff.Person, error) { return s.scan(row) })
	return all, wrap("list unused accounts", err)
}

func exists(ctx context.Context, tx *sql.Tx, query, id string) error {
	var found string
	return orNotFound(tx.QueryRowContext(ctx, query, id).Scan(&found), staff.ErrNoPerson)
}
