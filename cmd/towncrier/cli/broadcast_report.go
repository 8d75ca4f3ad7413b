package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (b resultCommands) reach() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "reach ID",
		Short: "按居委会统计收到的人",
		Long:  "按居委会统计收到的人。社区工作者看到的是本社区发的和市里发给本社区居民的，只统计自己的居民。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if file != "" {
				return b.save(cmd, broadcastPath(args[0], "reach.csv"), file)
			}
			return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "reach"), nil, func(w io.Writer, page wire.Page[wire.Reach]) error {
				if len(page.Items) == 0 {
					_, err := fmt.Fprintln(w, "还没有确定接收人。")
					return err
				}
				return printReach(w, page.Items)
			})
		},
	}
	cmd.Flags().StringVar(&file, "csv", "", "写成这个 CSV 文件")
	return cmd
}

// resultCommands are the commands about what came of a broadcast.
type resultCommands struct{ *apiCommands }

func (b resultCommands) report() *cobra.Command {
	var committees bool
	var file string
	cmd := &cobra.Command{
		Use:   "report ID",
		Short: "按渠道和状态汇总投递，列出费用",
		Long: "按渠道和状态汇总投递，说明失败的原因、费用，以及先走微信节省了多少。加 --committees 和 --json，两份结果分别在 report 和 reach 下。\n" +
			"加 --csv 写成表格软件能打开的文件；再加 --committees，文件里是各居委会的接收人。",
		Example: "  towncrier broadcast report BABCDEFGHIJ --csv report.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case file != "" && committees:
				return b.save(cmd, broadcastPath(args[0], "reach.csv"), file)
			case file != "":
				return b.save(cmd, broadcastPath(args[0], "report.csv"), file)
			case !committees:
				return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "report"), nil, printReport)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var r wire.Report
				var reach struct{ Items []wire.Reach }
				report, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "report"), nil, &r)
				if err != nil {
					return err
				}
				parts, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "reach"), nil, &reach)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return writeJSON(cmd.OutOrStdout(), map[string]json.RawMessage{"report": report, "reach": parts})
				}
				return errors.Join(printReport(cmd.OutOrStdout(), r), blankLine(cmd.OutOrStdout()), printReach(cmd.OutOrStdout(), reach.Items))
			})
		},
	}
	cmd.Flags().BoolVar(&committees, "committees", false, "另按居委会统计接收人")
	cmd.Flags().StringVar(&file, "csv", "", "写成这个 CSV 文件")
	return cmd
}

// costs are the amounts that are told, in words; when none is, why.
func costs(expected string, cost, most, saved wire.Money) string {
	var told []string
	for _, m := range []struct {
		name string
		wire.Money
	}{{expected, cost}, {"最多", most}, {"先走微信节省", saved}} {
		if m.Amount != nil {
			told = append(told, m.name+strings.TrimPrefix(m.Label, "至多"))
		}
	}
	if len(told) == 0 {
		return cost.Label
	}
	return strings.Join(told, "，")
}

func printReport(w io.Writer, r wire.Report) error {
	printBroadcast(w, r.Broadcast)
	if r.Committee != "" {
		fmt.Fprintf(w, "以下只统计%s自己的居民。\n", plaintext.OneLine(cmp.Or(r.CommitteeLabel, r.Committee), 100))
	}
	fmt.Fprintln(w)
	if r.Few {
		fmt.Fprintln(w, "接收人少于10人，不显示统计。")
		return nil
	}
	t := table{}
	for _, c := range r.Counts {
		t.add(cmp.Or(c.ChannelLabel, "不发送的人"), c.StateLabel, c.NLabel)
	}
	if err := t.print(w); err != nil {
		return err
	}
	for _, l := range r.Left {
		fmt.Fprintf(w, "不发送，%s：%s\n", l.Label, l.NLabel)
	}
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%s%s%s：%d\n", f.ChannelLabel, f.StateLabel, because(f.CodeLabel, f.Code), f.N)
	}
	fmt.Fprintf(w, "已送达%d，未了结%d，可能收到两次%d人\n", countOrZero(r.Delivered), countOrZero(r.Open), countOrZero(r.Doubles))
	if r.Parts > 0 {
		fmt.Fprintf(w, "短信费用：%s\n", costs("", r.Cost, r.CostMost, r.Saved))
	}
	for _, note := range notes(r) {
		fmt.Fprintln(w, note)
	}
	return nil
}

func blankLine(w io.Writer) error {
	_, err := fmt.Fprintln(w)
	return err
}

func printReach(w io.Writer, reach []wire.Reach) error {
	t := table{headings: []string{"社区", "名单", "已送达", "可能送达", "待发送", "未送到"}}
	for _, c := range reach {
		row := []string{cmp.Or(plaintext.OneLine(c.CommitteeLabel, 60), c.Committee, "（无社区）")}
		row = append(row, c.RecipientsLabel)
		for _, n := range []*int{c.Delivered, c.Accepted, c.Open, c.Missed} {
			text := "-"
			if n != nil {
				text = strconv.Itoa(*n)
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	return t.print(w)
}

// because is what a provider said of a failure, in brackets: in words, when the API has some, and its code.
func because(meaning, code string) string {
	said := slices.DeleteFunc([]string{plaintext.OneLine(meaning, 100), plaintext.OneLine(code, 80)}, func(text string) bool { return text == "" })
	if len(said) == 0 {
		return ""
	}
	return "（" + strings.Join(said, "，") + "）"
}

// notes are what an official should know or can do now, a line each.
func notes(r wire.Report) []string {
	return each(r.Notes, func(note string) string { return "注意：" + plaintext.OneLine(note, 300) })
}

// countOrZero is a count, 0 when it is not told.
func countOrZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
