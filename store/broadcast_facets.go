package store

import (
	"context"
	"encoding/json"
	"sync"

	"towncrier/broadcast"
)

// FacetCounts implements broadcast.Store. It reads every resident, in slices.
func (s *Broadcasts) FacetCounts(ctx context.Context) ([]broadcast.FacetCount, error) {
	const doing = "count what an audience can be chosen by"
	var first, last int64
	err := s.db.scan.QueryRowContext(ctx, `SELECT COALESCE(min(id), 0), COALESCE(max(id), -1) FROM resident`).Scan(&first, &last)
	if err != nil {
		return nil, wrap(doing, err)
	}
	var mu sync.Mutex
	total := make(map[broadcast.FacetCount]int) // keys without N
	add := func(committee string, kind broadcast.FacetKind, value string, n int) {
		mu.Lock()
		defer mu.Unlock()
		total[broadcast.FacetCount{Committee: committee, Kind: kind, Value: value}] += n
	}
	err = inSlices(ctx, first, last, func(ctx context.Context, from, to int64) error {
		err := rowsOf(s.db.scan.QueryContext(ctx, `SELECT COALESCE(committee, '') AS code, community, tags, count(*) FROM resident
			WHERE id >= $1 AND id < $2 GROUP BY code, community, tags`, from, to)).each(func(row row) error {
			var committee, community, text string
			var n int
			if err := row.Scan(&committee, &community, &text, &n); err != nil {
				return err
			}
			add(committee, broadcast.CommitteeFacet, "", n)
			if community != "" {
				add(committee, broadcast.CommunityFacet, community, n)
			}
			var tags []string
			if err := json.Unmarshal([]byte(text), &tags); err != nil {
				return err
			}
			for _, tag := range tags {
				add(committee, broadcast.TagFacet, tag, n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return rowsOf(s.db.scan.QueryContext(ctx, `SELECT COALESCE(r.committee, '') AS code, p.topic, count(DISTINCT p.resident) FROM preference p
			JOIN resident r ON r.id = p.resident
			WHERE p.resident >= $1 AND p.resident < $2 AND p.topic <> '' AND p.wants = 1 GROUP BY code, p.topic`, from, to)).each(func(row row) error {
			var committee, topic string
			var n int
			if err := row.Scan(&committee, &topic, &n); err != nil {
				return err
			}
			add(committee, broadcast.TopicFacet, topic, n)
			return nil
		})
	})
	if err != nil {
		return nil, wrap(doing, err)
	}
	all := make([]broadcast.FacetCount, 0, len(total))
	for c, n := range total {
		c.N = n
		all = append(all, c)
	}
	return all, nil
}
