package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (b contentCommands) table() *cobra.Command {
	cmd := &cobra.Command{
		Use: "table", Short: "查询表（如小区改造情况）：取出、写入、居委会填报，XLSX 或 CSV",
		Long: "查询表是机器人按名称查的表，一行一个小区。TABLE 写表的编号或名称，如 renovation 或 老旧小区改造。表头可以写中文，有问题的单元格一次列出。\n\n" +
			"撰稿员先 get 取出，改好后 put 写进稿件：文件里要有表的全部行。社区工作者用 hand-in 填报本居委会的全部行，填报成为一份稿件，由撰稿员送审、审批员发布。",
	}
	cmd.AddCommand(b.getTable(), b.putTable(), b.handInTable())
	return cmd
}

func (b contentCommands) getTable() *cobra.Command {
	return &cobra.Command{
		Use: "get [DRAFT] TABLE FILE.csv|FILE.xlsx", Short: "取出一张表：稿件里的，不写稿件时是生效的", Args: cobra.RangeArgs(2, 3),
		Long:    "取出一张表，按文件名的结尾输出 CSV 或 XLSX。社区工作者取出的是本居委会的行。",
		Example: "  towncrier content table get renovation 改造.xlsx\n  towncrier content table get D1 renovation 改造.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[len(args)-1]
			format, err := formatOf(cmd, file)
			if err != nil {
				return err
			}
			path := pathOf("content/revisions/0/tables", args[0], "")
			if len(args) == 3 {
				path = tableOf(args[0], args[1])
			}
			if err := b.download(cmd, http.MethodGet, path+queryOf(map[string]string{"format": format}), file); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已写入%s\n", file)
			return err
		},
	}
}

func (b contentCommands) putTable() *cobra.Command {
	var was string
	var preview bool
	cmd := &cobra.Command{
		Use: "put DRAFT TABLE FILE", Short: "把表格写进稿件：表的全部行", Args: cobra.ExactArgs(3),
		Long: "把表格写进稿件，列出增加、改动和删去的行。文件里要有表的全部行：没有的行就删去。" +
			"稿件已改过这张表的，用 --was 写明上一次写入时给出的校验值，这样不会盖掉同事此后的改动。",
		Example: "  towncrier content table put D1 renovation 改造.xlsx --preview\n  towncrier content table put D1 renovation 改造.xlsx",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readBytes(args[2], cmd.InOrStdin(), wire.MaxSheet)
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				path := tableOf(args[0], args[1])
				shown, err := uploadTable(ctx, c, path+"?preview=true", text)
				if err != nil || preview {
					return printTable(cmd.OutOrStdout(), shown, err)
				}
				seen, err := seenDigest(ctx, c, args[0], "tables/"+shown.Table+".csv", was)
				if err != nil {
					return err
				}
				written, err := uploadTable(ctx, c, path+queryOf(map[string]string{"was": seen}), text)
				return printTable(cmd.OutOrStdout(), written, withTheirs(cmd, err))
			})
		},
	}
	cmd.Flags().StringVar(&was, "was", "", "上一次写入时给出的校验值")
	cmd.Flags().BoolVar(&preview, "preview", false, "只列出改动，不写入")
	return cmd
}

func (b contentCommands) handInTable() *cobra.Command {
	var preview bool
	cmd := &cobra.Command{
		Use: "hand-in TABLE FILE", Short: "填报本居委会的行（社区工作者）", Args: cobra.ExactArgs(2),
		Long: "填报本居委会在一张表里的全部行，列出增加、改动和删去的行：文件里没有的行就删去，别的居委会的行不动。" +
			"填报成为本居委会的一份稿件，再次填报改的是同一份，直到它发布；由撰稿员送审、审批员发布后才生效。",
		Example: "  towncrier content table get renovation 本居委会.xlsx\n  towncrier content table hand-in renovation 本居委会.xlsx",
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readBytes(args[1], cmd.InOrStdin(), wire.MaxSheet)
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				query := ""
				if preview {
					query = "?preview=true"
				}
				t, err := uploadTable(ctx, c, pathOf("content/tables", args[0], "")+query, text)
				if err := printRows(cmd.OutOrStdout(), t, err); err != nil || t.Draft == nil {
					return err
				}
				if err := printContentDraft(cmd.OutOrStdout(), *t.Draft); err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "撰稿员会在待办里看到：由撰稿员核对后送审，审批员发布后生效。还要改的，改好文件再填报一次。")
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&preview, "preview", false, "只列出改动，不填报")
	return cmd
}

// tableOf is the path of a draft's table.
func tableOf(draft, table string) string {
	return pathOf("content/drafts", draft, "tables/"+url.PathEscape(table))
}

func uploadTable(ctx context.Context, c *client.Client, path string, text []byte) (t wire.TableWritten, err error) {
	err = c.UploadTo(ctx, http.MethodPut, path, bytes.NewReader(text), int64(len(text)), nil, &t)
	return t, err
}

func printTable(w io.Writer, t wire.TableWritten, err error) error {
	if err := printRows(w, t, err); err != nil || t.Draft == nil {
		return err
	}
	fmt.Fprintf(w, "表的校验值：%s（再次写入这份稿件时加 --was %s）\n", t.Digest, shortHash(t.Digest))
	return printContentDraft(w, *t.Draft)
}

// printRows prints what a table's file adds, changes and removes.
func printRows(w io.Writer, t wire.TableWritten, err error) error {
	if err != nil {
		return err
	}
	for _, note := range t.Notes {
		fmt.Fprintf(w, "请留意：%s\n", plaintext.OneLine(note, 300))
	}
	fmt.Fprintf(w, "%s：共%d行，增加%d行，改动%d行，删去%d行\n", t.Name, t.Rows, t.Counts.Added, t.Counts.Changed, t.Counts.Removed)
	printNames := func(what string, names []string) {
		if len(names) > 0 {
			fmt.Fprintf(w, "%s：%s\n", what, plaintext.OneLine(strings.Join(names, "、"), 2000))
		}
	}
	printNames("增加", t.Added)
	for _, c := range t.Changed {
		fmt.Fprintf(w, "改动：%s的%s，“%s”改为“%s”\n", c.Row, c.Column, c.Before, c.After)
	}
	printNames("删去", t.Removed)
	if t.Draft == nil {
		_, err = fmt.Fprintln(w, "以上只是预览，没有写入。")
	}
	return err
}
