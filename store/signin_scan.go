package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
)

// Purposes that bind hashed bytes to their column.
const (
	scanMAC     = "signin_scan"
	scanLogin   = "signin_scan.login"
	wechatProof = "staff_wechat.proof"
)

// waiting is a sign-in that waits for an answer in WeChat.
type waiting struct {
	signin.Scan
	person sql.NullString
	find   []byte        // hash of the person's account, once it scanned the code
	passed sql.NullInt64 // NULL until it was answered
	login  []byte
	mac    []byte
}

const waitingColumns = `token, code, person, number, qr, address, until, openid_find, passed, login, mac`

// message is what a sign-in's MAC covers: nobody is let in by a row that they wrote into the database by hand.
func (w waiting) message() string {
	passed := ""
	if w.passed.Valid {
		passed = strconv.FormatInt(w.passed.Int64, 10)
	}
	return strings.Join([]string{hex.EncodeToString(w.Token), hex.EncodeToString(w.Code), w.person.String, w.Number, w.QR, w.Address,
		strconv.FormatInt(w.Until.UnixMilli(), 10), hex.EncodeToString(w.find), passed, hex.EncodeToString(w.login)}, "\x00")
}

// scanLoginMessage is what must be as it was when the passphrase was checked.
func scanLoginMessage(p staff.Person, passphrase string) string {
	return strings.Join([]string{p.ID, string(p.Role), p.Committee, passphrase}, "\x00")
}

