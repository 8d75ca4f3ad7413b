package app

import (
	"context"
	"errors"
	"fmt"

	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/store"
)

// OpenDatabase opens the database with the key that seals its rows. Its errors name the setting.
func OpenDatabase(ctx context.Context, cfg config.Config) (*store.DB, *seal.Box, error) {
	box, err := seal.New(cfg.Key, cfg.KeyPrevious)
	if err != nil {
		return nil, nil, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	err = missed(cfg.Database)
	var db *store.DB
	if err == nil {
		db, err = store.Open(ctx, cfg.Database, box)
	}
	if err == nil {
		if err = remember(cfg.Database); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	switch {
	case err == nil:
		return db, box, nil
	case cfg.Database == cfg.DefaultDatabase():
		return nil, nil, fmt.Errorf("TOWNCRIER_DATA (data): %w", err)
	}
	return nil, nil, fmt.Errorf("TOWNCRIER_DATABASE (database): %w", err)
}
