package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
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

var _ signin.WeChatStore = (*Signin)(nil)

// Purposes that bind sealed and hashed bytes to their column.
const (
	staffOpenID   = "staff_wechat.openid"
	wechatCodeMAC = "staff_wechat_code"
	wechatNumber  = "staff_wechat.number"
)

// wechatCode is a code that binds an account.
type wechatCode struct {
	person string
	code   []byte
	find   []byte // hash of the account that scanned it
	until  int64
	proven bool // the second factor was given to make it
}

// message is what a code's MAC covers: nobody can have their account bound by a row that they wrote into the database by hand.
func (c wechatCode) message() string {
	return strings.Join([]string{c.person, hex.EncodeToString(c.code), hex.EncodeToString(c.find), strconv.FormatInt(c.until, 10), strconv.FormatBool(c.proven)}, "\x00")
}

// AskBinding implements signin.WeChatStore.
func (s *Signin) AskBinding(ctx context.Context, person, session string, code []byte, until, now time.Time) error {
	return wrap("ask for a WeChat account", s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := s.staff.lockPerson(ctx, tx, person); err != nil {
			return err
		}
		proven, err := s.steppedUp(ctx, tx, person, session, signin.BindStep, now)
		if err != nil {
			return err
		}
		c := wechatCode{person: person, code: code, until: until.UnixMilli(), proven: proven}
		_, err = tx.ExecContext(ctx, `INSERT INTO staff_wechat_code (person, code, until, proven, mac) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person) DO UPDATE SET code = excluded.code, openid_find = NULL, until = excluded.until, proven = excluded.proven, mac = excluded.mac`,
			c.person, c.code, c.until, boolInt(c.proven), s.db.sealer.Find(wechatCodeMAC, c.message()))
		return err
	}))
}

// ScanBinding implements signin.WeChatStore.
func (s *Signin) ScanBinding(ctx context.Context, code []byte, openid string, now time.Time) (p staff.Person, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var c wechatCode
		if p, c, err = s.wechatCode(ctx, tx, `code = $1`, code, now); err != nil {
			return err
		}
		find := s.db.sealer.Find(openidFind, openid)
		if c.find != nil && !hmac.Equal(c.find, find) {
			return signin.ErrNoBinding
		}
		c.find = find
		_, err = tx.ExecContext(ctx, `UPDATE staff_wechat_code SET openid_find = $2, mac = $3 WHERE person = $1`,
			c.person, c.find, s.db.sealer.Find(wechatCodeMAC, c.message()))
		return err
	})
	return p, wrap("scan a code", err)
}

