package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
)

func stopsCommand(opt *options) *cobra.Command {
	b := stopsCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "stops",
		Short: "统计短信退订，撤销伪造的退订",
		Long:  "按回调密钥统计短信退订，撤销有人用泄露的密钥伪造的退订。一位管理员申请，另一位确认。请先更换回调密钥。之后又退订过的，或从别处退订的，仍然有效。",
	}
	b.addFlags(cmd)
	cmd.AddCommand(b.list(), b.undo(), b.confirm())
	return cmd
}

// stopsCommands are the commands about texts that were stopped.
type stopsCommands struct{ *apiCommands }

func (b stopsCommands) list() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "按回调密钥统计最近一天的退订", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/stops", nil, func(w io.Writer, page wire.Page[wire.Stops]) error {
				return list[wire.Stops]{
					headings: []string{"回调密钥", "退订", "已撤销", "最早", "最近"},
					row: func(s wire.Stops) []string {
						return []string{s.Key, strconv.Itoa(s.Stops), strconv.Itoa(s.Undone), formatTime(s.First), formatTime(s.Last)}
					},
					none: "最近一天没有短信退订。",
				}.print(w, page.Items)
			})
		},
	}
}

func (b stopsCommands) undo() *cobra.Command {
	var body wire.AskUndo
	cmd := &cobra.Command{
		Use:     "undo --of KEY --since TIME --until TIME --why WHY",
		Short:   "申请撤销某回调密钥在一段时间内收到的退订，由另一位管理员确认",
		Example: `  towncrier stops undo --of 1a2b3c4d --since "2030-05-08 09:00" --until "2030-05-08 09:30" --why 回调密钥泄露`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, "/stops/undo", body, func(w io.Writer, u wire.Undo) error {
				_, err := fmt.Fprintf(w, "申请%s：%s申请撤销经回调密钥%s收到的%d条短信退订，须由另一位管理员确认：\n  towncrier stops confirm %s\n", u.ID, named(u.AskedByName, u.AskedBy), u.Key, u.Left, u.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&body.Key, "of", "", "回调密钥的编号，见 list")
	cmd.Flags().Var(momentFlag(&body.Since), "since", "开始时间（北京时间）")
	cmd.Flags().Var(momentFlag(&body.Until), "until", "截止时间（北京时间）")
	cmd.Flags().StringVar(&body.Why, "why", "", "原因，会记入审计日志")
	required(cmd, "of", "since", "until", "why")
	return cmd
}

func (b stopsCommands) confirm() *cobra.Command {
	return &cobra.Command{
		Use: "confirm ID", Short: "确认另一位管理员的申请，撤销这些退订", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				for { // the server works for some seconds a call
					var u wire.Undo
					answer, err := c.Call(ctx, http.MethodPost, pathOf("stops/undo", args[0], "confirm"), nil, &u)
					if err != nil {
						return err
					}
					if u.Left > 0 {
						continue
					}
					if b.asJSON {
						return printAnswer(cmd.OutOrStdout(), answer)
					}
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "已撤销%d个短信退订。之后又要求退订的，仍然不发。\n", u.Undone)
					return err
				}
			})
		},
	}
}
