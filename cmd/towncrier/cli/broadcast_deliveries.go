package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/staff"
)

// mostDeliveries is the largest page that the API gives.
const mostDeliveries = "200"

// eachDelivery reads page by page what a query asks for. Interrupted, its error says where to go on.
func eachDelivery(ctx context.Context, c *client.Client, id string, wanted map[string]string, page func([]json.RawMessage) error) error {
	query := maps.Clone(wanted)
	query["limit"] = mostDeliveries
	for {
		var got struct {
			Items []json.RawMessage
			Next  string
		}
		if _, err := c.Call(ctx, http.MethodGet, broadcastPath(id, "deliveries")+queryOf(query), nil, &got); err != nil {
			if query["after"] != wanted["after"] {
				return fmt.Errorf("%w\n  已列出的都完整，接着列请加 --after %s", err, query["after"])
			}
			return err
		}
		if err := page(got.Items); err != nil || got.Next == "" {
			return err
		}
		query["after"] = got.Next
	}
}

func (b resultCommands) deliveries() *cobra.Command {
	var state, channel, after, file string
	var round int
	cmd := &cobra.Command{
		Use:   "deliveries ID",
		Short: "列出全部投递",
		Long:  "列出全部投递，包括已发送的和备用的。号码隐去中间四位。加 --json 每行输出一条。一百万行约需十分钟。",
		Example: "  towncrier broadcast deliveries BABCDEFGHIJ --state failed\n" +
			"  towncrier broadcast deliveries BABCDEFGHIJ --csv deliveries.csv\n" +
			"  towncrier broadcast deliveries BABCDEFGHIJ --json | jq -r 'select(.code) | .code' | sort | uniq -c",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := map[string]string{"state": state, "channel": channel, "after": after}
			if round != 0 {
				wanted["round"] = strconv.Itoa(round)
			}
			if file != "" {
				return b.save(cmd, broadcastPath(args[0], "deliveries.csv")+queryOf(wanted), file)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if b.asJSON {
					return eachDelivery(ctx, c, args[0], wanted, func(items []json.RawMessage) error {
						var lines bytes.Buffer
						for _, item := range items {
							if err := json.Compact(&lines, item); err != nil {
								return err
							}
							lines.WriteByte('\n')
						}
						_, err := cmd.OutOrStdout().Write(lines.Bytes())
						return err
					})
				}
				var me wire.Me
				if _, err := c.Call(ctx, http.MethodGet, "/me", nil, &me); err != nil {
					return err
				}
				numbers := slices.Contains(me.Rights, string(staff.ReadResidents)) // others are shown none: no column for them
				t := table{headings: []string{"序号", "居民", "手机号", "渠道", "轮次", "状态", "原因", "更新"}}
				if !numbers {
					t.headings = slices.Delete(t.headings, 2, 3)
				}
				found := false
				err := eachDelivery(ctx, c, args[0], wanted, func(items []json.RawMessage) error {
					for _, item := range items {
						var d wire.Delivery
						if err := json.Unmarshal(item, &d); err != nil {
							return err
						}
						why := cmp.Or(d.ReasonLabel, strings.Trim(because(d.CodeLabel, d.Code), "（）"), "-")
						row := []string{strconv.FormatInt(d.Recipient, 10), d.Resident, cmp.Or(d.Phone, "-"), cmp.Or(d.ChannelLabel, "-"),
							strconv.Itoa(d.Round), d.StateLabel, why, formatTime(d.UpdatedAt)}
						if !numbers {
							row = slices.Delete(row, 2, 3)
						}
						t.add(row...)
						found = true
					}
					if !found {
						return nil
					}
					return t.print(cmd.OutOrStdout())
				})
				if err == nil && !found {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), "没有符合条件的投递。")
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "状态：备用、待发送、正在提交、已送达、未送达、提交失败、待核实、结果不明、不发送、已取消、已过期等")
	cmd.Flags().StringVar(&channel, "channel", "", "渠道：短信、微信模板消息或微信订阅通知")
	cmd.Flags().IntVar(&round, "round", 0, "第几轮：1是首次发送，2是第一次补发")
	cmd.Flags().StringVar(&after, "after", "", "从上次中断的地方接着列，按提示填写")
	cmd.Flags().StringVar(&file, "csv", "", "全部写成这个 CSV 文件，表格软件能打开，比列表快得多")
	cmd.MarkFlagsMutuallyExclusive("csv", "after")
	return cmd
}
