package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"towncrier/broadcast"
)

// arrivalColumns are the states of which is kept how many deliveries came to them in a minute, as numbers of the column.
var arrivalColumns = map[broadcast.State]int{broadcast.Accepted: 0, broadcast.Delivered: 1, broadcast.Failed: 2, broadcast.Undelivered: 2}

// countArrivals writes what came to these states, of keys in their order, in the transaction that writes the tally. A transaction has one
// row for it as a rule.
func (s *Broadcasts) countArrivals(ctx context.Context, tx *sql.Tx, keys []tallyKey, t tally, shard int, now time.Time) error {
	type place struct {
		broadcast int64
		channel   broadcast.Channel
	}
	var order []place
	counts := make(map[place][3]int)
	for _, k := range keys {
		if !k.came || t[k] == 0 {
			continue
		}
		r := place{k.broadcast, k.channel}
		n, known := counts[r]
		if !known {
			order = append(order, r)
		}
		n[arrivalColumns[k.state]] += t[k]
		counts[r] = n
	}
	if len(order) == 0 {
		return nil
	}
	var values []string
	var args []any
	for _, r := range order {
		values = append(values, "("+strings.Join(parameters(len(args)+1, 7), ", ")+")")
		n := counts[r]
		args = append(args, r.broadcast, minuteOf(now), string(r.channel), shard, n[0], n[1], n[2])
	}
	_, err := s.exec(ctx, tx, `INSERT INTO arrival (broadcast, minute, channel, part, accepted, delivered, failed) VALUES `+strings.Join(values, ", ")+`
		ON CONFLICT (broadcast, minute, channel, part) DO UPDATE SET accepted = arrival.accepted + excluded.accepted,
			delivered = arrival.delivered + excluded.delivered, failed = arrival.failed + excluded.failed`, args...)
	return err
}

func minuteOf(at time.Time) int64 { return at.Unix() / 60 }

// Arrivals implements broadcast.Store.
func (s *Broadcasts) Arrivals(ctx context.Context, id string, since time.Time) (all []broadcast.Arrival, err error) {
	var from int64
	if !since.IsZero() {
		from = minuteOf(since)
	}
	all, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT minute, channel, sum(accepted), sum(delivered), sum(failed) FROM arrival
		WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) AND minute >= $2
		GROUP BY minute, channel ORDER BY minute, channel`, id, from)), func(row row) (a broadcast.Arrival, err error) {
		var minute int64
		err = row.Scan(&minute, &a.Channel, &a.Accepted, &a.Delivered, &a.Failed)
		a.At = time.Unix(minute*60, 0).UTC()
		return a, err
	})
	return all, wrap("count arrivals", err)
}
