package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
)

func restoreCommand(opt *options) *cobra.Command {
	var check, mark bool
	var asOf string
	var r app.Restoring
	cmd := &cobra.Command{
		Use:   "restore (FILE [--check] | --mark)",
		Short: "Put a backup in the place of the database, with every server stopped",
		Long: "Put a backup that `towncrier backup` made in the place of the SQLite database. Every server and command must be stopped.\n" +
			"The database that is there is kept, under a name that says when. Then what must not be undone is done again: residents who stopped\n" +
			"texts or were erased since, by stops.log, and what must not be done twice is stopped: broadcasts are paused until a person\n" +
			"confirms each. Killed at any point it leaves the database from before or the one from the backup, whole: run it again.\n\n" +
			"--check verifies the file, its checksums, the key and its contents, and changes nothing.\n\n" +
			"--mark is for a database that was put back by other means, such as pg_restore or a snapshot of a disk: run it before any\n" +
			"server starts.",
		Example: "  towncrier restore --check /backups/towncrier-2026-01-05.tar\n" +
			"  towncrier restore /backups/towncrier-2026-01-05.tar\n" +
			"  towncrier restore --mark --as-of \"2026-01-05 03:00:00\"",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at, err := restoreLine(args, mark, asOf)
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			r.By = audit.Local(loginName())
			return opt.withBackups(cmd, func(ctx context.Context, cfg config.Config, say func(string)) error {
				r.Say = say
				switch {
				case check:
					b, err := app.CheckBackup(ctx, cfg, args[0])
					if err != nil {
						return err
					}
					return cmp.Or(printBackup(cmd.OutOrStdout(), "this backup can be restored: "+b.File, b), auditOf(b))
				case mark:
					done, err := app.MarkRestored(ctx, cfg, at, r)
					if err != nil {
						return err
					}
					return printRestored(cmd.OutOrStdout(), done)
				}
				done, err := app.RestoreBackup(ctx, cfg, args[0], r)
				if err != nil {
					return err
				}
				return printRestored(cmd.OutOrStdout(), done)
			})
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "verify FILE and change nothing")
	cmd.Flags().BoolVar(&mark, "mark", false, "mark a database that was put back by other means")
	cmd.Flags().StringVar(&asOf, "as-of", "", "with --mark: the time, China time, as which the database stands; by default the newest that it knows of")
	cmd.Flags().StringArrayVar(&r.Stops, "stops", nil, "a copy of stops.log, beside the one at the database; may be given again")
	cmd.Flags().BoolVar(&r.WithoutStops, "without-stops", false, "go on when there is no stops.log, or not all of it: who stopped or was erased since is written to again")
	cmd.MarkFlagsMutuallyExclusive("check", "mark")
	cmd.MarkFlagsMutuallyExclusive("check", "stops")
	cmd.MarkFlagsMutuallyExclusive("check", "without-stops")
	return cmd
}

// restoreLine says what is wrong with a command line, and reads --as-of.
func restoreLine(args []string, mark bool, asOf string) (at time.Time, err error) {
	switch {
	case mark && len(args) > 0:
		return at, errors.New("--mark takes no FILE: the database has been put back already")
	case !mark && len(args) == 0:
		return at, errors.New("no FILE is given: name a backup, or --mark when the database has been put back by other means")
	case !mark && asOf != "":
		return at, errors.New("--as-of is for --mark: a backup knows its time")
	case asOf == "":
		return at, nil
	}
	if at, err = time.ParseInLocation(time.DateTime, asOf, broadcast.Zone); err != nil {
		return at, fmt.Errorf("--as-of %q is no time; write it as 2026-01-05 03:00:00, China time", asOf)
	}
	if at.After(time.Now()) {
		return at, fmt.Errorf("--as-of %s is in the future", asOf)
	}
	return at, nil
}

func printRestored(w io.Writer, done app.Restored) error {
	p := &paragraphs{w: w}
	if done.Backup.File != "" {
		p.err = printBackup(w, "restored: "+done.Backup.File, done.Backup)
	} else if done.AsOf.IsZero() {
		p.line("Finished the marking that was interrupted.")
	} else {
		from := ""
		if done.Newest {
			from = " (the time of its newest row)"
		}
		p.line("The database is marked as put back, as of %s%s.", done.AsOf.In(broadcast.Zone).Format(time.DateTime), from)
	}
	if len(done.Stops) == 0 {
		p.line("WARNING: there is no stops.log. Who stopped or was erased after that time is written to again.")
	} else {
		p.line("Applied lines of stops.log: %d. Stops %d, starts %d, erasures %d. (%s)", done.Lines, done.Stopped, done.Started, done.Erased, strings.Join(done.Stops, ", "))
		if done.Lack != "" {
			p.line("WARNING: stops.log is not complete. Who stopped or was erased after the backup, and does not stand in it, is written to again.")
		}
	}
	p.list("Broadcasts are paused. They may have gone out after the backup: look at each, then resume or cancel it:", done.Broadcasts, "towncrier broadcast resume %s", "There was no broadcast to pause.")
	p.list("Series are stopped. Look at each, and have it approved anew:", done.Series, "towncrier broadcast series show %s", "There was no series to stop.")
	if done.InDoubt > 0 {
		p.line("Deliveries in doubt: %d. The server asks the platforms about them, and sends none of them again before it knows.", done.InDoubt)
	}
	if l := done.Lost; l != nil {
		p.line("What came after the backup is not in it: residents %d, tickets %d, broadcasts %d, entries of the audit log %d.", l.Residents, l.Tickets, l.Broadcasts, l.Audit)
	}
	p.line("Keys that were revoked and staff who were disabled after the backup are valid again: look through `towncrier staff list` and `staff key list`, and revoke and disable them anew.")
	p.line("Invitations, exports of numbers and requests to undo stops that were used after the backup are open again: confirm none that should not be used. Answers that residents were told after the backup are told once more.")
	if done.Damage != nil {
		p.line("The database that was there cannot be opened (%v).", done.Damage)
	}
	if done.Aside != "" {
		p.line("The database that was there is kept as %s: delete it when it is not needed any more.", done.Aside)
	}
	p.line("Start the server now.")
	return p.err
}

// paragraphs prints lines until one fails.
type paragraphs struct {
	w   io.Writer
	err error
}

func (p *paragraphs) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// list prints a command for each of some ids.
func (p *paragraphs) list(title string, ids []string, command, none string) {
	if len(ids) == 0 {
		p.line("%s", none)
		return
	}
	p.line("%s", title)
	for _, id := range ids {
		p.line("  "+command, id)
	}
}
