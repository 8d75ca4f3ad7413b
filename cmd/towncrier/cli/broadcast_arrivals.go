package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
)

func (b resultCommands) arrivals() *cobra.Command {
	var span string
	var since time.Time
	var watch bool
	cmd := &cobra.Command{
		Use:   "arrivals ID",
		Short: "按时间查看已提交、已送达和失败的条数",
		Long: "按分钟、小时或天，分渠道查看已提交、已送达和失败的条数。每件事记在发生的时候：先提交、后送达的一条，两栏都有。\n" +
			"--watch 一直显示到群发结束；按 Ctrl-C 只是不再查看。",
		Example: "  towncrier broadcast arrivals BABCDEFGHIJ --span hour\n  towncrier broadcast arrivals BABCDEFGHIJ --watch",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := broadcastPath(args[0], "arrivals") + queryOf(map[string]string{"span": span, "since": instantText(since)})
			if !watch {
				return answered(b.apiCommands, cmd, http.MethodGet, path, nil, printArrivals)
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				ctx, stop := untilSignal(ctx)
				defer stop()
				w := watcher{asJSON: b.asJSON, screen: newScreen(cmd.OutOrStdout()), notes: cmd.ErrOrStderr()}
				return follow(ctx, c, path, w.note, func(answer json.RawMessage, a wire.Arrivals) (over bool, err error) {
					over = broadcast.Status(a.Status).Over()
					if b.asJSON {
						return over, w.screen.change([]string{string(answer)})
					}
					return over, w.screen.show(arrivalLines(a, watchedSpans))
				})
			})
		},
	}
	cmd.Flags().StringVar(&span, "span", "", "每分钟、每小时或每天（minute、hour、day）；不写时按总时长选用")
	cmd.Flags().Var(momentFlag(&since), "since", "只看这个时间以后的：2030-05-08 09:00")
	cmd.Flags().BoolVar(&watch, "watch", false, "一直显示到群发结束；加 --json 时每有变化输出一行")
	return cmd
}

// watchedSpans is how many lines of a screen --watch draws over.
const watchedSpans = 20

func printArrivals(w io.Writer, a wire.Arrivals) error {
	_, err := fmt.Fprintln(w, strings.Join(arrivalLines(a, len(a.Items)), "\n"))
	return err
}

// arrivalLines are the newest items, each with a bar as long as what was accepted or arrived then, of the most in one.
func arrivalLines(a wire.Arrivals, newest int) []string {
	switch {
	case a.Few:
		return []string{"接收人少于10人，不显示。"}
	case len(a.Items) == 0:
		return []string{"还没有投递记录。"}
	}
	most := 0
	for _, one := range a.Items {
		most = max(most, one.Accepted, one.Delivered)
	}
	var text strings.Builder
	t := table{headings: []string{"时间", "渠道", "已提交", "已送达", "失败", "已送达（" + a.SpanLabel + "）"}}
	for _, one := range a.Items[max(0, len(a.Items)-newest):] {
		t.add(formatTime(one.At), one.ChannelLabel, fmt.Sprint(one.Accepted), fmt.Sprint(one.Delivered), fmt.Sprint(one.Failed), bar(one.Delivered, most))
	}
	_ = t.print(&text) // a Builder takes everything
	return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
}

// instantText is an instant as the API takes it, "" for none.
func instantText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
