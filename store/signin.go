package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
)

// Signin implements signin.Store.
type Signin struct {
	db    *DB
	staff *Staff
}

var _ signin.Store = (*Signin)(nil)

// Signin keeps in db how staff sign in, and their sessions.
func (db *DB) Signin() *Signin { return &Signin{db, db.Staff()} }

// Purposes that bind sealed and hashed bytes to their column.
const (
	loginMAC     = "staff_login"
	factorSecret = "staff_factor.secret"
	factorHash   = "staff_factor.hash"
	sessionMAC   = "staff_session"
	tallyAccount = "signin_tally.account"
)

// loginMessage is what a login's MAC covers: neither a passphrase nor a role can be written into the database by hand.
func loginMessage(p staff.Person, passphrase string, setAt int64) string {
	return strings.Join([]string{p.ID, string(p.Role), p.Committee, passphrase, strconv.FormatInt(setAt, 10)}, "\x00")
}

// Login implements signin.Store. It asks the same of the database whoever it is asked about.
func (s *Signin) Login(ctx context.Context, person string) (l signin.Login, err error) {
	p, err := s.staff.Get(ctx, person)
	unknown := errors.Is(err, staff.ErrNoPerson)
	if err != nil && !unknown {
		return l, err
	}
	passphrase, fault := s.passphrase(ctx, s.db.read, p, "")
	factors, err := s.factors(ctx, person)
	if err != nil {
		return l, wrap("look at a login", err)
	}
	if fault == nil && (unknown || !p.DisabledAt.IsZero()) {
		fault = signin.ErrNoLogin
	}
	return signin.Login{Person: p, Passphrase: passphrase, Factors: factors}, wrap("look at a login", fault)
}

// passphrase is a person's, as PHC string. ErrNoLogin when there is none that holds.
func (s *Signin) passphrase(ctx context.Context, q querier, p staff.Person, lock string) (passphrase string, err error) {
	var setAt int64
	var mac []byte
	err = q.QueryRowContext(ctx, `SELECT passphrase, set_at, mac FROM staff_login WHERE person = $1`+lock, p.ID).Scan(&passphrase, &setAt, &mac)
	if err == nil && !s.db.sealer.Found(loginMAC, loginMessage(p, passphrase, setAt), mac) {
		err = sql.ErrNoRows
	}
	if err != nil {
		return "", orNotFound(err, signin.ErrNoLogin)
	}
	return passphrase, nil
}

func (s *Signin) factors(ctx context.Context, person string) ([]signin.Enrolled, error) {
	return collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT id, kind, secret, hash, counter FROM staff_factor WHERE person = $1 ORDER BY id`, person)),
		func(row row) (e signin.Enrolled, err error) {
			var sealed, hash []byte
			if err := row.Scan(&e.ID, &e.Kind, &sealed, &hash, &e.Counter); err != nil {
				return e, err
			}
			e.Is = func(digest []byte) bool { return s.db.sealer.Found(factorHash, factorMessage(person, digest), hash) }
			if sealed != nil {
				e.Secret, err = s.openFactor(person, sealed)
			}
			return e, err
		})
}

func factorMessage(person string, digest []byte) string {
	return person + "\x00" + hex.EncodeToString(digest)
}

func (s *Signin) openFactor(person string, sealed []byte) (string, error) {
	plain, err := s.db.sealer.Open(factorSecret, sealed)
	if err != nil {
		return "", fmt.Errorf("a second factor of %s: %w", person, err)
	}
	secret, ok := strings.CutPrefix(plain, person+" ")
	if !ok {
		return "", fmt.Errorf("a second factor of %s: %w", person, ErrSwapped)
	}
	return secret, nil
}

// Attempt implements signin.Store.
func (s *Signin) Attempt(ctx context.Context, by signin.Counted, count func(own, address *signin.Tally) time.Duration) (wait time.Duration, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		account := s.account(by)
		own, err := s.tally(ctx, tx, account, by.Address)
		if err != nil {
			return err
		}
		var address *signin.Tally
		if by.Address != "" {
			if address, err = s.tally(ctx, tx, overAll, by.Address); err != nil {
				return err
			}
		}
		if wait = count(own, address); wait > 0 {
			return nil
		}
		return errors.Join(keepTally(ctx, tx, account, by.Address, own), keepTally(ctx, tx, overAll, by.Address, address))
	})
	return wait, wrap("count an attempt", err)
}

// overAll is the account under which an address is counted.
var overAll = []byte{}

func (s *Signin) account(by signin.Counted) []byte {
	return s.db.sealer.Find(tallyAccount, by.Account)
}

// tally is one that nobody else changes before tx ends.
func (s *Signin) tally(ctx context.Context, tx *sql.Tx, account []byte, address string) (*signin.Tally, error) {
	if _, err := tx.ExecContext(ctx, `INSERT INTO signin_tally (account, address) VALUES ($1, $2) ON CONFLICT DO NOTHING`, account, address); err != nil {
		return nil, err
	}
	t := &signin.Tally{}
	err := tx.QueryRowContext(ctx, `SELECT failures, at, until FROM signin_tally WHERE account = $1 AND address = $2`+s.db.lock, account, address).
		Scan(&t.Failures, into(&t.At), into(&t.Until))
	return t, err
}

func keepTally(ctx context.Context, tx *sql.Tx, account []byte, address string, t *signin.Tally) error {
	if t == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE signin_tally SET failures = $3, at = $4, until = $5 WHERE account = $1 AND address = $2`,
		account, address, t.Failures, stamp(t.At), stamp(t.Until))
	return err
}

