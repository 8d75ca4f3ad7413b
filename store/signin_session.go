package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
)

const sessionColumns = `x.id, x.person, x.created_at, x.seen_at, x.address, x.browser, x.rehearsal, x.steps`

// sessionInto takes sessionColumns into k; its steps as they are kept.
func sessionInto(k *signin.Kept, steps *string) []any {
	return []any{&k.ID, &k.Person, into(&k.CreatedAt), into(&k.SeenAt), &k.Address, &k.Browser, &k.Rehearsal, steps}
}

func readSteps(text string) (map[string]time.Time, error) {
	var at map[string]int64
	if err := json.Unmarshal([]byte(text), &at); err != nil {
		return nil, fmt.Errorf("a session's steps: %w", err)
	}
	steps := make(map[string]time.Time, len(at))
	for subject, milli := range at {
		steps[subject] = time.UnixMilli(milli).UTC()
	}
	return steps, nil
}

func stepsText(steps map[string]time.Time) (string, error) {
	at := make(map[string]int64, len(steps))
	for subject, when := range steps {
		at[subject] = when.UnixMilli()
	}
	text, err := json.Marshal(at)
	return string(text), err
}

// sessionMessage is what a session's MAC covers: neither a session, nor whose it is, nor for what a second factor was given can be written
// into the database by hand. When it was last seen changes too often, and ends nothing later than CreatedAt says.
func sessionMessage(k signin.Kept, p staff.Person, steps string) string {
	return strings.Join([]string{k.ID, p.ID, string(p.Role), p.Committee, strconv.FormatInt(k.CreatedAt.UnixMilli(), 10), strconv.FormatBool(k.Rehearsal),
		hex.EncodeToString(k.Token), hex.EncodeToString(k.Previous), strconv.FormatInt(stamp(k.PreviousUntil).Int64, 10), steps}, "\x00")
}

// Begin implements signin.Store.
func (s *Signin) Begin(ctx context.Context, l signin.Login, k signin.Kept, proof signin.Proof, by signin.Counted, act audit.Act) error {
	return wrap("begin a session", s.db.transact(ctx, func(tx *sql.Tx) error {
		p, err := s.stands(ctx, tx, l)
		if errors.Is(err, staff.ErrDisabled) && l.Passphrase != "" {
			err = signin.ErrNoLogin
		}
		if err != nil {
			return err
		}
		if proof.Kind == signin.WeChatFactor {
			err = s.useScan(ctx, tx, l, p, []byte(proof.ID), k.CreatedAt)
		} else {
			err = use(ctx, tx, p.ID, proof)
		}
		if err != nil {
			return err
		}
		ended, err := s.makeRoom(ctx, tx, k)
		if err != nil {
			return err
		}
		for _, id := range ended {
			act.Detail += " ended=" + id
		}
		if err := s.insert(ctx, tx, k, p); err != nil {
			return err
		}
		return errors.Join(s.passed(ctx, tx, by), s.db.appendAudit(ctx, tx, act))
	}))
}

// makeRoom ends what is beyond signin.AtOnce with k, and what rested too long. It returns the first.
func (s *Signin) makeRoom(ctx context.Context, tx *sql.Tx, k signin.Kept) (ended []string, err error) {
	if _, err := endSessions(ctx, tx, k.CreatedAt, `person = $3 AND (seen_at <= $4 OR created_at <= $5)`,
		k.Person, stamp(k.CreatedAt.Add(-signin.Rest)), stamp(k.CreatedAt.Add(-signin.Life))); err != nil {
		return nil, err
	}
	open, err := scalars[string](tx.QueryContext(ctx, `SELECT id FROM staff_session WHERE person = $1 AND ended_at IS NULL ORDER BY created_at DESC, id`, k.Person))
	if err != nil || len(open) < signin.AtOnce {
		return nil, err
	}
	ended = open[signin.AtOnce-1:]
	for _, id := range ended {
		if _, err := endSessions(ctx, tx, k.CreatedAt, `id = $3`, id); err != nil {
			return nil, err
		}
	}
	return ended, nil
}

