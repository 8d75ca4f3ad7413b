package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/plaintext"
	"towncrier/roster"
	"towncrier/store"
)

func inboxCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "Read and answer residents' tickets",
		Long: "Read and answer what residents left for a person: suggestions, questions that no notice answers, hand-offs, and\n" +
			"replies by SMS that no machine understands. What ends the questions of several people wants a second person.\n" +
			"The server tells the asker: at once when WeChat allows it, else the next time that they write.",
	}
	cmd.AddCommand(inboxList(opt), inboxShow(opt), inboxAnswer(opt), inboxApprove(opt), inboxClose(opt), inboxStop(opt))
	return cmd
}

func inboxList(opt *options) *cobra.Command {
	filter := inbox.Filter{Status: inbox.Open, Limit: 100}
	cmd := listing(&cobra.Command{
		Use:   "list",
		Short: "List tickets, oldest first",
		Args:  cobra.NoArgs,
	}, list[ticketView]{
		find: func(cmd *cobra.Command, _ []string) (found []ticketView, err error) {
			err = opt.withInbox(cmd.Context(), func(in *inbox.Inbox) error {
				tickets, err := in.List(cmd.Context(), filter)
				found = each(tickets, viewOf)
				return err
			})
			return found, err
		},
		headings: ticketHeadings, row: ticketRow, none: "没有符合条件的事项。",
	})
	cmd.Flags().Var(wordFlag(&filter.Status, inbox.Open, inbox.Answered, inbox.Closed), "status", "open, answered or closed")
	cmd.Flags().Var(wordFlag(&filter.Kind, inbox.Suggestion, inbox.Question, inbox.Handoff, inbox.Reply), "kind", "suggestion, question, handoff or reply (default: all)")
	cmd.Flags().BoolVar(&filter.Proposed, "proposed", false, "only those with an answer that waits for approval")
	cmd.Flags().StringVar(&filter.After, "after", "", "go on behind the ticket with this number")
	cmd.Flags().Var(intFlag(&filter.Limit, 1, math.MaxInt), "limit", "at most so many")
	return cmd
}

func inboxShow(opt *options) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show a ticket and its group",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withInbox(cmd.Context(), func(in *inbox.Inbox) error {
				t, like, err := in.Show(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				var proposal *inbox.Proposal
				if p, err := in.Proposal(cmd.Context(), args[0]); err == nil {
					proposal = &p
				} else if !errors.Is(err, inbox.ErrProposal) {
					return err
				}
				if out.asJSON {
					shown := map[string]any{"ticket": viewOf(t), "like": each(like, viewOf)}
					if proposal != nil {
						shown["proposal"] = map[string]any{"id": proposal.ID, "answer": proposal.Answer, "owner": proposal.Owner, "at": proposal.At}
					}
					return writeJSON(cmd.OutOrStdout(), shown)
				}
				printTicket(cmd.OutOrStdout(), t, like, proposal)
				return nil
			})
		},
	}
	out.flag(cmd)
	return cmd
}

func inboxAnswer(opt *options) *cobra.Command {
	var text, file, owner string
	cmd := &cobra.Command{
		Use:   "answer NUMBER (--text ANSWER | --file FILE)",
		Short: "Answer a ticket, which the server passes on; propose the answer when several people asked",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := answerText(text, file, cmd.InOrStdin())
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return opt.withInbox(cmd.Context(), func(in *inbox.Inbox) error {
				n, err := in.Answer(cmd.Context(), audit.Local(ownerOr("")), args[0], ownerOr(owner), answer)
				if errors.Is(err, inbox.ErrSecond) {
					p, err := in.Propose(cmd.Context(), audit.Local(ownerOr("")), args[0], ownerOr(owner), answer)
					if err != nil {
						return err
					}
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "不止一人问了这件事，答复还没有发出：要由另一人批准。\n"+approveHint, args[0], p.ID)
					return err
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已答复%d条。服务会通知提问人：能即时送达的即时送达，否则在对方下次来信时告知。\n", n)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&text, "text", "", "the answer, as the resident shall read it")
	cmd.Flags().StringVar(&file, "file", "", "read the answer from a file (- for standard input)")
	cmd.Flags().StringVar(&owner, "owner", "", "who answers (default: your login name)")
	eitherOf(cmd, "text", "file")
	return cmd
}

func inboxApprove(opt *options) *cobra.Command {
	var proposal string
	cmd := &cobra.Command{
		Use:   "approve NUMBER --proposal ID",
		Short: "Approve what a colleague proposed to several people; show prints it and its id",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withInbox(cmd.Context(), func(in *inbox.Inbox) error {
				n, err := in.Approve(cmd.Context(), audit.Local(ownerOr("")), args[0], proposal)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已批准，办结%d条。有答复的，服务会通知提问人。\n", n)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&proposal, "proposal", "", "id of the proposed answer, as show prints it (required)")
	required(cmd, "proposal")
	return cmd
}

func inboxStop(opt *options) *cobra.Command {
	var owner string
	cmd := &cobra.Command{
		Use:   "stop NUMBER",
		Short: "Stop texts to the phone number that wrote a reply by SMS, and close its ticket",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withDatabase(cmd.Context(), func(db *store.DB, _ config.Config) error {
				in := inbox.New(db.Inbox(), time.Now)
				people := roster.New(roster.Config{Store: db.Roster(), Tickets: in, Now: time.Now})
				actor := audit.Local(ownerOr(""))
				err := in.StopSender(cmd.Context(), actor, args[0], ownerOr(owner), func(ctx context.Context, number phone.Number) error {
					return people.Suppress(ctx, actor, number, roster.Stopped)
				})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "不再给这个号码发短信，事项已关闭。")
				return err
			})
		},
	}
	cmd.Flags().StringVar(&owner, "owner", "", "who stops it (default: your login name)")
	return cmd
}

func inboxClose(opt *options) *cobra.Command {
	var owner string
	cmd := &cobra.Command{
		Use:   "close NUMBER",
		Short: "Close a ticket without an answer; propose it when several people asked",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withInbox(cmd.Context(), func(in *inbox.Inbox) error {
				n, err := in.Close(cmd.Context(), audit.Local(ownerOr("")), args[0], ownerOr(owner))
				if errors.Is(err, inbox.ErrSecond) {
					p, err := in.ProposeClosing(cmd.Context(), audit.Local(ownerOr("")), args[0], ownerOr(owner))
					if err != nil {
						return err
					}
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "不止一人问了这件事，事项还没有关闭：要由另一人批准。\n"+approveHint, args[0], p.ID)
					return err
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已关闭%d条。\n", n)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&owner, "owner", "", "who closes it (default: your login name)")
	return cmd
}

// approveHint is the command with a ticket's number and a proposal's id.
const approveHint = "  towncrier inbox approve %s --proposal %s\n"

// answerText is the answer from exactly one of the two flags.
func answerText(text, file string, in io.Reader) (string, error) {
	switch {
	case file == "-":
		return answerFrom(in, "标准输入")
	case file != "":
		from, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer from.Close()
		return answerFrom(from, file)
	}
	return text, nil
}

// answerFrom reads an answer; name says where from.
func answerFrom(in io.Reader, name string) (string, error) {
	text, err := plaintext.Read(in, 1<<20)
	if err != nil {
		return "", fmt.Errorf("%s：%w", name, plaintext.Chinese(err))
	}
	return string(text), nil
}