// Passed implements signin.Store.
func (s *Signin) Passed(ctx context.Context, by signin.Counted) error {
	return wrap("take an attempt back", s.db.transact(ctx, func(tx *sql.Tx) error { return s.passed(ctx, tx, by) }))
}

func (s *Signin) passed(ctx context.Context, tx *sql.Tx, by signin.Counted) error {
	if by == (signin.Counted{}) {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM signin_tally WHERE account = $1 AND address = $2`, s.account(by), by.Address); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE signin_tally SET failures = failures - 1 WHERE account = $1 AND address = $2 AND failures > 0`, overAll, by.Address)
	return err
}

// Excused implements signin.Store. What was counted before stays, and no wait was under way, or Attempt had not counted.
func (s *Signin) Excused(ctx context.Context, by signin.Counted) error {
	_, err := s.db.exec(ctx, `UPDATE signin_tally SET failures = failures - 1, until = NULL WHERE account = $1 AND address = $2 AND failures > 0`,
		s.account(by), by.Address)
	return wrap("excuse an attempt", err)
}

// Failed implements signin.Store.
func (s *Signin) Failed(ctx context.Context, act audit.Act) error {
	return wrap("record a failed attempt", s.db.transact(ctx, func(tx *sql.Tx) error { return s.db.appendAudit(ctx, tx, act) }))
}

// Enrol implements signin.Store.
func (s *Signin) Enrol(ctx context.Context, inv staff.Invitation, fresh signin.Credentials, act audit.Act) error {
	return s.staff.change(ctx, "set a login", act, func(tx *sql.Tx) (sql.Result, error) {
		if err := s.staff.markOpened(ctx, tx, inv); err != nil {
			return nil, err
		}
		p, err := s.staff.lockPerson(ctx, tx, inv.Person)
		if err != nil {
			return nil, err
		}
		if err := endLogin(ctx, tx, fresh.At, p.ID); err != nil {
			return nil, err
		}
		if err := s.keepFactors(ctx, tx, fresh); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `INSERT INTO staff_login (person, passphrase, set_at, mac) VALUES ($1, $2, $3, $4)`,
			p.ID, fresh.Passphrase, stamp(fresh.At), s.loginMAC(p, fresh))
	})
}

func (s *Signin) loginMAC(p staff.Person, fresh signin.Credentials) []byte {
	return s.db.sealer.Find(loginMAC, loginMessage(p, fresh.Passphrase, fresh.At.UnixMilli()))
}