// EndBinding implements signin.WeChatStore.
func (s *Signin) EndBinding(ctx context.Context, openid string, yes bool, now time.Time) (number string, err error) {
	find := s.db.sealer.Find(openidFind, openid)
	// Almost nobody who writes a number was asked: that costs the database no more than a look.
	err = s.db.read.QueryRowContext(ctx, `SELECT person FROM staff_wechat_code WHERE openid_find = $1 LIMIT 1`, find).Scan(new(string))
	if err != nil {
		return "", wrap("look for a code", orNotFound(err, signin.ErrNoBinding))
	}
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		_, c, err := s.wechatCode(ctx, tx, `openid_find = $1`, find, now)
		if err != nil {
			return err
		}
		if yes {
			if err := s.bind(ctx, tx, c, openid, now); err != nil {
				return err
			}
			if c.proven {
				number = s.bindNumber(c.person, openid, now)
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM staff_wechat_code WHERE person = $1`, c.person)
		return err
	})
	return number, wrap("bind a WeChat account", err)
}

// bindNumber is what an account is told when it is bound: two digits that nobody else can work out.
func (s *Signin) bindNumber(person, openid string, boundAt time.Time) string {
	sum := s.db.sealer.Find(wechatNumber, proofMessage(person, openid, boundAt))
	return strconv.FormatUint(10+binary.BigEndian.Uint64(sum)%90, 10)
}

// ConfirmBinding implements signin.WeChatStore.
func (s *Signin) ConfirmBinding(ctx context.Context, person, session, number string, act audit.Act) error {
	return wrap("confirm a WeChat account", s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := s.staff.lockPerson(ctx, tx, person); err != nil {
			return err
		}
		var sealed, find []byte
		var at time.Time
		err := tx.QueryRowContext(ctx, `SELECT openid, openid_find, bound_at FROM staff_wechat WHERE person = $1`+s.db.lock, person).Scan(&sealed, &find, into(&at))
		if err != nil {
			return orNotFound(err, signin.ErrNotBound)
		}
		openid, err := s.db.openStaffAccount(person, sealed, find)
		if err != nil {
			return err
		}
		proven, err := s.steppedUp(ctx, tx, person, session, signin.BindStep, act.At)
		if err == nil && (!proven || number != s.bindNumber(person, openid, at)) {
			err = signin.ErrNumber
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE staff_wechat SET proof = $2 WHERE person = $1`,
			person, s.db.sealer.Find(wechatProof, proofMessage(person, openid, at))); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// bind puts an account in the place of the one that a person had.
func (s *Signin) bind(ctx context.Context, tx *sql.Tx, c wechatCode, openid string, now time.Time) error {
	var other string
	err := tx.QueryRowContext(ctx, `SELECT person FROM staff_wechat WHERE openid_find = $1 AND person <> $2`, c.find, c.person).Scan(&other)
	if err == nil {
		return signin.ErrBoundElsewhere
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO staff_wechat (person, openid, openid_find, bound_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person) DO UPDATE SET openid = excluded.openid, openid_find = excluded.openid_find, bound_at = excluded.bound_at, proof = NULL`,
		c.person, s.db.sealer.Seal(staffOpenID, c.person+" "+openid), c.find, stamp(now)); err != nil {
		return err
	}
	if err := endScans(ctx, tx, c.person); err != nil {
		return err
	}
	return s.db.appendAudit(ctx, tx, audit.Act{Actor: audit.Staff(c.person), Action: "wechat.bind", Subject: c.person, At: now})
}

// wechatCode is the newest code that matches a condition on $1 and can still be answered, with whose it is, who stays as they are until tx ends.
func (s *Signin) wechatCode(ctx context.Context, tx *sql.Tx, which string, arg []byte, now time.Time) (p staff.Person, c wechatCode, err error) {
	var mac []byte
	err = tx.QueryRowContext(ctx, `SELECT person, code, openid_find, until, proven, mac FROM staff_wechat_code WHERE `+which+` ORDER BY until DESC LIMIT 1`+s.db.lock, arg).
		Scan(&c.person, &c.code, &c.find, &c.until, &c.proven, &mac)
	if err == nil && (now.UnixMilli() >= c.until || !s.db.sealer.Found(wechatCodeMAC, c.message(), mac)) {
		err = sql.ErrNoRows
	}
	if err != nil {
		return p, c, orNotFound(err, signin.ErrNoBinding)
	}
	if p, err = s.staff.lockPerson(ctx, tx, c.person); errors.Is(err, staff.ErrDisabled) {
		err = signin.ErrNoBinding
	}
	return p, c, err
}

// Unbind implements signin.WeChatStore.
func (s *Signin) Unbind(ctx context.Context, person string, act audit.Act) error {
	return wrap("unbind a WeChat account", s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM staff_wechat WHERE person = $1`, person)
		if err := orWhenNone(result, err, signin.ErrNotBound); err != nil {
			return err
		}
		if err := endScans(ctx, tx, person); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// UnbindAccount implements signin.WeChatStore.
func (s *Signin) UnbindAccount(ctx context.Context, openid string, act audit.Act) error {
	find := s.db.sealer.Find(openidFind, openid)
	err := s.db.read.QueryRowContext(ctx, `SELECT person FROM staff_wechat WHERE openid_find = $1`, find).Scan(&act.Subject)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = s.Unbind(ctx, act.Subject, act)
	}
	if errors.Is(err, signin.ErrNotBound) {
		err = nil
	}
	return wrap("forget a WeChat account", err)
}

// openStaffAccount opens a person's account, if it is their own.
func (db *DB) openStaffAccount(person string, sealed, find []byte) (openid string, err error) {
	plain, err := db.sealer.Open(staffOpenID, sealed)
	if err != nil {
		return "", fmt.Errorf("the WeChat account of %s: %w", person, err)
	}
	openid, ok := strings.CutPrefix(plain, person+" ")
	if !ok || !db.sealer.Found(openidFind, openid, find) {
		return "", fmt.Errorf("the WeChat account of %s: %w", person, ErrSwapped)
	}
	return openid, nil
}
