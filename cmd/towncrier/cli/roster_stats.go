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
	"towncrier/plaintext"
)

func (b residentCommands) stats() *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "按居委会统计居民",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var all wire.Stats
				if _, err := c.Call(ctx, http.MethodGet, "/stats", nil, &all); err != nil {
					return err
				}
				var committees wire.Page[wire.CommitteeStats]
				if _, err := c.Call(ctx, http.MethodGet, "/stats/committees", nil, &committees); err != nil {
					return err
				}
				if b.asJSON {
					return writeJSON(cmd.OutOrStdout(), map[string]any{"total": all, "committees": committees.Items})
				}
				return printStats(cmd.OutOrStdout(), all, committees.Items)
			})
		},
	}
}

func printStats(w io.Writer, all wire.Stats, committees []wire.CommitteeStats) error {
	t := table{headings: []string{"代码", "居委会", "居民", "有手机号", "已关注", "两者都有", "同意接收", "已退订"}}
	add := func(code, name string, counts ...int) {
		row := []string{code, plaintext.OneLine(name, 30)}
		for _, n := range counts {
			row = append(row, strconv.Itoa(n))
		}
		t.add(row...)
	}
	for _, s := range committees {
		code, name := s.Code, s.Name
		if code == "" {
			code, name = "-", "未登记居委会"
		}
		add(code, name, s.Residents, s.Phone, s.WeChat, s.Both, s.Consented, s.Stopped)
	}
	add("", "合计", all.Residents, all.Phone, all.WeChat, all.Both, all.Consented, all.Stopped)
	if err := t.print(w); err != nil || all.Suppressed == 0 {
		return err
	}
	_, err := fmt.Fprintf(w, "不发短信的号码（已退订或已要求删除）：%d\n", all.Suppressed)
	return err
}
