package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
	"towncrier/store"
)

func rosterExport(opt *options) *cobra.Command {
	var filter roster.Filter
	var numbers bool
	var request string
	cmd := &cobra.Command{
		Use:   "export FILE.csv|FILE.xlsx",
		Short: "Export residents to a spreadsheet, numbers masked",
		Long: "Write residents to a spreadsheet: CSV as Excel opens it, or XLSX, by the file's ending. Numbers are masked and\n" +
			"tags that city.yaml names as sensitive are left out, unless --numbers is given. Every export is recorded in the audit log. The file is made for this user only.\n\n" +
			"With --numbers two admins must agree: one requests the export (`towncrier roster numbers request`), another\n" +
			"confirms it (`towncrier roster numbers confirm`), and --request ID uses the request, once, within an hour. Whose residents are\n" +
			"written is what the request says. The first row of the file names both admins, the user of this machine, and the time.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			format := strings.TrimPrefix(strings.ToLower(filepath.Ext(args[0])), ".")
			if format != sheet.CSV && format != sheet.XLSX {
				return &usageError{cmd.CommandPath(), fmt.Errorf("%s ends neither in .csv nor in .xlsx", args[0])}
			}
			if request != "" && !numbers {
				return &usageError{cmd.CommandPath(), errors.New("--request is for --numbers")}
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			if numbers {
				return exportNumbers(ctx, cmd.OutOrStdout(), opt, args[0], format, request)
			}
			return opt.withRoster(ctx, func(room rosterRoom) error {
				if filter.Committee != "" {
					if _, err := room.Committee(ctx, filter.Committee); errors.Is(err, roster.ErrNoCommittee) {
						return fmt.Errorf("--committee %q: %w: `towncrier committee list` lists their codes", filter.Committee, roster.ErrNoCommittee)
					} else if err != nil {
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
				err = writeTable(args[0], format, func(out roster.TableWriter) (err error) {
					n, err = room.Export(ctx, room.actor, out, filter, lib.City.Sensitive)
					return err
				})
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已导出%d人到 %s（号码已隐去中间四位），已记入审计日志。\n", n, args[0])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&filter.Committee, "committee", "", "only the residents of the committee with this code")
	cmd.Flags().BoolVar(&numbers, "numbers", false, "write numbers in full, as two admins agreed")
	cmd.Flags().StringVar(&request, "request", "", "the id of the request that two admins agreed on")
	cmd.MarkFlagsMutuallyExclusive("numbers", "committee") // the request says whose
	return cmd
}

// exportNumbers writes the residents of a request that two admins agreed on. Whether there are two is said before anything else.
func exportNumbers(ctx context.Context, out io.Writer, opt *options, path string, format string, request string) error {
	return opt.withDatabase(ctx, func(db *store.DB, _ config.Config) error {
		setup, err := staff.New(db.Staff(), time.Now).SetupOpen(ctx)
		switch {
		case err != nil:
			return err
		case setup:
			return errors.New("导出完整号码须由两位管理员办理，本市启用密钥的管理员还不足两位：请先用 towncrier staff invite 让至少两位管理员启用自己的密钥；不带 --numbers 可导出隐去中间四位的号码")
		case request == "":
			return errors.New("导出完整号码须由两位管理员办理：一位用 towncrier roster numbers request 提出申请，另一位用 towncrier roster numbers confirm 确认，然后在一小时内加 --request 编号 再执行一次")
		}
		people := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: time.Now})
		n := 0
		err = writeTable(path, format, func(out roster.TableWriter) (err error) {
			n, err = people.ExportNumbers(ctx, audit.Local(ownerOr("")), out, request)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "已导出%d人到 %s（含完整号码，请妥善保管），已记入审计日志。\n", n, path)
		return nil
	})
}
