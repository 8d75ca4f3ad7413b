package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"sync"

	"towncrier/broadcast"
)

// Reach counts a broadcast's recipients by their committee, for one committee when its code is not "", in the order of the codes.
// It reads every delivery, or those of the committee's residents.
func (s *Broadcasts) Reach(ctx context.Context, id, committee string) (all []broadcast.Reach, err error) {
	const doing = "count whom a broadcast reached"
	var num, last int64
	err = s.db.read.QueryRowContext(ctx, `SELECT num, last FROM broadcast WHERE id = $1`, id).Scan(&num, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(doing, err)
	}
	var mu sync.Mutex
	total := make(map[string]broadcast.Reach)
	count := func(ctx context.Context, of string, args ...any) error {
		return rowsOf(s.db.scan.QueryContext(ctx, `
			SELECT COALESCE(r.committee, '') AS code, COUNT(*), SUM(CASE WHEN best = 3 THEN 1 ELSE 0 END),
				SUM(CASE WHEN best = 2 THEN 1 ELSE 0 END), SUM(CASE WHEN best = 1 THEN 1 ELSE 0 END)
			FROM (SELECT d.resident, MAX(CASE
					WHEN d.state = 'delivered' THEN 3
					WHEN d.state = 'accepted' OR d.state = 'sending' OR d.state = 'in_doubt' OR d.state = 'unknown' THEN 2
					WHEN d.state = 'pending' THEN 1
					ELSE 0 END) AS best
				FROM `+of+` GROUP BY d.recipient, d.resident) outcome
			LEFT JOIN resident r ON r.id = outcome.resident GROUP BY code`, args...)).each(func(row row) error {
			var r broadcast.Reach
			if err := row.Scan(&r.Committee, &r.Recipients, &r.Delivered, &r.Accepted, &r.Open); err != nil {
				return err
			}
			mu.Lock()
			sum := total[r.Committee]
			total[r.Committee] = broadcast.Reach{Committee: r.Committee, Recipients: sum.Recipients + r.Recipients,
				Delivered: sum.Delivered + r.Delivered, Accepted: sum.Accepted + r.Accepted, Open: sum.Open + r.Open}
			mu.Unlock()
			return nil
		})
	}
	if committee != "" {
		err = count(ctx, `resident h`+s.db.next("recipient", "p", "p.resident = h.id AND p.broadcast = $1")+
			s.db.next("delivery", "d", "d.broadcast = p.broadcast AND d.recipient = p.n")+` WHERE h.committee = $2`, num, committee)
	} else {
		err = inSlices(ctx, 1, last, func(ctx context.Context, from, to int64) error {
			return count(ctx, `delivery d WHERE d.broadcast = $1 AND d.recipient >= $2 AND d.recipient < $3`, num, from, to)
		})
	}
	if err != nil {
		return nil, wrap(doing, err)
	}
	all = slices.SortedFunc(maps.Values(total), func(a, b broadcast.Reach) int { return cmp.Compare(a.Committee, b.Committee) })
	for i, r := range all {
		all[i].Missed = r.Recipients - r.Delivered - r.Accepted - r.Open
	}
	return all, nil
}
