package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"towncrier/broadcast"
	"towncrier/roster"
)

const deliveryColumns = `d.id, b.id, d.recipient, p.subject, d.channel, d.round, d.state, d.class, d.code, d.reason, d.handle, d.tries,
	d.named, d.updated_at, COALESCE(c.id, 0), c.handle, COALESCE(c.since, c.at)
	FROM delivery d JOIN broadcast b ON b.num = d.broadcast JOIN recipient p ON p.broadcast = d.broadcast AND p.n = d.recipient
	LEFT JOIN claim c ON c.id = d.claim`

func scanDelivery(row row) (broadcast.Delivery, error) {
	var d broadcast.Delivery
	var subject []byte
	var at sql.NullInt64
	var claim int64
	var named int
	var whole sql.NullString
	err := row.Scan(&d.ID, &d.Broadcast, &d.Recipient, &subject, &d.Channel, &d.Round, &d.State, &d.Class, &d.Code, &d.Reason, &d.Handle,
		&d.Tries, &named, into(&d.UpdatedAt), &claim, &whole, &at)
	if err != nil {
		return d, err
	}
	d.Subject = hex.EncodeToString(subject)
	if d.Handle == "" {
		d.Handle = whole.String
	}
	if claim != 0 {
		d.OutID = outID(d.Broadcast, d.ID, cmp.Or(named, d.Tries), claim)
		if d.Channel == broadcast.SMS {
			d.OutID = callOutID(d.Broadcast, claim)
		}
	}
	if d.State.MayHaveArrived() || d.State == broadcast.Undelivered {
		d.SentAt = instant(at)
	}
	return d, nil
}

// Deliveries implements broadcast.Store.
func (s *Broadcasts) Deliveries(ctx context.Context, id string, f broadcast.DeliveryFilter, after int64, limit int) (found []broadcast.Delivery, next int64, err error) {
	var where strings.Builder
	args := []any{id, after, limit + 1}
	add := func(condition string, value any) {
		args = append(args, value)
		fmt.Fprintf(&where, " AND "+condition, len(args))
	}
	if f.Channel != "" {
		add("d.channel = $%d", string(f.Channel))
	}
	if f.Round != 0 {
		add("d.round = $%d", f.Round)
	}
	if f.Committee != "" {
		add("d.resident IN (SELECT id FROM resident WHERE committee = $%d)", f.Committee)
	}
	switch f.State {
	case "":
	case broadcast.Undelivered, broadcast.Failed, broadcast.InDoubt, broadcast.Unknown, broadcast.Suppressed, broadcast.Pending, broadcast.Planned:
		where.WriteString(" AND d.state = " + quoted(f.State)) // written out: these have an index
	default:
		add("d.state = $%d", string(f.State))
	}
	found, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+deliveryColumns+`
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND d.id > $2`+where.String()+` ORDER BY d.id LIMIT $3`, args...)), scanDelivery)
	if len(found) > limit {
		return found[:limit], found[limit-1].ID, nil
	}
	return found, 0, wrap("list deliveries", err)
}

// DeliveriesTo implements broadcast.Store.
func (s *Broadcasts) DeliveriesTo(ctx context.Context, subject string, limit int) (found []broadcast.Delivery, err error) {
	id, err := hex.DecodeString(subject)
	if err != nil {
		return nil, nil // leads to nobody
	}
	found, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+deliveryColumns+`
		WHERE p.resident = (SELECT id FROM resident WHERE subject = $1) AND d.state NOT IN ('planned', 'suppressed', 'cancelled')
		ORDER BY d.id DESC LIMIT $2`, id, limit)), scanDelivery)
	return found, wrap("list a resident's deliveries", err)
}

// Subscribe implements broadcast.Store.
func (s *Broadcasts) Subscribe(ctx context.Context, openid, template string, agreed bool, at time.Time) (known bool, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var resident int64
		follower := s.db.sealer.Find(openidFind, openid)
		err := tx.QueryRowContext(ctx, `SELECT id FROM resident WHERE openid_find = $1`+s.db.share, follower).Scan(&resident)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		known = true
		if !agreed {
			if _, err := tx.ExecContext(ctx, `DELETE FROM subscription WHERE resident = $1 AND template = $2`, resident, template); err != nil {
				return err
			}
			return s.db.stops.append(time.Now(), stopLine{what: logUnsubscribe, who: []who{{whoOpenID, string(follower)}}, about: template})
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO subscription (resident, template, agreed_at) VALUES ($1, $2, $3)
			ON CONFLICT (resident, template) DO UPDATE SET agreed_at = excluded.agreed_at`, resident, template, at.UnixMilli())
		return err
	})
	return known, wrap("record a subscription", err)
}

// Committees implements broadcast.Store.
func (s *Broadcasts) Committees(ctx context.Context) ([]roster.Committee, error) {
	all, err := readCommittees(ctx, s.db.read, "")
	return all, wrap("list committees", err)
}

// Absent implements broadcast.Store.
func (s *Broadcasts) Absent(ctx context.Context, conditions []broadcast.Rule, committee string) (absent []broadcast.Rule, err error) {
	for _, c := range conditions {
		query, args := `SELECT EXISTS (SELECT 1 FROM committee WHERE street = $1)`, []any{c.Street}
		switch {
		case c.List != "":
			query, args = `SELECT EXISTS (SELECT 1 FROM number_list WHERE id = $1 AND ($2 = '' OR committee = $2))`, []any{c.List, committee}
		case c.Committee != "":
			query, args = `SELECT EXISTS (SELECT 1 FROM committee WHERE code = $1)`, []any{c.Committee}
		case c.Area != "":
			query, args = `SELECT EXISTS (SELECT 1 FROM committee WHERE area = $1)`, []any{c.Area}
		}
		var there bool
		if err := s.db.read.QueryRowContext(ctx, query, args...).Scan(&there); err != nil {
			return nil, wrap("look for what an audience names", err)
		}
		if !there {
			absent = append(absent, c)
		}
	}
	return absent, nil
}
