package store

import (
	"context"

	"towncrier/broadcast"
)

// CommitteeCounts implements broadcast.Store. It reads the deliveries of the committee's residents.
func (s *Broadcasts) CommitteeCounts(ctx context.Context, id, committee string) (broadcast.CommitteeCounts, error) {
	const doing = "count a committee's deliveries"
	theirs := ` FROM resident h` + s.db.next("recipient", "p", "p.resident = h.id AND p.broadcast = (SELECT num FROM broadcast WHERE id = $1)") +
		s.db.next("delivery", "d", "d.broadcast = p.broadcast AND d.recipient = p.n") + ` WHERE h.committee = $2`
	counted := broadcast.CommitteeCounts{Reasons: make(map[broadcast.Reason]int)}
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT d.channel, d.state, d.class, d.code, CASE WHEN d.round = 1 THEN d.reason ELSE '' END AS why, count(*) AS n`+
		theirs+` GROUP BY d.channel, d.state, d.class, d.code, why ORDER BY n DESC, d.channel, d.state, d.class, d.code`, id, committee)).each(func(row row) error {
		var f broadcast.Failure
		var why broadcast.Reason
		if err := row.Scan(&f.Channel, &f.State, &f.Class, &f.Code, &why, &f.N); err != nil {
			return err
		}
		counted.Counts = append(counted.Counts, broadcast.Count{Channel: f.Channel, State: f.State, N: f.N})
		switch {
		case f.State == broadcast.Suppressed && why != "":
			counted.Reasons[why] += f.N
		case f.State == broadcast.Failed || f.State == broadcast.Undelivered:
			counted.Failures = append(counted.Failures, f)
		}
		return nil
	})
	if err != nil {
		return counted, wrap(doing, err)
	}
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1`+theirs+`
		AND d.state IN ('accepted', 'delivered', 'in_doubt', 'unknown') GROUP BY d.recipient HAVING count(*) > 1) doubles`, id, committee).
		Scan(&counted.Doubles)
	return counted, wrap(doing, err)
}