// endSessions ends the sessions that match a condition on $3 and more. Their tokens go too: no value written over ended_at opens them.
func endSessions(ctx context.Context, tx *sql.Tx, at time.Time, which string, args ...any) (sql.Result, error) {
	return tx.ExecContext(ctx, `UPDATE staff_session SET ended_at = $1, token = NULL, previous = NULL, replay = NULL, mac = $2 WHERE ended_at IS NULL AND `+which,
		append([]any{stamp(at), []byte{}}, args...)...)
}

func (s *Signin) insert(ctx context.Context, tx *sql.Tx, k signin.Kept, p staff.Person) error {
	steps, err := stepsText(k.Steps)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO staff_session (id, person, token, created_at, seen_at, address, browser, rehearsal, steps, mac)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, k.ID, k.Person, k.Token, stamp(k.CreatedAt), stamp(k.SeenAt), k.Address, k.Browser,
		boolInt(k.Rehearsal), steps, s.db.sealer.Find(sessionMAC, sessionMessage(k, p, steps)))
	return err
}

// Session implements signin.Store.
func (s *Signin) Session(ctx context.Context, token []byte) (signin.Kept, staff.Person, error) {
	k, p, err := s.session(ctx, s.db.read, `(x.token = $1 OR x.previous = $1)`, token)
	return k, p, wrap("get a session", err)
}

// Open implements signin.Store.
func (s *Signin) Open(ctx context.Context) (open []signin.Open, err error) {
	err = rowsOf(s.db.read.QueryContext(ctx, sessionQuery+`x.token IS NOT NULL`)).each(func(row row) error {
		k, p, err := s.scanSession(row)
		if err == nil {
			open = append(open, signin.Open{Kept: k, Person: p})
		}
		if errors.Is(err, signin.ErrOver) {
			err = nil
		}
		return err
	})
	return open, wrap("look at all sessions", err)
}

// session is one that matches a condition on $1.
func (s *Signin) session(ctx context.Context, q querier, which string, arg any) (signin.Kept, staff.Person, error) {
	return s.scanSession(q.QueryRowContext(ctx, sessionQuery+which, arg))
}

// sessionQuery reads sessions x and their people s as scanSession reads them, up to a condition.
const sessionQuery = `SELECT ` + staffColumns + `, ` + sessionColumns + `, x.token, x.previous, x.previous_until, x.replay, x.mac
	FROM staff_session x JOIN staff s ON s.id = x.person WHERE x.ended_at IS NULL AND `

// scanSession is signin.ErrOver for what opens nothing.
func (s *Signin) scanSession(row row) (k signin.Kept, p staff.Person, err error) {
	var steps string
	var mac []byte
	into := append(sessionInto(&k, &steps), &k.Token, &k.Previous, into(&k.PreviousUntil), &k.Replay, &mac)
	p, err = s.staff.scan(row, into...)
	if errors.Is(err, staff.ErrNoPerson) || err == nil && (!p.DisabledAt.IsZero() || !s.db.sealer.Found(sessionMAC, sessionMessage(k, p, steps), mac)) {
		err = signin.ErrOver
	}
	if err == nil {
		k.Steps, err = readSteps(steps)
	}
	if err != nil {
		return signin.Kept{}, staff.Person{}, err
	}
	return k, p, nil
}

// steppedUp says whether the second factor was given for a subject in a person's session, lately enough.
func (s *Signin) steppedUp(ctx context.Context, q querier, person, session, subject string, now time.Time) (bool, error) {
	k, _, err := s.session(ctx, q, `x.id = $1`, session)
	if errors.Is(err, signin.ErrOver) {
		return false, nil
	}
	return err == nil && k.Person == person && k.SteppedUp(subject, now), err
}

// Seen implements signin.Store.
func (s *Signin) Seen(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.exec(ctx, `UPDATE staff_session SET seen_at = $2 WHERE id = $1 AND seen_at < $2 AND ended_at IS NULL`, id, stamp(at))
	return wrap("note a session's request", err)
}

