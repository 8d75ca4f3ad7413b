package cli

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (b contentCommands) status() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "查看现在按哪一版内容答复", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/content", nil, printContentStatus)
		},
	}
}

func printContentStatus(w io.Writer, s wire.ContentStatus) error {
	from := fmt.Sprintf("第%d版", s.Revision)
	if s.Revision == 0 {
		from = "服务器上的内容文件夹（还没有发布过版本）"
	}
	fmt.Fprintf(w, "现在生效：%s，%d份公告，%d个问答\n", from, s.Notices, s.Intents)
	if s.Serving != s.Revision {
		fmt.Fprintf(w, "这台服务器还在按第%d版答复，几秒内换上新的一版；一直不换的，请告诉系统管理员\n", s.Serving)
	}
	if s.Outside != "" {
		fmt.Fprintln(w, "服务器上的内容文件夹与生效的一版不同，不按它答复；要用它，请用 towncrier content import 导入成稿件")
	}
	_, err := fmt.Fprintf(w, "校验值：%s\n", shortHash(s.Folder))
	return err
}

func (b contentCommands) revisions() *cobra.Command {
	var after string
	var limit int
	cmd := &cobra.Command{
		Use: "revisions", Short: "列出版本，最新的在前", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := "/content/revisions" + queryOf(map[string]string{"after": after, "limit": strconv.Itoa(limit)})
			return answered(b.apiCommands, cmd, http.MethodGet, path, nil, printRevisions)
		},
	}
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	cmd.Flags().IntVar(&limit, "limit", 50, "列出几条，最多200")
	return cmd
}

func printRevisions(w io.Writer, page wire.Page[wire.Revision]) error {
	err := list[wire.Revision]{
		headings: []string{"版本", "时间", "怎样来的", "标题", "经办"},
		row: func(r wire.Revision) []string {
			return []string{strconv.Itoa(r.Number), formatTime(r.At), r.Label, plaintext.OneLine(r.Title, 60), actors(r)}
		},
		none: "还没有发布过版本：现在按服务器上的内容文件夹答复。",
	}.print(w, page.Items)
	if err == nil && page.Next != "" {
		_, err = fmt.Fprintf(w, "还有更早的：加 --after %s\n", page.Next)
	}
	return err
}

// actors are who made a revision, and what each of them did.
func actors(r wire.Revision) string {
	var all []string
	if r.Author != "" {
		all = append(all, named(r.AuthorName, r.Author)+r.AuthorRole)
	}
	if r.Approver != "" {
		all = append(all, named(r.ApproverName, r.Approver)+r.ApproverRole)
	}
	return strings.Join(all, "，")
}

func (b contentCommands) notices() *cobra.Command {
	return &cobra.Command{
		Use: "notices", Short: "列出公告", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answeredWhole(b.apiCommands, cmd, "/content/notices", nil, func(w io.Writer, all []wire.Notice) error {
				return list[wire.Notice]{
					headings: []string{"编号", "状态", "日期", "复核日期", "发布单位", "标题", "问答"},
					row: func(n wire.Notice) []string {
						review := n.ReviewBy
						if n.Overdue {
							review += "（已过）"
						}
						return []string{n.ID, n.Label, n.Date, review, plaintext.OneLine(n.Issuer, 30), plaintext.OneLine(n.Headline, 50), strconv.Itoa(len(n.Intents))}
					},
					none: "还没有公告。",
				}.print(w, all)
			})
		},
	}
}

func (b contentCommands) notice() *cobra.Command {
	return &cobra.Command{
		Use: "notice ID", Short: "查看一份公告，逐条编号", Args: cobra.ExactArgs(1), Example: "  towncrier content notice N2",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("content/notices", args[0], ""), nil, printNotice)
		},
	}
}

func printNotice(w io.Writer, n wire.Notice) error {
	date := n.Date
	if n.YearInferred {
		date += "（年份为推定）"
	}
	fmt.Fprintf(w, "%s  %s\n%s\n%s，%s，载于%s\n复核日期：%s\n", n.ID, n.Label, plaintext.Printable(n.Headline), plaintext.Printable(n.Issuer), date, plaintext.Printable(n.Publisher), n.ReviewBy)
	if n.Successor != "" {
		fmt.Fprintf(w, "由 %s 接替\n", n.Successor)
	}
	for _, p := range n.Passages {
		fmt.Fprintf(w, "\n%s#%d  %s\n", n.ID, p.Number, plaintext.Printable(p.Text))
	}
	rest := "没有"
	if len(n.Intents) > 0 {
		rest = strings.Join(n.Intents, "、")
	}
	_, err := fmt.Fprintf(w, "\n依据它的问答：%s\n", rest)
	return err
}
