package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func seriesStatus(s wire.Series) string {
	switch {
	case s.Rejected:
		return "已退回"
	case s.Stopped:
		return "已停止"
	case s.Approver == "":
		return "待审批"
	case len(s.Upcoming) == 0:
		return "已结束"
	}
	return "进行中"
}

func printSeries(w io.Writer, s wire.Series) error {
	fmt.Fprintf(w, "编号：%s\n标题：%s\n状态：%s\n", s.ID, plaintext.OneLine(s.Proposal.Title, 60), seriesStatus(s))
	if s.Why != "" {
		fmt.Fprintf(w, "原因：%s\n", plaintext.OneLine(s.Why, 200))
	}
	fmt.Fprintf(w, "周期：%s，到%s为止\n", plaintext.OneLine(s.ScheduleLabel, 200), formatTime(s.Until))
	if len(s.Upcoming) > 0 {
		fmt.Fprintf(w, "接下来：%s\n", strings.Join(each(s.Upcoming, formatTime), "、"))
	}
	fmt.Fprintf(w, "时段：%s\n人数：%s（撰写时）\n撰稿：%s\n", s.Proposal.Window, s.SizeLabel, colleague(s.AuthorLabel, s.Author))
	if len(s.Accepted) > 0 {
		fmt.Fprintf(w, "已接受的提醒：%s\n", plaintext.OneLine(strings.Join(s.Accepted, "、"), 400))
	}
	for _, f := range s.Warnings {
		printFault(w, f)
	}
	if s.Reviewer != "" {
		fmt.Fprintf(w, "复审：%s\n", colleague(s.ReviewerLabel, s.Reviewer))
	}
	if s.Approver != "" {
		fmt.Fprintf(w, "审批：%s\n", colleague(s.ApproverLabel, s.Approver))
	}
	printProposal(w, s.Proposal, s.Labels)
	_, err := fmt.Fprintf(w, "校验值：%s\n各次群发：%s broadcast list --series %s\n", shortHash(s.Hash), program(), s.ID)
	return err
}

// seriesCommands are the commands about broadcasts that are sent again and again.
type seriesCommands struct{ *apiCommands }

func (b seriesCommands) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "series",
		Short: "管理定期发送",
		Long:  "管理定期发送。经另一人批准后，每次到时间生成一个群发并发送；用 towncrier broadcast list --series 编号 查看各次，每次都可以暂停或取消。",
	}
	var wanted broadcastFilter
	listed := &cobra.Command{
		Use: "list", Short: "列出全部", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/series?"+wanted.query().Encode(), nil, func(w io.Writer, page wire.Page[wire.Series]) error {
				return list[wire.Series]{
					headings: []string{"编号", "状态", "周期", "下一次", "截止", "撰稿", "标题"},
					row: func(s wire.Series) []string {
						next := "-"
						if len(s.Upcoming) > 0 && s.Approver != "" {
							next = formatTime(s.Upcoming[0])
						}
						return []string{s.ID, seriesStatus(s), plaintext.OneLine(s.ScheduleLabel, 60), next, formatTime(s.Until), colleague(s.AuthorLabel, s.Author), plaintext.OneLine(s.Proposal.Title, 40)}
					},
					none: "还没有定期发送。",
				}.print(w, page.Items)
			})
		},
	}
	wanted.words(listed)
	var asFile bool
	var printFull func(io.Writer, string)
	show := &cobra.Command{
		Use: "show ID", Short: "查看一个定期发送和下次的时间", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("series", args[0], ""), nil, func(w io.Writer, s wire.Series) error {
				if asFile {
					return writeProposal(w, s.Proposal, s.Version)
				}
				err := printSeries(w, s)
				printFull(w, s.Hash)
				return err
			})
		},
	}
	printFull = fullHash(show)
	show.Flags().BoolVar(&asFile, "yaml", false, "把内容输出成 edit 可用的文件")
	cmd.AddCommand(b.new(), b.edit(), listed, show, b.approve(), b.reject(), b.stop())
	return cmd
}

