package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"towncrier/broadcast"
)

// candidatesSQL is dialect.candidates: array makes a JSON array of a column's values, object a JSON object, and among is the condition on lists.
func candidatesSQL(array, object, among string) string {
	return fmt.Sprintf(`SELECT r.id, r.subject, COALESCE(r.committee, ''), r.community, COALESCE(c.street, ''), COALESCE(c.area, ''), r.place_from = 'chat', r.tags,
		r.phone_find IS NOT NULL, r.openid_find IS NOT NULL, s.phone_find IS NOT NULL,
		(SELECT %[1]s(%[2]s('What', what, 'At', given_at, 'How', how, 'Basis', basis)) FROM consent WHERE resident = r.id),
		(SELECT %[1]s(%[2]s('Topic', topic, 'Channel', channel, 'Wants', wants, 'At', chosen_at)) FROM preference WHERE resident = r.id),
		(SELECT %[1]s(template) FROM subscription WHERE resident = r.id),
		(SELECT %[1]s(list) FROM list_number WHERE phone_find = r.phone_find AND list %[3]s),
		(SELECT count(*) FROM recipient p JOIN broadcast b ON b.num = p.broadcast
			WHERE p.resident = r.id AND p.given = 1 AND b.emergency = 0 AND b.freezing_at >= $4)
		FROM resident r LEFT JOIN committee c ON c.code = r.committee LEFT JOIN suppression s ON s.phone_find = r.phone_find`, array, object, among)
}

// in is the condition that a column is among the ids of a parameter.
func (s *Broadcasts) in(parameter int) string { return fmt.Sprintf(s.db.among, parameter) }

// jsonArray is how ids and other lists are handed to the database: as JSON, one parameter however many there are.
func jsonArray(values any) string {
	text, _ := json.Marshal(values) // numbers and texts cannot fail
	return string(text)
}

// tallyKey is what is counted together.
type tallyKey struct {
	broadcast int64
	channel   broadcast.Channel
	state     broadcast.State
	came      bool // counts the rows that came to the state, which nothing takes away, not those that are in it
}

// tally collects what a transaction changes in the counts.
type tally map[tallyKey]int

func (t tally) add(num int64, channel broadcast.Channel, state broadcast.State, n int) {
	t[tallyKey{num, channel, state, false}] += n
}

// move counts n rows that went from a state to another.
func (t tally) move(num int64, channel broadcast.Channel, from, to broadcast.State, n int) {
	t.add(num, channel, from, -n)
	t.add(num, channel, to, n)
	if _, ok := arrivalColumns[to]; ok {
		t[tallyKey{num, channel, to, true}] += n
	}
}

// count writes a tally, in one order, so that nobody waits in a circle.
func (s *Broadcasts) count(ctx context.Context, tx *sql.Tx, t tally, now time.Time) error {
	keys := slices.SortedFunc(maps.Keys(t), func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.broadcast, b.broadcast), cmp.Compare(a.channel, b.channel), cmp.Compare(a.state, b.state))
	})
	shard := s.shard()
	var values []string
	var args []any
	for _, k := range keys {
		if t[k] == 0 || k.came {
			continue
		}
		values = append(values, "("+strings.Join(parameters(len(args)+1, 5), ", ")+")")
		args = append(args, k.broadcast, string(k.channel), string(k.state), shard, t[k])
	}
	if len(values) == 0 {
		return nil
	}
	_, err := s.exec(ctx, tx, `INSERT INTO tally (broadcast, channel, state, part, n) VALUES `+strings.Join(values, ", ")+`
		ON CONFLICT (broadcast, channel, state, part) DO UPDATE SET n = tally.n + excluded.n`, args...)
	if err != nil {
		return err
	}
	return s.countArrivals(ctx, tx, keys, t, shard, now)
}

// Tally implements broadcast.Store: by channel, then state.
func (s *Broadcasts) Tally(ctx context.Context, id string) ([]broadcast.Count, error) {
	return s.counts(ctx, `SELECT t.channel, t.state, sum(t.n) FROM tally t JOIN broadcast b ON b.num = t.broadcast
		WHERE b.id = $1 GROUP BY t.channel, t.state HAVING sum(t.n) <> 0 ORDER BY t.channel, t.state`, id)
}

// Recount implements broadcast.Store.
func (s *Broadcasts) Recount(ctx context.Context, id string) ([]broadcast.Count, error) {
	return s.counts(ctx, `SELECT d.channel, d.state, count(*) FROM delivery d JOIN broadcast b ON b.num = d.broadcast
		WHERE b.id = $1 GROUP BY d.channel, d.state ORDER BY d.channel, d.state`, id)
}

func (s *Broadcasts) counts(ctx context.Context, query, id string) (all []broadcast.Count, err error) {
	all, err = collect(rowsOf(s.db.read.QueryContext(ctx, query, id)), func(row row) (c broadcast.Count, err error) {
		err = row.Scan(&c.Channel, &c.State, &c.N)
		return c, err
	})
	return all, wrap("count deliveries", err)
}

// Doubles implements broadcast.Store.
func (s *Broadcasts) Doubles(ctx context.Context, id string) (n int, err error) {
	err = s.db.scan.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM delivery d JOIN broadcast b ON b.num = d.broadcast
		WHERE b.id = $1 AND d.state IN ('accepted', 'delivered', 'in_doubt', 'unknown')
		GROUP BY d.broadcast, d.recipient HAVING count(*) > 1) doubles`, id).Scan(&n)
	return n, wrap("count doubles", err)
}

// Reasons implements broadcast.Store.
func (s *Broadcasts) Reasons(ctx context.Context, id string) (map[broadcast.Reason]int, error) {
	all := make(map[broadcast.Reason]int)
	err := rowsOf(s.db.scan.QueryContext(ctx, `SELECT d.reason, count(*) FROM delivery d
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND d.state = 'suppressed' AND d.round = 1 GROUP BY d.reason`, id)).each(func(row row) error {
		var why broadcast.Reason
		var n int
		if err := row.Scan(&why, &n); err != nil {
			return err
		}
		all[why] = n
		return nil
	})
	return all, wrap("count reasons", err)
}
