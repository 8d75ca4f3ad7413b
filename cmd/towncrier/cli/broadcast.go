package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
)

func broadcastCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "broadcast",
		Short: "撰写、审批、发送和跟踪群发",
		Long: "撰写、审批、发送和跟踪群发。用谁的密钥，就算谁办的：\n" +
			"\n" +
			"  new、edit、preview、test、submit   撰稿员使用；社区工作者也可用，只发给本社区的居民\n" +
			"  approve、reject、confirm           审批员使用，不能审批自己写过或改过的\n" +
			"  delete                             删除自己写的、没有发送过的草稿\n" +
			"  schedule                           让已批准的群发按批准的时间发送\n" +
			"  pause、resume、cancel              几秒内生效；已交给平台的收不回来\n" +
			"  status、report、deliveries         查看进度和结果；resend 补发给肯定没有收到的人，\n" +
			"                                     fallback 让结果不明的人改走下一渠道\n" +
			"  arrivals                           按分钟、小时或天查看已提交、已送达和失败的条数\n" +
			"  facets、estimate                   查看可以按什么选择居民；不写草稿，先估算人数和费用\n" +
			"  audience-list、series              管理名单；管理定期发送\n" +
			"\n" +
			"加 --json 按接口的原样输出。没有收到回应时会用同一个 Idempotency-Key 再办，不会办两次。\n" +
			"\n" +
			"退出码：0 办成；1 被拒绝；2 命令写错；3 服务器没有回应或正忙，可以再试；130 按 Ctrl-C 中断。",
		Example: "  export TOWNCRIER_URL=https://gov.example TOWNCRIER_API_KEY=\"$(cat ~/.towncrier-key)\"\n" +
			"  towncrier broadcast new --from civility --at \"2030-05-08 09:00\"\n" +
			"  towncrier broadcast preview ID && towncrier broadcast submit ID",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "按接口的原样输出 JSON")
	show := b.show()
	cmd.AddCommand(b.drafts(), b.new(), b.edit(), b.delete(), b.list(), show, b.preview(), b.texts(), b.test(), b.tests(), b.status(), b.report(), b.reach(), b.deliveries(),
		b.resend(), b.fallback(), b.arrivals(), b.facets(), b.estimate(), b.audienceLists(), b.series(), b.whoami())
	cmd.AddCommand(b.steps()...)
	show.MarkFlagsMutuallyExclusive("yaml", "json")
	return cmd
}

func (b *apiCommands) show() *cobra.Command {
	var asFile bool
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "查看群发的内容；加 --yaml 输出成 edit 和 new 可用的文件",
		Example: "  towncrier broadcast show BABCDEFGHIJ --yaml > b.yaml\n" +
			"  towncrier broadcast edit BABCDEFGHIJ --file b.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], ""), nil, func(w io.Writer, v wire.Broadcast) error {
				if asFile {
					return writeProposal(w, v.Proposal, v.Version)
				}
				printBroadcast(w, v)
				printProposal(w, v.Proposal, v.Labels)
				printFull(w, v.Hash)
				return nil
			})
		},
	}
	printFull = fullHash(cmd)
	cmd.Flags().BoolVar(&asFile, "yaml", false, "输出成文件，里面注明版本，修改时不会盖掉同事后来写的内容")
	return cmd
}

func (b *apiCommands) preview() *cobra.Command {
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "preview ID",
		Short: "预览人数、渠道、内容、费用和提醒",
		Long:  "预览现在能发给多少居民、走哪些渠道、内容和费用，以及提醒，例如平台不会接受的内容。不会发送。送审之后，审批员按最后显示的校验值批准。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "preview"), nil, func(w io.Writer, p wire.Preview) error {
				err := printPreview(w, p)
				printFull(w, p.Hash)
				return err
			})
		},
	}
	printFull = fullHash(cmd)
	return cmd
}

func (b *apiCommands) texts() *cobra.Command {
	return &cobra.Command{
		Use:   "texts ID",
		Short: "查看居民在各渠道看到的成文内容",
		Long:  "查看居民在各渠道看到的成文内容：短信带签名，微信消息带点开的链接。市里发给本社区居民的，排期之后社区工作者也能看。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "texts"), nil, printMessageTexts)
		},
	}
}

func (b *apiCommands) reach() *cobra.Command {
	return &cobra.Command{
		Use:   "reach ID",
		Short: "按居委会统计收到的人",
		Long:  "按居委会统计收到的人。社区工作者看到的是本社区发的和市里发给本社区居民的，只统计自己的居民。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "reach"), nil, func(w io.Writer, page wire.Page[wire.Reach]) error {
				if len(page.Items) == 0 {
					_, err := fmt.Fprintln(w, "还没有确定接收人。")
					return err
				}
				return printReach(w, page.Items)
			})
		},
	}
}

func (b *apiCommands) report() *cobra.Command {
	var committees bool
	var file string
	cmd := &cobra.Command{
		Use:   "report ID",
		Short: "按渠道和状态汇总投递，列出费用",
		Long: "按渠道和状态汇总投递，说明失败的原因、费用，以及先走微信节省了多少。加 --committees 和 --json，两份结果分别在 report 和 reach 下。\n" +
			"加 --csv 写成表格软件能打开的文件；再加 --committees，文件里是各居委会的接收人。",
		Example: "  towncrier broadcast report BABCDEFGHIJ --csv report.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case file != "" && committees:
				return b.save(cmd, broadcastPath(args[0], "reach.csv"), file)
			case file != "":
				return b.save(cmd, broadcastPath(args[0], "report.csv"), file)
			case !committees:
				return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "report"), nil, printReport)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var r wire.Report
				var reach struct{ Items []wire.Reach }
				report, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "report"), nil, &r)
				if err != nil {
					return err
				}
				parts, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "reach"), nil, &reach)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return writeJSON(cmd.OutOrStdout(), map[string]json.RawMessage{"report": report, "reach": parts})
				}
				return errors.Join(printReport(cmd.OutOrStdout(), r), blankLine(cmd.OutOrStdout()), printReach(cmd.OutOrStdout(), reach.Items))
			})
		},
	}
	cmd.Flags().BoolVar(&committees, "committees", false, "另按居委会统计接收人")
	cmd.Flags().StringVar(&file, "csv", "", "写成这个 CSV 文件")
	return cmd
}

func (b *apiCommands) whoami() *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "查看密钥的主人和权限",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b, cmd, http.MethodGet, "/me", nil, printMe)
		},
	}
}
