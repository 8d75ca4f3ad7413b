package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/alarm"
	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func alarmCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "alarm",
		Short: "查看和处理警报",
	}
	b.addFlags(cmd)
	cmd.AddCommand(
		&cobra.Command{
			Use: "list", Short: "列出警报，最新的在前", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return answered(b, cmd, http.MethodGet, "/alarms", nil, printAlarms)
			},
		},
		&cobra.Command{
			Use: "ack KIND", Short: "确认已知道一条警报；再次出现时会重新提醒", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				kind := alarmKind(args[0])
				return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
					if _, err := c.Call(ctx, http.MethodPost, pathOf("alarms", kind, "acknowledge"), nil, nil); err != nil || b.asJSON {
						return err // the API answers with nothing
					}
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "已确认警报：%s。\n", alarm.Kind(kind).Label())
					return err
				})
			},
		},
	)
	return cmd
}

// alarmKind is the kind of alarm that a text names, as the list prints it: by label or word.
func alarmKind(text string) string {
	for _, kind := range alarm.Kinds {
		if text == kind.Label() {
			return string(kind)
		}
	}
	return text
}

// causes are who caused an alarm, by name and id.
func causes(a wire.Alarm) []string {
	var all []string
	for i, by := range a.CausedBy {
		all = append(all, named(a.CausedNames[i], by))
	}
	return all
}

func printAlarms(w io.Writer, page wire.Page[wire.Alarm]) error {
	return list[wire.Alarm]{
		headings: []string{"警报", "状态", "次数", "开始", "最近", "内容"},
		row: func(a wire.Alarm) []string {
			state := "未确认"
			if len(a.CausedBy) > 0 {
				state += "，由别的管理员确认：" + strings.Join(causes(a), "、") + " 引起"
			}
			if a.AckedBy != "" {
				state = named(a.AckedByName, a.AckedBy) + " 已确认"
			}
			return []string{a.Label + "（" + a.Kind + "）", state, strconv.Itoa(a.Count), formatTime(a.Since), formatTime(a.Last), plaintext.OneLine(a.Detail, 200)}
		},
		none: "没有警报。",
	}.print(w, page.Items)
}
