package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/plaintext"
	"towncrier/roster"
	"towncrier/sheet"
)

func committeeCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "committee",
		Short: "Register community committees (社区居委会)",
	}
	cmd.AddCommand(committeeImport(opt), committeeList(opt), committeeAdd(opt))
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

// committeeView is a committee as JSON.
type committeeView struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Street      string   `json:"street"`
	Area        string   `json:"area"`
	Communities []string `json:"communities"`
}

func committeeList(opt *options) *cobra.Command {
	return listing(&cobra.Command{
		Use:   "list",
		Short: "List committees by code",
		Args:  cobra.NoArgs,
	}, list[committeeView]{
		find: func(cmd *cobra.Command, _ []string) (found []committeeView, err error) {
			err = opt.withRoster(cmd.Context(), func(room rosterRoom) error {
				all, err := room.Committees(cmd.Context())
				found = each(all, func(c roster.Committee) committeeView {
					return committeeView{c.Code, c.Name, c.Street, c.Area, append([]string{}, c.Communities...)}
				})
				return err
			})
			return found, err
		},
		headings: []string{"代码", "名称", "街道", "区县", "小区"},
		row: func(c committeeView) []string {
			return []string{c.Code, c.Name, c.Street, c.Area, plaintext.OneLine(strings.Join(c.Communities, "、"), 60)}
		},
		none: "还没有登记居委会：用 towncrier committee import 或 add 登记。",
	})
}

func committeeAdd(opt *options) *cobra.Command {
	var c roster.Committee
	var replace bool
	cmd := &cobra.Command{
		Use:   "add CODE NAME",
		Short: "Register a committee",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Code, c.Name = args[0], args[1]
			return opt.withRoster(cmd.Context(), func(room rosterRoom) error {
				if _, err := room.Committee(cmd.Context(), c.Code); err == nil && !replace {
					return fmt.Errorf("committee %s is there already: --replace puts this one in its place", c.Code)
				} else if err != nil && !errors.Is(err, roster.ErrNoCommittee) {
					return err
				}
				created, err := room.PutCommittee(cmd.Context(), room.actor, c)
				if err != nil {
					return err
				}
				done := "已更新"
				if created {
					done = "已登记"
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s居委会 %s（%s）。\n", done, plaintext.OneLine(c.Name, 60), c.Code)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&c.Street, "street", "", "the street office (街道) above it")
	cmd.Flags().StringVar(&c.Area, "area", "", "district or county")
	cmd.Flags().StringSliceVar(&c.Communities, "community", nil, "an estate or compound (小区) that it serves; may be given again")
	cmd.Flags().BoolVar(&replace, "replace", false, "put it in the place of the one with this code")
	return cmd
}
