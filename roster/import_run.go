package roster

import (
	"context"
	"fmt"
	"iter"
	"time"

	"towncrier/audit"
)

// importSlice is how many rows are written in one order, which the store chooses: those that are near each other in its
// index. The more there are, the fewer pages are written twice; a slice takes 17 MiB, beside all else that a server does.
const importSlice = 250_000

// Run imports the plan's good rows, on from where an import of the same rows was interrupted. started is told first, and
// progress again and again: what was done so far, to Rows of Good. When Run returns an error or is cancelled, what was written
// stays, and the next Run goes on from there.
//
// by is the person, or what acts in their place, and the import's name in the audit log: it tells nothing of the file.
func (p *Plan) Run(ctx context.Context, to Importer, by audit.Act, now func() time.Time, started func(ImportState), progress func(ImportCounts)) (ImportState, error) {
	if err := p.sheet.Unchanged(); err != nil {
		return ImportState{}, err
	}
	by.Action, by.At, by.Detail = "roster.import", now(), fmt.Sprintf("rows=%d left_out=%d", p.Rows, p.Bad)
	state, err := to.BeginImport(ctx, p.digest, by)
	if err != nil {
		return state, err
	}
	started(state)
	wrote := func(counts ImportCounts) {
		state.Counts.Add(counts)
		progress(state.Counts)
	}
	for slice, err := range p.slices(ctx, state.UpTo) {
		if err == nil {
			err = to.WriteSlice(ctx, state.ID, slice, wrote)
		}
		if err != nil {
			return state, err
		}
		state.UpTo = slice.UpTo
	}
	c := state.Counts
	by.Action, by.At = "roster.import.done", now()
	by.Detail = fmt.Sprintf("added=%d changed=%d unchanged=%d erased=%d stopped=%d held=%d", c.Added, c.Changed, c.Unchanged, c.Erased, c.Stopped, c.Held)
	return state, to.FinishImport(ctx, state.ID, by)
}

// Held is how many of the good rows the import would hold.
func (p *Plan) Held(ctx context.Context, to Importer) (held int, err error) {
	if p.own == "" {
		return 0, nil
	}
	for slice, err := range p.slices(ctx, 0) {
		n := 0
		if err == nil {
			n, err = to.CountHeld(ctx, slice.Rows, p.own)
		}
		if err != nil {
			return 0, err
		}
		held += n
	}
	return held, nil
}

// slices are the good rows beyond from. The sheet is read once, while they are written.
func (p *Plan) slices(ctx context.Context, from int) iter.Seq2[ImportSlice, error] {
	return func(yield func(ImportSlice, error) bool) {
		s := ImportSlice{From: from, Rows: new(ImportRows), Own: p.own}
		for row, err := range p.sheet.Rows() {
			if err == nil && row.Number%1024 == 0 {
				err = ctx.Err()
			}
			if err != nil {
				yield(s, err)
				return
			}
			if row.Number <= max(from, p.heading.row) || p.bad.Has(row.Number) {
				continue
			}
			out, filled, problems := p.reader.read(row)
			if len(problems) > 0 {
				yield(s, ErrChangedTable)
				return
			}
			if !filled {
				continue
			}
			s.Rows.Add(out)
			if s.UpTo = row.Number; s.Rows.Len() < importSlice {
				continue
			}
			if !yield(s, p.sheet.Unchanged()) {
				return
			}
			s = ImportSlice{From: s.UpTo, Rows: new(ImportRows), Own: p.own}
		}
		if s.UpTo = p.last; s.From < p.last {
			yield(s, p.sheet.Unchanged())
		}
	}
}
