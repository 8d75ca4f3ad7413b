package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
)

// Purposes that bind sealed bytes to their column.
const (
	inboundElement = "sms_inbound.element"
	inboundDigest  = "sms_inbound.digest"
)

// pushed is an element as a row keeps it.
type pushed struct {
	kind, handle          string
	digest, phone, sealed []byte
	stops                 bool // it is a reply that stops texts to its number
}

func (s *SMS) pushed(e sms.Element) (pushed, error) {
	plain, err := writeElement(e)
	if err != nil {
		return pushed{}, err
	}
	p := pushed{kind: "reply", sealed: s.db.sealer.Seal(inboundElement, plain)}
	if e.Receipt != nil {
		p.kind, p.handle = "receipt", e.Receipt.Handle
	}
	number, message := identify(e, plain)
	p.phone, p.digest = s.find(number), s.db.sealer.Find(inboundDigest, message)
	p.stops = e.Reply != nil && number != "" && sms.IsStop(e.Reply.Content)
	return p, nil
}

// identify is the number that an element, which reads plain as JSON, is about, and what tells it from others.
func identify(e sms.Element, plain string) (number phone.Number, message string) {
	kind, raw := "reply", ""
	if e.Receipt != nil {
		kind, number, raw = "receipt", e.Receipt.Phone, e.Receipt.Raw
	} else if e.Reply != nil {
		number, raw = e.Reply.Phone, e.Reply.Raw
	}
	if raw == "" {
		raw = plain
	}
	return number, kind + "\x00" + raw
}

// keptAtOnce is how many rows one statement inserts: a trip to PostgreSQL for each would take longer than the provider waits,
// when it pushes thousands.
const keptAtOnce = 100

// Keep implements sms.Store. A stop is in stops.log, too, before it is kept: the provider, once answered, will not push it again.
func (s *SMS) Keep(ctx context.Context, elements []sms.Element, at time.Time) (n int, err error) {
	rows := make([]pushed, len(elements))
	for i, e := range elements {
		if rows[i], err = s.pushed(e); err != nil {
			return 0, wrap("keep inbound SMS", err)
		}
	}
	// One order for all, so that two pushes of the same elements do not wait for each other on PostgreSQL.
	slices.SortFunc(rows, func(a, b pushed) int { return bytes.Compare(a.digest, b.digest) })
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var said []stopLine
		for some := range slices.Chunk(rows, keptAtOnce) {
			query := `INSERT INTO sms_inbound (received_at, due_at, digest, kind, handle, phone_find, element) VALUES `
			args := []any{stamp(at)}
			for i, p := range some {
				if i > 0 {
					query += ", "
				}
				query += "($1, $1, " + strings.Join(parameters(len(args)+1, 5), ", ") + ")"
				args = append(args, p.digest, p.kind, p.handle, p.phone, p.sealed)
			}
			added, err := scalars[[]byte](tx.QueryContext(ctx, query+` ON CONFLICT (digest) DO NOTHING RETURNING digest`, args...))
			if err != nil {
				return err
			}
			n += len(added)
			for _, p := range some {
				if p.stops && slices.ContainsFunc(added, func(digest []byte) bool { return bytes.Equal(digest, p.digest) }) {
					said = append(said, p.stopLines()...)
				}
			}
		}
		return s.db.stops.append(time.Now(), said...)
	})
	if err != nil {
		return 0, wrap("keep inbound SMS", err)
	}
	return n, nil
}

// stopLines are what stops.log says of a stop: as roster.StopSMS will do it, for the number and for the resident who has it.
func (p pushed) stopLines() []stopLine {
	number := []who{{whoPhone, string(p.phone)}}
	return []stopLine{{what: logStop, who: number}, {what: logNo, who: number, about: "/" + string(roster.SMS)}}
}

