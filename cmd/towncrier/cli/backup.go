package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/broadcast"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
)

func backupCommand(opt *options) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Back up the SQLite database into a new file, also while the server runs",
		Long: "Copy the SQLite database, as it is at one instant, into a new file: a tar with a manifest, the database and their checksums.\n" +
			"The server may run meanwhile. The file is verified as `towncrier restore --check FILE` does before it gets its name.\n" +
			"Personal data in it is sealed as in the database, under TOWNCRIER_KEY.\n\n" +
			"It does not hold TOWNCRIER_KEY, without which it cannot be opened, nor the content folder, nor stops.log: keep a copy of each\n" +
			"elsewhere. For PostgreSQL use pg_dump.",
		Example: "  towncrier backup /backups/towncrier-$(date +%F).tar",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			began := time.Now()
			return opt.withBackups(cmd, func(ctx context.Context, cfg config.Config, say func(string)) error {
				b, err := app.MakeBackup(ctx, cfg, args[0], opt.version, say)
				if err != nil {
					return err
				}
				if out.asJSON {
					err = writeJSON(cmd.OutOrStdout(), b)
				} else {
					err = printBackup(cmd.OutOrStdout(), fmt.Sprintf("backed up to %s (%s, in %.1f s)", b.File, sizeOf(b.FileBytes), time.Since(began).Seconds()), b)
					fmt.Fprintln(cmd.OutOrStdout(), "It holds neither TOWNCRIER_KEY, without which it cannot be opened, nor the content folder, nor stops.log: keep a copy of each elsewhere. What is in Redis needs no backup.")
				}
				return cmp.Or(err, auditOf(b))
			})
		},
	}
	out.flag(cmd)
	return cmd
}

// withBackups is for commands that need the settings of the database and the key, and open it themselves.
func (o *options) withBackups(cmd *cobra.Command, do func(ctx context.Context, cfg config.Config, say func(string)) error) error {
	src, err := o.source()
	if err != nil {
		return err
	}
	cfg, err := src.Config("key")
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	err = do(ctx, cfg, func(what string) {
		if ctx.Err() == nil {
			fmt.Fprintln(cmd.ErrOrStderr(), what)
		}
	})
	if ctx.Err() != nil && err != nil {
		return context.Canceled // SQLite calls it an interrupt
	}
	return err
}

// auditOf is an error when a backup's audit log was changed, before the backup was made.
func auditOf(b app.Backup) error {
	if b.Audit == nil {
		return nil
	}
	return fmt.Errorf("the audit log in %s does not hold, and did not when it was backed up: entry %d, %w; see `towncrier audit verify`", b.File, b.Audit.Seq, b.Audit)
}

func printBackup(w io.Writer, title string, b app.Backup) error {
	fmt.Fprintln(w, title)
	audit := "whole, the newest is " + b.Holds.AuditHead
	if b.Audit != nil {
		audit = fmt.Sprintf("changed by hand: entry %d, %s", b.Audit.Seq, b.Audit.What)
	}
	t := table{}
	for _, row := range [][2]string{
		{"as of", b.AsOf.In(broadcast.Zone).Format(time.DateTime)},
		{"city", b.City},
		{"version", fmt.Sprintf("towncrier %s, schema %d", b.Towncrier, b.Holds.Schema)},
		{"keys", fmt.Sprintf("open (numbers %s)", strings.Trim(fmt.Sprint(b.Holds.Keys), "[]"))},
		{"residents", strconv.FormatInt(b.Holds.Residents, 10)},
		{"tickets", strconv.FormatInt(b.Holds.Tickets, 10)},
		{"broadcasts", fmt.Sprintf("%d, with %d deliveries", b.Holds.Broadcasts, b.Holds.Deliveries)},
		{"audit log", fmt.Sprintf("%d entries, %s", b.Holds.Audit, audit)},
		{"SHA-256", b.FileSHA256},
	} {
		if row[1] != "" {
			t.add("  "+row[0], row[1])
		}
	}
	return t.print(w)
}

// sizeOf is a number of bytes as people read it.
func sizeOf(bytes int64) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}
