package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	keyColumns   = `k.id, k.person, k.created_at, k.expires_at, k.revoked_at, k.last_used_at, k.setup`
)

// staffRow gathers one person's columns.
type staffRow struct {
	p                 staff.Person
	created, disabled sql.NullInt64
	phone             []byte
}

func (r *staffRow) into() []any {
	return []any{&r.p.ID, &r.p.Name, &r.p.Role, &r.p.Committee, &r.created, &r.disabled, &r.phone, &r.p.PhoneBy}
}

func (s *Staff) person(r staffRow) (staff.Person, error) {
	var err error
	r.p.CreatedAt, r.p.DisabledAt = instant(r.created), instant(r.disabled)
	r.p.Phone, err = s.openPhone(staffPhone, r.p.ID, r.phone)
	return r.p, err
}

// keyRow gathers one key's columns.
type keyRow struct {
	k                               staff.Key
	created, expires, revoked, used sql.NullInt64
}

func (r *keyRow) into() []any {
	return []any{&r.k.ID, &r.k.Person, &r.created, &r.expires, &r.revoked, &r.used, &r.k.Setup}
}

func (r *keyRow) key() staff.Key {
	r.k.CreatedAt, r.k.ExpiresAt, r.k.RevokedAt, r.k.LastUsedAt = instant(r.created), instant(r.expires), instant(r.revoked), instant(r.used)
	return r.k
}

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
	if errors.Is(err, sql.ErrNoRows) {
		return staff.ErrNoCommittee
	}
	return err
}

// Get implements staff.Store.
func (s *Staff) Get(ctx context.Context, id string) (staff.Person, error) {
	var r staffRow
	err := s.db.read.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`, id).Scan(r.into()...)
	if err != nil {
		return staff.Person{}, fmt.Errorf("get staff: %w", notFound(err))
	}
	return s.person(r)
}

// List implements staff.Store.
func (s *Staff) List(ctx context.Context) ([]staff.Person, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+staffColumns+` FROM staff s ORDER BY s.id`)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	defer rows.Close()
	var all []staff.Person
	for rows.Next() {
		var r staffRow
		if err := rows.Scan(r.into()...); err != nil {
			return nil, fmt.Errorf("list staff: %w", err)
		}
		p, err := s.person(r)
		if err != nil {
			return nil, fmt.Errorf("list staff: %w", err)
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	return all, nil
}

// Disable implements staff.Store. The admins' rows are locked in one order, so that two who disable each other at once take
// turns, and the second is refused.
func (s *Staff) Disable(ctx context.Context, id string, at time.Time, act audit.Act) error {
	return s.change(ctx, "disable staff", act, func(tx *sql.Tx) (sql.Result, error) {
		admins, err := texts(tx.QueryContext(ctx, `SELECT id FROM staff WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id`+s.db.lock))
		if err != nil {
			return nil, err
		}
		if len(admins) == 1 && admins[0] == id {
			return nil, staff.ErrLastAdmin
		}
		if err := exists(ctx, tx, `SELECT id FROM staff WHERE id = $1`, id); err != nil {
			return nil, err
		}
		if _, err := endKeys(ctx, tx, at, `person = $3`, id); err != nil {
			return nil, err
		}
		if err := endInvitations(ctx, tx, at, id); err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `UPDATE staff_invitation SET revoked_at = $1, mac = $2
			WHERE $3 IN (issued_by, confirmed_by) AND revoked_at IS NULL AND opened_at IS NULL`, stamp(at), []byte{}, string(audit.Staff(id)))
		if err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE staff SET disabled_at = $2, phone = NULL, phone_find = NULL, phone_by = ''
			WHERE id = $1 AND disabled_at IS NULL`, id, stamp(at))
	})
}

// Enable implements staff.Store.
func (s *Staff) Enable(ctx context.Context, id string, act audit.Act) error {
	return s.change(ctx, "enable staff", act, func(tx *sql.Tx) (sql.Result, error) {
		var committee string
		if err := tx.QueryRowContext(ctx, `SELECT committee FROM staff WHERE id = $1`, id).Scan(&committee); err != nil {
			return nil, notFound(err)
		}
		if err := s.lockCommittee(ctx, tx, committee); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE staff SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL`, id)
	})
}

// change runs do in a transaction and records act when do changed a row.
func (s *Staff) change(ctx context.Context, what string, act audit.Act, do func(*sql.Tx) (sql.Result, error)) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := do(tx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// orWhenNone is err, or none when result says that no row changed.
func orWhenNone(result sql.Result, err, none error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return none
}

func exists(ctx context.Context, tx *sql.Tx, query, id string) error {
	var found string
	return notFound(tx.QueryRowContext(ctx, query, id).Scan(&found))
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return staff.ErrNoPerson
	}
	return err
}

func texts(rows *sql.Rows, err error) (all []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
