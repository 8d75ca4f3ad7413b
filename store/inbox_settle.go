package store

import (
	"context"
	"database/sql"
	"fmt"

	"towncrier/audit"
	"towncrier/inbox"
)

// SetAnswer implements inbox.Store.
func (s *Inbox) SetAnswer(ctx context.Context, act audit.Act, owner, answer string) (int, error) {
	return s.settle(ctx, act, func(context.Context, *sql.Tx, string) (ending, error) {
		return s.answered(act, owner, answer), nil
	})
}

// AnswerOne implements inbox.Store.
func (s *Inbox) AnswerOne(ctx context.Context, act audit.Act, owner, answer string) (int, error) {
	return s.settle(ctx, act, func(ctx context.Context, tx *sql.Tx, group string) (ending, error) {
		return s.answered(act, owner, answer), oneAsker(ctx, tx, group)
	})
}

// oneAsker refuses a group that several people asked in.
func oneAsker(ctx context.Context, tx *sql.Tx, group string) error {
	var askers int
	err := tx.QueryRowContext(ctx, `SELECT count(DISTINCT asker) FROM ticket WHERE grp = $1 AND status = 'open'`, group).Scan(&askers)
	if err == nil && askers > 1 {
		err = inbox.ErrSecond
	}
	return err
}

// Approve implements inbox.Store.
func (s *Inbox) Approve(ctx context.Context, act audit.Act, id string) (int, error) {
	return s.settle(ctx, act, func(ctx context.Context, tx *sql.Tx, group string) (ending, error) {
		p, err := s.proposal(ctx, tx, group)
		switch {
		case err != nil:
			return ending{}, err
		case p.ID != id:
			return ending{}, inbox.ErrProposal
		case p.Actor == act.Actor:
			return ending{}, inbox.ErrOwn
		case p.Answer == "":
			return closed(audit.Act{Actor: p.Actor, At: act.At}, p.Owner), nil
		}
		return s.answered(audit.Act{Actor: p.Actor, At: act.At}, p.Owner, p.Answer), nil
	})
}

// SetClosed implements inbox.Store.
func (s *Inbox) SetClosed(ctx context.Context, act audit.Act, owner string) (int, error) {
	return s.settle(ctx, act, func(context.Context, *sql.Tx, string) (ending, error) {
		return closed(act, owner), nil
	})
}

// CloseOne implements inbox.Store.
func (s *Inbox) CloseOne(ctx context.Context, act audit.Act, owner string) (int, error) {
	return s.settle(ctx, act, func(ctx context.Context, tx *sql.Tx, group string) (ending, error) {
		return closed(act, owner), oneAsker(ctx, tx, group)
	})
}

func closed(act audit.Act, owner string) ending {
	return ending{to: inbox.Closed, owner: owner, by: act.Actor, closed: stamp(act.At)}
}

// ending is how the open tickets of a group end.
type ending struct {
	to               inbox.Status
	owner            string
	by               audit.Actor // the same for the audit log
	answer           []byte      // sealed
	answered, closed sql.NullInt64
}

func (s *Inbox) answered(act audit.Act, owner, answer string) ending {
	return ending{to: inbox.Answered, owner: owner, by: act.Actor, answer: s.db.sealer.Seal(ticketAnswer, answer), answered: stamp(act.At)}
}

// settle ends the open tickets of the group that act.Subject belongs to. It looks at them, and has decide look, after it has
// the lock on the first: a ticket that was just being added is seen. A group that has ended already is refused before decide is
// asked.
func (s *Inbox) settle(ctx context.Context, act audit.Act, decide func(context.Context, *sql.Tx, string) (ending, error)) (n int, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		group, err := s.openGroup(ctx, tx, act.Subject)
		if err != nil {
			return err
		}
		end, err := decide(ctx, tx, group)
		if err != nil {
			return err
		}
		n, err = affected(tx.ExecContext(ctx, `UPDATE ticket
			SET status = $2, owner = $3, answer = $4, answered_at = $5, closed_at = $6, settled_by = $7
			WHERE grp = $1 AND status = 'open'`, group, string(end.to), end.owner, end.answer, end.answered, end.closed, string(end.by)))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM ticket_proposal WHERE grp = $1`, group); err != nil {
			return err
		}
		act.Detail = fmt.Sprintf("tickets=%d", n)
		return s.db.appendAudit(ctx, tx, act)
	})
	return n, wrap("settle ticket", err)
}

// openGroup locks the first ticket of a ticket's group and returns its number. ErrNoTicket; ErrAnswered or ErrClosed when
// nothing in the group is open any more, by the ticket's own state.
func (s *Inbox) openGroup(ctx context.Context, tx *sql.Tx, number string) (group string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT number FROM ticket
		WHERE number = (SELECT grp FROM ticket WHERE number = $1)`+s.db.lock, number).Scan(&group)
	if err != nil {
		return "", orNotFound(err, inbox.ErrNoTicket)
	}
	var open bool
	var status inbox.Status
	err = tx.QueryRowContext(ctx, `SELECT status, EXISTS (SELECT 1 FROM ticket o WHERE o.grp = $2 AND o.status = 'open')
		FROM ticket WHERE number = $1`, number, group).Scan(&status, &open)
	switch {
	case err != nil:
		return "", err
	case open:
		return group, nil
	case status == inbox.Closed:
		return "", inbox.ErrClosed
	}
	return "", inbox.ErrAnswered
}

// Propose implements inbox.Store.
func (s *Inbox) Propose(ctx context.Context, act audit.Act, p inbox.Proposal) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		group, err := s.openGroup(ctx, tx, act.Subject)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO ticket_proposal (grp, id, answer, owner, actor, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (grp) DO UPDATE SET id = excluded.id, answer = excluded.answer, owner = excluded.owner,
				actor = excluded.actor, at = excluded.at`,
			group, p.ID, s.db.sealer.Seal(proposalText, p.Answer), p.Owner, string(p.Actor), stamp(p.At))
		if err != nil {
			return err
		}
		act.Detail = "proposal=" + p.ID
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("propose answer", err)
}

// Proposal implements inbox.Store.
func (s *Inbox) Proposal(ctx context.Context, group string) (inbox.Proposal, error) {
	p, err := s.proposal(ctx, s.db.read, group)
	return p, wrap("show proposed answer", err)
}

func (s *Inbox) proposal(ctx context.Context, q querier, group string) (p inbox.Proposal, err error) {
	var sealed []byte
	err = q.QueryRowContext(ctx, `SELECT id, answer, owner, actor, at FROM ticket_proposal WHERE grp = $1`, group).
		Scan(&p.ID, &sealed, &p.Owner, &p.Actor, into(&p.At))
	if err != nil {
		return inbox.Proposal{}, orNotFound(err, inbox.ErrProposal)
	}
	p.Answer, err = s.db.sealer.Open(proposalText, sealed)
	return p, err
}

// Proposed implements inbox.Store.
func (s *Inbox) Proposed(ctx context.Context, actor audit.Actor, limit int) ([]inbox.Proposed, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT grp, id, answer, owner, actor, at FROM ticket_proposal WHERE actor <> $1
		ORDER BY at, grp LIMIT $2`, string(actor), limit)), func(row row) (inbox.Proposed, error) {
		var p inbox.Proposed
		var sealed []byte
		err := row.Scan(&p.Ticket, &p.Proposal.ID, &sealed, &p.Proposal.Owner, &p.Proposal.Actor, into(&p.Proposal.At))
		if err == nil {
			p.Proposal.Answer, err = s.db.sealer.Open(proposalText, sealed)
		}
		return p, err
	})
	return all, wrap("list proposed answers", err)
}
