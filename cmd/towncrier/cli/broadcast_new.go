package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

const fileHelp = "The file is in the form of the city's broadcasts/*.yaml (title, topic, cites, audience, messages), and may also say\n" +
	"at, expire, window, committee, emergency, and fallback: {wait: 30m, doubtful: true}. An audience takes all, area, street,\n" +
	"committee, community, tag, topic, list (of `audience-list`), and, or, not, each by code or by name; committee and topic too. Flags win\n" +
	"over the file.\n"

const timesHelp = "Times are those of the city: 2030-05-08 09:00, or +30m from now."

func (b *apiCommands) new() *cobra.Command {
	var from string
	var write proposalFlags
	cmd := &cobra.Command{
		Use:   "new (--from DRAFT | --file FILE.yaml)",
		Short: "Create a broadcast from a prepared draft or a file; nothing is sent",
		Long: "Create a broadcast from a prepared draft or a file; nothing is sent. `towncrier broadcast drafts`\n" +
			"lists the drafts. " + fileHelp + timesHelp,
		Example: "  towncrier broadcast new --from civility --at \"2030-05-08 09:00\" --window 09:00-18:00\n" +
			"  towncrier broadcast new --file b.yaml --json | jq -r .id",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			proposal, _, err := write.read(cmd, wire.Proposal{})
			if err != nil {
				return err
			}
			body := wire.CreateBroadcast{Draft: from, Proposal: proposal}
			return answered(b, cmd, http.MethodPost, "/broadcasts", body, func(w io.Writer, made wire.Broadcast) error {
				fmt.Fprintln(w, "已存为草稿，没有发送。")
				return printDraft(w, made)
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "id of a draft of the city")
	write.flags(cmd)
	eitherOf(cmd, "from", "file")
	return cmd
}

func printDraft(w io.Writer, b wire.Broadcast) error {
	printBroadcast(w, b)
	_, err := fmt.Fprintf(w, "预览运行：%[2]s broadcast preview %[1]s\n送审运行：%[2]s broadcast submit %[1]s\n", b.ID, program())
	return err
}

func (b *apiCommands) edit() *cobra.Command {
	var write proposalFlags
	cmd := &cobra.Command{
		Use:   "edit ID",
		Short: "Change a broadcast; it becomes a draft and loses its approval",
		Long: "Change a broadcast by flags, or replace its content from a file that `towncrier broadcast show ID --yaml` made. It becomes\n" +
			"a draft and loses its approval. When a colleague changed it after the file was made, the edit is refused.\n" +
			fileHelp + timesHelp,
		Example: "  towncrier broadcast edit BABCDEFGHIJ --at \"2030-05-09 09:00\"\n" +
			"  towncrier broadcast show BABCDEFGHIJ --yaml > b.yaml; vi b.yaml; towncrier broadcast edit BABCDEFGHIJ --file b.yaml",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var had wire.Broadcast
				if _, err := c.Call(ctx, http.MethodGet, broadcastPath(args[0], ""), nil, &had); err != nil {
					return err
				}
				proposal, version, err := write.read(cmd, had.Proposal)
				if err != nil {
					return err
				}
				if version == 0 {
					version = had.Version
				}
				var after wire.Broadcast
				answer, err := c.Call(ctx, http.MethodPut, broadcastPath(args[0], ""), wire.ChangeBroadcast{Version: version, Proposal: proposal}, &after)
				switch {
				case err != nil:
					return err
				case b.asJSON:
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				fmt.Fprintln(cmd.OutOrStdout(), "已修改，现在是草稿，需要重新送审。")
				return printDraft(cmd.OutOrStdout(), after)
			})
		},
	}
	write.flags(cmd)
	cmd.MarkFlagsOneRequired("file", "title", "window", "committee", "at", "expire")
	return cmd
}

func (b *apiCommands) drafts() *cobra.Command {
	return &cobra.Command{
		Use:   "drafts",
		Short: "List the city's prepared drafts, for new --from",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b, cmd, http.MethodGet, "/drafts", nil, func(w io.Writer, page wire.Page[wire.Draft]) error {
				return list[wire.Draft]{
					headings: []string{"编号", "主题", "范围", "依据", "标题"},
					row: func(d wire.Draft) []string {
						return []string{d.ID, plaintext.OneLine(d.Proposal.Topic, 20), plaintext.OneLine(audienceText(d.Proposal.Audience), 40),
							strings.Join(each(d.Proposal.Cites, wire.Cite.String), "、"), plaintext.OneLine(d.Proposal.Title, 40)}
					},
					none: "这座城市没有备好的草稿。",
				}.print(w, page.Items)
			})
		},
	}
}

// proposalFlags is what flags say of a proposal.
type proposalFlags struct {
	file, title, window, committee string
	at, expire                     time.Time
}

func (w *proposalFlags) flags(cmd *cobra.Command) {
	w.content(cmd)
	cmd.Flags().Var(momentFlag(&w.at), "at", "not before (default: at once when it is scheduled)")
	cmd.Flags().Var(momentFlag(&w.expire), "expire", "what has not gone by then does not go (default: a day after --at)")
}

// content are the flags that a series has, too.
func (w *proposalFlags) content(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.file, "file", "", "YAML file (- for standard input)")
	cmd.Flags().StringVar(&w.title, "title", "", "for colleagues; residents never see it")
	cmd.Flags().StringVar(&w.window, "window", "", "time of day in which it may be sent (default: 08:00-20:00)")
	cmd.Flags().StringVar(&w.committee, "committee", "", "code or name of the committee that sends it, to its own residents")
}

// read is the proposal of the file, or had when there is none, with what the flags say. version is the file's, 0 when it says none.
func (w proposalFlags) read(cmd *cobra.Command, had wire.Proposal) (proposal wire.Proposal, version int64, err error) {
	if proposal = had; w.file != "" {
		if proposal, version, err = readProposal(w.file, cmd.InOrStdin(), time.Now()); err != nil {
			return proposal, 0, err
		}
	}
	p := &proposal
	p.Title, p.Window, p.Committee = cmp.Or(w.title, p.Title), cmp.Or(w.window, p.Window), cmp.Or(w.committee, p.Committee)
	p.SendAt, p.ExpireAt = cmp.Or(w.at, p.SendAt), cmp.Or(w.expire, p.ExpireAt)
	return proposal, version, nil
}