// Renew implements signin.Store.
func (s *Signin) Renew(ctx context.Context, before []byte, k signin.Kept, proof signin.Proof, by signin.Counted, act audit.Act) error {
	return wrap("renew a session", s.db.transact(ctx, func(tx *sql.Tx) error {
		p, err := s.staff.lockPerson(ctx, tx, k.Person)
		if errors.Is(err, staff.ErrDisabled) {
			err = signin.ErrOver
		}
		if err != nil {
			return err
		}
		if err := use(ctx, tx, p.ID, proof); err != nil {
			return err
		}
		if err := s.renew(ctx, tx, before, k, p); err != nil {
			return err
		}
		return errors.Join(s.passed(ctx, tx, by), s.db.appendAudit(ctx, tx, act))
	}))
}

func (s *Signin) renew(ctx context.Context, tx *sql.Tx, before []byte, k signin.Kept, p staff.Person) error {
	steps, err := stepsText(k.Steps)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `UPDATE staff_session SET token = $3, previous = $4, previous_until = $5, replay = $6, steps = $7, mac = $8
		WHERE id = $1 AND token = $2 AND ended_at IS NULL`, k.ID, before, k.Token, k.Previous, stamp(k.PreviousUntil), k.Replay, steps,
		s.db.sealer.Find(sessionMAC, sessionMessage(k, p, steps)))
	return orWhenNone(result, err, signin.ErrOver)
}

// Sessions implements signin.Store.
func (s *Signin) Sessions(ctx context.Context, person string) ([]signin.Session, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+sessionColumns+` FROM staff_session x
		WHERE x.person = $1 AND x.ended_at IS NULL ORDER BY x.created_at DESC, x.id`, person)), func(row row) (signin.Session, error) {
		var k signin.Kept
		var steps string
		if err := row.Scan(sessionInto(&k, &steps)...); err != nil {
			return signin.Session{}, err
		}
		var err error
		k.Steps, err = readSteps(steps)
		return k.Session, err
	})
	return all, wrap("list sessions", err)
}

// End implements signin.Store.
func (s *Signin) End(ctx context.Context, id string, at time.Time, act audit.Act) (ended bool, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		n, err := affected(endSessions(ctx, tx, at, `id = $3`, id))
		if ended = n > 0; err != nil || !ended {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return ended, wrap("end a session", err)
}

// LastSignIns implements signin.Store.
func (s *Signin) LastSignIns(ctx context.Context) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT person, MAX(created_at) FROM staff_session GROUP BY person`)).each(func(row row) error {
		var person string
		var at time.Time
		err := row.Scan(&person, into(&at))
		last[person] = at
		return err
	})
	return last, wrap("list sign-ins", err)
}

// SignIns implements signin.Store.
func (s *Signin) SignIns(ctx context.Context, person string, limit int) ([]time.Time, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT created_at FROM staff_session WHERE person = $1 ORDER BY created_at DESC LIMIT $2`, person, limit)),
		func(row row) (at time.Time, err error) {
			err = row.Scan(into(&at))
			return at, err
		})
	return all, wrap("list sign-ins", err)
}

// Failures implements signin.Store.
func (s *Signin) Failures(ctx context.Context, person string, since time.Time) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE subject = $1 AND subject <> '' AND action = 'session.fail' AND at >= $2`,
		person, stamp(since).Int64).Scan(&n)
	return n, wrap("count failed sign-ins", err)
}

// Sweep implements signin.Store.
func (s *Signin) Sweep(ctx context.Context, sessionsBefore, talliesBefore time.Time) error {
	if _, err := s.db.exec(ctx, `DELETE FROM staff_session WHERE seen_at < $1`, stamp(sessionsBefore)); err != nil {
		return wrap("delete old sessions", err)
	}
	if _, err := s.db.exec(ctx, `DELETE FROM signin_scan WHERE until < $1`, stamp(talliesBefore)); err != nil {
		return wrap("delete old sign-ins that waited", err)
	}
	_, err := s.db.exec(ctx, `DELETE FROM signin_tally WHERE COALESCE(at, 0) < $1 AND COALESCE(until, 0) < $1`, stamp(talliesBefore))
	return wrap("delete old failures", err)
}
