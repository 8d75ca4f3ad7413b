package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

func broadcastCommand(opt *options) *cobra.Command {
	b := &overAPI{opt: opt}
	cmd := &cobra.Command{
		Use:   "broadcast",
		Short: "Write, approve, send and follow broadcasts, over the API of a running server",
		Long: "Write, approve, send and follow broadcasts, over the API of a running server, as whoever has the key:\n\n" +
			"  new, preview, submit      by an author, or by a committee for its own residents\n" +
			"  approve, reject, confirm  by an approver who wrote nothing of it\n" +
			"  schedule                  lets go what was approved, at the time that was approved\n" +
			"  pause, resume, cancel     take effect within seconds; what was given to a provider cannot be taken back\n\n" +
			"Exits with 0 when it was done, 1 when it was not, 2 when the command line cannot be understood.",
	}
	b.flags.add(cmd)
	cmd.AddCommand(b.new(), b.list(), b.preview(), b.status(), b.report())
	cmd.AddCommand(b.steps()...)
	return cmd
}

// overAPI is what the commands on broadcasts share.
type overAPI struct {
	opt    *options
	flags  apiFlags
	asJSON bool
}

func (b *overAPI) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&b.asJSON, "json", false, "print JSON, as the API answers")
}

// withAPI calls the API for one command.
func (b *overAPI) withAPI(cmd *cobra.Command, do func(context.Context, *apiClient) error) error {
	c, err := b.flags.client(cmd, b.opt)
	if err != nil {
		return err
	}
	defer c.close()
	return do(cmd.Context(), c)
}

// printAnswer prints an answer of the API as it came, indented.
func printAnswer(w io.Writer, answer json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Indent(&out, answer, "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, out.String())
	return err
}

// at is the path of a broadcast, or of an operation on it.
func at(id, operation string) string {
	path := "/broadcasts/" + url.PathEscape(id)
	if operation != "" {
		path += "/" + operation
	}
	return path
}

func (b *overAPI) list() *cobra.Command {
	var status, committee, author, after string
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List broadcasts, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			for name, value := range map[string]string{"status": status, "committee": committee, "author": author, "after": after} {
				if value != "" {
					query.Set(name, value)
				}
			}
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var page broadcastPage
				answer, err := c.call(ctx, http.MethodGet, "/broadcasts?"+query.Encode(), nil, &page)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				return printBroadcasts(cmd.OutOrStdout(), page)
			})
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "draft, submitted, approved, scheduled, held, freezing, sending, paused, done, cancelled or expired")
	cmd.Flags().StringVar(&committee, "committee", "", "code of the committee that sends")
	cmd.Flags().StringVar(&author, "author", "", "staff id")
	cmd.Flags().StringVar(&after, "after", "", "go on where the list before ended, as it says")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many, up to 200")
	b.jsonFlag(cmd)
	return cmd
}

func (b *overAPI) preview() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "preview ID",
		Short: "Show whom it would reach now, on which channels, what they would read, and what it would cost",
		Long: "Show whom it would reach now, on which channels, what they would read, and what it would cost; with what a platform\n" +
			"would refuse. Nothing is sent. Once it is submitted, the 校验值 at the end is what an approver says yes to.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var p previewView
				answer, err := c.call(ctx, http.MethodGet, at(args[0], "preview"), nil, &p)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				printPreview(cmd.OutOrStdout(), p)
				return nil
			})
		},
	}
	b.jsonFlag(cmd)
	return cmd
}

func (b *overAPI) report() *cobra.Command {
	var committees bool
	cmd := &cobra.Command{
		Use:   "report ID",
		Short: "Count what became of it, by channel and state, and what it costs",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var r reportView
				answer, err := c.call(ctx, http.MethodGet, at(args[0], "report"), nil, &r)
				if err != nil {
					return err
				}
				var reach struct {
					Items []reachView `json:"items"`
				}
				if committees {
					parts, err := c.call(ctx, http.MethodGet, at(args[0], "reach"), nil, &reach)
					if err != nil {
						return err
					}
					if answer, err = json.Marshal(map[string]json.RawMessage{"report": answer, "reach": parts}); err != nil {
						return err
					}
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				return printReport(cmd.OutOrStdout(), r, reach.Items)
			})
		},
	}
	cmd.Flags().BoolVar(&committees, "committees", false, "count recipients by committee, too")
	b.jsonFlag(cmd)
	return cmd
}

