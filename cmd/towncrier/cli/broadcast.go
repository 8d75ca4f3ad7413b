package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
)

func broadcastCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "broadcast",
		Short: "Write, approve, send and follow broadcasts, over the API of a running server",
		Long: "Write, approve, send and follow broadcasts, over the API of a running server, as whoever has the key:\n\n" +
			"  new, edit, preview, test, submit  by an author, or by a committee for its own residents\n" +
			"  approve, reject, confirm          by an approver who wrote nothing of it\n" +
			"  delete                            removes a draft that was never sent, by who wrote in it\n" +
			"  schedule                          starts an approved broadcast at its approved time\n" +
			"  pause, resume, cancel             take effect within seconds; what was given to a provider cannot be taken back\n" +
			"  status, report, deliveries        its progress and result; resend sends again to recipients whom nothing\n" +
			"                                    reached, fallback uses the next channel for unknown deliveries\n" +
			"  facets, estimate                  what an audience can be chosen by; how many it would reach, without a draft\n" +
			"  audience-list, series             number lists; repeated broadcasts\n\n" +
			"With --json each prints what the API answers. A change whose answer is lost is asked for again under the same\n" +
			"Idempotency-Key, which does it once.\n\n" +
			"Exits with 0 when it was done; 1 when it was refused; 2 when the command line cannot be understood; 3 when the server\n" +
			"did not answer or has no time, so that the same command may well succeed later; 130 when Ctrl-C ended it.",
		Example: "  export TOWNCRIER_URL=https://gov.example TOWNCRIER_API_KEY=\"$(cat ~/.towncrier-key)\"\n" +
			"  towncrier broadcast new --from civility --at \"2030-05-08 09:00\"\n" +
			"  towncrier broadcast preview ID && towncrier broadcast submit ID",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "print JSON, as the API answers")
	show := b.show()
	cmd.AddCommand(b.drafts(), b.new(), b.edit(), b.delete(), b.list(), show, b.preview(), b.texts(), b.test(), b.tests(), b.status(), b.report(), b.reach(), b.deliveries(),
		b.resend(), b.fallback(), b.facets(), b.estimate(), b.audienceLists(), b.series(), b.whoami())
	cmd.AddCommand(b.steps()...)
	show.MarkFlagsMutuallyExclusive("yaml", "json")
	return cmd
}

func (b *apiCommands) show() *cobra.Command {
	var asFile bool
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a broadcast's content; with --yaml as a file that edit and new take",
		Example: "  towncrier broadcast show BABCDEFGHIJ --yaml > b.yaml\n" +
			"  towncrier broadcast edit BABCDEFGHIJ --file b.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], ""), nil, func(w io.Writer, v wire.Broadcast) error {
				if asFile {
					return writeProposal(w, v.Proposal, v.Version)
				}
				printBroadcast(w, v)
				printProposal(w, v.Proposal, v.Labels)
				printFull(w, v.Hash)
				return nil
			})
		},
	}
	printFull = fullHash(cmd)
	cmd.Flags().BoolVar(&asFile, "yaml", false, "as a file; it says which version it is of, so that edit cannot undo what a colleague wrote since")
	return cmd
}

func (b *apiCommands) preview() *cobra.Command {
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "preview ID",
		Short: "Preview recipients, channels, messages, cost and warnings",
		Long: "Preview how many residents it would reach now over which channels, the messages, the cost, and warnings, such as what a\n" +
			"platform would refuse. Nothing is sent. Once it is submitted, an approver approves the 校验值 (hash) at the end.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "preview"), nil, func(w io.Writer, p wire.Preview) error {
				err := printPreview(w, p)
				printFull(w, p.Hash)
				return err
			})
		},
	}
	printFull = fullHash(cmd)
	return cmd
}

func (b *apiCommands) texts() *cobra.Command {
	return &cobra.Command{
		Use:   "texts ID",
		Short: "Show what residents read, finished, on each channel",
		Long: "Show what residents read, finished, on each channel: a text with its sign, a message of WeChat with the link that a tap opens.\n" +
			"A committee reads what the city sends to its residents, too, from when that is scheduled.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "texts"), nil, printMessageTexts)
		},
	}
}

func (b *apiCommands) reach() *cobra.Command {
	return &cobra.Command{
		Use:   "reach ID",
		Short: "Report recipients reached, by committee",
		Long:  "Report recipients reached, by committee. A committee sees its own residents, of what it sends and of what the city sends.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "reach"), nil, func(w io.Writer, page wire.Page[wire.Reach]) error {
				if len(page.Items) == 0 {
					_, err := fmt.Fprintln(w, "还没有确定接收人。")
					return err
				}
				return printReach(w, page.Items)
			})
		},
	}
}

func (b *apiCommands) report() *cobra.Command {
	var committees bool
	cmd := &cobra.Command{
		Use:   "report ID",
		Short: "Report deliveries by channel and state, and costs",
		Long: "Report deliveries by channel and state, why messages failed, costs, and what trying WeChat first saves.\n" +
			"With --committees and --json, the API's two answers stand under report and reach.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !committees {
				return answered(b, cmd, http.MethodGet, broadcastPath(args[0], "report"), nil, printReport)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var r wire.Report
				var reach struct{ Items []wire.Reach }
				report, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "report"), nil, &r)
				if err != nil {
					return err
				}
				parts, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], "reach"), nil, &reach)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return writeJSON(cmd.OutOrStdout(), map[string]json.RawMessage{"report": report, "reach": parts})
				}
				return errors.Join(printReport(cmd.OutOrStdout(), r), blankLine(cmd.OutOrStdout()), printReach(cmd.OutOrStdout(), reach.Items))
			})
		},
	}
	cmd.Flags().BoolVar(&committees, "committees", false, "count recipients by committee, too")
	return cmd
}

func (b *apiCommands) whoami() *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Show the owner of your key and their rights",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b, cmd, http.MethodGet, "/me", nil, printMe)
		},
	}
}
