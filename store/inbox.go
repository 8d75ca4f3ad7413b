package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/problem"
)

// Purposes that bind sealed bytes to their column.
const (
	ticketAsker   = "ticket.asker"
	ticketAskerID = "ticket.asker_id"
	ticketText    = "ticket.text"
	ticketPlace   = "ticket.place"
	ticketAnswer  = "ticket.answer"
	ticketPhone   = "ticket.phone"
	ticketMessage = "ticket.message"
	proposalText  = "ticket_proposal.answer"
	noteText      = "ticket_note.text"
)

// Inbox implements inbox.Store.
type Inbox struct{ db *DB }

var _ inbox.Store = (*Inbox)(nil)

// Inbox keeps tickets in db.
func (db *DB) Inbox() *Inbox { return &Inbox{db} }

// Add implements inbox.Store. Locking the group's first ticket makes adding to a group and answering it take turns.
func (s *Inbox) Add(ctx context.Context, f inbox.Filing, group string, due time.Time) (t inbox.Ticket, err error) {
	asker := s.db.sealer.Find(ticketAsker, f.From)
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		message := s.message(f.Message, string(f.Kind)+"\x00"+f.Text)
		if t, err = s.filed(ctx, tx, message); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if group != "" {
			var status inbox.Status
			err := tx.QueryRowContext(ctx, `SELECT status FROM ticket WHERE number = $1 AND grp = number`+s.db.lock, group).Scan(&status)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if status != inbox.Open {
				group = ""
			}
		}
		if group != "" {
			row := tx.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket
				WHERE grp = $1 AND asker = $2 AND status = 'open' ORDER BY filed_at LIMIT 1`, group, asker)
			if t, err = s.scan(row); !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		if err := s.within(ctx, tx, "asker", asker, f.At, f.Limits); err != nil {
			return err
		}
		number, err := nextNumber(ctx, tx, inbox.Day(f.At))
		if err != nil {
			return err
		}
		if group == "" {
			group = number
		}
		row := tx.QueryRowContext(ctx, `INSERT INTO ticket
			(number, grp, kind, status, topic, asker, asker_id, text, place, filed_at, due_at)
			VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10) RETURNING `+ticketColumns,
			number, group, string(f.Kind), f.Topic, asker, s.db.sealer.Seal(ticketAskerID, f.From),
			s.db.sealer.Seal(ticketText, f.Text), s.db.sealer.Seal(ticketPlace, f.Where), stamp(f.At), stamp(due))
		if t, err = s.scan(row); err != nil {
			return err
		}
		return s.note(ctx, tx, message, t.Number, f.At)
	})
	return t, wrap("add ticket", err)
}

// OpenQuestions implements inbox.Store.
func (s *Inbox) OpenQuestions(ctx context.Context, limit int) ([]inbox.Ticket, error) {
	return s.query(ctx, `SELECT `+ticketColumns+` FROM ticket
		WHERE status = 'open' AND kind = 'question' AND grp = number
		ORDER BY filed_at DESC, length(number) DESC, number DESC LIMIT $1`, limit)
}

// Questions implements inbox.Store.
func (s *Inbox) Questions(ctx context.Context, since time.Time, limit int) ([]inbox.Ticket, error) {
	return s.query(ctx, `SELECT `+ticketColumns+` FROM ticket
		WHERE filed_at >= $1 AND (kind = 'question' AND status = 'answered' OR intent <> '')
		ORDER BY filed_at DESC, length(number) DESC, number DESC LIMIT $2`, stamp(since), limit)
}

// SetIntent implements inbox.Store.
func (s *Inbox) SetIntent(ctx context.Context, act audit.Act, intent string) error {
	act.Detail = "intent=" + intent
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE ticket SET intent = $2 WHERE grp = (SELECT grp FROM ticket WHERE number = $1)`, act.Subject, intent)
		if err := orWhenNone(result, err, inbox.ErrNoTicket); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("note the intent of a ticket", err)
}

// Get implements inbox.Store.
func (s *Inbox) Get(ctx context.Context, number string) (inbox.Ticket, error) {
	t, err := s.scan(s.db.read.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE number = $1`, number))
	return t, wrap("get ticket", orNotFound(err, inbox.ErrNoTicket))
}

// List implements inbox.Store.
func (s *Inbox) List(ctx context.Context, f inbox.Filter) ([]inbox.Ticket, error) {
	where, args, err := s.where(ctx, f)
	if err != nil {
		return nil, err
	}
	return s.query(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE `+where+orderOf(f)+` LIMIT $1`, args...)
}

