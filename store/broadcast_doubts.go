package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
)

// Doubts implements broadcast.Store.
func (s *Broadcasts) Doubts(ctx context.Context, channel broadcast.Channel, now, until time.Time, limit int) (found []broadcast.Doubtful, err error) {
	const due = `SELECT d.id FROM delivery d WHERE d.channel = $1 AND d.state = 'in_doubt' AND d.due_at <= $2`
	var any bool
	err = s.db.read.QueryRowContext(ctx, `SELECT EXISTS (`+due+`)`, string(channel), now.UnixMilli()).Scan(&any)
	if err != nil || !any {
		return nil, wrap("look for deliveries in doubt", err)
	}
	column, choice := byChannel(channel)
	var damaged []error
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		found, damaged = nil, nil
		ids, err := scalars[int64](tx.QueryContext(ctx, `UPDATE delivery SET due_at = $3
			WHERE id IN (`+due+` ORDER BY d.due_at, d.id LIMIT $4`+of("d", s.db.skip)+`) RETURNING id`, string(channel), now.UnixMilli(), until.UnixMilli(), limit))
		if err != nil || len(ids) == 0 {
			return err
		}
		return rowsOf(tx.QueryContext(ctx, `SELECT d.id, d.tries, d.named, d.named_at, b.id, c.id, COALESCE(c.since, c.at), COALESCE((SELECT max(begun_at) FROM restore), c.at),
				c.lost_after, (SELECT max(epoch) FROM restore),
				c.handle, d.handle, d.absent, d.address, r.`+column+`, r.`+column+`_find,
				EXISTS (SELECT 1 FROM preference p WHERE p.resident = r.id AND p.wants = 0 AND p.topic IN ('', b.topic)
					AND p.channel IN ('', $2) AND p.chosen_at >= b.freezing_at)
			FROM delivery d JOIN broadcast b ON b.num = d.broadcast JOIN claim c ON c.id = d.claim LEFT JOIN resident r ON r.id = d.resident
			WHERE d.id `+s.in(1)+` ORDER BY d.id`, jsonArray(ids), string(choice))).each(func(row row) error {
			d := broadcast.Doubtful{Channel: channel}
			var tries, named int
			var at, until, lost, epoch, namedAt sql.NullInt64
			var whole string
			var hash, sealed, find []byte
			err := row.Scan(&d.Delivery, &tries, &named, &namedAt, &d.Broadcast, &d.Claim, &at, &until, &lost, &epoch, &whole, &d.Handle, &d.Absent,
				&hash, &sealed, &find, &d.OptedOut)
			if err != nil {
				return err
			}
			address := ""
			if sealed != nil {
				if address, err = s.openAddress(channel, sealed, find); err != nil {
					damaged = append(damaged, err)
					return nil
				}
			}
			d.Gone = address == "" || !s.went(d.Claim, hash, address)
			switch {
			case d.Gone:
			case channel == broadcast.SMS:
				d.Phone = phone.Number(address)
			default:
				d.OpenID = address
			}
			d.Handle = cmp.Or(d.Handle, whole)
			d.SentAt, d.NamedAt = instant(at), instant(at)
			if named > 0 {
				d.NamedAt = instant(namedAt)
			}
			d.OutID, d.CallOutID = outID(d.Broadcast, d.Delivery, cmp.Or(named, tries), d.Claim), callOutID(d.Broadcast, d.Claim)
			if lost.Valid {
				d.Since = broadcast.CallsSince{Broadcast: d.Broadcast, After: lost.Int64, Before: firstCall(epoch.Int64), Until: instant(until)}
			}
			found = append(found, d)
			return nil
		})
	})
	if err != nil {
		return nil, wrap("look for deliveries in doubt", err)
	}
	return found, wrap("look for deliveries in doubt", errors.Join(damaged...))
}

// addressKept is how much is kept of an address's hash, in bytes.
const addressKept = 8

// addressHash is what a call remembers of an address: enough to know it again, and different for every call.
func (s *Broadcasts) addressHash(claim int64, address string) []byte {
	return s.db.sealer.Find(addressPurpose(claim), address)[:addressKept]
}

func addressPurpose(claim int64) string { return "delivery.address " + strconv.FormatInt(claim, 10) }

// went says whether a call went to an address, as far as it remembers: calls of before it did are believed.
func (s *Broadcasts) went(claim int64, hash []byte, address string) bool {
	return hash == nil || slices.ContainsFunc(s.db.sealer.Finds(addressPurpose(claim), address), func(want []byte) bool {
		return bytes.Equal(want[:addressKept], hash)
	})
}

// keepAddresses has the rows of a claim remember where they go.
func (s *Broadcasts) keepAddresses(ctx context.Context, tx *sql.Tx, claim int64, letters []addressee, channel broadcast.Channel) error {
	hashes := make([][2]any, len(letters))
	for i, a := range letters {
		address, err := s.openAddress(channel, a.address, a.find)
		if err != nil {
			continue // its message is an error, too: it is not sent
		}
		hashes[i] = [2]any{a.id, hex.EncodeToString(s.addressHash(claim, address))}
	}
	_, err := s.exec(ctx, tx, `UPDATE delivery SET address = v.hash FROM (`+s.db.addresses+`) v WHERE delivery.id = v.id AND delivery.claim = $2`,
		jsonArray(hashes), claim)
	return err
}
