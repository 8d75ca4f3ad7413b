package imports

import (
	"context"
	"fmt"

	"towncrier/audit"
	"towncrier/roster"
)

func (s *Service) planCommittees(ctx context.Context, j *job, table *table, known []roster.Committee, report func(roster.RowProblem)) (plan, error) {
	judged, err := roster.PlanCommittees(ctx, table, known, report)
	if err != nil {
		return plan{}, unreadable{err}
	}
	p := plan{Judgement: judgementOf(table, judged.Judged), badRows: judged.BadRows}
	p.Planned = judged.Planned
	p.countHeld = func(context.Context) (int, error) { return 0, nil }
	p.write = func(ctx context.Context) error { return s.writeCommittees(ctx, j, judged) }
	return p, nil
}

// writeCommittees brings the committees to what the file says.
func (s *Service) writeCommittees(ctx context.Context, j *job, p *roster.CommitteePlan) error {
	if !j.again {
		if err := s.cfg.Audit.Record(ctx, s.act(j, "committee.import", fmt.Sprintf("rows=%d left_out=%d", p.Rows, p.Bad))); err != nil {
			return err
		}
	}
	written := p.Good()
	for _, c := range p.Changes {
		written -= c.Rows
	}
	for _, c := range p.Changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := s.cfg.Roster.PutCommittee(ctx, audit.Staff(j.By), c.Committee); err != nil {
			return err
		}
		written += c.Rows
		s.goOn(ctx, j, func() { j.Written = written })
	}
	s.change(func() { j.Written, j.Counts = written, j.Planned })
	return s.cfg.Audit.Record(ctx, s.act(j, "committee.import.done",
		fmt.Sprintf("added=%d changed=%d unchanged=%d", j.Planned.Added, j.Planned.Changed, j.Planned.Unchanged)))
}