// step is a command that takes one step in the life of a broadcast.
type step struct {
	name, short, long string
	said              string // that it was done, in Chinese
	next              string // what may be done then; %[1]s is the id, %[2]s the hash
}

// steps are the commands that change a broadcast and nothing else.
func (b *overAPI) steps() []*cobra.Command {
	var hash, rejected, paused, cancelled string
	why := func(text *string) func() any {
		return func() any { return map[string]string{"why": *text} }
	}
	nothing := func() any { return nil }

	submit := b.step(step{name: "submit", short: "Ask for an approval",
		said: "已送审", next: "请另一位审批人先看 towncrier broadcast preview %[1]s，同意就运行：\n  towncrier broadcast approve %[1]s --hash %[2]s\n"}, nothing)
	approve := b.step(step{name: "approve", short: "Say yes to exactly what was looked at, that others wrote",
		long: "Say yes to exactly what was looked at, that others wrote: --hash is the 校验值 that preview and submit print. Any edit\n" +
			"after that voids the yes.",
		said: "已批准", next: "排期运行：towncrier broadcast schedule %[1]s\n"}, func() any { return map[string]string{"hash": hash} })
	approve.Flags().StringVar(&hash, "hash", "", "校验值 of what was looked at (required)")
	reject := b.step(step{name: "reject", short: "Give it back to its author", said: "已退回"}, why(&rejected))
	reject.Flags().StringVar(&rejected, "why", "", "why, in Chinese, for its author (required)")
	schedule := b.step(step{name: "schedule", short: "Let it go at the time that was approved",
		long: "Let it go at the time that was approved, or at once when it has none. Time, window and end are part of what an approver\n" +
			"says yes to: give them to `towncrier broadcast new`, by --at, --window and --expire.",
		said: "已排期", next: "查看进度：towncrier broadcast status %[1]s --watch\n"}, nothing)
	confirm := b.step(step{name: "confirm", short: "Say the second yes that it is held for", said: "已再次确认"}, nothing)
	pause := b.step(step{name: "pause", short: "Stop it until it is resumed", said: "已暂停",
		next: "继续发送：towncrier broadcast resume %[1]s\n"}, why(&paused))
	pause.Flags().StringVar(&paused, "why", "", "why, in Chinese, for colleagues")
	resume := b.step(step{name: "resume", short: "Go on with it", said: "已恢复"}, nothing)
	cancel := b.step(step{name: "cancel", short: "End it for good", said: "已取消"}, why(&cancelled))
	cancel.Flags().StringVar(&cancelled, "why", "", "why, in Chinese, for colleagues (required)")
	for command, flag := range map[*cobra.Command]string{approve: "hash", reject: "why", cancel: "why"} {
		required(command, flag)
	}
	return []*cobra.Command{submit, approve, reject, schedule, confirm, pause, resume, cancel, b.resend()}
}

// required refuses the command line when a flag is not given.
func required(cmd *cobra.Command, flag string) {
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flag(flag).Value.String() == "" {
			return &usageError{cmd.CommandPath(), fmt.Errorf("--%s is missing: %s", flag, cmd.Flag(flag).Usage)}
		}
		return run(cmd, args)
	}
}

func (b *overAPI) step(s step, body func() any) *cobra.Command {
	cmd := &cobra.Command{
		Use:   s.name + " ID",
		Short: s.short,
		Long:  cmp.Or(s.long, s.short),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var after broadcastView
				answer, err := c.call(ctx, http.MethodPost, at(args[0], s.name), body(), &after)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				if b.asJSON {
					return printAnswer(out, answer)
				}
				fmt.Fprintf(out, "%s。\n", s.said)
				printBroadcast(out, after)
				if s.next != "" {
					fmt.Fprintf(out, s.next+"%.0[2]s", after.ID, after.Hash) // the second may go unused
				}
				return nil
			})
		},
	}
	b.jsonFlag(cmd)
	return cmd
}

func (b *overAPI) resend() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "resend ID",
		Short: "Send once more to those whom nothing reached for certain",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				var sent struct {
					Recipients int `json:"recipients"`
				}
				answer, err := c.call(ctx, http.MethodPost, at(args[0], "resend"), nil, &sent)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "将向%d人补发：他们确定没有收到。\n查看进度：towncrier broadcast status %s --watch\n", sent.Recipients, args[0])
				return nil
			})
		},
	}
	b.jsonFlag(cmd)
	return cmd
}
