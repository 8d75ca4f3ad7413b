package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/plaintext"
	"towncrier/sheet"
)

func listRow(l wire.NumberList) []string {
	return []string{l.ID, strconv.Itoa(l.Lines), cmp.Or(plaintext.OneLine(l.CommitteeLabel, 60), l.Committee, "-"), cmp.Or(colleague(l.AuthorLabel, l.Author), "-"), formatTime(l.CreatedAt), plaintext.OneLine(l.Title, 60)}
}

var listHeadings = []string{"编号", "行数", "社区", "上传人", "上传", "标题"}

func (b audienceCommands) lists() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audience-list",
		Short: "管理名单：群发可以只发给名单里的号码",
		Long:  "管理名单。在群发的文件里写 audience: {list: 名单编号}，就只发给名单里的号码；其中可以联系的居民才会收到。名单只保存号码的加密标记，不能再读出来。",
	}
	listed := &cobra.Command{
		Use: "list", Short: "列出全部，最新的在前", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/lists", nil, func(w io.Writer, page wire.Page[wire.NumberList]) error {
				return list[wire.NumberList]{headings: listHeadings, row: listRow, none: "还没有上传名单。"}.print(w, page.Items)
			})
		},
	}
	show := &cobra.Command{
		Use: "show ID", Short: "查看一份名单，不显示号码", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("lists", args[0], ""), nil, func(w io.Writer, l wire.NumberList) error {
				return list[wire.NumberList]{headings: listHeadings, row: listRow}.print(w, []wire.NumberList{l})
			})
		},
	}
	remove := &cobra.Command{
		Use: "delete ID", Short: "删除一份没有群发在用的名单，不能恢复", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if _, err := c.Call(ctx, http.MethodDelete, pathOf("lists", args[0], ""), nil, nil); err != nil || b.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已删除名单%s。\n", args[0])
				return err
			})
		},
	}
	cmd.AddCommand(b.upload(), listed, show, remove)
	return cmd
}

func (b audienceCommands) upload() *cobra.Command {
	var title, to string
	cmd := &cobra.Command{
		Use:   "upload FILE (--title TITLE | --to ID)",
		Short: "上传表格里的号码，建成新名单，或加到已有的名单",
		Long: "上传表格（XLSX 或 CSV）里的号码，建成新名单，或加到已有的名单。号码写在第一列，或者表头是“手机号”“手机”“电话”的那一列。\n" +
			"不是手机号的会按行列出，不上传，其余照常上传，退出码为1。中断之后用 --to 接着传，已经传过的不会重复。",
		Example: "  towncrier broadcast audience-list upload winter.xlsx --title 冬季走访\n" +
			"  towncrier broadcast audience-list upload more.csv --to LABCDEFGHIJ",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			rows, err := readNumbers(args[0])
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if to == "" {
					var made wire.NumberList
					if _, err := c.Call(ctx, http.MethodPost, "/lists", wire.CreateNumberList{Title: title}, &made); err != nil {
						return err
					}
					to = made.ID
				}
				up := uploaded{List: to}
				if err := up.add(ctx, c, rows); err != nil && !client.Temporary(err) && up.Lines+up.Wrong == 0 {
					return err
				} else if err != nil {
					return fmt.Errorf("%w\n  名单%s已有%d行，共%d行：请加 --to %s 再执行一次", err, to, up.Lines+up.Wrong, len(rows), to)
				}
				if b.asJSON {
					return errors.Join(writeJSON(cmd.OutOrStdout(), up), failedIf(up.Wrong > 0))
				}
				for _, fault := range up.Faults {
					fmt.Fprintf(cmd.OutOrStdout(), "第%d行：%s\n", fault.Row, plaintext.OneLine(fault.Message, 100))
				}
				fmt.Fprintf(cmd.OutOrStdout(), "名单%s：读入%d行，有误%d行。\n发送范围写作：audience: {list: %s}\n", to, up.Lines, up.Wrong, to)
				return failedIf(up.Wrong > 0)
			})
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "新名单的标题，给同事看")
	cmd.Flags().StringVar(&to, "to", "", "已有名单的编号")
	eitherOf(cmd, "title", "to")
	return cmd
}

// readNumbers reads a spreadsheet. A file without any number is refused: it is another one, or the column is.
func readNumbers(path string) ([]broadcast.NumberRow, error) {
	table, err := sheet.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer table.Close()
	rows, err := broadcast.NumberRows(table.Rows())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	good := func(r broadcast.NumberRow) bool {
		_, err := phone.Parse(r.Text)
		return err == nil
	}
	if !slices.ContainsFunc(rows, good) {
		return nil, fmt.Errorf("%s 里没有手机号：号码应写在第一列，或表头是“手机号”的那一列", path)
	}
	return rows, nil
}

// uploaded is the outcome of an upload.
type uploaded struct {
	List   string          `json:"list"`
	Lines  int             `json:"lines"`
	Wrong  int             `json:"wrong"`
	Faults []wire.RowFault `json:"faults"`
}

// rowsAtOnce of at most 40 characters, three bytes each, and their quotes stay below the 64 KiB of a body.
const rowsAtOnce = 500

// add sends rows in parts, without those that cannot be read.
func (u *uploaded) add(ctx context.Context, c *client.Client, rows []broadcast.NumberRow) error {
	u.Faults = []wire.RowFault{}
	var readable []broadcast.NumberRow
	for _, row := range rows {
		if row.Fault == "" {
			readable = append(readable, row)
			continue
		}
		u.Wrong++
		u.Faults = append(u.Faults, wire.RowFault{Row: row.Row, Message: row.Fault})
	}
	for part := range slices.Chunk(readable, rowsAtOnce) {
		var got uploaded
		numbers := each(part, func(r broadcast.NumberRow) string { return plaintext.OneLine(r.Text, 40) })
		if _, err := c.Call(ctx, http.MethodPost, pathOf("lists", u.List, "numbers"), wire.AddNumbers{Numbers: numbers}, &got); err != nil {
			return err
		}
		u.Lines, u.Wrong = u.Lines+got.Lines, u.Wrong+got.Wrong
		for _, fault := range got.Faults {
			if fault.Row >= 1 && fault.Row <= len(part) {
				u.Faults = append(u.Faults, wire.RowFault{Row: part[fault.Row-1].Row, Message: fault.Message})
			}
		}
	}
	return nil
}
