package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"towncrier/broadcast"
)

const (
	// watchEvery is how often a broadcast is looked at: what is seen is at most a second old, and ten people may
	// watch with one key.
	watchEvery = time.Second
	// watchPatience is how long a server may be away, as it is when it is updated.
	watchPatience = 5 * time.Minute
	// barWidth of a channel, in characters.
	barWidth = 24
)

func (b *overAPI) status() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "status ID",
		Short: "Show where it stands; with --watch until it has ended",
		Long: "Show where it stands; with --watch until it has ended, by channel and state. Ctrl-C ends the watching and nothing else.\n" +
			"Exits with 0 when it is done, with 1 when it was cancelled or has expired, or was not watched to its end.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *apiClient) error {
				if watch {
					ctx, stop := untilSignal(ctx)
					defer stop()
					w := watching{client: c, id: args[0], asJSON: b.asJSON, screen: newScreen(cmd.OutOrStdout())}
					return w.run(ctx)
				}
				var r reportView
				answer, err := c.call(ctx, http.MethodGet, at(args[0], "report"), nil, &r)
				if err != nil {
					return err
				}
				if b.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				printBroadcast(cmd.OutOrStdout(), r.Broadcast)
				fmt.Fprintln(cmd.OutOrStdout(), strings.Join(bars(r), "\n"))
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "go on showing it until it has ended; with --json a line each time that it has changed")
	b.jsonFlag(cmd)
	return cmd
}

// watching follows one broadcast.
type watching struct {
	client *apiClient
	id     string
	asJSON bool
	screen screen
}

// run shows the broadcast until it has ended or ctx does. A server that is away for a while is waited for.
func (w *watching) run(ctx context.Context) error {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	var answered time.Time // the last time
	for {
		var r reportView
		answer, err := w.client.call(ctx, http.MethodGet, at(w.id, "report"), nil, &r)
		switch {
		case ctx.Err() != nil:
			return w.left()
		case err == nil:
			answered = time.Now()
			if err := w.show(answer, r); err != nil {
				return err
			}
			if status := broadcast.Status(r.Broadcast.Status); status.Over() {
				return failedIf(status != broadcast.Done)
			}
		case answered.IsZero() || !passing(err) || time.Since(answered) > watchPatience:
			return err
		default:
			if !w.asJSON {
				w.screen.note("暂时连不上服务，群发不受影响，正在重试……")
			}
		}
		select {
		case <-ctx.Done():
			return w.left()
		case <-ticks.C:
		}
	}
}

// left says that nobody watches any more.
func (w *watching) left() error {
	if !w.asJSON {
		w.screen.note("已停止查看，群发不受影响。")
	}
	return errSilent
}

func (w *watching) show(answer json.RawMessage, r reportView) error {
	if w.asJSON {
		return w.screen.change([]string{string(answer)}) // the API answers on one line
	}
	b := r.Broadcast
	lines := []string{fmt.Sprintf("%s  %s  %s", b.ID, oneLine(b.Proposal.Title, 40), b.status())}
	switch broadcast.Status(b.Status) {
	case broadcast.Draft, broadcast.Submitted, broadcast.Approved, broadcast.Scheduled:
		lines = append(lines, "发送："+b.when())
	case broadcast.Freezing, broadcast.Held:
		lines = append(lines, fmt.Sprintf("名单：%d人（送审时%d人）", b.Frozen, b.Size))
	}
	lines = append(lines, bars(r)...)
	if len(r.Counts) > 0 {
		lines = append(lines, fmt.Sprintf("已送达%d，未了结%d", r.Delivered, r.Open))
	}
	return w.screen.show(lines)
}

// shownStates is the order in which a channel's states are printed.
var shownStates = []broadcast.State{broadcast.Pending, broadcast.InFlight, broadcast.Accepted, broadcast.InDoubt, broadcast.Delivered,
	broadcast.Undelivered, broadcast.Failed, broadcast.Unknown, broadcast.Suppressed, broadcast.Withdrawn, broadcast.Lapsed, broadcast.Planned}

// bars are a line a channel: how much of it is settled, and its states. Alternatives that nobody needed yet do not count, and are named.
func bars(r reportView) []string {
	var lines []string
	for _, channel := range []string{"subscription", "template", "sms", ""} {
		settled, total := 0, 0
		var states []string
		counts := slices.DeleteFunc(slices.Clone(r.Counts), func(c stateCount) bool { return c.Channel != channel })
		slices.SortFunc(counts, func(a, b stateCount) int {
			return slices.Index(shownStates, broadcast.State(a.State)) - slices.Index(shownStates, broadcast.State(b.State))
		})
		for _, c := range counts {
			states = append(states, fmt.Sprintf("%s%d", c.StateLabel, c.N))
			if state := broadcast.State(c.State); state != broadcast.Planned {
				total += c.N
				if state.Settled() {
					settled += c.N
				}
			}
		}
		if len(counts) == 0 {
			continue
		}
		name := channelNames[channel]
		if name == "" {
			name = "没有渠道"
		}
		lines = append(lines, fmt.Sprintf("%s  %s %*d/%d  %s", padded(name, 12), bar(settled, total), len(fmt.Sprint(total)), settled, total,
			strings.Join(states, " ")))
	}
	return lines
}

// bar is filled as far as done is of total.
func bar(done, total int) string {
	filled := barWidth
	if total > 0 {
		filled = barWidth * done / total
	}
	return strings.Repeat("█", filled) + strings.Repeat("░", barWidth-filled)
}

// padded fills Chinese text up to a width; a terminal shows each of its characters two columns wide.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-2*utf8.RuneCountInString(text)))
}

// screen shows lines that change: drawn over on a terminal, elsewhere once more whenever they have changed.
type screen struct {
	out      io.Writer
	terminal bool
	columns  func() int // of the terminal
	last     []string
}

func newScreen(out io.Writer) screen {
	s := screen{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.terminal = true
		s.columns = func() int {
			if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 { // some terminals do not say
				return columns
			}
			return 80
		}
	}
	return s
}

// show puts lines in the place of those before.
func (s *screen) show(lines []string) error {
	if !s.terminal {
		return s.change(lines)
	}
	var b strings.Builder
	if up := len(s.last); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for _, line := range lines {
		b.WriteString("\x1b[2K" + cut(line, s.columns()-1) + "\n") // a line that wraps would be two
	}
	b.WriteString("\x1b[J")
	s.last = lines
	_, err := io.WriteString(s.out, b.String())
	return err
}

// change prints lines unless they are those before.
func (s *screen) change(lines []string) error {
	if slices.Equal(lines, s.last) {
		return nil
	}
	s.last = lines
	_, err := io.WriteString(s.out, strings.Join(lines, "\n")+"\n")
	return errors.Join(err)
}

// note prints one line below the rest, once.
func (s *screen) note(text string) {
	lines := s.last
	if n := len(lines); n == 0 || lines[n-1] != text {
		lines = append(slices.Clone(lines), text)
	}
	if s.terminal {
		_ = s.show(lines) // a terminal that is gone is told nothing
	} else if len(lines) > len(s.last) {
		s.last = lines
		fmt.Fprintln(s.out, text)
	}
}

// cut shortens text to some columns of a terminal.
func cut(text string, columns int) string {
	wide := 0
	for i, r := range text {
		width := 1
		if r >= 0x2e80 {
			width = 2
		}
		if wide += width; wide > columns {
			return text[:i]
		}
	}
	return text
}
