package main

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
	"towncrier/content"
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
	cmd.AddCommand(rosterImport(opt), rosterExport(opt), rosterStats(opt))
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
	return o.withDatabase(ctx, func(db *store.DB, cfg Config) error {
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

func rosterExport(opt *options) *cobra.Command {
	var filter roster.Filter
	var numbers bool
	cmd := &cobra.Command{
		Use:   "export FILE.csv|FILE.xlsx",
		Short: "Write residents to a spreadsheet, numbers masked",
		Long: "Write residents to a spreadsheet: CSV as Excel opens it, or XLSX, by the file's ending. Numbers are masked and\n" +
			"tags that city.yaml names as sensitive are left out, unless --numbers is given. Every export is recorded in the audit log. The file is made for this user only.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			format := roster.SheetFormat(strings.TrimPrefix(strings.ToLower(filepath.Ext(args[0])), "."))
			if format != roster.CSV && format != roster.XLSX {
				return &usageError{cmd.CommandPath(), fmt.Errorf("%s ends neither in .csv nor in .xlsx", args[0])}
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			return opt.withRoster(ctx, func(room rosterRoom) error {
				if filter.Committee != "" {
					if _, err := room.Committee(ctx, filter.Committee); err != nil {
						return err
					}
				}
				folder, name, err := opt.contentFolder(nil)
				if err != nil {
					return err
				}
				lib, problems := content.Load(folder)
				if problems.Faults() > 0 { // without it nobody knows which tags are sensitive
					return fmt.Errorf("%s: %w", name, problems)
				}
				var n int
				err = writeWhole(args[0], func(w io.Writer) (err error) {
					n, err = room.Export(ctx, room.actor, w, format, filter, numbers, lib.City.Sensitive)
					return err
				})
				if err != nil {
					return err
				}
				shown := "号码已隐去中间四位"
				if numbers {
					shown = "含完整号码，请妥善保管"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已导出%d人到 %s（%s），已记入审计日志。\n", n, args[0], shown)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&filter.Committee, "committee", "", "only the residents of the committee with this code")
	cmd.Flags().BoolVar(&numbers, "numbers", false, "write numbers in full")
	return cmd
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
