package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// rosterNumbers are the two admins' part of `roster export --numbers`.
func rosterNumbers(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "numbers",
		Short: "Request and confirm an export of numbers in full, as two admins, over the API of a running server",
		Long: "Request and confirm an export of residents with their numbers in full, over the API of a running server. One admin\n" +
			"requests it; another looks at it and confirms it within 24 hours; then `towncrier roster export FILE --numbers --request ID`\n" +
			"writes the file on the machine, once, within an hour.",
		Example: "  towncrier roster numbers request --committee C001 --why 换系统   # one admin; prints the ID\n" +
			"  towncrier roster numbers show ID && towncrier roster numbers confirm ID   # another\n" +
			"  towncrier roster export residents.xlsx --numbers --request ID   # on the machine",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "print JSON, as the API answers")
	cmd.AddCommand(b.requestNumbers(), b.showNumbers(), b.confirmNumbers())
	return cmd
}

// printExport writes the request for admins, who decide on exactly this.
func printExport(w io.Writer, n wire.Export) error {
	whose := "全市居民"
	if n.Committee != "" {
		whose = "社区" + n.Committee + "的居民"
	}
	text := fmt.Sprintf("申请：%s\n导出：%s，完整号码\n原因：%s\n", n.ID, whose, plaintext.Printable(n.Why))
	for _, step := range []struct {
		name, by string
		at       time.Time
	}{{"申请人", n.AskedBy, n.AskedAt}, {"确认人", n.ConfirmedBy, n.ConfirmedAt}, {"已使用", n.UsedBy, n.UsedAt}} {
		if step.by != "" {
			text += fmt.Sprintf("%s：%s，%s\n", step.name, strings.TrimPrefix(step.by, "staff:"), formatTime(step.at))
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (b *apiCommands) requestNumbers() *cobra.Command {
	var committee, why string
	cmd := &cobra.Command{
		Use: "request --why WHY [--committee CODE]", Short: "Request an export of numbers; another admin confirms it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			body := wire.AskExport{Committee: committee, Why: why}
			return answered(b, cmd, http.MethodPost, "/exports", body, func(w io.Writer, n wire.Export) error {
				if err := printExport(w, n); err != nil {
					return err
				}
				_, err := fmt.Fprintf(w, "请另一位管理员在24小时内查看并确认：\n  %[1]s roster numbers show %[2]s\n  %[1]s roster numbers confirm %[2]s\n", program(), n.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&committee, "committee", "", "only the residents of the committee with this code (default: the whole city)")
	cmd.Flags().StringVar(&why, "why", "", "why, in Chinese, for the other admin and the audit log (required)")
	required(cmd, "why")
	return cmd
}

func (b *apiCommands) showNumbers() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show whose numbers a request would export, why, and who agreed", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, pathOf("exports", args[0], ""), nil, printExport)
		},
	}
}

func (b *apiCommands) confirmNumbers() *cobra.Command {
	return &cobra.Command{
		Use: "confirm ID", Short: "Confirm a request of another admin", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, pathOf("exports", args[0], "confirm"), nil, func(w io.Writer, n wire.Export) error {
				if err := printExport(w, n); err != nil {
					return err
				}
				_, err := fmt.Fprintf(w, "已确认，一小时内可以在服务器上导出，只能用一次：\n  %s roster export FILE.xlsx --numbers --request %s\n", program(), n.ID)
				return err
			})
		},
	}
}
