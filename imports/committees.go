package imports

import (
	"context"
	"fmt"

	"towncrier/audit"
	"towncrier/roster"
)

// judgeCommittees reads a file of committees, and notes what an import would do.
func (s *Service) judgeCommittees(_ context.Context, j *job, table *table, known []roster.Committee, faults *faultList) error {
	_, found, err := readCommittees(table, known, faults.add)
	if err != nil {
		return err
	}
	return s.keepFaults(j, found, faults)
}

// readCommittees reads the committees that differ from those that are known.
func readCommittees(table *table, known []roster.Committee, report func(roster.RowProblem)) (changes []roster.Committee, found Judgement, err error) {
	good, unknown, problems, err := roster.ReadCommittees(table, known)
	if err != nil {
		return nil, found, unreadable{err}
	}
	found = Judgement{Format: table.Format(), Notes: table.Notes, Unknown: unknown, Kinds: map[string]int{}}
	rows := map[int]bool{}
	for _, p := range problems {
		rows[p.Row] = true
		found.Kinds[p.Kind]++
		report(p)
	}
	changes, found.Planned = roster.CommitteeChanges(known, good)
	found.Bad = len(rows)
	found.Rows = len(good) + found.Bad
	return changes, found, nil
}

// writeCommittees brings the committees to what the file says.
func (s *Service) writeCommittees(ctx context.Context, j *job) error {
	table, err := s.open(ctx, j)
	if err != nil {
		return err
	}
	defer table.close()
	known, err := s.cfg.Roster.Committees(ctx)
	if err != nil {
		return err
	}
	changes, found, err := readCommittees(table, known, func(roster.RowProblem) {})
	if err != nil {
		return err
	}
	if j.All && found.Bad > 0 {
		return roster.ErrChangedTable
	}
	act := audit.Act{Actor: audit.Staff(j.By), Action: "committee.import", At: s.cfg.Now(), Detail: fmt.Sprintf("committees=%d left_out=%d", found.Rows, found.Bad)}
	if err := s.cfg.Audit.Record(ctx, act); err != nil {
		return err
	}
	unchanged := found.Planned.Unchanged
	for i, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := s.cfg.Roster.PutCommittee(ctx, act.Actor, c); err != nil {
			return err
		}
		s.change(func() { j.Written = unchanged + i + 1 })
	}
	s.change(func() { j.Written, j.Counts = found.Good(), j.Planned }) // as it was planned, also when some were there from before an interruption
	act.Action, act.At = "committee.import.done", s.cfg.Now()
	act.Detail = fmt.Sprintf("added=%d changed=%d unchanged=%d", j.Planned.Added, j.Planned.Changed, j.Planned.Unchanged)
	return s.cfg.Audit.Record(ctx, act)
}
