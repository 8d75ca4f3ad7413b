package cli

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// testCommands are the commands about messages that are sent to colleagues to look at.
type testCommands struct{ *apiCommands }

func (b testCommands) test() *cobra.Command {
	var channel, to string
	cmd := &cobra.Command{
		Use:   "test ID --channel CHANNEL [--to STAFF]",
		Short: "发一条测试消息给自己；送审后也可发给同事",
		Long: "用一个渠道发一条测试消息给自己；送审后可用 --to 发给同事。只发到用 towncrier staff phone 登记的手机号，微信发给绑定了这个号码的人。\n" +
			"每人每天最多发送和接收20条。测试不计入报告，费用照常。平台没有收下时退出码为1。",
		Example: "  towncrier broadcast test BABCDEFGHIJ --channel sms\n  towncrier broadcast test BABCDEFGHIJ --channel sms --to zhao",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := wire.TestBroadcast{Channel: channel, To: to}
			var got wire.Tested
			err := answered(b.apiCommands, cmd, http.MethodPost, broadcastPath(args[0], "test"), body, func(w io.Writer, v wire.Tested) error {
				got = v
				fmt.Fprintf(w, "测试消息，%s：%s%s\n", channelName(channel), v.StateLabel, because(v.CodeLabel, v.Code))
				if v.Advice != "" {
					fmt.Fprintln(w, plaintext.OneLine(v.Advice, 200))
				}
				fmt.Fprintf(w, "是否送达，过一会儿查看：%s broadcast tests %s\n", program(), args[0])
				return nil
			})
			if err != nil || b.asJSON {
				return err
			}
			state := broadcast.State(got.State)
			return failedIf(state != broadcast.Accepted && state != broadcast.Delivered)
		},
	}
	cmd.Flags().StringVar(&channel, "channel", "", "渠道：短信、微信模板消息或微信订阅通知（必填）")
	cmd.Flags().StringVar(&to, "to", "", "请哪位同事看，写账号或姓名；送审后才能用")
	required(cmd, "channel")
	return cmd
}

func (b testCommands) tests() *cobra.Command {
	return &cobra.Command{
		Use:   "tests ID",
		Short: "列出测试消息和结果，最近的在前",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "tests"), nil, func(w io.Writer, page wire.Page[wire.Test]) error {
				return list[wire.Test]{
					headings: []string{"时间", "渠道", "发给", "登记的号码", "状态", "更新"},
					row: func(t wire.Test) []string {
						return []string{formatTime(t.At), t.ChannelLabel, colleague(t.ToLabel, t.To), t.Phone, t.StateLabel + because(t.CodeLabel, t.Code), formatTime(t.UpdatedAt)}
					},
					none: "还没有发过测试消息。",
				}.print(w, page.Items)
			})
		},
	}
}
