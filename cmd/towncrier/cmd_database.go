package main

import (
	"context"
	"errors"

	"towncrier/store"
)

// withDatabase opens the database for one command. It needs the database and the key only; the server may run meanwhile.
func (o *options) withDatabase(ctx context.Context, do func(*store.DB, Config) error) error {
	src, err := o.source()
	if err != nil {
		return err
	}
	cfg, err := src.config("key")
	if err != nil {
		return err
	}
	db, _, err := OpenDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(db, cfg), db.Close())
}