// Claim implements sms.Store.
func (s *SMS) Claim(ctx context.Context, limit int, now, until time.Time) (claimed []sms.Inbound, err error) {
	due := over("due_at", "$1", sms.LongestWait)
	// A tick nearly always finds nothing: that costs a read, not the writer.
	var any bool
	err = s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sms_inbound WHERE handled_at IS NULL AND `+due+`)`, stamp(now)).Scan(&any)
	if err != nil || !any {
		return nil, err
	}
	var damaged []error
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		return rowsOf(tx.QueryContext(ctx, `WITH due AS MATERIALIZED (
				SELECT id FROM sms_inbound WHERE handled_at IS NULL AND `+due+`
				ORDER BY due_at, id LIMIT $2`+s.db.skip+`)
			UPDATE sms_inbound SET due_at = $3, tries = tries + 1
			WHERE id IN (SELECT id FROM due) RETURNING id, element, received_at, tries`, stamp(now), limit, stamp(until))).each(func(row row) error {
			var in sms.Inbound
			var sealed []byte
			if err := row.Scan(&in.ID, &sealed, into(&in.ReceivedAt), &in.Tries); err != nil {
				return err
			}
			plain, err := s.db.sealer.Open(inboundElement, sealed)
			if err == nil {
				in.Element, err = readElement(plain)
			}
			if err != nil {
				damaged = append(damaged, fmt.Errorf("inbound %d: %w", in.ID, err))
				return nil
			}
			claimed = append(claimed, in)
			return nil
		})
	})
	if err != nil {
		return nil, wrap("claim inbound SMS", err)
	}
	return claimed, errors.Join(damaged...)
}

// Apply implements sms.Store.
func (s *SMS) Apply(ctx context.Context, receipts []sms.Inbound, at time.Time) (unmatched []sms.Inbound, err error) {
	receipts, strange, err := s.known(ctx, receipts)
	if err != nil {
		return nil, wrap("apply receipts", err)
	}
	if len(receipts) == 0 {
		return strange, nil
	}
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		for _, in := range receipts {
			text, state, nobodys, err := s.about(ctx, tx, *in.Receipt)
			if errors.Is(err, sql.ErrNoRows) {
				unmatched = append(unmatched, in)
				continue
			}
			if err != nil {
				return err
			}
			to := sms.Undelivered
			if in.Receipt.Delivered {
				to = sms.Delivered
			}
			if state != sms.Delivered && state != to {
				_, err := tx.ExecContext(ctx, `UPDATE text SET state = $2, code = $3, parts = $4, settled_at = $5, leased_until = NULL
					WHERE id = $1`, text, string(to), in.Receipt.Code, in.Receipt.Parts, stamp(at))
				if err != nil {
					return err
				}
			}
			settle := handled
			if nobodys {
				settle = dropped
			}
			if err := settle(ctx, tx, in.ID, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("apply receipts", err)
	}
	return append(unmatched, strange...), nil
}

// known divides receipts into those that may be about a text and those that are not. On SQLite that is read beside the writer: a
// broadcast's receipts are about none, all of them, and others wait to write. PostgreSQL has no one writer.
func (s *SMS) known(ctx context.Context, receipts []sms.Inbound) (known, strange []sms.Inbound, err error) {
	if !s.db.embedded {
		return receipts, nil, nil
	}
	names := make([][2]string, len(receipts))
	for i, in := range receipts {
		names[i] = [2]string{in.Receipt.OutID, in.Receipt.Handle}
	}
	ours, err := scalars[bool](s.db.read.QueryContext(ctx, `SELECT EXISTS (SELECT 1 FROM text WHERE out_id = v.value ->> 0)
			OR EXISTS (SELECT 1 FROM text WHERE handle = v.value ->> 1 AND handle <> '')
		FROM json_each($1) v ORDER BY v.key`, jsonArray(names)))
	for i, is := range ours {
		if is {
			known = append(known, receipts[i])
		} else {
			strange = append(strange, receipts[i])
		}
	}
	return known, strange, err
}

// about finds the text of a receipt and locks it: by our own id, unless the receipt's number is another; or by call and number.
// It is nobody's when its number was taken out: what is pushed about it may not bring that back.
func (s *SMS) about(ctx context.Context, tx *sql.Tx, r sms.Receipt) (id int64, state sms.State, nobodys bool, err error) {
	if err := s.db.adopt(ctx, tx, r.Phone); err != nil {
		return 0, "", false, err
	}
	number := s.find(r.Phone)
	if r.OutID != "" {
		var owner []byte
		err = tx.QueryRowContext(ctx, `SELECT id, state, phone_find FROM text WHERE out_id = $1`+s.db.lock, r.OutID).Scan(&id, &state, &owner)
		if err == nil && (number == nil || owner == nil || bytes.Equal(number, owner)) || err != nil && !errors.Is(err, sql.ErrNoRows) {
			return id, state, err == nil && owner == nil, err
		}
	}
	if r.Handle == "" || number == nil {
		return 0, "", false, sql.ErrNoRows
	}
	err = tx.QueryRowContext(ctx, `SELECT id, state FROM text WHERE handle = $1 AND handle <> '' AND phone_find = $2
		ORDER BY id LIMIT 1`+s.db.lock, r.Handle, number).Scan(&id, &state)
	return id, state, false, err
}

func dropped(ctx context.Context, x querier, id int64, _ time.Time) error {
	_, err := x.ExecContext(ctx, `DELETE FROM sms_inbound WHERE id = $1`, id)
	return err
}

func handled(ctx context.Context, x querier, id int64, at time.Time) error {
	_, err := x.ExecContext(ctx, `UPDATE sms_inbound SET handled_at = $2 WHERE id = $1 AND handled_at IS NULL`, id, stamp(at))
	return err
}

// Handled implements sms.Store.
func (s *SMS) Handled(ctx context.Context, ids []int64, at time.Time) error {
	return wrap("mark inbound SMS as handled", s.set(ctx, "handled_at", ids, at))
}

// Later implements sms.Store.
func (s *SMS) Later(ctx context.Context, ids []int64, due time.Time) error {
	return wrap("put off inbound SMS", s.set(ctx, "due_at", ids, due))
}

// set writes an instant into a column of elements that are not handled, in one order, so that on PostgreSQL nobody waits in a circle.
func (s *SMS) set(ctx context.Context, column string, ids []int64, at time.Time) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE sms_inbound SET `+column+` = $2 WHERE id IN (SELECT id FROM sms_inbound
			WHERE id `+fmt.Sprintf(s.db.among, 1)+` AND handled_at IS NULL ORDER BY id`+s.db.lock+`)`, jsonArray(ids), stamp(at))
		return err
	})
}

