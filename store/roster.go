package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"towncrier/roster"
)

// Purposes that bind sealed bytes to their column.
const (
	choiceResident   = "choice.resident"
	choiceResidentID = "choice.resident_id"
)

// Choices implements roster.Choices.
type Choices struct{ db *DB }

var _ roster.Choices = (*Choices)(nil)

// Choices keeps what residents decided in db.
func (db *DB) Choices() *Choices { return &Choices{db} }

// Set implements roster.Choices.
func (s *Choices) Set(ctx context.Context, from string, wants bool, at time.Time) error {
	flag := 0
	if wants {
		flag = 1
	}
	_, err := s.db.write.ExecContext(ctx, `INSERT INTO choice (resident, resident_id, wants, chosen_at) VALUES ($1, $2, $3, $4)`,
		s.db.box.Find(choiceResident, from), s.db.box.Seal(choiceResidentID, from), flag, stamp(at))
	if err != nil {
		return fmt.Errorf("record a choice: %w", err)
	}
	return nil
}

// Wants implements roster.Choices.
func (s *Choices) Wants(ctx context.Context, from string) (wants, known bool, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT wants = 1 FROM choice WHERE resident = $1 ORDER BY id DESC LIMIT 1`,
		s.db.box.Find(choiceResident, from)).Scan(&wants)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("read a choice: %w", err)
	}
	return wants, true, nil
}

// Forget implements roster.Choices.
func (s *Choices) Forget(ctx context.Context, from string) error {
	result, err := s.db.write.ExecContext(ctx, `DELETE FROM choice WHERE resident = $1`, s.db.box.Find(choiceResident, from))
	if err != nil {
		return fmt.Errorf("forget a resident's choices: %w", err)
	}
	return s.db.scrubAfter(ctx, result)
}
