package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

const (
	// watchEvery is how often a broadcast is looked at: what is seen is at most a second old, and ten people may
	// watch with one key.
	watchEvery = time.Second
	// maxAway is how long a server may be away, as it is when it is updated.
	maxAway = 5 * time.Minute
	// lineEvery is how often the counts are worth a line of a log.
	lineEvery = 5 * time.Second
)

func (b resultCommands) status() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "status ID",
		Short: "查看群发的状态；加 --watch 一直看到结束",
		Long: "按渠道和状态查看群发的进度；加 --watch 一直看到结束。输出不是终端时，有变化才输出一行，5秒最多一行。服务器没有回应时最多等5分钟。按 Ctrl-C 只停止查看。\n" +
			"\n" +
			"加 --watch 的退出码：0 已完成；1 已取消或已过期；3 服务器一直没有回应；130 按 Ctrl-C 中断。",
		Example: "  towncrier broadcast status BABCDEFGHIJ --watch && towncrier broadcast report BABCDEFGHIJ",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !watch {
				return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "report"), nil, func(w io.Writer, r wire.Report) error {
					printBroadcast(w, r.Broadcast)
					for _, line := range append(channelLines(r), notes(r)...) {
						fmt.Fprintln(w, line)
					}
					if r.Committee == "" { // the city's, of which a committee only sees its own residents: nothing is theirs to do
						printNext(w, r.Broadcast)
					} else {
						fmt.Fprintf(w, "居民读到的内容：%[2]s broadcast texts %[1]s\n", r.Broadcast.ID, program())
					}
					return nil
				})
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				ctx, stop := untilSignal(ctx)
				defer stop()
				w := watcher{client: c, id: args[0], asJSON: b.asJSON, screen: newScreen(cmd.OutOrStdout()), notes: cmd.ErrOrStderr()}
				return w.run(ctx)
			})
		},
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "一直看到结束；加 --json 每次变化输出一行")
	return cmd
}

// watcher follows one broadcast.
type watcher struct {
	client      *client.Client
	id          string
	asJSON      bool
	screen      screen
	notes       io.Writer // what is not part of JSON
	lastLine    string    // the status that was printed last, where the output is no terminal
	lastPrinted time.Time
}

// run shows the broadcast until it has ended or ctx does.
func (w *watcher) run(ctx context.Context) error {
	return follow(ctx, w.client, broadcastPath(w.id, "report"), w.note, func(answer json.RawMessage, r wire.Report) (over bool, err error) {
		status := broadcast.Status(r.Broadcast.Status)
		if err := w.show(answer, r, status.Over()); err != nil || !status.Over() {
			return false, err
		}
		return true, failedIf(status != broadcast.Done)
	})
}

// follow reads what is at path again and again, and shows it, until it is over or ctx is. A server that is away for a while is waited for.
func follow[T any](ctx context.Context, c *client.Client, path string, note func(string), show func(answer json.RawMessage, got T) (over bool, err error)) error {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	var answered time.Time // the last time
	away := false
	for {
		var got T
		answer, err := c.GetOnce(ctx, path, &got)
		switch {
		case ctx.Err() != nil:
			note("已停止查看，群发不受影响。")
			return errInterrupted
		case err == nil:
			if away {
				note("已重新连上服务。")
			}
			answered, away = time.Now(), false
			if over, err := show(answer, got); over || err != nil {
				return err
			}
		case answered.IsZero() || !client.Temporary(err) || time.Since(answered) > maxAway:
			return err
		case !away:
			away = true
			note("暂时连不上服务，群发不受影响，正在重试……")
		}
		select {
		case <-ctx.Done():
		case <-ticks.C:
		}
	}
}

// note prints a line about the connection, beside the status.
func (w *watcher) note(text string) {
	if w.asJSON {
		fmt.Fprintln(w.notes, text)
		return
	}
	w.screen.note(text)
}

func (w *watcher) show(answer json.RawMessage, r wire.Report, last bool) error {
	switch {
	case w.asJSON:
		return w.screen.change([]string{string(answer)}) // the API answers on one line
	case !w.screen.terminal && !last:
		return w.line(r)
	}
	b := r.Broadcast
	lines := []string{fmt.Sprintf("%s  %s  %s", b.ID, plaintext.OneLine(b.Proposal.Title, 40), statusOf(b))}
	switch broadcast.Status(b.Status) {
	case broadcast.Draft, broadcast.Submitted, broadcast.Approved, broadcast.Scheduled:
		lines = append(lines, "发送："+sendTime(b))
	case broadcast.Freezing, broadcast.Held:
		lines = append(lines, fmt.Sprintf("名单：%s（送审时%s）", b.FrozenLabel, b.SizeLabel))
	}
	lines = append(lines, channelLines(r)...)
	if len(r.Counts) > 0 {
		lines = append(lines, fmt.Sprintf("已送达%d，未了结%d", countOrZero(r.Delivered), countOrZero(r.Open)))
	}
	return w.screen.show(append(lines, notes(r)...))
}

// line prints where the broadcast stands as one line of a log, and what should be known of it, when its status has changed, and now and
// then beside.
func (w *watcher) line(r wire.Report) error {
	b := r.Broadcast
	if statusOf(b) == w.lastLine && time.Since(w.lastPrinted) < lineEvery {
		return nil
	}
	settled, total := 0, 0
	for _, c := range r.Counts {
		settled, total = tallied(c, settled, total)
	}
	w.lastLine, w.lastPrinted = statusOf(b), time.Now()
	stands := fmt.Sprintf("%s  %s  名单%s，已了结%d/%d，已送达%d", b.ID, statusOf(b), b.FrozenLabel, settled, total, countOrZero(r.Delivered))
	return w.screen.change(append([]string{stands}, notes(r)...))
}

// tallied adds deliveries to what is settled and to what there is. Alternatives that nobody needed yet do not count.
func tallied(c wire.StateCount, settled, total int) (int, int) {
	state := broadcast.State(c.State)
	if state == broadcast.Planned {
		return settled, total
	}
	if state.Settled() {
		settled += countOrZero(c.N)
	}
	return settled, total + countOrZero(c.N)
}

// shownStates is the order in which a channel's states are printed.
var shownStates = []broadcast.State{broadcast.Pending, broadcast.InFlight, broadcast.Accepted, broadcast.InDoubt, broadcast.Delivered,

	broadcast.Undelivered, broadcast.Failed, broadcast.Unknown, broadcast.Suppressed, broadcast.Withdrawn, broadcast.Lapsed, broadcast.Planned}

// channelLines are a line a channel: how much of it is settled, and its states. Alternatives that nobody needed yet do not count, and are named.
func channelLines(r wire.Report) []string {
	var lines []string
	for _, channel := range []string{"subscription", "template", "sms", ""} {
		settled, total := 0, 0
		var states []string
		counts := slices.DeleteFunc(slices.Clone(r.Counts), func(c wire.StateCount) bool { return c.Channel != channel })
		slices.SortFunc(counts, func(a, b wire.StateCount) int {
			return slices.Index(shownStates, broadcast.State(a.State)) - slices.Index(shownStates, broadcast.State(b.State))
		})
		for _, c := range counts {
			states = append(states, c.StateLabel+c.NLabel)
			settled, total = tallied(c, settled, total)
		}
		if len(counts) == 0 {
			continue
		}
		name := channelName(channel)
		if name == "" {
			name = "不发送的人"
		}
		lines = append(lines, fmt.Sprintf("%s  %s %*d/%d  %s", padded(name, 12), bar(settled, total), len(fmt.Sprint(total)), settled, total,
			strings.Join(states, " ")))
	}
	return lines
}
