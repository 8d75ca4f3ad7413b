package store

import (
	"cmp"
	"context"
	"fmt"

	"towncrier/inbox"
)

// ticketColumns are what scan reads, in its order.
const ticketColumns = `number, grp, kind, status, topic, owner, text, place, answer, filed_at, due_at, answered_at, closed_at, told_at, phone, messages, intent,
	asker IS NULL AND phone IS NULL`

// untold is the condition of the partial index ticket_untold.
const untold = `status = 'answered' AND told_at IS NULL AND asker IS NOT NULL`

// toTell says whether an asker has untold answers, and whether one was told since $2.
const toTell = `SELECT EXISTS (SELECT 1 FROM ticket WHERE asker = $1 AND ` + untold + `), EXISTS (SELECT 1 FROM ticket WHERE asker = $1 AND told_at > $2)`

// unleased is the condition that nobody is pushing a ticket's answer at the instant of a parameter.
func unleased(parameter string) string {
	return `(leased_until IS NULL OR ` + over("leased_until", parameter, inbox.Lease) + `)`
}

// scan reads a row of ticketColumns, then more.
func (s *Inbox) scan(row row, more ...any) (inbox.Ticket, error) {
	var t inbox.Ticket
	var text, place, answer, number []byte
	err := row.Scan(append([]any{&t.Number, &t.Group, &t.Kind, &t.Status, &t.Topic, &t.Owner, &text, &place, &answer,
		into(&t.FiledAt), into(&t.DueAt), into(&t.AnsweredAt), into(&t.ClosedAt), into(&t.ToldAt), &number, &t.Messages, &t.Intent, &t.Gone}, more...)...)
	if err != nil {
		return inbox.Ticket{}, err
	}
	for _, c := range []struct {
		to      *string
		purpose string
		sealed  []byte
	}{{&t.Text, ticketText, text}, {&t.Where, ticketPlace, place}, {&t.Answer, ticketAnswer, answer}, {(*string)(&t.Phone), ticketPhone, number}} {
		if c.sealed == nil {
			continue
		}
		if *c.to, err = s.db.sealer.Open(c.purpose, c.sealed); err != nil {
			return inbox.Ticket{}, fmt.Errorf("ticket %s: %w", t.Number, err)
		}
	}
	return t, nil
}

func (s *Inbox) query(ctx context.Context, query string, args ...any) ([]inbox.Ticket, error) {
	tickets, err := collect(rowsOf(s.db.read.QueryContext(ctx, query, args...)), s.ticket)
	return tickets, wrap("list tickets", err)
}

func (s *Inbox) ticket(row row) (inbox.Ticket, error) { return s.scan(row) }

// byAnswer is the order in which askers are told.
func byAnswer(a, b inbox.Ticket) int {
	return cmp.Or(a.AnsweredAt.Compare(b.AnsweredAt), cmp.Compare(a.Number, b.Number))
}
