package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"towncrier/inbox"
)

// ticketColumns are what scan reads, in its order.
const ticketColumns = `number, grp, kind, status, topic, owner, text, place, answer, filed_at, due_at, answered_at, closed_at, told_at, phone, messages`

// untold is the condition of the partial index ticket_untold.
const untold = `status = 'answered' AND told_at IS NULL AND asker IS NOT NULL`

// toTell says whether an asker has untold answers, and whether one was told since $2.
const toTell = `SELECT EXISTS (SELECT 1 FROM ticket WHERE asker = $1 AND ` + untold + `), EXISTS (SELECT 1 FROM ticket WHERE asker = $1 AND told_at > $2)`

// unleased is the condition that nobody is pushing a ticket's answer at the instant of a parameter.
func unleased(parameter string) string {
	return `(leased_until IS NULL OR ` + over("leased_until", parameter, inbox.Lease) + `)`
}

// scan reads a row of ticketColumns, then more.
func (s *Inbox) scan(row interface{ Scan(...any) error }, more ...any) (inbox.Ticket, error) {
	var t inbox.Ticket
	var text, place, answer, number []byte
	var filed, due, answered, closed, told sql.NullInt64
	err := row.Scan(append([]any{&t.Number, &t.Group, &t.Kind, &t.Status, &t.Topic, &t.Owner, &text, &place, &answer,
		&filed, &due, &answered, &closed, &told, &number, &t.Messages}, more...)...)
	if err != nil {
		return inbox.Ticket{}, err
	}
	t.FiledAt, t.DueAt, t.AnsweredAt, t.ClosedAt, t.ToldAt = instant(filed), instant(due), instant(answered), instant(closed), instant(told)
	for _, c := range []struct {
		to      *string
		purpose string
		sealed  []byte
	}{{&t.Text, ticketText, text}, {&t.Where, ticketPlace, place}, {&t.Answer, ticketAnswer, answer}, {(*string)(&t.Phone), ticketPhone, number}} {
		if c.sealed == nil {
			continue
		}
		if *c.to, err = s.db.box.Open(c.purpose, c.sealed); err != nil {
			return inbox.Ticket{}, fmt.Errorf("ticket %s: %w", t.Number, err)
		}
	}
	return t, nil
}

func (s *Inbox) query(ctx context.Context, query string, args ...any) ([]inbox.Ticket, error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	tickets, err := s.collect(rows)
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	return tickets, nil
}

func (s *Inbox) collect(rows *sql.Rows) ([]inbox.Ticket, error) {
	defer rows.Close()
	var tickets []inbox.Ticket
	for rows.Next() {
		t, err := s.scan(rows)
		if err != nil {
			return nil, err
		}
		tickets = append(tickets, t)
	}
	return tickets, rows.Err()
}

// byAnswer is the order in which askers are told.
func byAnswer(a, b inbox.Ticket) int {
	return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.Number, b.Number))
}
