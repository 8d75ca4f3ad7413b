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
					return cmp.Or(printBackup(cmd.OutOrStdout(), "备份可以恢复："+b.File, b), auditOf(b))
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
		p.err = printBackup(w, "已恢复备份："+done.Backup.File, done.Backup)
	} else if done.AsOf.IsZero() {
		p.line("继续并完成了上次中断的恢复标记。")
	} else {
		from := ""
		if done.Newest {
			from = "（数据库里最近的一条记录的时间）"
		}
		p.line("数据库已标记为恢复件，数据截至%s%s。", done.AsOf.In(broadcast.Zone).Format(time.DateTime), from)
	}
	if len(done.Stops) == 0 {
		p.line("注意：没有 stops.log。上述时间之后退订或被删除的人，会再次收到消息。")
	} else {
		p.line("按 stops.log 补上%d条：停收%d，取消停收%d，删除%d。（%s）", done.Lines, done.Stopped, done.Started, done.Erased, strings.Join(done.Stops, "，"))
		if done.Lack != "" {
			p.line("注意：stops.log 不全。备份之后退订或被删除的人，凡是其中没有的，会再次收到消息。")
		}
	}
	p.list("群发已暂停。备份之后可能已经发出，请逐条核对，再继续或取消：", done.Broadcasts, "towncrier broadcast resume %s", "没有需要暂停的群发。")
	p.list("定期发送已停止，请逐个核对，再重新审批：", done.Series, "towncrier broadcast series show %s", "没有需要停止的定期发送。")
	if done.InDoubt > 0 {
		p.line("%d条投递结果不明：服务启动后向平台查问，查明之前不会再发。", done.InDoubt)
	}
	if l := done.Lost; l != nil {
		p.line("备份之后的内容不在其中：居民%d，留言%d，群发%d，审计日志%d条。", l.Residents, l.Tickets, l.Broadcasts, l.Audit)
	}
	p.line("备份之后撤销的密钥、停用的工作人员重新有效：请用 towncrier staff list 和 staff key list 核对，再次撤销、停用。")
	p.line("备份时还有效、此后才用掉的邀请、号码导出许可和撤销退订的申请重新有效，不该再用的请勿再办；此后已告知居民的答复会再告知一次。")
	if done.Damage != nil {
		p.line("原来的数据库打不开（%v）。", done.Damage)
	}
	if done.Aside != "" {
		p.line("原来的数据库保存在 %s，确认不再需要后请删除。", done.Aside)
	}
	p.line("现在可以启动服务。")
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