func (b seriesCommands) new() *cobra.Command {
	var from string
	var accept []string
	var r seriesFlags
	cmd := &cobra.Command{
		Use:   "new (--from DRAFT | --file FILE.yaml) (--weekly DAYS | --monthly DAYS | --daily) --at TIME --until TIME",
		Short: "用底稿或文件写一个定期发送，批准后才会发送",
		Long: "用底稿或文件写一个定期发送，批准后才会发送。文件的写法与 towncrier broadcast new 相同，其中的 at 和 expire 不起作用。\n" +
			"没有29、30或31日的月份，这一天不发送；“最后一天”每月都有。按日子写不出来的，用 --cron 代替 --weekly、--monthly 和 --daily。",
		Example: "  towncrier broadcast series new --from civility --weekly 一,四 --at 09:00 --until \"2030-12-31 20:00\"\n" +
			"  towncrier broadcast series new --file b.yaml --monthly 15,最后一天 --at 09:00 --until \"2030-12-31 20:00\"\n" +
			"  towncrier broadcast series new --file b.yaml --cron \"0 9 1 3,6,9,12 *\" --until \"2030-12-31 20:00\"",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				draft, err := draftOf(ctx, c, from)
				if err != nil {
					return err
				}
				series := wire.WrittenSeries{Proposal: draft, Accept: accept}
				if _, err := r.into(cmd, &series); err != nil {
					return err
				}
				return b.wrote(ctx, cmd, c, http.MethodPost, "/series", series, "已保存，批准后才会发送。")
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "本市底稿的编号")
	accepting(cmd, &accept)
	r.flags(cmd)
	eitherOf(cmd, "from", "file")
	cmd.MarkFlagsOneRequired(scheduleFlags...)
	required(cmd, "until")
	return cmd
}

// draftOf is the proposal of a draft that the city keeps ready, empty without an id.
func draftOf(ctx context.Context, c *client.Client, id string) (wire.Proposal, error) {
	if id == "" {
		return wire.Proposal{}, nil
	}
	var page wire.Page[wire.Draft]
	if _, err := c.Call(ctx, http.MethodGet, "/drafts", nil, &page); err != nil {
		return wire.Proposal{}, err
	}
	for _, d := range page.Items {
		if d.ID == id {
			return d.Proposal, nil
		}
	}
	return wire.Proposal{}, fmt.Errorf("没有“%s”这份底稿：可用的底稿见 towncrier broadcast drafts", plaintext.OneLine(id, 64))
}

func (b seriesCommands) edit() *cobra.Command {
	var accept []string
	var r seriesFlags
	cmd := &cobra.Command{
		Use:   "edit ID",
		Short: "修改定期发送：原来的批准作废",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var had wire.Series
				if _, err := c.Call(ctx, http.MethodGet, pathOf("series", args[0], ""), nil, &had); err != nil {
					return err
				}
				series := wire.WrittenSeries{Cron: had.Cron, Until: had.Until, ExpireMinutes: had.ExpireMinutes, Proposal: had.Proposal, Accept: accept}
				version, err := r.into(cmd, &series)
				if err != nil {
					return err
				}
				change := wire.ChangeSeries{Version: cmp.Or(version, had.Version), WrittenSeries: series}
				return b.wrote(ctx, cmd, c, http.MethodPut, pathOf("series", args[0], ""), change, "已修改，需要重新批准。")
			})
		},
	}
	accepting(cmd, &accept)
	r.flags(cmd)
	return cmd
}

// wroteSeries writes a series and prints it, with what comes next.
func (b seriesCommands) wrote(ctx context.Context, cmd *cobra.Command, c *client.Client, method, path string, body any, said string) error {
	var after wire.Series
	answer, err := c.Call(ctx, method, path, body, &after)
	switch {
	case err != nil:
		return err
	case b.asJSON:
		return printAnswer(cmd.OutOrStdout(), answer)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintln(out, said)
	if err := printSeries(out, after); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "请另一位审批员运行：\n  %s broadcast series approve %s --hash %s%s\n", program(), after.ID, cmp.Or(shortHash(after.Hash), "校验值"), acceptFlags(after.Accepted))
	return err
}

func (b seriesCommands) approve() *cobra.Command {
	var hash string
	var accept []string
	cmd := &cobra.Command{
		Use: "approve ID --hash HASH", Short: "按校验值批准这一版定期发送", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("series", args[0], "approve"), wire.Approval{Hash: hash, Accept: accept}, func(w io.Writer, s wire.Series) error {
				said := "已批准"
				if s.Approver == "" {
					said = reviewed
				}
				fmt.Fprintf(w, "%s。\n", said)
				return printSeries(w, s)
			})
		},
	}
	cmd.Flags().StringVar(&hash, "hash", "", "您看过的那一版的校验值，写前12位以上（必填）")
	accepting(cmd, &accept)
	required(cmd, "hash")
	return cmd
}

func (b seriesCommands) reject() *cobra.Command {
	return b.ending("reject", "把待审批的定期发送退回给撰稿员修改", "已退回。")
}

func (b seriesCommands) stop() *cobra.Command {
	return b.ending("stop", "停止定期发送；已生成的群发照常，不要的请逐个取消", "已停止。")
}

// ending is a command by which nothing comes of a series, until it is edited and approved.
func (b seriesCommands) ending(act, short, said string) *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use: act + " ID --why WHY", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("series", args[0], act), wire.Reason{Why: why}, func(w io.Writer, s wire.Series) error {
				fmt.Fprintln(w, said)
				return printSeries(w, s)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "原因，给同事看（必填）")
	required(cmd, "why")
	return cmd
}