// Prune implements sms.Store.
func (s *SMS) Prune(ctx context.Context, receipts, replies time.Time, limit int) (pruned sms.Pruned, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		if pruned.Receipts, pruned.Unmatched, err = prune(ctx, tx, "receipt", receipts, limit); err != nil {
			return err
		}
		if pruned.Replies, _, err = prune(ctx, tx, "reply", replies, limit); err != nil {
			return err
		}
		// roster.KeepStops is as long as receipts are kept.
		if _, err := tx.ExecContext(ctx, `DELETE FROM sms_stop WHERE id IN (SELECT id FROM sms_stop WHERE at <= $1 ORDER BY at LIMIT $2)`,
			stamp(receipts), limit); err != nil {
			return err
		}
		pruned.Numbers, err = affected(tx.ExecContext(ctx, `UPDATE text SET phone_find = NULL,
				subject = COALESCE(subject, (SELECT r.subject FROM resident r WHERE r.phone_find = text.phone_find))
			WHERE id IN (SELECT id FROM text WHERE phone_find IS NOT NULL AND created_at <= $1
				ORDER BY created_at, id LIMIT $2`+s.db.skip+`)`, stamp(receipts), limit))
		return err
	})
	return pruned, wrap("prune inbound SMS", err)
}

func prune(ctx context.Context, tx *sql.Tx, kind string, before time.Time, limit int) (n, unhandled int, err error) {
	err = rowsOf(tx.QueryContext(ctx, `DELETE FROM sms_inbound WHERE id IN
		(SELECT id FROM sms_inbound WHERE kind = $1 AND received_at <= $2 ORDER BY received_at, id LIMIT $3)
		RETURNING handled_at IS NULL`, kind, stamp(before), limit)).each(func(row row) error {
		var open bool
		if err := row.Scan(&open); err != nil {
			return err
		}
		n++
		if open {
			unhandled++
		}
		return nil
	})
	return n, unhandled, err
}
