package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

// broadcastFilter is what broadcasts are listed by.
type broadcastFilter struct {
	text, author, approver, committee, topic, series string
	from, to                                         time.Time
}

// words are the flags that series are listed by, too.
func (f *broadcastFilter) words(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.text, "text", "", "标题、正文或编号里有这些字")
	cmd.Flags().StringVar(&f.author, "author", "", "工作人员的账号或姓名")
	cmd.Flags().StringVar(&f.approver, "approver", "", "工作人员的账号或姓名")
	cmd.Flags().StringVar(&f.committee, "committee", "", "发送的居委会，写代码或名称")
	cmd.Flags().StringVar(&f.topic, "topic", "", "编号或名称")
}

func (f *broadcastFilter) flags(cmd *cobra.Command) {
	f.words(cmd)
	cmd.Flags().Var(dayFlag(&f.from, 0), "from", "从这一天起：按开始发送的日期，没有定时间的按最后修改的日期")
	cmd.Flags().Var(dayFlag(&f.to, 1), "to", "到这一天为止，含当天")
	cmd.Flags().StringVar(&f.series, "series", "", "只看这个定期发送的各次群发")
}

func (f broadcastFilter) query() url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"text": f.text, "author": f.author, "approver": f.approver, "committee": f.committee, "topic": f.topic,
		"series": f.series, "from": instantOf(f.from), "to": instantOf(f.to)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

func instantOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (b broadcastCommands) list() *cobra.Command {
	var f broadcastFilter
	var statuses []string
	var after string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "列出群发，最新的在前，上面是各状态的个数",
		Example: "  towncrier broadcast list --status 待审批 --status 待再次确认\n" +
			"  towncrier broadcast list --text 停水 --from 2030-05-01 --to 2030-05-31 --author zhao",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			counted, listed := f.query(), f.query()
			listed.Set("limit", strconv.Itoa(limit))
			listed["status"] = statuses
			if after != "" {
				listed.Set("after", after)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var page wire.Page[wire.Broadcast]
				answer, err := c.Call(ctx, http.MethodGet, "/broadcasts?"+listed.Encode(), nil, &page)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				var counts wire.Page[wire.BroadcastCount]
				if _, err := c.Call(ctx, http.MethodGet, "/broadcasts/counts?"+counted.Encode(), nil, &counts); err != nil {
					return err
				}
				return printBroadcasts(cmd.OutOrStdout(), counts.Items, page)
			})
		},
	}
	f.flags(cmd)
	cmd.Flags().Var(listFlag(&statuses), "status", "状态：草稿、待审批、已批准、已排期、待再次确认、正在确定名单、发送中、已暂停、已完成、已取消、已过期；几个用逗号隔开")
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	cmd.Flags().IntVar(&limit, "limit", 50, "最多列出多少条，不超过200")
	return cmd
}

func printBroadcasts(w io.Writer, counts []wire.BroadcastCount, page wire.Page[wire.Broadcast]) error {
	var told []string
	for _, c := range counts {
		if c.N > 0 {
			told = append(told, c.StatusLabel+strconv.Itoa(c.N))
		}
	}
	if len(told) > 0 {
		fmt.Fprintln(w, strings.Join(told, " "))
	}
	l := list[wire.Broadcast]{headings: []string{"编号", "状态", "发送", "人数", "撰稿", "标题"}, row: broadcastRow, none: "没有符合条件的群发。"}
	if err := l.print(w, page.Items); err != nil || page.Next == "" {
		return err
	}
	_, err := fmt.Fprintf(w, "还有更多：加 --after %s 继续。\n", page.Next)
	return err
}

func broadcastRow(b wire.Broadcast) []string {
	label := b.StatusLabel
	if b.Emergency {
		label += "（应急）"
	}
	at := cmp.Or(formatTime(b.Proposal.SendAt), formatTime(b.ReleasedAt), "-")
	size := "-"
	if b.Hash != "" {
		size = b.SizeLabel
	}
	if !b.FrozenAt.IsZero() {
		size = b.FrozenLabel
	}
	return []string{b.ID, label, at, size, colleague(b.AuthorLabel, b.Author), plaintext.OneLine(b.Proposal.Title, 40)}
}
