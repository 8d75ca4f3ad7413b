package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/plaintext"
	"towncrier/store"
)

func auditCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "查看审计日志（verify 在服务器上核对）",
		Long: "查看谁在什么时候对谁做了什么。每条记录都与前一条连在一起封存，改动、删除或插入都能查出来。\n" +
			"\n" +
			"list 通过接口查看；verify 要在服务器上执行。",
	}
	cmd.AddCommand(auditList(opt), auditVerify(opt))
	return cmd
}

func auditList(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	var from, to, actor, action, subject, after string
	limit := 100
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "列出日志，最新的在前",
		Long:    "通过运行中的服务列出日志，最新的在前。日期按北京时间，首尾两天都算。",
		Example: "  towncrier audit list --actor wang --from 2030-05-01 --to 2030-05-08",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := queryOf(map[string]string{"from": from, "to": to, "actor": actor, "action": action, "subject": subject, "after": after, "limit": strconv.Itoa(limit)})
			return answered(b, cmd, http.MethodGet, "/audit"+query, nil, printEntries)
		},
	}
	b.addFlags(cmd)
	cmd.Flags().StringVar(&from, "from", "", "只看这一天及以后的，例如 2030-05-08")
	cmd.Flags().StringVar(&to, "to", "", "只看这一天及以前的")
	cmd.Flags().StringVar(&actor, "actor", "", "只看这个人的操作：账号如 wang，或 local:root")
	cmd.Flags().StringVar(&action, "action", "", "只看这一类操作，例如“删除居民”，或 resident.erase")
	cmd.Flags().StringVar(&subject, "subject", "", "只看对这位居民、工作人员、居委会、这条留言或群发的操作")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少条，不超过200")
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	return cmd
}

func printEntries(w io.Writer, page wire.Page[wire.AuditEntry]) error {
	err := list[wire.AuditEntry]{
		headings: []string{"序号", "时间", "操作人", "操作", "对象", "说明", "来源"},
		row: func(e wire.AuditEntry) []string {
			return []string{strconv.FormatInt(e.Seq, 10), formatTime(e.At), named(e.ActorName, e.Actor), plaintext.OneLine(e.ActionLabel, 40), named(e.SubjectName, e.Subject), plaintext.OneLine(e.Detail, 80), e.Origin}
		},
		none: "没有符合条件的记录。",
	}.print(w, page.Items)
	if err == nil && page.Next != "" {
		_, err = fmt.Fprintf(w, "前面还有，接着看加上 --after %s\n", page.Next)
	}
	return err
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
