package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/store"
)

// OpenDatabase opens the database for a command, with the key that seals its rows. Its errors name the setting.
func OpenDatabase(ctx context.Context, cfg config.Config, options ...store.Option) (*store.DB, *seal.Sealer, error) {
	sealer, err := seal.New(cfg.Key, cfg.KeyPrevious)
	if err != nil {
		return nil, nil, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	err = missed(cfg.Database)
	var db *store.DB
	if err == nil {
		db, err = store.Open(ctx, cfg.Database, sealer, append([]store.Option{store.WithStopsLog(cfg.StopsLog())}, options...)...)
	}
	if err == nil {
		if err = remember(cfg.Database); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	switch {
	case err == nil:
		return db, sealer, nil
	case cfg.Database == cfg.DefaultDatabase():
		return nil, nil, fmt.Errorf("TOWNCRIER_DATA (data): %w", err)
	}
	return nil, nil, fmt.Errorf("TOWNCRIER_DATABASE (database): %w", err)
}

// openToServe is OpenDatabase for a server, which begins stops.log.
func openToServe(ctx context.Context, cfg config.Config) (*store.DB, *seal.Sealer, error) {
	if err := keepsStops(cfg); err != nil {
		return nil, nil, fmt.Errorf("TOWNCRIER_DATA (data): %w", err)
	}
	db, sealer, err := OpenDatabase(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := db.BeginStopsLog(time.Now()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("TOWNCRIER_DATA (data): %w", err), db.Close())
	}
	return db, sealer, nil
}

// keepsStops makes the folder for stops.log beside a server's database, and fails when nothing can be written there: without it nobody could
// stop texts.
func keepsStops(cfg config.Config) error {
	if isSQLite(cfg.Database) {
		return nil // SQLite writes there too
	}
	folder := filepath.Dir(cfg.StopsLog())
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(folder, ".towncrier-*"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("the folder must be writable, also beside PostgreSQL: %s stands there, in which every stop is written down once more: %w",
			store.StopsLogName, err)
	}
	return nil
}
