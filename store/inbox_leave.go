package store

import (
	"context"
	"database/sql"
	"time"
)

// Forget implements inbox.Store.
func (s *Inbox) Forget(ctx context.Context, from string) error {
	asker := s.db.sealer.Find(ticketAsker, from)
	return wrap("forget an asker", s.erase(ctx, logForget, asker, func(tx *sql.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, forgetAsker, asker)
	}))
}

// What is done to the tickets of $1; $2 to $4 are nothing, sealed as text, place and answer, $5 is now.
const (
	forgetAsker = `UPDATE ticket SET asker = NULL, asker_id = NULL, leased_until = NULL WHERE asker = $1`
	emptyTicket = `UPDATE ticket SET asker = NULL, asker_id = NULL, leased_until = NULL, text = $2, place = $3,
			answer = CASE WHEN answer IS NULL THEN answer ELSE $4 END,
			closed_at = CASE WHEN status = 'open' THEN $5 ELSE closed_at END,
			status = CASE WHEN status = 'open' THEN 'closed' ELSE status END
		WHERE asker = $1`
)

// empty takes out of an asker's tickets what they say, and what colleagues wrote about them.
func (s *Inbox) empty(ctx context.Context, tx *sql.Tx, asker []byte, at time.Time) (sql.Result, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM ticket_note WHERE grp IN (SELECT grp FROM ticket WHERE asker = $1)`, asker); err != nil {
		return nil, err
	}
	nothing := func(purpose string) []byte { return s.db.sealer.Seal(purpose, "") }
	return tx.ExecContext(ctx, emptyTicket, asker, nothing(ticketText), nothing(ticketPlace), nothing(ticketAnswer), stamp(at))
}

// erase takes something out of an asker's tickets.
func (s *Inbox) erase(ctx context.Context, what string, asker []byte, do func(tx *sql.Tx) (sql.Result, error)) error {
	var result sql.Result
	err := s.db.transact(ctx, func(tx *sql.Tx) (err error) {
		if result, err = do(tx); err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.db.stops.append(time.Now(), stopLine{what: what, who: []who{{whoAsker, string(asker)}}})
	})
	if err != nil {
		return err
	}
	return s.db.scrubAfter(ctx, result)
}

// CountOf implements inbox.Store.
func (s *Inbox) CountOf(ctx context.Context, from string) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM ticket WHERE asker = $1`, s.db.sealer.Find(ticketAsker, from)).Scan(&n)
	return n, wrap("count tickets", err)
}

// Empty implements inbox.Store.
func (s *Inbox) Empty(ctx context.Context, from string, at time.Time) error {
	asker := s.db.sealer.Find(ticketAsker, from)
	return wrap("empty tickets", s.erase(ctx, logEmpty, asker, func(tx *sql.Tx) (sql.Result, error) { return s.empty(ctx, tx, asker, at) }))
}

// Expire implements inbox.Store.
func (s *Inbox) Expire(ctx context.Context, before, messages time.Time, limit int) (n int, err error) {
	var gone sql.Result
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM ticket_message WHERE message IN
			(SELECT message FROM ticket_message WHERE at <= $1 ORDER BY at LIMIT $2)`, stamp(messages), limit)
		if err != nil {
			return err
		}
		// Whole groups: the first ticket of one is what the others are found by. Lone tickets are nearly all there are.
		gone, err = tx.ExecContext(ctx, `DELETE FROM ticket WHERE grp IN (SELECT grp FROM ticket WHERE status <> 'open'
			GROUP BY grp HAVING max(COALESCE(answered_at, closed_at)) <= $1
				AND NOT EXISTS (SELECT 1 FROM ticket o WHERE o.grp = ticket.grp AND o.status = 'open')
			ORDER BY grp LIMIT $2)`, stamp(before), limit)
		if err != nil {
			return err
		}
		rows, err := gone.RowsAffected()
		n = int(rows)
		return err
	})
	if err != nil {
		return 0, wrap("expire tickets", err)
	}
	return n, s.db.scrubAfter(ctx, gone)
}
