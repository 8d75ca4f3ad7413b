package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
	"towncrier/roster"
	"towncrier/sheet"
)

func committeeCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "committee",
		Short: "Register community committees (社区居委会), over the API of a running server",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "print JSON, as the API answers")
	cmd.AddCommand(committeeImport(opt), b.listCommittees(), b.addCommittee(), b.deleteCommittee())
	return cmd
}

func committeeImport(opt *options) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import committees from a spreadsheet, after a dry run",
		Long: "Import committees from a spreadsheet, XLSX or CSV: 代码 and 名称 are needed; 街道, 区县 and 小区 are read. Several\n" +
			"communities stand in one cell, separated by 、, or in a row each under the same code. A committee that is there is\n" +
			"brought to what the file says; what the file has no column for stays. Nothing is written without --yes.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			table, err := sheet.Open(args[0])
			if err != nil {
				return err
			}
			return errors.Join(opt.withRoster(ctx, func(room rosterRoom) error {
				return importCommittees(ctx, room, table, args[0], yes, cmd.OutOrStdout())
			}), table.Close())
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "import when there is no problem")
	return cmd
}

func importCommittees(ctx context.Context, room rosterRoom, table *sheet.File, path string, yes bool, to io.Writer) error {
	out := bufio.NewWriter(to)
	defer out.Flush()
	known, err := room.Committees(ctx)
	if err != nil {
		return err
	}
	committees, unknown, problems, err := roster.ReadCommittees(table, known)
	if err != nil {
		return fmt.Errorf("%s：%w", path, err)
	}
	fmt.Fprintf(out, "%s（%s）\n", path, table.Format())
	printNotes(out, table)
	if len(unknown) > 0 {
		fmt.Fprintf(out, "注意：以下列不认识，不会导入：%s\n", plaintext.OneLine(strings.Join(unknown, "、"), 200))
	}
	for _, p := range problems {
		fmt.Fprintln(out, problemLine(p))
	}
	byCode := map[string]roster.Committee{}
	for _, c := range known {
		byCode[c.Code] = c
	}
	var added int
	var changes []roster.Committee
	for _, c := range committees {
		had, there := byCode[c.Code]
		if there && len(had.Communities) == 0 && len(c.Communities) == 0 {
			had.Communities = c.Communities
		}
		if there && reflect.DeepEqual(had, c) {
			continue
		}
		if !there {
			added++
		}
		changes = append(changes, c)
	}
	total := fmt.Sprintf("新增%d个居委会，更新%d，未变%d", added, len(changes)-added, len(committees)-len(changes))
	switch {
	case len(problems) > 0:
		fmt.Fprintf(out, "有%d个问题，未写入任何内容。请改正后重试。\n", len(problems))
		return errSilent
	case !yes:
		fmt.Fprintf(out, "将%s。未写入任何内容，确认导入请加 --yes。\n", total)
		return nil
	}
	for _, c := range changes {
		if _, err := room.PutCommittee(ctx, room.actor, c); err != nil {
			return fmt.Errorf("committee %s: %w; give the same command again to go on", c.Code, err)
		}
	}
	fmt.Fprintf(out, "导入完成：%s。\n", total)
	return nil
}

func (b *apiCommands) listCommittees() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List committees by code", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b, cmd, http.MethodGet, "/committees", nil, func(w io.Writer, page wire.Page[wire.Committee]) error {
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

func (b *apiCommands) addCommittee() *cobra.Command {
	var body wire.PutCommittee
	var replace bool
	cmd := &cobra.Command{
		Use:   "add CODE NAME",
		Short: "Register a committee",
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
	cmd.Flags().StringVar(&body.Street, "street", "", "the street office (街道) above it")
	cmd.Flags().StringVar(&body.Area, "area", "", "district or county")
	cmd.Flags().StringSliceVar(&body.Communities, "community", nil, "an estate or compound (小区) that it serves; may be given again")
	cmd.Flags().BoolVar(&replace, "replace", false, "put it in the place of the one with this code")
	return cmd
}

func (b *apiCommands) deleteCommittee() *cobra.Command {
	return &cobra.Command{
		Use: "delete CODE", Short: "Delete a committee that has neither residents nor staff", Args: cobra.ExactArgs(1),
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
