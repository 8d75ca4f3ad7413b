package cli

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/plaintext"
	"towncrier/roster"
)

// committeeStats is a committee's line of `roster stats --json`; the whole city's has no code.
type committeeStats struct {
	Code      string `json:"code,omitempty"`
	Name      string `json:"name,omitempty"`
	Residents int    `json:"residents"`
	Phone     int    `json:"phone"`
	WeChat    int    `json:"wechat"`
	Both      int    `json:"both"`
	Consented int    `json:"consented"`
	Stopped   int    `json:"stopped"`
}

func statsOf(code, name string, s roster.Stats) committeeStats {
	return committeeStats{code, name, s.Residents, s.Phone, s.WeChat, s.Both, s.Consented, s.Stopped}
}

func rosterStats(opt *options) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count residents by committee",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return opt.withRoster(ctx, func(room rosterRoom) error {
				committees, err := room.Committees(ctx)
				if err != nil {
					return err
				}
				all, err := room.Stats(ctx, "")
				if err != nil {
					return err
				}
				var lines []committeeStats
				for _, c := range committees {
					s, err := room.Stats(ctx, c.Code)
					if err != nil {
						return err
					}
					lines = append(lines, statsOf(c.Code, c.Name, s))
				}
				if out.asJSON {
					return writeJSON(cmd.OutOrStdout(), map[string]any{
						"total": statsOf("", "", all), "suppressed": all.Suppressed, "committees": lines})
				}
				return printStats(cmd.OutOrStdout(), all, lines)
			})
		},
	}
	out.flag(cmd)
	return cmd
}

func printStats(w io.Writer, all roster.Stats, lines []committeeStats) error {
	t := table{headings: []string{"代码", "居委会", "居民", "有手机号", "已关注", "两者都有", "同意接收", "已退订"}}
	var placed committeeStats
	add := func(s committeeStats) {
		row := []string{s.Code, plaintext.OneLine(s.Name, 30)}
		for _, n := range []int{s.Residents, s.Phone, s.WeChat, s.Both, s.Consented, s.Stopped} {
			row = append(row, strconv.Itoa(n))
		}
		t.add(row...)
	}
	for _, s := range lines {
		add(s)
		placed.Residents += s.Residents
		placed.Phone += s.Phone
		placed.WeChat += s.WeChat
		placed.Both += s.Both
		placed.Consented += s.Consented
		placed.Stopped += s.Stopped
	}
	if all.Residents > placed.Residents {
		add(committeeStats{"-", "未登记居委会", all.Residents - placed.Residents, all.Phone - placed.Phone, all.WeChat - placed.WeChat,
			all.Both - placed.Both, all.Consented - placed.Consented, all.Stopped - placed.Stopped})
	}
	add(statsOf("", "合计", all))
	if err := t.print(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "不发短信的号码（已退订或已要求删除）：%d\n", all.Suppressed)
	return err
}
