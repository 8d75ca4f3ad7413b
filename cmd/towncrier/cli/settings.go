package cli

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
)

// settingsCommand shows an official the settings of a server that runs; `towncrier config` prints those of this machine.
func settingsCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	var all bool
	cmd := &cobra.Command{
		Use:   "settings",
		Short: "查看群发要用的设置：发送时段、频次上限、短信价格和签名；加 --all 查看全部设置",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if all {
				return answered(b, cmd, http.MethodGet, "/settings", nil, printSettings)
			}
			return answered(b, cmd, http.MethodGet, "/settings/city", nil, printCitySettings)
		},
	}
	b.addFlags(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "列出正在使用的全部设置，密钥不显示；管理员和审计员可用")
	return cmd
}

func printCitySettings(w io.Writer, c wire.CitySettings) error {
	days := func(n int) string {
		if n == 0 {
			return "不限"
		}
		return strconv.Itoa(n) + "天"
	}
	limit := "不限"
	if c.Cap > 0 {
		limit = fmt.Sprintf("每位居民7天内%d条，应急除外", c.Cap)
	}
	texts, sign := "未开通", "-"
	if c.SMS {
		texts, sign = fmt.Sprintf("已开通，每条计费%g元", float64(c.SMSPrice)/1000), "【"+c.SMSSign+"】"
	}
	questions := "不保存"
	if n := c.Retention.Questions; n > 0 {
		questions = days(n)
	}
	t := table{}
	t.add("城市", c.Name+"（"+c.Area+"）")
	t.add("发送时段", c.Window+"（"+c.TimeZone+"）")
	t.add("频次上限", limit)
	t.add("短信", texts)
	t.add("短信签名", sign)
	t.add("再次确认", fmt.Sprintf("发送范围变化超过%d%%，或晚于预定时间%d分钟", c.Tolerance, c.Overdue))
	t.add("保存期限", fmt.Sprintf("居民%s，群发接收人%s，留言%s，未能回答的提问%s，审计日志%s",
		days(c.Retention.Residents), days(c.Retention.Broadcasts), days(c.Retention.Tickets), questions, days(c.Retention.Audit)))
	t.add("对外地址", orDash(c.PublicURL))
	t.add("程序版本", orDash(c.Version))
	return t.print(w)
}

func printSettings(w io.Writer, s wire.Settings) error {
	if err := printCitySettings(w, s.City); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return list[wire.Setting]{
		headings: []string{"设置", "变量", "值", "来自"},
		row: func(one wire.Setting) []string {
			value, from := one.Value, one.From
			switch {
			case !one.Set:
				value = "未设置"
			case value == "":
				value = "已设置"
			case value == "(refused)":
				value = "不符合要求"
			}
			if from == "default" {
				from = "默认"
			}
			return []string{one.Label, one.Variable, value, from}
		},
	}.print(w, s.Settings)
}
