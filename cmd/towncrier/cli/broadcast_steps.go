package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// step is a command that takes one step in the life of a broadcast.
type step struct {
	name, short, long string
	said              string // that it was done, in Chinese
}

// steps are the commands that change a broadcast and nothing else.
func (b *apiCommands) steps() []*cobra.Command {
	var hash, rejected, paused, cancelled string
	var submitted, approved []string
	why := func(text *string) func() any {
		return func() any { return wire.OptionalReason{Why: *text} }
	}
	nothing := func() any { return nil }

	submit := b.step(step{name: "submit", short: "Submit a broadcast for approval",
		long: "Submit a broadcast for approval. A warning that preview shows with a name must be accepted with --accept, by its author\n" +
			"and by the approver.",
		said: "已送审"}, func() any { return wire.Acceptance{Accept: submitted} })
	accepting(submit, &submitted)
	approve := b.step(step{name: "approve", short: "Approve this exact version, identified by its hash",
		long: "Approve this exact version, which other people wrote: --hash is the 校验值 that preview and submit print; 12 digits or more\n" +
			"of it name this version. An edit afterwards voids the approval.",
		said: "已批准"}, func() any { return wire.Approval{Hash: hash, Accept: approved} })
	accepting(approve, &approved)
	approve.Flags().StringVar(&hash, "hash", "", "校验值 of what was looked at: its first 12 digits or more (required)")
	reject := b.step(step{name: "reject", short: "Reject a broadcast, which returns it to its author as a draft", said: "已退回"}, why(&rejected))
	reject.Flags().StringVar(&rejected, "why", "", "why, in Chinese, for its author (required)")
	schedule := b.step(step{name: "schedule", short: "Schedule an approved broadcast for its approved time",
		long: "Schedule an approved broadcast for its approved time, or start it now when it has none. Time, window and end are part of\n" +
			"the approved version: set them by --at, --window and --expire of `towncrier broadcast new`.",
		said: "已排期"}, nothing)
	confirm := b.step(step{name: "confirm", short: "Confirm a broadcast that is on hold",
		long: "Confirm a broadcast that is on hold because its audience differs from the approved one or its time was missed;\n" +
			"`towncrier broadcast show` says which. The approver must not have written any of it.",
		said: "已再次确认"}, nothing)
	pause := b.step(step{name: "pause", short: "Pause a broadcast", said: "已暂停"}, why(&paused))
	pause.Flags().StringVar(&paused, "why", "", "why, in Chinese, for colleagues")
	resume := b.step(step{name: "resume", short: "Resume a paused broadcast", said: "已恢复"}, nothing)
	cancel := b.step(step{name: "cancel", short: "Cancel a broadcast", said: "已取消"}, why(&cancelled))
	cancel.Flags().StringVar(&cancelled, "why", "", "why, in Chinese, for colleagues (required)")
	required(approve, "hash")
	required(reject, "why")
	required(cancel, "why")
	return []*cobra.Command{submit, approve, reject, schedule, confirm, pause, resume, cancel}
}

// accepting adds the flag that accepts warnings.
func accepting(cmd *cobra.Command, names *[]string) {
	cmd.Flags().StringArrayVar(names, "accept", []string{}, "name of a warning that you looked at and accept, as in deadline:N2#4; give it again for each")
}

func (b *apiCommands) step(s step, body func() any) *cobra.Command {
	return &cobra.Command{
		Use:   s.name + " ID",
		Short: s.short,
		Long:  cmp.Or(s.long, s.short),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, broadcastPath(args[0], s.name), body(), func(w io.Writer, after wire.Broadcast) error {
				fmt.Fprintf(w, "%s。\n", s.said)
				printBroadcast(w, after)
				printNext(w, after)
				return nil
			})
		},
	}
}

func (b *apiCommands) delete() *cobra.Command {
	return &cobra.Command{
		Use:   "delete ID",
		Short: "Delete a draft that you wrote, for good",
		Long:  "Delete a draft that you wrote, for good, with its test sends. What was submitted can be cancelled, which keeps it to be looked at.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if _, err := c.Call(ctx, http.MethodDelete, broadcastPath(args[0], ""), nil, nil); err != nil || b.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已删除草稿%s。\n", args[0])
				return err
			})
		},
	}
}

func (b *apiCommands) resend() *cobra.Command {
	return &cobra.Command{
		Use:   "resend ID",
		Short: "Resend to recipients who certainly received nothing",
		Long: "Resend to recipients who certainly received nothing; those who may have got it are left out. The approved version is\n" +
			"sent: nothing is approved again.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, broadcastPath(args[0], "resend"), nil, func(w io.Writer, sent wire.Resent) error {
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

func (b *apiCommands) test() *cobra.Command {
	var channel, to string
	cmd := &cobra.Command{
		Use:   "test ID --channel CHANNEL [--to STAFF]",
		Short: "Send a test message over one channel, to yourself or, once submitted, to a colleague",
		Long: "Send a test message over one channel (subscription, template or sms) to yourself or, once it is submitted, with --to to a\n" +
			"colleague. It goes to the number registered with `towncrier staff phone` and to no other address; in WeChat, to whoever\n" +
			"bound that number. A person may send and get 20 tests a day. A test is in no report, and is billed as any message.\n" +
			"Exits with 1 when the provider did not accept it.",
		Example: "  towncrier broadcast test BABCDEFGHIJ --channel sms\n  towncrier broadcast test BABCDEFGHIJ --channel sms --to zhao",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := wire.TestBroadcast{Channel: channel, To: to}
			var got wire.Tested
			err := answered(b, cmd, http.MethodPost, broadcastPath(args[0], "test"), body, func(w io.Writer, v wire.Tested) error {
				got = v
				fmt.Fprintf(w, "试发%s：%s%s\n", channelNames[channel], v.StateLabel, because(v.CodeLabel, v.Code))
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
	cmd.Flags().StringVar(&channel, "channel", "", "subscription, template or sms (required)")
	cmd.Flags().StringVar(&to, "to", "", "staff id of the colleague who shall look at it, once it is submitted")
	required(cmd, "channel")
	return cmd
}

func (b *apiCommands) tests() *cobra.Command {
	return &cobra.Command{
		Use:   "tests ID",
		Short: "List test messages, newest first, and what came of them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "tests"), nil, func(w io.Writer, page wire.Page[wire.Test]) error {
				return list[wire.Test]{
					headings: []string{"时间", "渠道", "发给", "登记的号码", "状态", "更新"},
					row: func(t wire.Test) []string {
						return []string{formatTime(t.At), t.ChannelLabel, colleague(t.ToLabel, t.To), t.Phone, t.StateLabel + because(t.CodeLabel, t.Code), formatTime(t.UpdatedAt)}
					},
					none: "还没有试发过。",
				}.print(w, page.Items)
			})
		},
	}
}

func (b *apiCommands) fallback() *cobra.Command {
	return &cobra.Command{
		Use:   "fallback ID",
		Short: "Use the next channel for recipients whose delivery is unknown",
		Long: "Use the next channel for recipients whose delivery is unknown: the platform gave no answer and cannot be asked. Some of\n" +
			"them may get the message twice. The approved version is sent: nothing is approved again.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, broadcastPath(args[0], "fallback"), nil, func(w io.Writer, sent wire.Resent) error {
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
