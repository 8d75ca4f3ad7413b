package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
)

// step is a command that takes one step in the life of a broadcast.
type step struct {
	name, short, long string
	said              string // that it was done, in Chinese
}

// reviewed is what the first of two who approve is told.
const reviewed = "已复审，还要另一位审批员终审"

// stepCommands are the commands that take a broadcast on.
type stepCommands struct{ *apiCommands }

// all are those that change a broadcast and nothing else, and the two that send it once more.
func (b stepCommands) all() []*cobra.Command {
	var hash, rejected, paused, cancelled string
	var submitted, approved []string
	why := func(text *string) func() any {
		return func() any { return wire.OptionalReason{Why: *text} }
	}
	nothing := func() any { return nil }

	submit := b.one(step{name: "submit", short: "把群发送审",
		long: "把群发送审。预览里带名称的提醒，撰稿员和审批员都要用 --accept 接受。",
		said: "已送审"}, func() any { return wire.Acceptance{Accept: submitted} })
	accepting(submit, &submitted)
	approve := b.one(step{name: "approve", short: "按校验值批准这一版内容",
		long: "批准别人写的这一版内容。--hash 写 preview 和 submit 最后显示的校验值，前12位就够。批准之后再有修改，批准作废。",
		said: "已批准"}, func() any { return wire.Approval{Hash: hash, Accept: approved} })
	accepting(approve, &approved)
	approve.Flags().StringVar(&hash, "hash", "", "您看过的那一版的校验值，写前12位以上（必填）")
	reject := b.one(step{name: "reject", short: "退回群发，让撰稿员修改", said: "已退回"}, why(&rejected))
	reject.Flags().StringVar(&rejected, "why", "", "原因，给撰稿员看（必填）")
	schedule := b.one(step{name: "schedule", short: "让已批准的群发按批准的时间发送",
		long: "让已批准的群发按批准的时间发送；没有定时间的马上发送。时间、时段和截止时间都是批准的内容，在 towncrier broadcast new 里用 --at、--window 和 --expire 设置。",
		said: "已排期"}, nothing)
	confirm := b.one(step{name: "confirm", short: "再次确认一个待确认的群发",
		long: "群发的人数与批准时不同，或错过了发送时间，就要再次确认；原因见 towncrier broadcast show。自己写过或改过的不能确认。",
		said: "已再次确认"}, nothing)
	pause := b.one(step{name: "pause", short: "暂停群发", said: "已暂停"}, why(&paused))
	pause.Flags().StringVar(&paused, "why", "", "原因，给同事看")
	resume := b.one(step{name: "resume", short: "继续发送已暂停的群发", said: "已恢复"}, nothing)
	cancel := b.one(step{name: "cancel", short: "取消群发", said: "已取消"}, why(&cancelled))
	cancel.Flags().StringVar(&cancelled, "why", "", "原因，给同事看（必填）")
	required(approve, "hash")
	required(reject, "why")
	required(cancel, "why")
	return []*cobra.Command{submit, approve, reject, schedule, confirm, pause, resume, cancel, b.resend(), b.fallback()}
}

// accepting adds the flag that accepts warnings.
func accepting(cmd *cobra.Command, names *[]string) {
	cmd.Flags().StringArrayVar(names, "accept", []string{}, "您看过并接受的提醒，例如 deadline:N2#4；有几条就写几次")
}

func (b stepCommands) one(s step, body func() any) *cobra.Command {
	return &cobra.Command{
		Use:   s.name + " ID",
		Short: s.short,
		Long:  cmp.Or(s.long, s.short),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, broadcastPath(args[0], s.name), body(), func(w io.Writer, after wire.Broadcast) error {
				said := s.said
				if s.name == "approve" && after.Approver == "" {
					said = reviewed
				}
				fmt.Fprintf(w, "%s。\n", said)
				printBroadcast(w, after)
				printNext(w, after)
				return nil
			})
		},
	}
}

func (b stepCommands) resend() *cobra.Command {
	return &cobra.Command{
		Use:   "resend ID",
		Short: "补发给肯定没有收到的人",
		Long:  "补发给肯定没有收到的人，可能收到的不发。发送的是已批准的内容，不用再批。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, broadcastPath(args[0], "resend"), nil, func(w io.Writer, sent wire.Resent) error {
				if none(sent.Recipients) {
					_, err := fmt.Fprintln(w, "没有需要补发的人：其他人都已收到，或可能已收到。")
					return err
				}
				_, err := fmt.Fprintf(w, "将向%s补发：他们确定没有收到。\n查看进度：%s broadcast status %s --watch\n", sent.Label, program(), args[0])
				return err
			})
		},
	}
}

func (b stepCommands) fallback() *cobra.Command {
	return &cobra.Command{
		Use:   "fallback ID",
		Short: "让结果不明的人改走下一渠道",
		Long:  "让结果不明的人改走下一渠道：平台没有说明是否收下，也无法再查。其中有人可能收到两次。发送的是已批准的内容，不用再批。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, broadcastPath(args[0], "fallback"), nil, func(w io.Writer, sent wire.Resent) error {
				if none(sent.Recipients) {
					_, err := fmt.Fprintln(w, "没有需要改走下一渠道的人：没有结果不明又还有下一渠道的人。")
					return err
				}
				_, err := fmt.Fprintf(w, "%s改走下一渠道：他们是否收到不明，有人可能收到两次。\n查看进度：%s broadcast status %s --watch\n", sent.Label, program(), args[0])
				return err
			})
		},
	}
}

func none(recipients *int) bool { return recipients != nil && *recipients == 0 }
