package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/seal"
	"towncrier/staff"
)

// Purpose of the keyed hashes of bearer keys.
const staffKeyMAC = "staff.key"

// staffKeyHash is what is kept of a bearer key's secret: a keyed hash over its digest and all that decides what it opens, so that
// neither a key nor a role, an expiry or an owner can be written into the database by hand.
func staffKeyHash(sealer *seal.Sealer, k staff.Key, p staff.Person, digest []byte) []byte {
	return sealer.Find(staffKeyMAC, keyMessage(k, p, digest))
}

// keyMessage says false where keys said whether they were made during set-up: none is any more.
func keyMessage(k staff.Key, p staff.Person, digest []byte) string {
	return strings.Join([]string{
		k.ID, k.Person, string(p.Role), p.Committee, strconv.FormatBool(false), strconv.FormatInt(k.ExpiresAt.UnixMilli(), 10), hex.EncodeToString(digest),
	}, "\x00")
}

// addKey keeps a key of somebody who is not disabled.
func (s *Staff) addKey(ctx context.Context, tx *sql.Tx, k staff.Key, digest []byte) (sql.Result, error) {
	p, err := s.lockPerson(ctx, tx, k.Person)
	if err != nil {
		return nil, err
	}
	return tx.ExecContext(ctx, `INSERT INTO staff_key (id, person, secret, created_at, expires_at, name) VALUES ($1, $2, $3, $4, $5, $6)`,
		k.ID, k.Person, staffKeyHash(s.db.sealer, k, p, digest), stamp(k.CreatedAt), stamp(k.ExpiresAt), k.Name)
}

// lockPerson returns somebody who is not disabled, and cannot be before tx ends.
func (s *Staff) lockPerson(ctx context.Context, tx *sql.Tx, id string) (staff.Person, error) {
	p, err := s.scan(tx.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`+s.db.lock, id))
	if err == nil && !p.DisabledAt.IsZero() {
		err = staff.ErrDisabled
	}
	return p, err
}

// lockAdmins makes transactions that change staff take turns: all lock the admins' rows first, in one order.
func (s *Staff) lockAdmins(ctx context.Context, tx *sql.Tx) error {
	_, err := scalars[string](tx.QueryContext(ctx, `SELECT id FROM staff WHERE role = 'admin' ORDER BY id`+s.db.lock))
	return err
}

// Activated implements staff.Store.
func (s *Staff) Activated(ctx context.Context) (int, error) {
	n, err := activated(ctx, s.db.read)
	return n, wrap("count activated admins", err)
}

func activated(ctx context.Context, q querier) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(DISTINCT person) FROM staff_invitation WHERE role = 'admin' AND opened_at IS NOT NULL`).Scan(&n)
	return n, err
}

// Key implements staff.Store.
func (s *Staff) Key(ctx context.Context, id string, digest []byte) (staff.Key, staff.Person, error) {
	var k staff.Key
	var mac []byte
	p, err := s.scan(s.db.read.QueryRowContext(ctx, `SELECT `+staffColumns+`, `+keyColumns+`, k.secret
		FROM staff_key k JOIN staff s ON s.id = k.person WHERE k.id = $1`, id), append(keyInto(&k), &mac)...)
	if err == nil && !s.db.sealer.Found(staffKeyMAC, keyMessage(k, p, digest), mac) {
		err = staff.ErrNoPerson
	}
	if err != nil {
		return staff.Key{}, staff.Person{}, wrap("get a key", err)
	}
	return k, p, nil
}

// Keys implements staff.Store.
func (s *Staff) Keys(ctx context.Context, person string) ([]staff.Key, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+keyColumns+` FROM staff_key k WHERE $1 = '' OR k.person = $1
		ORDER BY k.created_at, k.id`, person)), func(row row) (k staff.Key, err error) {
		err = row.Scan(keyInto(&k)...)
		return k, err
	})
	return all, wrap("list keys", err)
}

// Revoke implements staff.Store.
func (s *Staff) Revoke(ctx context.Context, key string, at time.Time, act audit.Act) error {
	if err := s.db.read.QueryRowContext(ctx, `SELECT person FROM staff_key WHERE id = $1`, key).Scan(&act.Subject); err != nil {
		return wrap("revoke a key", orNotFound(err, staff.ErrNoPerson))
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
	return wrap("note a key's use", err)
}
