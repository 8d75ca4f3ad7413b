package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
)

// Groups implements inbox.Store.
func (s *Inbox) Groups(ctx context.Context, f inbox.Filter, now time.Time) ([]inbox.Group, error) {
	f.First = true
	where, args, err := s.where(ctx, f)
	if err != nil {
		return nil, err
	}
	args = append(args, stamp(now))
	held := fmt.Sprintf("h.grp = ticket.number AND (h.until IS NULL OR h.until > $%d)", len(args))
	groups, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+ticketColumns+`,
			(SELECT count(*) FROM ticket o WHERE o.grp = ticket.number),
			EXISTS (SELECT 1 FROM ticket_proposal p WHERE p.grp = ticket.number),
			COALESCE((SELECT holder FROM ticket_hold h WHERE `+held+`), ''),
			COALESCE((SELECT name FROM ticket_hold h WHERE `+held+`), ''),
			(SELECT until FROM ticket_hold h WHERE `+held+`)
		FROM ticket WHERE `+where+orderOf(f)+` LIMIT $1`, args...)), func(row row) (inbox.Group, error) {
		var g inbox.Group
		var err error
		g.Ticket, err = s.scan(row, &g.Tickets, &g.Proposed, &g.Hold.By, &g.Hold.Name, into(&g.Hold.Until))
		return g, err
	})
	return groups, wrap("list groups of tickets", err)
}

// Hold implements inbox.Store.
func (s *Inbox) Hold(ctx context.Context, act audit.Act, wanted inbox.Hold, take bool) (held inbox.Hold, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		group, err := s.openGroup(ctx, tx, act.Subject)
		if err != nil {
			return err
		}
		if held, err = s.hold(ctx, tx, group, act.At); err != nil {
			return err
		}
		same := held.By == wanted.By
		if held.By != "" && !same && !take {
			return nil
		}
		if same && held.Until.IsZero() && !wanted.Until.IsZero() { // it was handed to them
			return nil
		}
		held = wanted
		_, err = tx.ExecContext(ctx, `INSERT INTO ticket_hold (grp, holder, name, until) VALUES ($1, $2, $3, $4)
			ON CONFLICT (grp) DO UPDATE SET holder = excluded.holder, name = excluded.name, until = excluded.until`,
			group, string(wanted.By), wanted.Name, stamp(wanted.Until))
		if err != nil || same {
			return err
		}
		act.Detail = "holder=" + string(wanted.By)
		return s.db.appendAudit(ctx, tx, act)
	})
	return held, wrap("hold a ticket", err)
}

func (s *Inbox) hold(ctx context.Context, q querier, group string, now time.Time) (h inbox.Hold, err error) {
	err = q.QueryRowContext(ctx, `SELECT holder, name, until FROM ticket_hold WHERE grp = $1 AND (until IS NULL OR until > $2)`, group, stamp(now)).
		Scan(&h.By, &h.Name, into(&h.Until))
	if errors.Is(err, sql.ErrNoRows) {
		return inbox.Hold{}, nil
	}
	return h, err
}

// Work implements inbox.Store.
func (s *Inbox) Work(ctx context.Context, group string, now time.Time) (h inbox.Hold, notes []inbox.Note, err error) {
	if h, err = s.hold(ctx, s.db.read, group, now); err != nil {
		return h, nil, wrap("read who holds a ticket", err)
	}
	notes, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT name, text, at FROM ticket_note WHERE grp = $1 ORDER BY id`, group)), func(row row) (inbox.Note, error) {
		var n inbox.Note
		var sealed []byte
		err := row.Scan(&n.Name, &sealed, into(&n.At))
		if err == nil {
			n.Text, err = s.db.sealer.Open(noteText, sealed)
		}
		return n, err
	})
	return h, notes, wrap("read the notes of a ticket", err)
}

// AddNote implements inbox.Store.
func (s *Inbox) AddNote(ctx context.Context, act audit.Act, n inbox.Note) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		var group string
		if err := tx.QueryRowContext(ctx, `SELECT grp FROM ticket WHERE number = $1`, act.Subject).Scan(&group); err != nil {
			return orNotFound(err, inbox.ErrNoTicket)
		}
		if err := s.addNote(ctx, tx, group, n); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("note on a ticket", err)
}

func (s *Inbox) addNote(ctx context.Context, tx *sql.Tx, group string, n inbox.Note) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO ticket_note (grp, name, text, at) VALUES ($1, $2, $3, $4)`, group, n.Name, s.db.sealer.Seal(noteText, n.Text), stamp(n.At))
	return err
}

