package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func committeeCommand(opt *options) *cobra.Command {
	b := committeeCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "committee",
		Short: "登记和管理社区居委会",
	}
	b.addFlags(cmd)
	cmd.AddCommand(b.importFile(), b.export(), b.list(), b.add(), b.delete())
	return cmd
}

// committeeCommands are the commands about committees.
type committeeCommands struct{ *apiCommands }

func (b committeeCommands) list() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "按代码列出居委会", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/committees", nil, func(w io.Writer, page wire.Page[wire.Committee]) error {
				return list[wire.Committee]{
					headings: []string{"代码", "名称", "街道", "区县", "小区"},
					row: func(c wire.Committee) []string {
						return []string{c.Code, plaintext.OneLine(c.Name, 60), plaintext.OneLine(c.Street, 40), plaintext.OneLine(c.Area, 40),
							plaintext.OneLine(strings.Join(c.Communities, "、"), 60)}
					},
					none: "还没有登记居委会：用 towncrier committee import 或 add 登记。",
				}.print(w, page.Items)
			})
		},
	}
}

func (b committeeCommands) export() *cobra.Command {
	return &cobra.Command{
		Use:     "export FILE.csv|FILE.xlsx",
		Short:   "把居委会导出成表格，改好后可以再导入",
		Long:    "把全部居委会导出成表格：按文件名的结尾输出 CSV 或 XLSX。改好后用 towncrier committee import 导入。小区多的居委会占几行，代码相同。",
		Example: "  towncrier committee export committees.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := formatOf(cmd, args[0])
			if err != nil {
				return err
			}
			return b.save(cmd, "/committees."+format, args[0])
		},
	}
}

func (b committeeCommands) add() *cobra.Command {
	var body wire.PutCommittee
	var replace bool
	cmd := &cobra.Command{
		Use:   "add CODE NAME",
		Short: "登记一个居委会",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			code := args[0]
			body.Name = args[1]
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				_, err := c.Call(ctx, http.MethodGet, pathOf("committees", code, ""), nil, nil)
				there := err == nil
				refused, _ := errors.AsType[*client.RefusedError](err)
				switch {
				case there && !replace:
					return fmt.Errorf("%s：已有这个代码的居委会；要改它，请加 --replace", code)
				case !there && (refused == nil || refused.Problem.Status != http.StatusNotFound):
					return err
				}
				var put wire.Committee
				answer, err := c.Call(ctx, http.MethodPut, pathOf("committees", code, ""), body, &put)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				done := "已登记"
				if there {
					done = "已更新"
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s居委会 %s（%s）。\n", done, plaintext.OneLine(put.Name, 60), put.Code)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&body.Street, "street", "", "所属街道")
	cmd.Flags().StringVar(&body.Area, "area", "", "区县")
	cmd.Flags().Var(listFlag(&body.Communities), "community", "所辖的小区，几个用逗号隔开")
	cmd.Flags().BoolVar(&replace, "replace", false, "替换已有的同代码居委会")
	return cmd
}

func (b committeeCommands) delete() *cobra.Command {
	return &cobra.Command{
		Use: "delete CODE", Short: "删除没有居民也没有工作人员的居委会", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if _, err := c.Call(ctx, http.MethodDelete, pathOf("committees", args[0], ""), nil, nil); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已删除居委会%s。\n", args[0])
				return err
			})
		},
	}
}
