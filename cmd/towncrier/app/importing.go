package app

import (
	"context"
	"path/filepath"
	"time"

	"towncrier/api"
	"towncrier/imports"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/store"
)

// openImports takes the folder of uploaded files, and judges and imports what waits there until the server stops.
func (a *App) openImports(db *store.DB, sealer *seal.Sealer, people *roster.Roster, colleagues *staff.Service) (*imports.Service, error) {
	files, err := imports.Open(imports.Config{
		Folder: filepath.Join(a.cfg.Data, "imports"), Sealer: sealer, Roster: people,
		Importer: db.Roster(), May: api.ImportAllowed(colleagues), Away: store.Away, Audit: db.Audit(), Log: a.log, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	a.cleanups.add("imports", func(context.Context) error { return files.Close() })
	a.Go("imports", files.Run)
	return files, nil
}
