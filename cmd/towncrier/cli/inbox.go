package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func inboxCommand(opt *options) *cobra.Command {
	b := inboxCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "查看和答复居民的留言",
		Long: "查看和答复居民的留言：建议、没有公告可答的提问、转人工，以及看不懂的短信回复。一次答复多人的，要由第二位同事批准。\n" +
			"答复由系统告诉居民：微信允许时马上告知，否则在对方下次来信时告知。答复上记着经办人，即密钥的主人。",
	}
	b.addFlags(cmd)
	cmd.AddCommand(b.list(), b.counts(), b.show(), b.answer(), b.approve(), b.close(), b.stop(), b.standard())
	return cmd
}

// inboxCommands are the commands about tickets.
type inboxCommands struct{ *apiCommands }

func (b inboxCommands) list() *cobra.Command {
	var status, kind, text, due, dueBy, from, to, after string
	var proposed, mine bool
	limit := 50
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "列出留言，最早的在前",
		Long:    "列出留言，最早的在前；不写 --status 只列待办的。内容是加密保存的，--text 会在其他选项选出的留言里逐页查找，找满 --limit 条为止。",
		Example: "  towncrier inbox list --due overdue\n  towncrier inbox list --text 路灯 --status any --filed-from 2030-05-01",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted := map[string]string{"status": status, "kind": kind, "text": text, "due": due, "due_by": dueBy, "filed_from": from, "filed_to": to,
				"proposed": onlyIf(proposed), "mine": onlyIf(mine), "after": after, "limit": strconv.Itoa(limit)}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				answer, found, err := b.find(ctx, c, wanted, limit)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				return printTickets(cmd.OutOrStdout(), found)
			})
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "状态：待办、已答复、已关闭或全部（不写：待办）")
	cmd.Flags().StringVar(&kind, "kind", "", "类别：建议、提问、转人工或短信回复（不写：全部）")
	cmd.Flags().StringVar(&text, "text", "", "只看留言、地点或答复里有这些字的")
	cmd.Flags().StringVar(&due, "due", "", "期限：已逾期或今天到期")
	cmd.Flags().StringVar(&dueBy, "due-by", "", "只看这一天或以前到期的，例如 2030-05-08")
	cmd.Flags().StringVar(&from, "filed-from", "", "只看这一天或以后提交的")
	cmd.Flags().StringVar(&to, "filed-to", "", "只看这一天或以前提交的")
	cmd.Flags().BoolVar(&proposed, "proposed", false, "只看有答复等待批准的")
	cmd.Flags().BoolVar(&mine, "mine", false, "只看您自己答复或关闭的")
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少条，不超过200")
	return cmd
}

// find is a page of tickets. A search that found fewer than limit goes on, unless the answer is printed as it came.
func (b inboxCommands) find(ctx context.Context, c *client.Client, wanted map[string]string, limit int) (answer []byte, found wire.Page[wire.Ticket], err error) {
	for {
		var page wire.Page[wire.Ticket]
		if answer, err = c.Call(ctx, http.MethodGet, "/inbox"+queryOf(wanted), nil, &page); err != nil {
			return nil, found, err
		}
		found.Items, found.Next = append(found.Items, page.Items...), page.Next
		if page.Next == "" || len(found.Items) >= limit || b.asJSON {
			return answer, found, nil
		}
		wanted["after"], wanted["limit"] = page.Next, strconv.Itoa(limit-len(found.Items))
	}
}

func onlyIf(wanted bool) string {
	if wanted {
		return "true"
	}
	return ""
}

func (b inboxCommands) counts() *cobra.Command {
	return &cobra.Command{
		Use:   "counts",
		Short: "按状态统计留言，待办的另按类别和期限统计",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/inbox/counts", nil, func(w io.Writer, c wire.TicketCounts) error {
				for _, group := range [][]wire.LabelledCount{c.Status, c.Due, c.Kinds} {
					var said []string
					for _, k := range group {
						said = append(said, fmt.Sprintf("%s%d条", k.Label, k.N))
					}
					fmt.Fprintln(w, strings.Join(said, "，"))
				}
				_, err := fmt.Fprintf(w, "待另一人批准的答复%d条\n", c.Proposed)
				return err
			})
		},
	}
}

func (b inboxCommands) show() *cobra.Command {
	return &cobra.Command{
		Use:   "show NUMBER",
		Short: "查看一条留言和同类的留言",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("inbox", args[0], ""), nil, printTicket)
		},
	}
}

