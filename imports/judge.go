package imports

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"towncrier/roster"
)

// plan is what a file holds, and what an import of it does.
type plan struct {
	Judgement
	badRows   func() (roster.BadHeading, iter.Seq2[roster.BadRow, error])
	countHeld func(ctx context.Context) (int, error)
	write     func(ctx context.Context) error
}

// judge reads a file whole, and notes what is wrong with it.
func (s *Service) judge(ctx context.Context, j *job) error {
	return s.read(ctx, j, func(p plan, note func(Judgement)) error { return noteJudged(ctx, p, note) })
}

// noteJudged makes known what a file holds. A person who starts it pays for what it would hold, which is counted before.
func noteJudged(ctx context.Context, p plan, note func(Judgement)) (err error) {
	if p.held, err = p.countHeld(ctx); err == nil {
		note(p.Judgement)
	}
	return err
}

// write imports what was judged. It is judged anew: somebody may have changed the committees since, or the process is another.
func (s *Service) write(ctx context.Context, j *job) error {
	if j.finishing != nil {
		return s.finish(ctx, j)
	}
	if j.again {
		if err := s.cfg.Audit.Record(ctx, s.act(j, "import.resume", fmt.Sprintf("kind=%s", j.Kind))); err != nil {
			return err
		}
	}
	return s.read(ctx, j, func(p plan, note func(Judgement)) error {
		if p.Left != j.Left { // whoever started it did not mean these rows
			return errors.Join(roster.ErrChangedTable, noteJudged(ctx, p, note))
		}
		p.held = j.held
		if j.again { // some of it is written
			p.Planned = j.Planned
		}
		note(p.Judgement)
		return p.write(ctx)
	})
}

// read reads a file whole, and keeps its faults and bad rows. use gets the plan while the file is open, and what makes the judgement known.
func (s *Service) read(ctx context.Context, j *job, use func(p plan, note func(Judgement)) error) error {
	if err := s.allowed(ctx, j); err != nil {
		return err
	}
	table, err := s.open(ctx, j)
	if err != nil {
		return err
	}
	defer table.close()
	list, err := s.newFaults(j)
	if err != nil {
		return err
	}
	defer list.discard()
	p, err := s.plan(ctx, j, table, list.add)
	if err != nil {
		return err
	}
	if err := list.keepAs(j.key, faults); err != nil {
		return err
	}
	p.Faults, p.Listed = list.all, list.listed
	var bad badList
	if p.Bad > 0 {
		heading, rows := p.badRows()
		if bad, err = s.keepBad(j, heading, rows); err != nil {
			return err
		}
	}
	return use(p, func(found Judgement) { s.change(func() { j.Judgement, j.index, j.bad = found, list.index, bad }) })
}

// allowed is errMayNot when the person who uploaded an import may not go on with it.
func (s *Service) allowed(ctx context.Context, j *job) error {
	may, err := s.cfg.May(ctx, j.Upload)
	if err == nil && !may {
		err = errMayNot
	}
	return err
}

// goOn notes how far an import is, and ends it when it may not go on.
func (s *Service) goOn(ctx context.Context, j *job, note func()) {
	s.change(note)
	if err := s.allowed(ctx, j); err != nil {
		j.stop(err)
	}
}

func (s *Service) plan(ctx context.Context, j *job, table *table, report func(roster.RowProblem)) (plan, error) {
	known, err := s.cfg.Roster.Committees(ctx)
	if err != nil {
		return plan{}, err
	}
	if j.Kind == Committees {
		return s.planCommittees(ctx, j, table, known, report)
	}
	return s.planResidents(ctx, j, table, known, report)
}

// judgementOf is what is alike in files of every kind.
func judgementOf(table *table, judged roster.Judged) Judgement {
	return Judgement{Format: table.Format(), Notes: table.Notes, Rows: judged.Rows, Bad: judged.Bad, Left: judged.Left(), Kinds: judged.Kinds,
		Headings: judged.Headings(), Unknown: judged.Unknown}
}
