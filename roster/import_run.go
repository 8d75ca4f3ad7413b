package roster

import (
	"context"
	"fmt"
	"time"

	"towncrier/audit"
)

// importSlice is how many rows are written in one order, which the store chooses: those that are near each other in its
// index. The more there are, the fewer pages are written twice, and a slice of a million takes 48 MiB.
const importSlice = 1_000_000

// Run imports the plan's good rows, on from where an import of the same rows was interrupted. started is told first, and
// progress again and again: how many rows are written, of Good. When Run returns an error or is cancelled, what was written
// stays, and the next Run goes on from there. A plan runs once.
func (p *Plan) Run(ctx context.Context, to Importer, actor audit.Actor, now func() time.Time, started func(ImportState), progress func(rows int)) (ImportState, error) {
	if err := p.sheet.Unchanged(); err != nil {
		return ImportState{}, err
	}
	state, err := to.BeginImport(ctx, p.digest, audit.Act{Actor: actor, Action: "roster.import", At: now(),
		Detail: fmt.Sprintf("rows=%d left_out=%d file=%x", p.Residents, p.Bad, p.digest[:6])})
	if err != nil {
		return state, err
	}
	started(state)
	wrote := func(counts ImportCounts) {
		state.Counts.Add(counts)
		progress(state.Counts.Rows())
	}
	for state.UpTo < p.last {
		slice, err := p.slice(ctx, state.UpTo)
		if err != nil {
			return state, err
		}
		if err := to.WriteSlice(ctx, state.ID, slice, wrote); err != nil {
			return state, err
		}
		state.UpTo = slice.UpTo
	}
	c := state.Counts
	return state, to.FinishImport(ctx, state.ID, audit.Act{Actor: actor, Action: "roster.import.done", At: now(),
		Detail: fmt.Sprintf("added=%d changed=%d unchanged=%d erased=%d stopped=%d", c.Added, c.Changed, c.Unchanged, c.Erased, c.Stopped)})
}

// slice is the good rows beyond from: those that the dry run kept, or else read anew.
func (p *Plan) slice(ctx context.Context, from int) (s ImportSlice, err error) {
	first := p.first
	p.first = ImportSlice{} // it is not needed twice, and large
	if first.From == from && first.UpTo > from {
		return first, nil
	}
	s = ImportSlice{From: from, UpTo: p.last, Rows: new(ImportRows)}
	for row, err := range p.sheet.Rows() {
		if err == nil && row.Number%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return s, err
		}
		if row.Number <= max(from, p.reader.row) || p.bad.Has(row.Number) {
			continue
		}
		out, filled, problems := p.reader.read(row)
		if len(problems) > 0 {
			return s, ErrChangedTable
		}
		if !filled {
			continue
		}
		if s.Rows.Len() == importSlice {
			break
		}
		s.Rows.Add(out)
		if s.Rows.Len() == importSlice {
			s.UpTo = row.Number
		}
	}
	return s, p.sheet.Unchanged()
}