// AskScan implements signin.ScanStore.
func (s *Signin) AskScan(ctx context.Context, l signin.Login, sc signin.Scan, act audit.Act) error {
	w := waiting{Scan: sc, person: sql.NullString{String: sc.Person, Valid: sc.Person != ""}}
	w.login = s.db.sealer.Find(scanLogin, scanLoginMessage(l.Person, l.Passphrase))
	w.mac = s.db.sealer.Find(scanMAC, w.message())
	return wrap("ask for a scan", s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO signin_scan (`+waitingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			w.Token, w.Code, w.person, w.Number, w.QR, w.Address, stamp(w.Until), w.find, w.passed, w.login, w.mac); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// Scan implements signin.ScanStore.
func (s *Signin) Scan(ctx context.Context, token []byte, now time.Time) (signin.Scan, error) {
	w, err := s.waiting(ctx, s.db.read, `token = $1`, token, now)
	w.Passed = w.passed.Int64 == 1
	return w.Scan, wrap("look at a sign-in", orNotFound(err, signin.ErrScanOver))
}

// waiting is the newest sign-in that matches a condition on $1. sql.ErrNoRows when it is too old, or was altered by hand.
func (s *Signin) waiting(ctx context.Context, q querier, which string, arg []byte, now time.Time) (w waiting, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+waitingColumns+` FROM signin_scan WHERE `+which, arg).
		Scan(&w.Token, &w.Code, &w.person, &w.Number, &w.QR, &w.Address, into(&w.Until), &w.find, &w.passed, &w.login, &w.mac)
	w.Person = w.person.String
	if err == nil && (!now.Before(w.Until) || !s.db.sealer.Found(scanMAC, w.message(), w.mac)) {
		err = sql.ErrNoRows
	}
	return w, err
}

// ScanSignIn implements signin.ScanAnswers.
func (s *Signin) ScanSignIn(ctx context.Context, code []byte, openid string, now time.Time) error {
	return wrap("scan a sign-in", s.db.transact(ctx, func(tx *sql.Tx) error {
		w, err := s.waiting(ctx, tx, `code = $1`+s.db.lock, code, now)
		if err == nil && w.passed.Valid {
			err = sql.ErrNoRows
		}
		if err == nil {
			err = s.signsIn(ctx, tx, w.Person, openid)
		}
		if err != nil {
			return orNotFound(err, signin.ErrNoBinding)
		}
		w.find = s.db.sealer.Find(openidFind, openid)
		if _, err := tx.ExecContext(ctx, `DELETE FROM signin_scan WHERE openid_find = $1 AND token <> $2`, w.find, w.Token); err != nil {
			return err
		}
		return s.keepWaiting(ctx, tx, w)
	}))
}

// signsIn is no error when an account is the one that a person confirmed with a second factor. sql.ErrNoRows else.
func (s *Signin) signsIn(ctx context.Context, q querier, person, openid string) error {
	var at time.Time
	var proof []byte
	err := q.QueryRowContext(ctx, `SELECT w.bound_at, w.proof FROM staff_wechat w JOIN staff s ON s.id = w.person
		WHERE w.person = $1 AND w.openid_find = $2 AND s.disabled_at IS NULL`, person, s.db.sealer.Find(openidFind, openid)).Scan(into(&at), &proof)
	if err == nil && !s.db.sealer.Found(wechatProof, proofMessage(person, openid, at), proof) {
		err = sql.ErrNoRows
	}
	return err
}

// proofMessage is what the proof covers that a person confirmed an account with a second factor.
func proofMessage(person, openid string, boundAt time.Time) string {
	return strings.Join([]string{person, openid, strconv.FormatInt(boundAt.UnixMilli(), 10)}, "\x00")
}

// keepWaiting keeps who scanned a sign-in's code, and what they answered.
func (s *Signin) keepWaiting(ctx context.Context, tx *sql.Tx, w waiting) error {
	_, err := tx.ExecContext(ctx, `UPDATE signin_scan SET openid_find = $2, passed = $3, mac = $4 WHERE token = $1`,
		w.Token, w.find, w.passed, s.db.sealer.Find(scanMAC, w.message()))
	return err
}

// EndSignIn implements signin.ScanAnswers. A page whose sign-in was refused goes on as if it waited: it may not be the person's.
func (s *Signin) EndSignIn(ctx context.Context, openid, number string, now time.Time) (person string, passed bool, err error) {
	find := s.db.sealer.Find(openidFind, openid)
	const asked = `openid_find = $1 AND passed IS NULL`
	// Almost nobody who writes a number was asked: that costs the database no more than a look.
	err = s.db.read.QueryRowContext(ctx, `SELECT number FROM signin_scan WHERE `+asked, find).Scan(new(string))
	if err != nil {
		return "", false, wrap("look for a sign-in", orNotFound(err, signin.ErrNoBinding))
	}
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		w, err := s.waiting(ctx, tx, asked+s.db.lock, find, now)
		if err == nil {
			err = s.signsIn(ctx, tx, w.Person, openid)
		}
		if err != nil {
			return orNotFound(err, signin.ErrNoBinding)
		}
		person, passed = w.Person, number == w.Number
		w.passed = sql.NullInt64{Int64: int64(boolInt(passed)), Valid: true}
		if err := s.keepWaiting(ctx, tx, w); err != nil || passed {
			return err
		}
		outcome := "wechat-number"
		if len(number) != len(w.Number) {
			outcome = "wechat-refused"
		}
		return s.db.appendAudit(ctx, tx, audit.Act{Actor: audit.Staff(w.Person), Action: "session.fail", Subject: w.Person,
			Detail: "outcome=" + outcome, At: now, Origin: audit.Origin{Address: w.Address}.String()})
	})
	return person, passed, wrap("answer a sign-in", err)
}

// useScan takes a sign-in away that was confirmed, of whom passphrase and rights are what they were. ErrUsed.
func (s *Signin) useScan(ctx context.Context, tx *sql.Tx, l signin.Login, p staff.Person, token []byte, now time.Time) error {
	w, err := s.waiting(ctx, tx, `token = $1`+s.db.lock, token, now)
	if err == nil && (w.Person != p.ID || w.passed.Int64 != 1 || !s.db.sealer.Found(scanLogin, scanLoginMessage(p, l.Passphrase), w.login)) {
		err = sql.ErrNoRows
	}
	if err != nil {
		return orNotFound(err, signin.ErrUsed)
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM signin_scan WHERE token = $1`, token)
	return err
}

// endScans ends the sign-ins that wait for a person's account.
func endScans(ctx context.Context, tx *sql.Tx, person string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM signin_scan WHERE person = $1`, person)
	return err
}

// Bound implements signin.WeChatStore.
func (s *Signin) Bound(ctx context.Context, person string) (b signin.Bound, err error) {
	var sealed, find []byte
	err = s.db.read.QueryRowContext(ctx, `SELECT openid, openid_find, bound_at FROM staff_wechat WHERE person = $1`, person).Scan(&sealed, &find, into(&b.At))
	if err != nil {
		return b, wrap("look for a WeChat account", orNotFound(err, signin.ErrNotBound))
	}
	if b.OpenID, err = s.db.openStaffAccount(person, sealed, find); err == nil {
		err = s.signsIn(ctx, s.db.read, person, b.OpenID)
	}
	b.SignsIn = err == nil
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return b, wrap("look for a WeChat account", err)
}