func orderOf(f inbox.Filter) string {
	if f.Newest {
		return ` ORDER BY filed_at DESC, length(number) DESC, number DESC`
	}
	return ` ORDER BY filed_at, length(number), number`
}

// where is the condition of a filter, whose first parameter is its limit.
func (s *Inbox) where(ctx context.Context, f inbox.Filter) (condition string, args []any, err error) {
	if f.Status == "" && f.Group == "" {
		f.Status = inbox.Open
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	var where []string
	args = []any{f.Limit}
	if f.After != "" {
		after, err := s.Get(ctx, f.After)
		if errors.Is(err, inbox.ErrNoTicket) {
			return "", nil, problem.ErrCursor
		}
		if err != nil {
			return "", nil, err
		}
		behind := ">"
		if f.Newest {
			behind = "<"
		}
		args = append(args, stamp(after.FiledAt), len(after.Number), after.Number)
		where = append(where, "(filed_at, length(number), number) "+behind+" ($2, $3, $4)")
	}
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if f.Status == inbox.AnyStatus {
		f.Status = ""
	}
	for _, c := range []struct{ column, value string }{{"grp", f.Group}, {"status", string(f.Status)}, {"kind", string(f.Kind)}} {
		if c.value != "" {
			add(c.column+" = $%d", c.value)
		}
	}
	for _, c := range []struct {
		condition string
		bound     time.Time
	}{{"filed_at >= $%d", f.FiledFrom}, {"filed_at < $%d", f.FiledBefore}, {"due_at >= $%d", f.DueFrom}, {"due_at < $%d", f.DueBefore}} {
		if !c.bound.IsZero() {
			add(c.condition, stamp(c.bound))
		}
	}
	if f.By != "" {
		args = append(args, string(f.By), f.ByName)
		where = append(where, fmt.Sprintf("(settled_by = $%d OR settled_by = '' AND owner = $%d AND owner <> '')", len(args)-1, len(args)))
	}
	if f.HeldBy != "" {
		args = append(args, string(f.HeldBy), stamp(f.HeldAt))
		where = append(where, fmt.Sprintf("grp IN (SELECT grp FROM ticket_hold WHERE holder = $%d AND (until IS NULL OR until > $%d))", len(args)-1, len(args)))
	}
	if f.Proposed {
		where = append(where, "grp IN (SELECT grp FROM ticket_proposal)")
	}
	if f.First {
		where = append(where, "grp = number")
	}
	return strings.Join(append(where, "1 = 1"), " AND "), args, nil
}

// Counts implements inbox.Store.
func (s *Inbox) Counts(ctx context.Context, today, tomorrow time.Time) (inbox.Counts, error) {
	c := inbox.Counts{Statuses: map[inbox.Status]int{}, Kinds: map[inbox.Kind]int{}}
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT status, kind, count(*), count(CASE WHEN due_at < $1 THEN 1 END),
			count(CASE WHEN due_at >= $1 AND due_at < $2 THEN 1 END), min(due_at)
		FROM ticket GROUP BY status, kind`, stamp(today), stamp(tomorrow))).each(func(row row) error {
		var status inbox.Status
		var kind inbox.Kind
		var n, overdue, due int
		var first time.Time
		if err := row.Scan(&status, &kind, &n, &overdue, &due, into(&first)); err != nil {
			return err
		}
		if c.Statuses[status] += n; status != inbox.Open {
			return nil
		}
		c.Kinds[kind] += n
		c.Overdue += overdue
		c.Today += due
		if overdue > 0 && (c.OverdueSince.IsZero() || first.Before(c.OverdueSince)) {
			c.OverdueSince = first
		}
		return nil
	})
	if err == nil {
		err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM ticket_proposal`).Scan(&c.Proposed)
	}
	return c, wrap("count tickets", err)
}

