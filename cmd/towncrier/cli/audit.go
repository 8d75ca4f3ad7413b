package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
		Short: "查看和核对审计日志",
		Long:  "查看谁在什么时候对谁做了什么。每条记录都与前一条连在一起封存，改动、删除或插入都能查出来。",
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
	cmd.Flags().StringVar(&actor, "actor", "", "只看这个人的操作：账号或姓名，或 local:root")
	cmd.Flags().StringVar(&action, "action", "", "只看这一类操作，例如“删除居民”，或 resident.erase")
	cmd.Flags().StringVar(&subject, "subject", "", "只看对这位居民、工作人员、居委会、这条留言或群发的操作，写编号；工作人员和居委会也可以写名称")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少条，不超过200")
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	return cmd
}

func printEntries(w io.Writer, page wire.Page[wire.AuditEntry]) error {
	err := list[wire.AuditEntry]{
		headings: []string{"序号", "时间", "操作人", "操作", "对象", "说明", "来源"},
		row: func(e wire.AuditEntry) []string {
			return []string{strconv.FormatInt(e.Seq, 10), formatTime(e.At), named(e.ActorName, e.Actor), plaintext.OneLine(e.ActionLabel, 40), named(e.SubjectName, e.Subject), plaintext.OneLine(e.DetailLabel, 80), e.Origin}
		},
		none: "没有符合条件的记录。",
	}.print(w, page.Items)
	if err == nil && page.Next != "" {
		_, err = fmt.Fprintf(w, "前面还有，接着看加上 --after %s\n", page.Next)
	}
	return err
}

func auditVerify(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	var noted []string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "核对日志是否完整、有没有被改动",
		Long: "核对日志是否完整、有没有被改动，并输出最新一条的校验值。请把它另行保存：能改数据库的人可以把旧的日志整个换回来，或者删掉末尾，只有保存在别处的\n" +
			"校验值能查出来；下次用 --noted 核对那一条是否还在。towncrier serve 每小时也在自己的日志里记一次（noted=序号:校验值），请把那份日志存到另一台机器。\n" +
			"日志不完整的，指出第一处，退出码是1。\n" +
			"\n" +
			"有您的密钥时通过接口核对；没有密钥时直接打开数据库，须在服务器上执行。",
		Example: "  towncrier audit verify --noted 1204:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			marks := make([]audit.Mark, len(noted))
			for i, text := range noted {
				var err error
				if marks[i], err = audit.ParseMark(text); err != nil {
					return &usageError{cmd.CommandPath(), errors.New("--noted：应写成“序号:校验值”，照上次核对时显示的写，校验值有64位")}
				}
			}
			if b.flags.hasKey(opt) {
				return answered(b, cmd, http.MethodGet, "/audit/verify?"+url.Values{"noted": noted}.Encode(), nil, printProof)
			}
			return verifyHere(cmd, opt, marks)
		},
	}
	b.addFlags(cmd)
	cmd.Flags().StringArrayVar(&noted, "noted", nil, "另行保存的一条，写“序号:校验值”，必须还在日志里；有几条就写几次")
	return cmd
}

// printProof prints what a server found, and fails when the log does not hold.
func printProof(w io.Writer, p wire.AuditProof) error {
	if !p.Whole {
		fmt.Fprintf(w, "审计日志已被改动：%s。\n", plaintext.OneLine(p.Fault, 200))
		return errSilent
	}
	return printHead(w, p.Entries, p.Hash)
}

func printHead(w io.Writer, seq int64, hash string) error {
	_, err := fmt.Fprintf(w, "审计日志完整。最新一条：第%d条，%s\n", seq, hash)
	if err == nil && seq > 0 {
		_, err = fmt.Fprintf(w, "请另行保存，以便日后核对：--noted %d:%s\n", seq, hash)
	}
	return err
}

// verifyHere verifies the log in the database itself, with the marks that it must still hold.
func verifyHere(cmd *cobra.Command, opt *options, noted []audit.Mark) error {
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	err := opt.withDatabase(ctx, func(db *store.DB, _ config.Config) error {
		head, err := db.Audit().Verify(ctx, nil)
		for _, mark := range noted {
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
		return printHead(cmd.OutOrStdout(), head.Seq, hex.EncodeToString(head.Hash))
	})
	if _, ok := errors.AsType[*config.Error](err); ok {
		return fmt.Errorf("没有您的密钥，这里也不能打开数据库。要通过接口核对，请用 %s 指明密钥文件；否则请在服务器上执行：\n%w", config.KeyVariable+config.FileSuffix, err)
	}
	return err
}
