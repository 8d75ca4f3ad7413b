package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/broadcast"
	"towncrier/plaintext"
)

// step is a command that takes one step in the life of a broadcast.
type step struct {
	name, short, long string
	said              string // that it was done, in Chinese
}

// nextSteps are what may be done with a broadcast, by its status; %[1]s is the id, %[2]s the hash, %[3]s this program, %[4]s
// the flags that accept what was accepted when it was submitted.
var nextSteps = map[broadcast.Status]string{
	broadcast.Draft:     "送审运行：%[3]s broadcast submit %[1]s\n",
	broadcast.Submitted: "请另一位审批人先看 %[3]s broadcast preview %[1]s，同意就运行：\n  %[3]s broadcast approve %[1]s --hash %[2]s%[4]s\n",
	broadcast.Approved:  "排期运行：%[3]s broadcast schedule %[1]s\n",
	broadcast.Scheduled: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Held: "请没有参与撰写的审批人核对，同意发送就运行：%[3]s broadcast confirm %[1]s\n" +
		"原因要求修改的，改好后重新送审：%[3]s broadcast edit %[1]s\n",
	broadcast.Freezing: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Sending:  "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Paused:   "继续发送：%[3]s broadcast resume %[1]s\n",
	broadcast.Done:     "查看结果：%[3]s broadcast report %[1]s\n",
}

// printNext says what may be done now with a broadcast, and by which command.
func printNext(w io.Writer, b broadcastView) {
	if next := nextSteps[broadcast.Status(b.Status)]; next != "" {
		fmt.Fprintf(w, next+"%.0[2]s%.0[3]s%.0[4]s", b.ID, b.Hash, program(), acceptFlags(b.Accepted)) // the last three may go unused
	}
}

// steps are the commands that change a broadcast and nothing else.
func (b *overAPI) steps() []*cobra.Command {
	var hash, rejected, paused, cancelled string
	var submitted, approved []string
	why := func(text *string) func() any {
		return func() any { return map[string]string{"why": *text} }
	}
	nothing := func() any { return nil }

	submit := b.step(step{name: "submit", short: "Ask for an approval",
		long: "Ask for an approval. A warning that preview shows a name of must be accepted: give each to --accept, and so does the\n" +
			"approver.",
		said: "已送审"}, func() any { return map[string]any{"accept": slices.Clone(submitted)} })
	accepting(submit, &submitted)
	approve := b.step(step{name: "approve", short: "Say yes to exactly what was looked at, that others wrote",
		long: "Say yes to exactly what was looked at, that others wrote: --hash is the 校验值 that preview and submit print. Any edit\n" +
			"after that voids the yes.",
		said: "已批准"}, func() any { return map[string]any{"hash": hash, "accept": slices.Clone(approved)} })
	accepting(approve, &approved)
	approve.Flags().StringVar(&hash, "hash", "", "校验值 of what was looked at (required)")
	reject := b.step(step{name: "reject", short: "Give it back to its author", said: "已退回"}, why(&rejected))
	reject.Flags().StringVar(&rejected, "why", "", "why, in Chinese, for its author (required)")
	schedule := b.step(step{name: "schedule", short: "Let it go at the time that was approved",
		long: "Let it go at the time that was approved, or at once when it has none. Time, window and end are part of what an approver\n" +
			"says yes to: give them to `towncrier broadcast new`, by --at, --window and --expire.",
		said: "已排期"}, nothing)
	confirm := b.step(step{name: "confirm", short: "Say the second yes that it is held for",
		long: "Say the second yes that it is held for: its audience is not as large as approved, or its time was missed. `towncrier\n" +
			"broadcast show` says which. By an approver who wrote nothing of it.",
		said: "已再次确认"}, nothing)
	pause := b.step(step{name: "pause", short: "Stop it until it is resumed", said: "已暂停"}, why(&paused))
	pause.Flags().StringVar(&paused, "why", "", "why, in Chinese, for colleagues")
	resume := b.step(step{name: "resume", short: "Go on with it", said: "已恢复"}, nothing)
	cancel := b.step(step{name: "cancel", short: "End it for good", said: "已取消"}, why(&cancelled))
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

// acceptFlags are the flags that accept warnings by name, to be typed: each behind a blank.
func acceptFlags(names []string) string {
	var flags strings.Builder
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			flags.WriteString(" --accept " + plaintext.OneLine(name, 300))
		}
	}
	return flags.String()
}

