package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
	"towncrier/staff"
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
	b.addFlags(cmd)
	drafts, broadcasts, tests, steps := draftCommands{b}, broadcastCommands{b}, testCommands{b}, stepCommands{b}
	results, audiences, series := resultCommands{b}, audienceCommands{b}, seriesCommands{b}
	show := broadcasts.show()
	cmd.AddCommand(drafts.drafts(), drafts.new(), drafts.edit(), drafts.delete())
	cmd.AddCommand(broadcasts.list(), show, broadcasts.preview(), broadcasts.texts())
	cmd.AddCommand(tests.test(), tests.tests())
	cmd.AddCommand(steps.all()...)
	cmd.AddCommand(results.status(), results.report(), results.reach(), results.deliveries(), results.arrivals())
	cmd.AddCommand(audiences.facets(), audiences.estimate(), audiences.lists(), series.command(), broadcasts.whoami())
	show.MarkFlagsMutuallyExclusive("yaml", "json")
	return cmd
}

// broadcastCommands are the commands that show broadcasts and their content.
type broadcastCommands struct{ *apiCommands }

func (b broadcastCommands) show() *cobra.Command {
	var asFile bool
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "查看群发的内容；加 --yaml 输出成 edit 和 new 可用的文件",
		Example: "  towncrier broadcast show BABCDEFGHIJ --yaml > b.yaml\n" +
			"  towncrier broadcast edit BABCDEFGHIJ --file b.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], ""), nil, func(w io.Writer, v wire.Broadcast) error {
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

func (b broadcastCommands) whoami() *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "查看密钥的主人和权限",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/me", nil, printMe)
		},
	}
}

func printMe(w io.Writer, me wire.Me) error {
	rights := each(me.Rights, func(right string) string { return cmp.Or(staff.Right(right).Label(), plaintext.OneLine(right, 40)) })
	_, err := fmt.Fprintf(w, "%s\n权限：%s\n", describePerson(me.Staff), strings.Join(rights, "、"))
	return err
}

func broadcastPath(id, operation string) string { return pathOf("broadcasts", id, operation) }
