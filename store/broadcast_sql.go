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

	"towncrier/broadcast"
)

// ledgerSQL is what the two databases spell differently.
type ledgerSQL struct {
	among      string // a condition on ids; %d is the parameter's number, see ids
	share      string // keeps others from changing a row that a transaction goes by
	tagged     string // condition on residents r; %s is the tag
	candidates string // SELECT of residents r, up to WHERE, as scanCandidate reads them
	subjects   string // $2: hex subject ids with their places; gives i and resident columns
	plans      string // $2: places and channels in their order; gives i, k, channel, state, reason
	planned    string // plans v with their recipients p, of broadcast $1 behind number $3
	byIndex    string // first in a transaction that fills tables: a plan that was made while they were empty, and kept, would scan them
	handles    string // $1: delivery ids with handles; gives id and handle
	addresses  string // $1: delivery ids with hex hashes; gives id and hash
	hashes     string // $1: hex HMACs with their places; gives i and hash
}

func (db *DB) ledgerSQL() ledgerSQL {
	// What %s stands for makes a JSON array of a column's values.
	const candidates = `SELECT r.id, r.subject, COALESCE(r.committee, ''), r.community, COALESCE(c.street, ''), COALESCE(c.area, ''), r.place_from = 'chat', r.tags,
		r.phone_find IS NOT NULL, r.openid_find IS NOT NULL, s.phone_find IS NOT NULL,
		(SELECT %[1]s(%[2]s('What', what, 'At', given_at, 'How', how, 'Basis', basis)) FROM consent WHERE resident = r.id),
		(SELECT %[1]s(%[2]s('Topic', topic, 'Channel', channel, 'Wants', wants, 'At', chosen_at)) FROM preference WHERE resident = r.id),
		(SELECT %[1]s(template) FROM subscription WHERE resident = r.id),
		(SELECT %[1]s(list) FROM list_number WHERE phone_find = r.phone_find AND list %[3]s),
		(SELECT count(*) FROM recipient p JOIN broadcast b ON b.num = p.broadcast
			WHERE p.resident = r.id AND p.given = 1 AND b.emergency = 0 AND b.freezing_at >= $4)
		FROM resident r LEFT JOIN committee c ON c.code = r.committee LEFT JOIN suppression s ON s.phone_find = r.phone_find`
	if db.read != db.write {
		return ledgerSQL{
			among:      `IN (SELECT value FROM json_each($%d))`,
			tagged:     `EXISTS (SELECT 1 FROM json_each(r.tags) WHERE value = %s)`,
			candidates: fmt.Sprintf(candidates, "json_group_array", "json_object", `IN (SELECT value FROM json_each($3))`),
			subjects:   `SELECT key + 1 AS i, unhex(value ->> 0) AS subject, value ->> 1 AS given FROM json_each($2)`,
			plans: `SELECT value ->> 0 AS i, key AS k, value ->> 1 AS channel, value ->> 2 AS state, value ->> 3 AS reason
				FROM json_each($2)`,
			planned:   ` CROSS JOIN recipient p WHERE p.broadcast = $1 AND p.n = $3 + v.i`,
			handles:   `SELECT value ->> 0 AS id, value ->> 1 AS handle FROM json_each($1)`,
			addresses: `SELECT value ->> 0 AS id, unhex(value ->> 1) AS hash FROM json_each($1)`,
			hashes:    `SELECT key AS i, unhex(value) AS hash FROM json_each($1)`,
		}
	}
	return ledgerSQL{
		among:      `= ANY (SELECT jsonb_array_elements_text($%d::jsonb)::bigint)`,
		share:      ` FOR SHARE`,
		tagged:     `jsonb_exists(r.tags::jsonb, %s)`,
		candidates: fmt.Sprintf(candidates, "json_agg", "json_build_object", `IN (SELECT jsonb_array_elements_text($3::jsonb))`),
		subjects: `SELECT ordinality AS i, decode(value ->> 0, 'hex') AS subject, (value ->> 1)::bigint AS given
			FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY`,
		plans: `SELECT (value ->> 0)::bigint AS i, ordinality AS k, value ->> 1 AS channel, value ->> 2 AS state, value ->> 3 AS reason
			FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY`,
		// OFFSET keeps the planner from beginning with all recipients, which it takes for none while they are being added.
		planned:   ` CROSS JOIN LATERAL (SELECT * FROM recipient WHERE broadcast = $1 AND n = $3 + v.i OFFSET 0) p`,
		byIndex:   `SET LOCAL enable_seqscan = off`,
		handles:   `SELECT (value ->> 0)::bigint AS id, value ->> 1 AS handle FROM jsonb_array_elements($1::jsonb)`,
		addresses: `SELECT (value ->> 0)::bigint AS id, decode(value ->> 1, 'hex') AS hash FROM jsonb_array_elements($1::jsonb)`,
		hashes:    `SELECT ordinality - 1 AS i, decode(value, 'hex') AS hash FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY`,
	}
}

