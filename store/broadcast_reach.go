package store

import (
	"context"
	"fmt"

	"towncrier/broadcast"
)

// Reach counts a broadcast's recipients by their committee, for one committee when its code is not "", in the order of the codes.
// It reads every delivery: about a second for a million.
func (s *Broadcasts) Reach(ctx context.Context, id, committee string) (all []broadcast.Reach, err error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT COALESCE(r.committee, '') AS code, COUNT(*),
			SUM(CASE WHEN best = 3 THEN 1 ELSE 0 END), SUM(CASE WHEN best = 2 THEN 1 ELSE 0 END), SUM(CASE WHEN best = 1 THEN 1 ELSE 0 END)
		FROM (SELECT resident, MAX(CASE
				WHEN state = 'delivered' THEN 3
				WHEN state IN ('sending', 'accepted', 'in_doubt', 'unknown') THEN 2
				WHEN state = 'pending' THEN 1
				ELSE 0 END) AS best
			FROM delivery WHERE broadcast = (SELECT num FROM broadcast WHERE id = $1) GROUP BY recipient, resident) AS outcome
		LEFT JOIN resident r ON r.id = outcome.resident
		WHERE $2 = '' OR r.committee = $2
		GROUP BY code ORDER BY code`, id, committee)
	if err != nil {
		return nil, fmt.Errorf("count whom a broadcast reached: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r broadcast.Reach
		if err := rows.Scan(&r.Committee, &r.Recipients, &r.Delivered, &r.Accepted, &r.Open); err != nil {
			return nil, fmt.Errorf("count whom a broadcast reached: %w", err)
		}
		r.Missed = r.Recipients - r.Delivered - r.Accepted - r.Open
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count whom a broadcast reached: %w", err)
	}
	return all, nil
}