// required refuses the command line when one of these flags is not given.
func required(cmd *cobra.Command, flags ...string) {
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, flag := range flags {
			if cmd.Flag(flag).Value.String() == "" {
				return &usageError{cmd.CommandPath(), fmt.Errorf("--%s is missing: %s", flag, cmd.Flag(flag).Usage)}
			}
		}
		return run(cmd, args)
	}
}

func (b *overAPI) step(s step, body func() any) *cobra.Command {
	return &cobra.Command{
		Use:   s.name + " ID",
		Short: s.short,
		Long:  cmp.Or(s.long, s.short),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, at(args[0], s.name), body(), func(w io.Writer, after broadcastView) error {
				fmt.Fprintf(w, "%s。\n", s.said)
				printBroadcast(w, after)
				printNext(w, after)
				return nil
			})
		},
	}
}

func (b *overAPI) resend() *cobra.Command {
	return &cobra.Command{
		Use:   "resend ID",
		Short: "Send once more to those whom nothing reached for certain",
		Long: "Send once more to those whom nothing reached for certain. Who may have got it is left alone. It goes as it was\n" +
			"approved: there is nothing to approve again.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, at(args[0], "resend"), nil, func(w io.Writer, sent resent) error {
				if sent.none() {
					_, err := fmt.Fprintln(w, "没有需要补发的人：其他人都已收到，或可能已收到。")
					return err
				}
				_, err := fmt.Fprintf(w, "将向%s补发：他们确定没有收到。\n查看进度：%s broadcast status %s --watch\n", sent.Label, program(), args[0])
				return err
			})
		},
	}
}

// testedView is what became of a test.
type testedView struct {
	State      string
	StateLabel string `json:"state_label"`
	Code       string
	Meaning    string `json:"code_label"`
	Advice     string
}

func (b *overAPI) test() *cobra.Command {
	var channel, to string
	cmd := &cobra.Command{
		Use:   "test ID --channel CHANNEL [--to STAFF]",
		Short: "Send it to yourself, or once submitted to a colleague, to look at, on one channel",
		Long: "Send it to yourself, to look at, on one channel: subscription, template or sms; once it is submitted, with --to also to\n" +
			"a colleague. It goes to the number that they registered with `towncrier staff phone`, and to no other address; in WeChat, to\n" +
			"whoever told the account that number. 20 tests a day may be sent, and got, by a person. A test counts for nothing, and\n" +
			"is billed like any other. Exits with 1 when the provider did not take it.",
		Example: "  towncrier broadcast test BABCDEFGHIJ --channel sms\n  towncrier broadcast test BABCDEFGHIJ --channel sms --to zhao",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]string{"channel": channel}
			if to != "" {
				body["to"] = to
			}
			var got testedView
			err := answered(b, cmd, http.MethodPost, at(args[0], "test"), body, func(w io.Writer, v testedView) error {
				got = v
				fmt.Fprintf(w, "试发%s：%s%s\n", channelNames[channel], v.StateLabel, because(v.Meaning, v.Code))
				if v.Advice != "" {
					fmt.Fprintln(w, plaintext.OneLine(v.Advice, 200))
				}
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

func (b *overAPI) fallback() *cobra.Command {
	return &cobra.Command{
		Use:   "fallback ID",
		Short: "Go on to the next channel for those of whom it is unknown whether they got it",
		Long: "Go on to the next channel for those of whom it is unknown whether they got it: the platform gave no answer and cannot\n" +
			"be asked. Some of them may get the message twice. It goes as it was approved: there is nothing to approve again.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPost, at(args[0], "fallback"), nil, func(w io.Writer, sent resent) error {
				if sent.none() {
					_, err := fmt.Fprintln(w, "没有需要改走下一渠道的人：没有结果不明又还有下一渠道的人。")
					return err
				}
				_, err := fmt.Fprintf(w, "%s改走下一渠道：他们是否收到不明，有人可能收到两次。\n查看进度：%s broadcast status %s --watch\n", sent.Label, program(), args[0])
				return err
			})
		},
	}
}

// resent is how many people an act goes on with. A few are not counted.
type resent struct {
	Recipients *int
	Label      string `json:"recipients_label"`
}

func (r resent) none() bool { return r.Recipients != nil && *r.Recipients == 0 }
