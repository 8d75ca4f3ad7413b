package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/plaintext"
)

func askCommand(opt *options) *cobra.Command {
	var lines bool
	cmd := &cobra.Command{
		Use:   "ask",
		Short: "Chat in the terminal; needs no settings and files nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, name, err := opt.city(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "answering by %s\n", name)
			b := bot.New(bot.Config{
				City:     func() *city.City { return c },
				Sessions: bot.NewMemorySessions(kv.DefaultSessionLimit, time.Now),
				Inbox:    &scratchInbox{},
				Now:      time.Now,
				Log:      slog.New(slog.DiscardHandler),
			})
			if lines {
				return askLines(cmd.Context(), b, cmd.InOrStdin(), cmd.OutOrStdout())
			}
			return askTerminal(cmd.Context(), b, c.Library.City.Name, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&lines, "jsonl", false, `read {"from":"u1","text":"…"} a line, write one JSON object a line, in order`)
	return cmd
}

// askTerminal chats until the input ends.
func askTerminal(ctx context.Context, b *bot.Bot, name string, in io.Reader, out io.Writer) error {
	fmt.Fprintf(out, "%s（试用：登记的事项不会保存）。直接提问；Ctrl-D 结束。\n\n> ", name)
	for sc := newLines(in); ; {
		if !sc.Scan() {
			fmt.Fprintln(out)
			return sc.Err()
		}
		if strings.TrimSpace(sc.Text()) == "" {
			fmt.Fprint(out, "> ")
			continue
		}
		text, err := plaintext.Decode(sc.Bytes())
		if err != nil {
			return fmt.Errorf("输入无法读取：%w", plaintext.Chinese(err))
		}
		reply, err := b.Reply(ctx, bot.Message{From: "terminal", Kind: bot.Text, Text: string(text), At: time.Now()})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s\n\n> ", reply.Text)
	}
}

// question is a line of --jsonl input, answer a line of its output.
type question struct {
	From string `json:"from"`
	Text string `json:"text"`
}

type answer struct {
	From       string      `json:"from"`
	Kind       string      `json:"kind"`
	Topic      string      `json:"topic"`
	Options    []string    `json:"options"`
	Confidence float64     `json:"confidence"`
	Reply      string      `json:"reply"`
	Cites      []city.Cite `json:"cites"`
}

// askLines answers each line of in with a line of out.
func askLines(ctx context.Context, b *bot.Bot, in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	defer w.Flush()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	sc := newLines(in)
	n := 1
	for ; sc.Scan(); n++ {
		text, err := plaintext.Decode(sc.Bytes())
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var q question
		if err := json.Unmarshal(text, &q); err != nil {
			return fmt.Errorf(`line %d is not {"from":"…","text":"…"}: %w`, n, err)
		}
		reply, err := b.Reply(ctx, bot.Message{From: q.From, Kind: bot.Text, Text: q.Text, At: time.Now()})
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := enc.Encode(answerOf(q.From, reply)); err != nil {
			return err
		}
		if err := w.Flush(); err != nil { // a program that drives us through a pipe waits for this line
			return err
		}
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d bytes", n, maxLine)
	}
	return sc.Err()
}

func answerOf(from string, r bot.Reply) answer {
	a := answer{From: from, Kind: string(r.Kind), Topic: r.Topic, Options: r.Options, Confidence: r.Confidence, Reply: r.Text, Cites: r.Cites}
	if a.Options == nil {
		a.Options = []string{}
	}
	if a.Cites == nil {
		a.Cites = []city.Cite{}
	}
	return a
}

// maxLine is the longest line of input, in bytes.
const maxLine = 1 << 20

// newLines scans lines of up to maxLine.
func newLines(in io.Reader) *bufio.Scanner {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	sc.Split(plaintext.ScanLines)
	return sc
}

// scratchInbox numbers tickets and keeps none: a conversation in the terminal is for trying things out, and its ticket
// numbers say so.
type scratchInbox struct{ count int }

func (s *scratchInbox) File(_ context.Context, f inbox.Filing) (inbox.Ticket, error) {
	s.count++
	return inbox.Ticket{Number: fmt.Sprintf("试用%04d", s.count), Kind: f.Kind, Status: inbox.Open, FiledAt: f.At}, nil
}

func (s *scratchInbox) Append(_ context.Context, a inbox.Addition) (inbox.Ticket, error) {
	return inbox.Ticket{Number: a.Number, Kind: inbox.Handoff, Status: inbox.Open, FiledAt: a.At}, nil
}

func (s *scratchInbox) Collect(context.Context, string, string) ([]inbox.Ticket, error) {
	return nil, nil
}
func (s *scratchInbox) Forget(context.Context, string) error         { return nil }
func (s *scratchInbox) CountOf(context.Context, string) (int, error) { return s.count, nil }
func (s *scratchInbox) Empty(context.Context, string) error          { return nil }
