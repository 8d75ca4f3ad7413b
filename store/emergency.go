package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"towncrier/audit"
	"towncrier/emergency"
)

// Emergencies implements emergency.Store.
type Emergencies struct{ db *DB }

var _ emergency.Store = (*Emergencies)(nil)

// Emergencies keeps emergencies in db. What is kept of one is a JSON document: the fields of emergency.Emergency keep their names and
// meaning for ever.
func (db *DB) Emergencies() *Emergencies { return &Emergencies{db} }

func scanEmergency(row row) (e emergency.Emergency, err error) {
	var doc string
	if err := row.Scan(&doc); err != nil {
		return e, orNotFound(err, emergency.ErrNone)
	}
	err = json.Unmarshal([]byte(doc), &e)
	return e, err
}

func emergencyDoc(e emergency.Emergency) string {
	doc, err := json.Marshal(e)
	if err != nil {
		panic(err) // texts, numbers and times: nothing that JSON lacks
	}
	return string(doc)
}

// Add implements emergency.Store.
func (s *Emergencies) Add(ctx context.Context, e emergency.Emergency, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO emergency (id, status, declared_at, doc) VALUES ($1, $2, $3, $4)`,
			e.ID, string(e.Status), stamp(e.DeclaredAt), emergencyDoc(e))
		if err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("keep an emergency", err)
}

// Get implements emergency.Store.
func (s *Emergencies) Get(ctx context.Context, id string) (emergency.Emergency, error) {
	e, err := scanEmergency(s.db.read.QueryRowContext(ctx, `SELECT doc FROM emergency WHERE id = $1`, id))
	return e, wrap("read an emergency", err)
}

// Change implements emergency.Store.
func (s *Emergencies) Change(ctx context.Context, id string, decide func(*emergency.Emergency) (audit.Act, error)) (e emergency.Emergency, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var err error
		if e, err = scanEmergency(tx.QueryRowContext(ctx, `SELECT doc FROM emergency WHERE id = $1`+s.db.lock, id)); err != nil {
			return err
		}
		act, err := decide(&e)
		if err != nil {
			return err
		}
		e.Version++
		if _, err := tx.ExecContext(ctx, `UPDATE emergency SET status = $2, doc = $3 WHERE id = $1`, id, string(e.Status), emergencyDoc(e)); err != nil {
			return err
		}
		if act.Action == "" {
			return nil
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return emergency.Emergency{}, wrap("change an emergency", err)
	}
	return e, nil
}

// List implements emergency.Store.
func (s *Emergencies) List(ctx context.Context, statuses []emergency.Status, after string, limit int) ([]emergency.Emergency, error) {
	where, args := "1 = 1", []any{limit}
	if after != "" {
		args = append(args, after)
		where += ` AND (declared_at, id) < (SELECT declared_at, id FROM emergency WHERE id = $2)`
	}
	var in []string
	for _, status := range statuses {
		args = append(args, string(status))
		in = append(in, fmt.Sprintf("$%d", len(args)))
	}
	if in != nil {
		where += ` AND status IN (` + strings.Join(in, ", ") + `)`
	}
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT doc FROM emergency WHERE `+where+` ORDER BY declared_at DESC, id DESC LIMIT $1`, args...)), scanEmergency)
	return all, wrap("list emergencies", err)
}
