package cli

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// numbersCommands are the commands by which two admins agree on `roster export --numbers`.
type numbersCommands struct{ *apiCommands }

func (b numbersCommands) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "numbers",
		Short: "申请和确认导出完整号码，须两位管理员办理",
		Long:  "申请和确认导出居民的完整号码。一位管理员申请；另一位查看后在24小时内确认；申请人再用 towncrier roster export 文件 --numbers --request 编号 取文件，一小时内只能取一次。所有管理员都会看到警报。",
		Example: "  towncrier roster numbers request --committee C001 --why 换系统            # 一位管理员申请，得到编号\n" +
			"  towncrier roster numbers show ID && towncrier roster numbers confirm ID   # 另一位管理员确认\n" +
			"  towncrier roster export residents.xlsx --numbers --request ID             # 申请人取文件",
	}
	cmd.AddCommand(b.request(), b.list(), b.show(), b.confirm())
	return cmd
}

// exportStates are labels of the states of a request.
var exportStates = map[string]string{"waiting": "待确认", "confirmed": "待取回", "used": "已取回", "expired": "已过期"}

func whoseNumbers(n wire.Export) string {
	if n.Committee == "" {
		return "全市居民"
	}
	return named(n.CommitteeName, n.Committee) + "的居民"
}

func (b numbersCommands) list() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "列出申请，最新的在前", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/exports", nil, func(w io.Writer, page wire.Page[wire.Export]) error {
				return list[wire.Export]{
					headings: []string{"编号", "状态", "导出", "申请人", "确认人", "申请时间", "原因"},
					row: func(n wire.Export) []string {
						return []string{n.ID, exportStates[n.State], whoseNumbers(n), named(n.AskedByName, n.AskedBy), named(n.ConfirmedByName, n.ConfirmedBy), formatTime(n.AskedAt), plaintext.OneLine(n.Why, 64)}
					},
					none: "没有导出完整号码的申请。",
				}.print(w, page.Items)
			})
		},
	}
}

// printExport writes the request for admins, who decide on exactly this.
func printExport(w io.Writer, n wire.Export) error {
	text := fmt.Sprintf("申请：%s\n导出：%s，完整号码\n状态：%s\n原因：%s\n", n.ID, whoseNumbers(n), exportStates[n.State], plaintext.Printable(n.Why))
	for _, step := range []struct {
		what, name, id string
		at             time.Time
	}{{"申请人", n.AskedByName, n.AskedBy, n.AskedAt}, {"确认人", n.ConfirmedByName, n.ConfirmedBy, n.ConfirmedAt}, {"取回", n.UsedByName, n.UsedBy, n.UsedAt}} {
		if step.id != "" {
			text += fmt.Sprintf("%s：%s，%s\n", step.what, named(step.name, step.id), formatTime(step.at))
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (b numbersCommands) request() *cobra.Command {
	var committee, why string
	cmd := &cobra.Command{
		Use: "request --why WHY [--committee CODE]", Short: "申请导出完整号码，由另一位管理员确认", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			body := wire.AskExport{Committee: committee, Why: why}
			return answered(b.apiCommands, cmd, http.MethodPost, "/exports", body, func(w io.Writer, n wire.Export) error {
				if err := printExport(w, n); err != nil {
					return err
				}
				_, err := fmt.Fprintf(w, "请另一位管理员在24小时内查看并确认：\n  %[1]s roster numbers show %[2]s\n  %[1]s roster numbers confirm %[2]s\n", program(), n.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&committee, "committee", "", "只要这个居委会的居民，写代码或名称（不写：全市）")
	cmd.Flags().StringVar(&why, "why", "", "原因，给另一位管理员看，并记入审计日志（必填）")
	required(cmd, "why")
	return cmd
}

func (b numbersCommands) show() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "查看申请要导出谁的号码、原因和办理的人", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("exports", args[0], ""), nil, printExport)
		},
	}
}

func (b numbersCommands) confirm() *cobra.Command {
	return &cobra.Command{
		Use: "confirm ID", Short: "确认另一位管理员的申请", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("exports", args[0], "confirm"), nil, func(w io.Writer, n wire.Export) error {
				if err := printExport(w, n); err != nil {
					return err
				}
				_, err := fmt.Fprintf(w, "已确认，请申请人在一小时内取回，只能取一次：\n  %s roster export FILE.xlsx --numbers --request %s\n", program(), n.ID)
				return err
			})
		},
	}
}
