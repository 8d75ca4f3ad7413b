package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

// mostAnswers of those that an act stops are printed: another city's folder stops all of them.
const mostAnswers = 20

// printStops prints what an act stops, in the same words whatever the act is: nothing when it stops nothing.
func printStops(w io.Writer, stops wire.ContentStops) {
	for _, s := range stops.Broadcasts {
		fmt.Fprintf(w, "  停止群发 %s（%s，%s）：%s\n", plaintext.OneLine(s.Title, 40), s.ID, s.Label, stoppedBy(s))
	}
	for _, s := range stops.Series {
		fmt.Fprintf(w, "  停止定期发送 %s（%s）：%s\n", plaintext.OneLine(s.Title, 40), s.ID, stoppedBy(s))
	}
	for _, id := range stops.Drafts {
		fmt.Fprintf(w, "  停用备好的群发稿 %s\n", id)
	}
	shown := stops.Intents[:min(len(stops.Intents), mostAnswers)]
	for _, a := range shown {
		fmt.Fprintf(w, "  停止答复 %s（%s）\n", plaintext.OneLine(a.Title, 40), a.ID)
	}
	if more := len(stops.Intents) - len(shown); more > 0 {
		fmt.Fprintf(w, "  另有%d个答复停止\n", more)
	}
}

func stoppedBy(s wire.StoppedSend) string {
	if s.New {
		return plaintext.OneLine(s.Why, 100) + "（送审之后才有，须重新送审）"
	}
	return plaintext.OneLine(s.Why, 100)
}

func stopsNothing(s wire.ContentStops) bool {
	return len(s.Intents)+len(s.Broadcasts)+len(s.Series)+len(s.Drafts) == 0
}

// showStops prints what publishing a draft stops. Of a draft that is refused it prints nothing: the act on it says why.
func (b contentCommands) showStops(cmd *cobra.Command, draft string) error {
	if b.asJSON {
		return nil
	}
	return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
		var stops wire.ContentStops
		_, err := c.Call(ctx, http.MethodGet, pathOf("content/drafts", draft, "stops"), nil, &stops)
		if _, refused := errors.AsType[*client.RefusedError](err); refused {
			return nil
		}
		printDraftStops(cmd.OutOrStdout(), stops)
		return err
	})
}

func printDraftStops(w io.Writer, stops wire.ContentStops) {
	if !stopsNothing(stops) {
		fmt.Fprintln(w, "发布这份稿件会：")
		printStops(w, stops)
	}
}