// in is the condition that a column is among the ids of a parameter.
func (s *Broadcasts) in(parameter int) string { return fmt.Sprintf(s.sql.among, parameter) }

// list is how ids and other lists are handed to the database: as JSON, one parameter however many there are.
func list(values any) string {
	text, _ := json.Marshal(values) // numbers and texts cannot fail
	return string(text)
}

// tallyKey is what is counted together.
type tallyKey struct {
	broadcast int64
	channel   broadcast.Channel
	state     broadcast.State
}

// tally collects what a transaction changes in the counts.
type tally map[tallyKey]int

func (t tally) add(num int64, channel broadcast.Channel, state broadcast.State, n int) {
	t[tallyKey{num, channel, state}] += n
}

// move counts n rows that went from a state to another.
func (t tally) move(num int64, channel broadcast.Channel, from, to broadcast.State, n int) {
	t.add(num, channel, from, -n)
	t.add(num, channel, to, n)
}

// count writes a tally, in one order, so that nobody waits in a circle.
func (s *Broadcasts) count(ctx context.Context, tx *sql.Tx, t tally) error {
	keys := slices.SortedFunc(maps.Keys(t), func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.broadcast, b.broadcast), cmp.Compare(a.channel, b.channel), cmp.Compare(a.state, b.state))
	})
	part := s.part()
	var values []string
	var args []any
	for _, k := range keys {
		if t[k] == 0 {
			continue
		}
		values = append(values, "("+strings.Join(parameters(len(args)+1, 5), ", ")+")")
		args = append(args, k.broadcast, string(k.channel), string(k.state), part, t[k])
	}
	if len(values) == 0 {
		return nil
	}
	_, err := s.exec(ctx, tx, `INSERT INTO tally (broadcast, channel, state, part, n) VALUES `+strings.Join(values, ", ")+`
		ON CONFLICT (broadcast, channel, state, part) DO UPDATE SET n = tally.n + excluded.n`, args...)
	return err
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
	rows, err := s.db.read.QueryContext(ctx, query, id)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c broadcast.Count
		if err := rows.Scan(&c.Channel, &c.State, &c.N); err != nil {
			return nil, fmt.Errorf("count deliveries: %w", err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return all, nil
}

// Doubles implements broadcast.Store.
func (s *Broadcasts) Doubles(ctx context.Context, id string) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM delivery d JOIN broadcast b ON b.num = d.broadcast
		WHERE b.id = $1 AND d.state IN ('accepted', 'delivered', 'in_doubt', 'unknown')
		GROUP BY d.broadcast, d.recipient HAVING count(*) > 1) doubles`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count doubles: %w", err)
	}
	return n, nil
}

// Reasons implements broadcast.Store.
func (s *Broadcasts) Reasons(ctx context.Context, id string) (map[broadcast.Reason]int, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT d.reason, count(*) FROM delivery d
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND d.state = 'suppressed' AND d.round = 1 GROUP BY d.reason`, id)
	if err != nil {
		return nil, explain("count reasons", err)
	}
	defer rows.Close()
	all := make(map[broadcast.Reason]int)
	for rows.Next() {
		var why broadcast.Reason
		var n int
		if err := rows.Scan(&why, &n); err != nil {
			return nil, explain("count reasons", err)
		}
		all[why] = n
	}
	return all, explain("count reasons", rows.Err())
}
