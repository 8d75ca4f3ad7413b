package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"
	"unicode/utf8"

	"towncrier/inbox"
)

// message is what a message is known by, under each finding key, the newest first; nil for none. What was filed of it is part of it:
// several questions of one message are several tickets.
func (s *Inbox) message(id, filed string) [][]byte {
	if id == "" {
		return nil
	}
	return s.db.sealer.Finds(ticketMessage, id+"\x00"+filed)
}

// filed is the ticket that a message was filed as, or sql.ErrNoRows.
func (s *Inbox) filed(ctx context.Context, tx *sql.Tx, message [][]byte) (t inbox.Ticket, err error) {
	if message == nil {
		return inbox.Ticket{}, sql.ErrNoRows
	}
	if err := s.alone(ctx, tx, message[0]); err != nil {
		return inbox.Ticket{}, err
	}
	for _, hash := range message {
		t, err = s.scan(tx.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket
			WHERE number = (SELECT number FROM ticket_message WHERE message = $1)`, hash))
		if !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	return t, err
}

// note writes down which ticket a message was filed as.
func (s *Inbox) note(ctx context.Context, tx *sql.Tx, message [][]byte, number string, at time.Time) error {
	if message == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO ticket_message (message, number, at) VALUES ($1, $2, $3)`, message[0], number, stamp(at))
	return err
}

// within refuses what would be more than limits allow to the resident with the hash who in column. What a clock that was ahead filed does not
// count: it would for as long as that clock was ahead.
func (s *Inbox) within(ctx context.Context, tx *sql.Tx, column string, who []byte, at time.Time, limits []inbox.Limit) error {
	if len(limits) == 0 {
		return nil
	}
	if err := s.alone(ctx, tx, who); err != nil {
		return err
	}
	var wait time.Duration
	for _, l := range limits {
		var nth sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT filed_at FROM ticket WHERE `+column+` = $1 AND filed_at > $2 AND filed_at <= $3
			ORDER BY filed_at DESC LIMIT 1 OFFSET $4`, who, stamp(at.Add(-l.Per)), stamp(at.Add(clocksDiffer)), l.N-1).Scan(&nth)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		default:
			wait = max(wait, instant(nth).Add(l.Per).Sub(at))
		}
	}
	if wait > 0 {
		return &inbox.TooMany{Wait: wait}
	}
	return nil
}

// alone lets nobody else file for the same hash until tx ends. SQLite's one writer needs no lock.
func (s *Inbox) alone(ctx context.Context, tx *sql.Tx, hash []byte) error {
	return take(ctx, tx, s.db.lockNumber, int64(binary.BigEndian.Uint64(hash)))
}

// AddReply implements inbox.Store.
func (s *Inbox) AddReply(ctx context.Context, r inbox.SMSReply, due time.Time, most int, limits []inbox.Limit) (t inbox.Ticket, err error) {
	find := s.db.findPhone(r.From)
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		message := s.message(r.Message, "reply")
		if t, err = s.filed(ctx, tx, message); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.alone(ctx, tx, find[:]); err != nil {
			return err
		}
		row := tx.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE phone_find = $1 AND status = 'open'
			ORDER BY filed_at LIMIT 1`+s.db.lock, find[:])
		if t, err = s.scan(row); err == nil {
			text := t.Text
			if longer := text + "\n" + r.Text; utf8.RuneCountInString(longer) <= most {
				text = longer
			}
			row := tx.QueryRowContext(ctx, `UPDATE ticket SET text = $2, messages = messages + 1 WHERE number = $1 RETURNING `+ticketColumns,
				t.Number, s.db.sealer.Seal(ticketText, text))
			if t, err = s.scan(row); err != nil {
				return err
			}
			return s.note(ctx, tx, message, t.Number, r.At)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.within(ctx, tx, "phone_find", find[:], r.At, limits); err != nil {
			return err
		}
		number, err := nextNumber(ctx, tx, inbox.Day(r.At))
		if err != nil {
			return err
		}
		text := r.Text
		if utf8.RuneCountInString(text) > most {
			text = string([]rune(text)[:most-1]) + "…"
		}
		row = tx.QueryRowContext(ctx, `INSERT INTO ticket (number, grp, kind, status, topic, text, place, filed_at, due_at, phone_find, phone)
			VALUES ($1, $1, 'reply', 'open', '', $2, $3, $4, $5, $6, $7) RETURNING `+ticketColumns,
			number, s.db.sealer.Seal(ticketText, text), s.db.sealer.Seal(ticketPlace, ""), stamp(r.At), stamp(due),
			find[:], s.db.sealer.Seal(ticketPhone, string(r.From)))
		if t, err = s.scan(row); err != nil {
			return err
		}
		return s.note(ctx, tx, message, t.Number, r.At)
	})
	return t, wrap("add reply", err)
}

// Append implements inbox.Store.
func (s *Inbox) Append(ctx context.Context, a inbox.Addition, most int) (t inbox.Ticket, err error) {
	asker := s.db.sealer.Find(ticketAsker, a.From)
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		message := s.message(a.Message, "more\x00"+a.Text)
		if t, err = s.filed(ctx, tx, message); !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		row := tx.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE number = $1 AND asker = $2 AND status = 'open'`+s.db.lock,
			a.Number, asker)
		if t, err = s.scan(row); err != nil {
			return err
		}
		text := t.Text + "\n" + a.Text
		if utf8.RuneCountInString(text) > most {
			return sql.ErrNoRows
		}
		row = tx.QueryRowContext(ctx, `UPDATE ticket SET text = $2 WHERE number = $1 RETURNING `+ticketColumns,
			t.Number, s.db.sealer.Seal(ticketText, text))
		if t, err = s.scan(row); err != nil {
			return err
		}
		return s.note(ctx, tx, message, t.Number, a.At)
	})
	return t, wrap("append to ticket", orNotFound(err, inbox.ErrNoTicket))
}

// nextNumber counts in the transaction that uses the number, so that none is given twice or lost.
func nextNumber(ctx context.Context, tx *sql.Tx, day string) (string, error) {
	var n int
	err := tx.QueryRowContext(ctx, `INSERT INTO ticket_day (day, last) VALUES ($1, 1)
		ON CONFLICT (day) DO UPDATE SET last = ticket_day.last + 1 RETURNING last`, day).Scan(&n)
	return inbox.Number(day, n), err
}
