package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/roster"
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

// rosterRoom is what a command about residents works with.
type rosterRoom struct {
	*roster.Roster
	store *store.Roster
	actor audit.Actor
	where string // the database, for people, without its password
}

// withRoster opens the roster for one command.
func (o *options) withRoster(ctx context.Context, do func(rosterRoom) error) error {
	return o.withDatabase(ctx, func(db *store.DB, cfg config.Config) error {
		room := rosterRoom{
			Roster: roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: time.Now}),
			store:  db.Roster(),
			actor:  audit.Local(ownerOr("")),
			where:  cfg.Database,
		}
		if strings.Contains(room.where, "://") {
			room.where = "the PostgreSQL server"
		}
		return do(room)
	})
}
