package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

// Purpose of the keyed hashes of bearer keys.
const staffKeyMAC = "staff.key"

// keyMAC is what is kept of a bearer key's secret: a keyed hash over its digest and all that decides what it opens, so that
// neither a key nor a role, an expiry or an owner can be written into the database by hand.
func (db *DB) keyMAC(k staff.Key, p staff.Person, digest []byte) []byte {
	return db.box.Find(staffKeyMAC, keyMessage(k, p, digest))
}

func keyMessage(k staff.Key, p staff.Person, digest []byte) string {
	return strings.Join([]string{
		k.ID, k.Person, string(p.Role), p.Committee, strconv.FormatBool(k.Setup), strconv.FormatInt(k.ExpiresAt.UnixMilli(), 10), hex.EncodeToString(digest),
	}, "\x00")
}

// AddSetupKey implements staff.Store.
func (s *Staff) AddSetupKey(ctx context.Context, k staff.Key, digest []byte, act audit.Act) error {
	return s.change(ctx, "add a key", act, func(tx *sql.Tx) (sql.Result, error) {
		if err := s.lockAdmins(ctx, tx); err != nil {
			return nil, err
		}
		if n, err := activated(ctx, tx); err != nil || n >= staff.SetupNeeds {
			return nil, orElse(err, staff.ErrSetupOver)
		}
		return s.addKey(ctx, tx, k, digest)
	})
}

// addKey keeps a key of somebody who is not disabled.
func (s *Staff) addKey(ctx context.Context, tx *sql.Tx, k staff.Key, digest []byte) (sql.Result, error) {
	p, err := s.lockPerson(ctx, tx, k.Person)
	if err != nil {
		return nil, err
	}
	return tx.ExecContext(ctx, `INSERT INTO staff_key (id, person, secret, created_at, expires_at, setup) VALUES ($1, $2, $3, $4, $5, $6)`,
		k.ID, k.Person, s.db.keyMAC(k, p, digest), stamp(k.CreatedAt), stamp(k.ExpiresAt), flag(k.Setup))
}

// lockPerson returns somebody who is not disabled, and cannot be before tx ends.
func (s *Staff) lockPerson(ctx context.Context, tx *sql.Tx, id string) (staff.Person, error) {
	var r staffRow
	err := tx.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`+s.db.lock, id).Scan(r.into()...)
	if err != nil {
		return staff.Person{}, notFound(err)
	}
	if r.disabled.Valid {
		return staff.Person{}, staff.ErrDisabled
	}
	return s.person(r)
}

// lockAdmins makes transactions that count admins take turns.
func (s *Staff) lockAdmins(ctx context.Context, tx *sql.Tx) error {
	_, err := texts(tx.QueryContext(ctx, `SELECT id FROM staff WHERE role = 'admin' ORDER BY id`+s.db.lock))
	return err
}

// Activated implements staff.Store.
func (s *Staff) Activated(ctx context.Context) (int, error) {
	n, err := activated(ctx, s.db.read)
	if err != nil {
		return 0, fmt.Errorf("count activated admins: %w", err)
	}
	return n, nil
}

func activated(ctx context.Context, q rowQuerier) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(DISTINCT i.person) FROM staff_invitation i JOIN staff s ON s.id = i.person
		WHERE s.role = 'admin' AND i.opened_at IS NOT NULL`).Scan(&n)
	return n, err
}

// Key implements staff.Store.
func (s *Staff) Key(ctx context.Context, id string, digest []byte) (staff.Key, staff.Person, error) {
	var k keyRow
	var p staffRow
	var mac []byte
	err := s.db.read.QueryRowContext(ctx, `SELECT `+keyColumns+`, `+staffColumns+`, k.secret
		FROM staff_key k JOIN staff s ON s.id = k.person WHERE k.id = $1`, id).Scan(append(append(k.into(), p.into()...), &mac)...)
	if err != nil {
		return staff.Key{}, staff.Person{}, fmt.Errorf("get a key: %w", notFound(err))
	}
	person, err := s.person(p)
	if err != nil {
		return staff.Key{}, staff.Person{}, fmt.Errorf("get a key: %w", err)
	}
	if !s.db.box.Found(staffKeyMAC, keyMessage(k.key(), person, digest), mac) {
		return staff.Key{}, staff.Person{}, fmt.Errorf("get a key: %w", staff.ErrNoPerson)
	}
	return k.key(), person, nil
}

// Keys implements staff.Store.
func (s *Staff) Keys(ctx context.Context, person string) ([]staff.Key, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+keyColumns+` FROM staff_key k WHERE $1 = '' OR k.person = $1
		ORDER BY k.created_at, k.id`, person)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	defer rows.Close()
	var all []staff.Key
	for rows.Next() {
		var r keyRow
		if err := rows.Scan(r.into()...); err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		all = append(all, r.key())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return all, nil
}

// Revoke implements staff.Store.
func (s *Staff) Revoke(ctx context.Context, key string, at time.Time, act audit.Act) error {
	if err := s.db.read.QueryRowContext(ctx, `SELECT person FROM staff_key WHERE id = $1`, key).Scan(&act.Subject); err != nil {
		return fmt.Errorf("revoke a key: %w", notFound(err))
	}
	return s.change(ctx, "revoke a key", act, func(tx *sql.Tx) (sql.Result, error) {
		return endKeys(ctx, tx, at, `id = $3`, key)
	})
}

// endKeys revokes the keys that match a condition on $3. Their hashes go too: no value written over revoked_at opens them.
func endKeys(ctx context.Context, tx *sql.Tx, at time.Time, which string, arg any) (sql.Result, error) {
	return tx.ExecContext(ctx, `UPDATE staff_key SET revoked_at = $1, secret = $2 WHERE revoked_at IS NULL AND `+which, stamp(at), []byte{}, arg)
}

// Used implements staff.Store.
func (s *Staff) Used(ctx context.Context, key string, at time.Time) error {
	_, err := s.db.exec(ctx, `UPDATE staff_key SET last_used_at = $2
		WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`, key, stamp(at))
	if err != nil {
		return fmt.Errorf("note a key's use: %w", err)
	}
	return nil
}
