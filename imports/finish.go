package imports

import (
	"context"
	"errors"
	"fmt"

	"towncrier/audit"
	"towncrier/roster"
)

// finishing is an import of residents of which all rows are written. It is on record before the store is told, and forgets the import: when that is
// interrupted, or nobody hears of it, another try to import would find everybody there, and say so.
type finishing struct {
	ID  string // as the store has it
	Act audit.Act
}

// finisher notes that all rows are written before it tells the importer.
type finisher struct {
	roster.Importer
	s *Service
	j *job
}

func (f finisher) FinishImport(ctx context.Context, importID string, act audit.Act) error {
	if err := f.s.noteFinishing(f.j, finishing{importID, act}); err != nil {
		return err
	}
	return f.Importer.FinishImport(ctx, importID, act)
}

func (s *Service) noteFinishing(j *job, f finishing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.finishing = &f
	if s.jobs[j.ID] != j {
		return errRemoved
	}
	return s.folder.writeRecord(j)
}

// finish tells the store once more that all rows are written, unless it has heard.
func (s *Service) finish(ctx context.Context, j *job) error {
	err := s.cfg.Importer.FinishImport(ctx, j.finishing.ID, j.finishing.Act)
	if errors.Is(err, roster.ErrImportMoved) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("finish an import: %w", err)
	}
	return nil
}