func (b inboxCommands) answer() *cobra.Command {
	var text, file string
	cmd := &cobra.Command{
		Use:   "answer NUMBER (--text ANSWER | --file FILE)",
		Short: "答复留言；有多人问同一件事时，先拟稿等同事批准",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := answerText(text, file, cmd.InOrStdin())
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("inbox", args[0], "answer"), wire.AnswerTicket{Answer: answer}, func(w io.Writer, s wire.SettledTickets) error {
				if s.Proposal != nil {
					_, err := fmt.Fprintf(w, "不止一人问了这件事，答复还没有发出：要由另一人批准。\n"+approveHint, args[0], s.Proposal.ID)
					return err
				}
				_, err := fmt.Fprintf(w, "已答复%d条。服务会通知提问人：能即时送达的即时送达，否则在对方下次来信时告知。\n", s.Tickets)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&text, "text", "", "答复，居民看到的就是这段文字")
	cmd.Flags().StringVar(&file, "file", "", "从文件读取答复（写 - 从标准输入读取）")
	eitherOf(cmd, "text", "file")
	return cmd
}

func (b inboxCommands) approve() *cobra.Command {
	var body wire.ApproveAnswer
	cmd := &cobra.Command{
		Use:   "approve NUMBER --proposal ID",
		Short: "批准同事拟给多人的答复；内容和编号见 show",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("inbox", args[0], "approve"), body, func(w io.Writer, s wire.SettledTickets) error {
				_, err := fmt.Fprintf(w, "已批准，办结%d条。有答复的，服务会通知提问人。\n", s.Tickets)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&body.Proposal, "proposal", "", "拟稿的编号，见 show（必填）")
	required(cmd, "proposal")
	return cmd
}

func (b inboxCommands) stop() *cobra.Command {
	return &cobra.Command{
		Use:   "stop NUMBER",
		Short: "不再向发来短信回复的号码发短信，并关闭留言",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if _, err := c.Call(ctx, http.MethodPost, pathOf("inbox", args[0], "stop"), nil, nil); err != nil || b.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "不再给这个号码发短信，留言已关闭。")
				return err
			})
		},
	}
}

func (b inboxCommands) close() *cobra.Command {
	return &cobra.Command{
		Use:   "close NUMBER",
		Short: "不答复，直接关闭留言；有多人问时，先等同事批准",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("inbox", args[0], "close"), nil, func(w io.Writer, s wire.SettledTickets) error {
				if s.Proposal != nil {
					_, err := fmt.Fprintf(w, "不止一人问了这件事，留言还没有关闭：要由另一人批准。\n"+approveHint, args[0], s.Proposal.ID)
					return err
				}
				_, err := fmt.Fprintf(w, "已关闭%d条。\n", s.Tickets)
				return err
			})
		},
	}
}

func (b inboxCommands) standard() *cobra.Command {
	return &cobra.Command{
		Use:   "standard NUMBER",
		Short: "把留言变成标准答复：用问题和答复起草内容稿，去掉号码、姓名和地址",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("inbox", args[0], "draft"), nil, printAnsweringDraft)
		},
	}
}

// approveHint is the command with a ticket's number and a proposal's id.
const approveHint = "  towncrier inbox approve %s --proposal %s\n"

// answerText is the answer from exactly one of the two flags.
func answerText(text, file string, in io.Reader) (string, error) {
	switch {
	case file == "-":
		return answerFrom(in, "标准输入")
	case file != "":
		from, err := os.Open(file)
		if err != nil {
			return "", fileError(file, err)
		}
		defer from.Close()
		return answerFrom(from, file)
	}
	return text, nil
}

// answerFrom reads an answer; name says where from.
func answerFrom(in io.Reader, name string) (string, error) {
	text, err := plaintext.Read(in, 1<<20)
	if err != nil {
		return "", fmt.Errorf("%s：%w", name, plaintext.Chinese(err))
	}
	return string(text), nil
}

func printTickets(w io.Writer, page wire.Page[wire.Ticket]) error {
	err := list[wire.Ticket]{
		headings: []string{"编号", "类别", "状态", "同类", "提交", "期限", "号码", "内容"},
		row: func(t wire.Ticket) []string {
			group := t.Group
			if group == t.Number {
				group = "-"
			}
			return []string{t.Number, t.KindLabel, t.StatusLabel, group, formatTime(t.FiledAt), shownDay(t.DueAt), cmp.Or(t.Phone, "-"), plaintext.OneLine(t.Text, 40)}
		},
		none: "没有符合条件的留言。",
	}.print(w, page.Items)
	if err == nil && page.Next != "" {
		_, err = fmt.Fprintf(w, "后面还有，接着看加上 --after %s\n", page.Next)
	}
	return err
}
