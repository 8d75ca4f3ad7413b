package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/feedback"
)

// Feedback implements feedback.Store.
type Feedback struct{ db *DB }

var _ feedback.Store = (*Feedback)(nil)

// Purposes that bind sealed bytes to their column.
const (
	feedbackText   = "feedback.text"
	feedbackAnswer = "feedback.answer"
)

// Feedback keeps in db what staff say of the console.
func (db *DB) Feedback() *Feedback { return &Feedback{db} }

// Give implements feedback.Store.
func (s *Feedback) Give(ctx context.Context, f feedback.Feedback, most int, act audit.Act) error {
	return wrap("keep feedback", s.db.transact(ctx, func(tx *sql.Tx) error {
		if _, err := s.db.Staff().lockPerson(ctx, tx, f.Person); err != nil {
			return err
		}
		var waiting int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM feedback WHERE person = $1 AND answered_at IS NULL`, f.Person).Scan(&waiting); err != nil {
			return err
		}
		if waiting >= most {
			return feedback.ErrMany
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO feedback (id, person, page, text, at) VALUES ($1, $2, $3, $4, $5)`,
			f.ID, f.Person, f.Page, s.db.sealer.Seal(feedbackText, f.ID+" "+f.Text), stamp(f.At)); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// Answer implements feedback.Store.
func (s *Feedback) Answer(ctx context.Context, id, person, answer string, act audit.Act) error {
	return wrap("answer feedback", s.db.transact(ctx, func(tx *sql.Tx) error {
		var answered sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT answered_at FROM feedback WHERE id = $1`+s.db.lock, id).Scan(&answered); err != nil {
			return orNotFound(err, feedback.ErrNone)
		}
		if answered.Valid {
			return feedback.ErrAnswered
		}
		if _, err := tx.ExecContext(ctx, `UPDATE feedback SET answer = $2, answered_by = $3, answered_at = $4 WHERE id = $1`,
			id, s.db.sealer.Seal(feedbackAnswer, id+" "+answer), person, stamp(act.At)); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	}))
}

// List implements feedback.Store.
func (s *Feedback) List(ctx context.Context, person string, limit int) ([]feedback.Feedback, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT id, person, page, text, at, answer, coalesce(answered_by, ''), answered_at FROM feedback
		WHERE $1 = '' OR person = $1 ORDER BY answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN at ELSE -answered_at END, id LIMIT $2`, person, limit)), s.scan)
	return all, wrap("list feedback", err)
}

func (s *Feedback) scan(row row) (f feedback.Feedback, err error) {
	var text, answer []byte
	if err = row.Scan(&f.ID, &f.Person, &f.Page, &text, into(&f.At), &answer, &f.AnsweredBy, into(&f.AnsweredAt)); err != nil {
		return f, err
	}
	if f.Text, err = s.open(feedbackText, f.ID, text); err == nil && answer != nil {
		f.Answer, err = s.open(feedbackAnswer, f.ID, answer)
	}
	return f, err
}

// open opens words that are sealed with the id of what they belong to.
func (s *Feedback) open(purpose, id string, sealed []byte) (string, error) {
	plain, err := s.db.sealer.Open(purpose, sealed)
	if err != nil {
		return "", err
	}
	text, ok := strings.CutPrefix(plain, id+" ")
	if !ok {
		return "", ErrSwapped
	}
	return text, nil
}

// Waiting implements feedback.Store.
func (s *Feedback) Waiting(ctx context.Context, person string) (n int, since time.Time, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*), min(at) FROM feedback WHERE answered_at IS NULL AND person <> $1`, person).Scan(&n, into(&since))
	return n, since, wrap("count feedback", err)
}

// Forget implements feedback.Store.
func (s *Feedback) Forget(ctx context.Context, before time.Time) error {
	_, err := s.db.exec(ctx, `DELETE FROM feedback WHERE answered_at < $1`, stamp(before))
	return wrap("forget feedback", err)
}