// Separate implements inbox.Store.
func (s *Inbox) Separate(ctx context.Context, act audit.Act, numbers []string) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		group, err := s.openGroup(ctx, tx, act.Subject)
		if err != nil {
			return err
		}
		open, err := collect(rowsOf(tx.QueryContext(ctx, `SELECT number FROM ticket WHERE grp = $1 AND status = 'open'
			ORDER BY filed_at, length(number), number`, group)), func(row row) (number string, err error) { return number, row.Scan(&number) })
		if err != nil {
			return err
		}
		var rest, leave []string
		for _, number := range open {
			if slices.Contains(numbers, number) {
				leave = append(leave, number)
			} else {
				rest = append(rest, number)
			}
		}
		if len(leave) == 0 {
			return nil
		}
		if len(rest) == 0 {
			return inbox.ErrAllSeparate
		}
		for _, number := range leave {
			if _, err := tx.ExecContext(ctx, `UPDATE ticket SET grp = number WHERE number = $1`, number); err != nil {
				return err
			}
		}
		// The answer that was proposed was written for all of them.
		if _, err := tx.ExecContext(ctx, `DELETE FROM ticket_proposal WHERE grp = $1`, group); err != nil {
			return err
		}
		if slices.Contains(leave, group) {
			if err := s.renameGroup(ctx, tx, group, rest[0]); err != nil {
				return err
			}
		}
		act.Detail = fmt.Sprintf("tickets=%d", len(leave))
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("separate tickets", err)
}

// renameGroup has what is left of a group that its first ticket leaves begin with another.
func (s *Inbox) renameGroup(ctx context.Context, tx *sql.Tx, from, to string) error {
	for _, query := range []string{
		`UPDATE ticket SET grp = $2 WHERE grp = $1 AND number <> $1`,
		`UPDATE ticket_hold SET grp = $2 WHERE grp = $1`,
		`UPDATE ticket_note SET grp = $2 WHERE grp = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, from, to); err != nil {
			return err
		}
	}
	return nil
}

// Reopen implements inbox.Store.
func (s *Inbox) Reopen(ctx context.Context, act audit.Act, due time.Time, n inbox.Note) (tickets int, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		group, err := s.openGroup(ctx, tx, act.Subject)
		switch {
		case err == nil:
			return inbox.ErrOpen
		case !errors.Is(err, inbox.ErrAnswered) && !errors.Is(err, inbox.ErrClosed):
			return err
		}
		var reachable bool
		err = tx.QueryRowContext(ctx, `SELECT grp, EXISTS (SELECT 1 FROM ticket o WHERE o.grp = ticket.grp AND (o.asker IS NOT NULL OR o.phone IS NOT NULL))
			FROM ticket WHERE number = $1`, act.Subject).Scan(&group, &reachable)
		if err == nil && !reachable {
			err = inbox.ErrGone
		}
		if err != nil {
			return err
		}
		tickets, err = affected(tx.ExecContext(ctx, `UPDATE ticket SET status = 'open', owner = '', settled_by = '', answer = NULL, answered_at = NULL, closed_at = NULL,
			told_at = NULL, leased_until = NULL, tries = 0, deferred = 0, due_at = $2 WHERE grp = $1`, group, stamp(due)))
		if err == nil {
			err = s.addNote(ctx, tx, group, n)
		}
		if err != nil {
			return err
		}
		act.Detail = fmt.Sprintf("tickets=%d", tickets)
		return s.db.appendAudit(ctx, tx, act)
	})
	return tickets, wrap("reopen a ticket", err)
}
