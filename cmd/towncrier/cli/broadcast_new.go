package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

const fileHelp = "文件的写法与本市的底稿 broadcasts/*.yaml 相同（title 标题、topic 主题、cites 依据、audience 发送范围、messages 内容），还可以写 at 发送时间、\n" +
	"expire 截止时间、window 时段、committee 居委会、emergency 应急、fallback 换渠道：{wait: 30m, doubtful: true}。发送范围可以写 all 全部、area 区县、\n" +
	"street 街道、committee 居委会、community 小区、tag 标签、topic 主题、list 名单，以及 and、or、not，写代码或名称都可以。命令里的选项优先于文件。\n"

const timesHelp = "时间写北京时间 2030-05-08 09:00，或 +30m（30分钟后）。"

// draftCommands are the commands by which broadcasts are written.
type draftCommands struct{ *apiCommands }

func (b draftCommands) new() *cobra.Command {
	var from string
	var write proposalFlags
	cmd := &cobra.Command{
		Use:   "new (--from DRAFT | --file FILE.yaml)",
		Short: "用底稿或文件写一个群发，不会发送",
		Long:  "用底稿或文件写一个群发，不会发送。可用的底稿见 towncrier broadcast drafts。\n" + fileHelp + timesHelp,
		Example: "  towncrier broadcast new --from civility --at \"2030-05-08 09:00\" --window 09:00-18:00\n" +
			"  towncrier broadcast new --file b.yaml --json | jq -r .id",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			proposal, _, err := write.read(cmd, wire.Proposal{})
			if err != nil {
				return err
			}
			body := wire.CreateBroadcast{Draft: from, Proposal: proposal}
			return answered(b.apiCommands, cmd, http.MethodPost, "/broadcasts", body, func(w io.Writer, made wire.Broadcast) error {
				fmt.Fprintln(w, "已存为草稿，没有发送。")
				return printDraft(w, made)
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "本市底稿的编号")
	write.flags(cmd)
	eitherOf(cmd, "from", "file")
	return cmd
}

func printDraft(w io.Writer, b wire.Broadcast) error {
	printBroadcast(w, b)
	_, err := fmt.Fprintf(w, "预览运行：%[2]s broadcast preview %[1]s\n送审运行：%[2]s broadcast submit %[1]s\n", b.ID, program())
	return err
}

func (b draftCommands) edit() *cobra.Command {
	var write proposalFlags
	cmd := &cobra.Command{
		Use:   "edit ID",
		Short: "修改群发：改后成为草稿，原来的批准作废",
		Long: "用选项修改群发，或用 towncrier broadcast show 编号 --yaml 输出的文件整个替换。改后成为草稿，原来的批准作废。\n" +
			"文件输出之后同事又改过的，会被拒绝。\n" +
			fileHelp + timesHelp,
		Example: "  towncrier broadcast edit BABCDEFGHIJ --at \"2030-05-09 09:00\"\n" +
			"  towncrier broadcast show BABCDEFGHIJ --yaml > b.yaml; vi b.yaml; towncrier broadcast edit BABCDEFGHIJ --file b.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var had wire.Broadcast
				if _, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], ""), nil, &had); err != nil {
					return err
				}
				proposal, version, err := write.read(cmd, had.Proposal)
				if err != nil {
					return err
				}
				if version == 0 {
					version = had.Version
				}
				var after wire.Broadcast
				answer, err := c.Call(ctx, http.MethodPut, broadcastPath(args[0], ""), wire.ChangeBroadcast{Version: version, Proposal: proposal}, &after)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				fmt.Fprintln(cmd.OutOrStdout(), "已修改，现在是草稿，需要重新送审。")
				return printDraft(cmd.OutOrStdout(), after)
			})
		},
	}
	write.flags(cmd)
	cmd.MarkFlagsOneRequired("file", "title", "window", "committee", "at", "expire")
	return cmd
}

func (b draftCommands) drafts() *cobra.Command {
	return &cobra.Command{
		Use:   "drafts",
		Short: "列出本市准备好的底稿，供 new --from 使用",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/drafts", nil, func(w io.Writer, page wire.Page[wire.Draft]) error {
				return list[wire.Draft]{
					headings: []string{"编号", "主题", "范围", "依据", "标题"},
					row: func(d wire.Draft) []string {
						return []string{d.ID, plaintext.OneLine(d.Proposal.Topic, 20), plaintext.OneLine(audienceText(d.Proposal.Audience), 40),
							strings.Join(each(d.Proposal.Cites, wire.Cite.String), "、"), plaintext.OneLine(d.Proposal.Title, 40)}
					},
					none: "这座城市没有备好的草稿。",
				}.print(w, page.Items)
			})
		},
	}
}

// proposalFlags is what flags say of a proposal.
type proposalFlags struct {
	file, title, window, committee string
	at, expire                     time.Time
}

func (w *proposalFlags) flags(cmd *cobra.Command) {
	w.content(cmd)
	cmd.Flags().Var(momentFlag(&w.at), "at", "不早于这个时间发送（不写：排期后马上发送）")
	cmd.Flags().Var(momentFlag(&w.expire), "expire", "到这时还没发出的不再发送（不写：发送时间后一天）")
}

// content are the flags that a series has, too.
func (w *proposalFlags) content(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.file, "file", "", "YAML 文件（写 - 从标准输入读取）")
	cmd.Flags().StringVar(&w.title, "title", "", "标题，给同事看，居民看不到")
	cmd.Flags().StringVar(&w.window, "window", "", "可以发送的时段（不写：08:00-20:00）")
	cmd.Flags().StringVar(&w.committee, "committee", "", "由哪个居委会发给自己的居民，写代码或名称")
}

// read is the proposal of the file, or had when there is none, with what the flags say. version is the file's, 0 when it says none.
func (w proposalFlags) read(cmd *cobra.Command, had wire.Proposal) (proposal wire.Proposal, version int64, err error) {
	if proposal = had; w.file != "" {
		if proposal, version, err = readProposal(w.file, cmd.InOrStdin(), time.Now()); err != nil {
			return proposal, 0, err
		}
	}
	p := &proposal
	p.Title, p.Window, p.Committee = cmp.Or(w.title, p.Title), cmp.Or(w.window, p.Window), cmp.Or(w.committee, p.Committee)
	p.SendAt, p.ExpireAt = cmp.Or(w.at, p.SendAt), cmp.Or(w.expire, p.ExpireAt)
	return proposal, version, nil
}

func (b draftCommands) delete() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "delete ID --yes",
		Short: "删除自己写的草稿，不能恢复",
		Long:  "删除自己写的草稿和它的测试记录，不能恢复。已送审的不能删除，可以取消，取消后仍可查看。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if !yes {
					var draft wire.Broadcast
					if _, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], ""), nil, &draft); err != nil {
						return err
					}
					printBroadcast(cmd.OutOrStdout(), draft)
					return errors.New("没有删除：删除后无法恢复，确认删除请加 --yes")
				}
				if _, err := c.Call(ctx, http.MethodDelete, broadcastPath(args[0], ""), nil, nil); err != nil || b.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已删除草稿%s。\n", args[0])
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "确认删除；不写只显示这条群发")
	return cmd
}