// endLogin takes away how a person signs in and their WeChat account, and ends their sessions.
func endLogin(ctx context.Context, tx *sql.Tx, at time.Time, person string) error {
	for _, table := range []string{"staff_login", "staff_factor", "staff_wechat", "staff_wechat_code", "signin_scan"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE person = $1`, person); err != nil {
			return err
		}
	}
	_, err := endSessions(ctx, tx, at, `person = $3`, person)
	return err
}

// keepFactors puts new second factors in the place of those of the same kind.
func (s *Signin) keepFactors(ctx context.Context, tx *sql.Tx, fresh signin.Credentials) error {
	replace := func(kind signin.Kind) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM staff_factor WHERE person = $1 AND kind = $2`, fresh.Person, string(kind))
		return err
	}
	insert := func(n int, kind signin.Kind, secret, hash []byte, counter int64) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO staff_factor (id, person, kind, secret, hash, counter, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			fmt.Sprintf("%s/%s/%d", fresh.Person, kind, n), fresh.Person, string(kind), secret, hash, counter, stamp(fresh.At))
		return err
	}
	if fresh.TOTP != "" {
		if err := cmp.Or(replace(signin.TOTP), insert(0, signin.TOTP, s.db.sealer.Seal(factorSecret, fresh.Person+" "+fresh.TOTP), nil, fresh.Used)); err != nil {
			return err
		}
	}
	if fresh.Recovery == nil {
		return nil
	}
	if err := replace(signin.Recovery); err != nil {
		return err
	}
	for n, digest := range fresh.Recovery {
		if err := insert(n, signin.Recovery, nil, s.db.sealer.Find(factorHash, factorMessage(fresh.Person, digest)), 0); err != nil {
			return err
		}
	}
	return nil
}

// use moves the counter of a second factor on. ErrUsed when it stands there already.
func use(ctx context.Context, tx *sql.Tx, person string, proof signin.Proof) error {
	if proof.ID == "" {
		return nil
	}
	result, err := tx.ExecContext(ctx, `UPDATE staff_factor SET counter = $3 WHERE id = $1 AND person = $2 AND counter < $3`, proof.ID, person, proof.Counter)
	return orWhenNone(result, err, signin.ErrUsed)
}

// Change implements signin.Store.
func (s *Signin) Change(ctx context.Context, before []byte, l signin.Login, fresh signin.Credentials, k signin.Kept, proof signin.Proof, by signin.Counted, act audit.Act) error {
	return wrap("change a login", s.db.transact(ctx, func(tx *sql.Tx) error {
		p, err := s.stands(ctx, tx, l)
		if err != nil {
			return err
		}
		if err := use(ctx, tx, p.ID, proof); err != nil {
			return err
		}
		if err := s.keepFactors(ctx, tx, fresh); err != nil {
			return err
		}
		if fresh.Passphrase != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE staff_login SET passphrase = $2, set_at = $3, mac = $4 WHERE person = $1`,
				p.ID, fresh.Passphrase, stamp(fresh.At), s.loginMAC(p, fresh)); err != nil {
				return err
			}
		}
		if _, err := endSessions(ctx, tx, fresh.At, `person = $3 AND token <> $4`, p.ID, before); err != nil {
			return err
		}
		if err := s.renew(ctx, tx, before, k, p); err != nil {
			return err
		}
		return errors.Join(s.passed(ctx, tx, by), s.db.appendAudit(ctx, tx, act))
	}))
}

// stands returns the person of a login that is as it was when it was looked at, and stays so until tx ends. ErrNoLogin.
func (s *Signin) stands(ctx context.Context, tx *sql.Tx, l signin.Login) (staff.Person, error) {
	p, err := s.staff.lockPerson(ctx, tx, l.Person.ID)
	if err != nil || l.Passphrase == "" {
		return p, err
	}
	passphrase, err := s.passphrase(ctx, tx, p, s.db.lock)
	if err == nil && (passphrase != l.Passphrase || p.OtherRights(l.Person)) {
		err = signin.ErrNoLogin
	}
	return p, err
}

// Rehash implements signin.Store.
func (s *Signin) Rehash(ctx context.Context, person, before, after string) error {
	return wrap("hash a passphrase anew", s.db.transact(ctx, func(tx *sql.Tx) error {
		p, err := s.staff.lockPerson(ctx, tx, person)
		if err != nil {
			return err
		}
		var setAt int64
		if err := tx.QueryRowContext(ctx, `SELECT set_at FROM staff_login WHERE person = $1`, person).Scan(&setAt); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE staff_login SET passphrase = $3, mac = $4 WHERE person = $1 AND passphrase = $2`,
			person, before, after, s.db.sealer.Find(loginMAC, loginMessage(p, after, setAt)))
		return err
	}))
}
