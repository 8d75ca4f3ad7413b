package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/plaintext"
	"towncrier/store"
)

func auditCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read and verify the audit log",
		Long: "Read and verify the log of who did what about whom. Each entry is sealed together with the one before it, so that\n" +
			"an entry changed, taken out or put in by hand is found, with its place.",
	}
	cmd.AddCommand(auditList(opt), auditVerify(opt))
	return cmd
}

// entryView is an entry as JSON.
type entryView struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Origin  string    `json:"origin,omitempty"`
	Hash    string    `json:"hash"`
}

func auditList(opt *options) *cobra.Command {
	var filter audit.Filter
	limit := 100
	var after int64
	cmd := listing(&cobra.Command{
		Use:   "list",
		Short: "List entries, newest first",
		Args:  cobra.NoArgs,
	}, list[entryView]{
		find: func(cmd *cobra.Command, _ []string) (found []entryView, err error) {
			err = opt.withDatabase(cmd.Context(), func(db *store.DB, _ config.Config) error {
				entries, err := db.Audit().List(cmd.Context(), after, limit, filter)
				found = each(entries, func(e audit.Entry) entryView {
					return entryView{e.Seq, e.At, string(e.Actor), e.Action, e.Subject, e.Detail, e.Origin, hex.EncodeToString(e.Hash)}
				})
				return err
			})
			return found, err
		},
		headings: []string{"序号", "时间", "操作人", "操作", "对象", "说明", "来源"},
		row: func(e entryView) []string {
			return []string{strconv.FormatInt(e.Seq, 10), formatTime(e.At), plaintext.OneLine(e.Actor, 40), plaintext.OneLine(e.Action, 40), plaintext.OneLine(e.Subject, 40), plaintext.OneLine(e.Detail, 80), e.Origin}
		},
		none: "没有符合条件的记录。",
	})
	cmd.Flags().StringVar((*string)(&filter.Actor), "actor", "", "only acts of this one, such as staff:wang or local:root")
	cmd.Flags().StringVar(&filter.Action, "action", "", "only acts of this kind, such as resident.erase")
	cmd.Flags().StringVar(&filter.Subject, "subject", "", "only acts about this resident, person, committee or ticket")
	cmd.Flags().Var(intFlag(&limit, 1, math.MaxInt), "limit", "at most so many")
	cmd.Flags().Int64Var(&after, "after", 0, "only entries older than this number: the last of the page before")
	return cmd
}

func auditVerify(opt *options) *cobra.Command {
	var noted []string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Verify that the log is whole and unchanged, and print the hash of its newest entry",
		Long: "Check that the log is as it was written, and print its newest entry's hash. Write that down elsewhere: who can write to\n" +
			"the database can put back an older log whole, or cut its end off, and only a hash kept outside tells. `towncrier serve`\n" +
			"logs one each hour as noted=SEQ:HASH: keep its log on another machine. --noted checks that the log still holds that entry.\n" +
			"It exits with 1 and names the first bad entry when the log does not hold.",
		Example: "  towncrier audit verify --noted 1204:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			marks := make([]audit.Mark, len(noted))
			for i, text := range noted {
				var err error
				if marks[i], err = audit.ParseMark(text); err != nil {
					return &usageError{cmd.CommandPath(), fmt.Errorf("--noted: %w", err)}
				}
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			return opt.withDatabase(ctx, func(db *store.DB, _ config.Config) error {
				head, err := db.Audit().Verify(ctx, nil)
				for _, mark := range marks {
					if err == nil {
						err = db.Audit().Holds(ctx, mark)
					}
				}
				if bad, ok := errors.AsType[*audit.Broken](err); ok {
					fmt.Fprintf(cmd.OutOrStdout(), "审计日志已被改动：第%d条，%s。\n", bad.Seq, bad.What.Label())
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "审计日志完整。最新一条：第%d条，%s\n", head.Seq, hex.EncodeToString(head.Hash))
				if head.Seq > 0 {
					fmt.Fprintf(cmd.OutOrStdout(), "请另行保存，以便日后核对：--noted %s\n", head)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringArrayVar(&noted, "noted", nil, "SEQ:HASH of an entry that must still be there, from an earlier verify or the log of serve; may be given again")
	return cmd
}
