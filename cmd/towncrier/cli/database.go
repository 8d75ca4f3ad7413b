package cli

import (
	"context"
	"errors"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/store"
)

// withDatabase opens the database for one command. It needs the database and the key only; the server may run meanwhile.
func (o *options) withDatabase(ctx context.Context, do func(*store.DB, config.Config) error) error {
	src, err := o.source()
	if err != nil {
		return err
	}
	cfg, err := src.Config("key")
	if err != nil {
		return err
	}
	db, _, err := app.OpenDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(db, cfg), db.Close())
}