// ClaimUntold implements inbox.Store.
func (s *Inbox) ClaimUntold(ctx context.Context, limit int, now, until time.Time) (claimed []inbox.Pending, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		return rowsOf(tx.QueryContext(ctx, `WITH due AS MATERIALIZED (
				SELECT number FROM ticket
				WHERE `+untold+` AND deferred = 0 AND `+unleased("$1")+`
				ORDER BY answered_at, number LIMIT $2`+s.db.skip+`)
			UPDATE ticket SET leased_until = $3, tries = tries + 1
			WHERE number IN (SELECT number FROM due)
			RETURNING `+ticketColumns+`, asker_id, asker, tries, leased_until`, stamp(now), limit, stamp(until))).each(func(row row) error {
			var p inbox.Pending
			var asker, find []byte
			if p.Ticket, err = s.scan(row, &asker, &find, &p.Tries, into(&p.Until)); err != nil {
				return err
			}
			if p.From, err = s.db.ring.openOwn(ticketAskerID, asker, ticketAsker, find); err != nil {
				return err
			}
			claimed = append(claimed, p)
			return nil
		})
	})
	if err != nil {
		return nil, wrap("claim answers", err)
	}
	slices.SortFunc(claimed, func(a, b inbox.Pending) int { return byAnswer(a.Ticket, b.Ticket) })
	return claimed, nil
}

// Told implements inbox.Store.
func (s *Inbox) Told(ctx context.Context, number string, at time.Time) error {
	_, err := s.db.exec(ctx, `UPDATE ticket SET told_at = $2, leased_until = NULL
		WHERE number = $1 AND status = 'answered' AND told_at IS NULL`, number, stamp(at))
	return wrap("mark ticket as told", err)
}

// Defer implements inbox.Store.
func (s *Inbox) Defer(ctx context.Context, p inbox.Pending) error {
	_, err := s.db.exec(ctx, `UPDATE ticket SET deferred = 1, leased_until = NULL
		WHERE number = $1 AND told_at IS NULL AND leased_until = $2`, p.Ticket.Number, stamp(p.Until))
	return wrap("defer ticket", err)
}

// CollectFor implements inbox.Store.
func (s *Inbox) CollectFor(ctx context.Context, from, message string, at time.Time) (told []inbox.Ticket, err error) {
	asker := s.db.sealer.Find(ticketAsker, from)
	// Nearly every message comes from somebody who waits for nothing: that costs a read, not the writer.
	var waits, repeats bool
	if err := s.db.untold.QueryRowContext(ctx, asker, stamp(at.Add(-repeatedWithin))).Scan(&waits, &repeats); err != nil {
		return nil, wrap("collect answers", err)
	}
	if repeats && message != "" {
		if told, err = s.toldBy(ctx, asker, message, at); err != nil {
			return nil, wrap("collect answers", err)
		}
	}
	if !waits {
		return told, nil
	}
	before := told
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		now, err := collect(rowsOf(tx.QueryContext(ctx, `UPDATE ticket SET told_at = $2, leased_until = NULL
			WHERE asker = $1 AND `+untold+` AND `+unleased("$2")+`
			RETURNING `+ticketColumns, asker, stamp(at))), s.ticket)
		if err != nil {
			return err
		}
		for _, t := range now {
			if err := s.note(ctx, tx, s.message(message, tells+t.Number), t.Number, at); err != nil {
				return err
			}
		}
		told = append(slices.Clone(before), now...)
		return nil
	})
	if err != nil {
		return nil, wrap("collect answers", err)
	}
	slices.SortFunc(told, byAnswer)
	return told, nil
}

const (
	// repeatedWithin is longer than a platform repeats a message that nobody answered.
	repeatedWithin = 10 * time.Minute
	// tells is what a message is noted for that an answer was told in reply to.
	tells = "tells "
)

// toldBy is what the same message was told before: the process that told it may have died before it was said.
func (s *Inbox) toldBy(ctx context.Context, asker []byte, message string, at time.Time) (told []inbox.Ticket, err error) {
	recent, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE asker = $1 AND status = 'answered' AND told_at > $2
		ORDER BY answered_at, number`, asker, stamp(at.Add(-repeatedWithin)))), s.ticket)
	if err != nil {
		return nil, err
	}
	for _, t := range recent {
		by := false
		for _, hash := range s.message(message, tells+t.Number) {
			var noted bool
			if err := s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ticket_message WHERE message = $1)`, hash).Scan(&noted); err != nil {
				return nil, err
			}
			by = by || noted
		}
		if by {
			told = append(told, t)
		}
	}
	return told, nil
}
