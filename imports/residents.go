package imports

import (
	"context"

	"towncrier/audit"
	"towncrier/roster"
)

func (s *Service) planResidents(ctx context.Context, j *job, table *table, known []roster.Committee, report func(roster.RowProblem)) (plan, error) {
	judged, err := roster.PlanImport(ctx, table, known, j.Whole, s.cfg.Now(), report)
	if err != nil {
		return plan{}, unreadable{err}
	}
	p := plan{Judgement: judgementOf(table, judged.Judged), badRows: judged.BadRows}
	p.Repeated, p.Places, p.PlacesMore = judged.Repeated(), judged.Places, judged.PlacesMore
	p.countHeld = func(ctx context.Context) (int, error) { return judged.Held(ctx, s.cfg.Importer) }
	p.write = func(ctx context.Context) error {
		started := func(state roster.ImportState) {
			s.change(func() { j.Resumed, j.Written, j.Counts = state.Counts.Rows(), state.Counts.Rows(), state.Counts })
		}
		progress := func(counts roster.ImportCounts) {
			s.goOn(ctx, j, func() { j.Written, j.Counts = counts.Rows(), counts })
		}
		by := audit.Act{Actor: audit.Staff(j.By), Subject: j.ID}
		_, err := judged.Run(ctx, finisher{s.cfg.Importer, s, j}, by, s.cfg.Now, started, progress)
		return err
	}
	return p, nil
}
