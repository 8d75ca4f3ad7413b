package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/store"
)

func rosterCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "roster",
		Short: "Import, export and count residents",
		Long: "Import, export and count residents: whom the city may reach, how, and on what basis.\n" +
			"The server may run meanwhile. What is done is recorded in the audit log.",
	}
	cmd.AddCommand(rosterImport(opt), rosterExport(opt), rosterNumbers(opt), rosterStats(opt))
	return cmd
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

// writeWhole makes the file for this user only, whole or not at all. It does not replace one that is there.
func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists already: name another file, or move it away", path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".towncrier-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if err := errors.Join(write(part), part.Close()); err != nil {
		return err
	}
	if err := os.Link(part.Name(), path); err != nil { // a rename would replace a file made meanwhile
		return fmt.Errorf("write %s: %w", path, errors.Unwrap(err))
	}
	return nil
}
