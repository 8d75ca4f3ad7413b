package cli

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func tasksCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "tasks",
		Short: "列出等您办理的事，每件都附上下一步的命令",
		Long:  "列出等您办理的事，最急的在前：待再次确认的群发、到期的留言、同事请您审批或确认的事。每件都附上下一步的命令。",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b, cmd, http.MethodGet, "/me/tasks", nil, printTasks)
		},
	}
	b.addFlags(cmd)
	return cmd
}

// taskSteps are the commands by kind of task, with the task's id.
var taskSteps = map[string]string{
	"emergency-approve":   "emergency show %s",
	"emergency-stuck":     "emergency show %s",
	"emergency-out":       "emergency end %s",
	"broadcast-emergency": "broadcast preview %s",
	"broadcast-confirm":   "broadcast confirm %s",
	"broadcast-held":      "broadcast status %s",
	"broadcast-paused":    "broadcast resume %s",
	"broadcast-approve":   "broadcast preview %s",
	"series-approve":      "broadcast series show %s",
	"broadcast-schedule":  "broadcast schedule %s",
	"broadcast-returned":  "broadcast show %s",
	"series-returned":     "broadcast series show %s",
	"broadcast-today":     "broadcast status %s",
	"content-undo":        "content reinstate %s",
	"content-approve":     "content diff %s\ncontent try %s",
	"content-handed-in":   "content diff %s\ncontent try %s",
	"content-returned":    "content diff %s\ncontent try %s",
	"notices-overdue":     "content notices",
	"alarm":               "alarm ack %s",
	"ticket-overdue":      "inbox list --due overdue",
	"ticket-today":        "inbox list --due today",
	"answer-approve":      "inbox show %s",
	"stops-undo":          "stops confirm %s",
	"export-fetch":        "roster export numbers.xlsx --numbers --request %s",
	"export-confirm":      "roster numbers confirm %s",
	"invitation-confirm":  "staff confirm %s --phone 本人手机号",
	"key-ends":            "staff key mine",
}

func printTasks(w io.Writer, page wire.Page[wire.Task]) error {
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(w, "今天没有要办的事。")
		return err
	}
	for _, t := range page.Items {
		text := t.Label
		if t.N > 1 || t.ID == "" {
			text += fmt.Sprintf("（%d）", t.N)
		}
		if t.Title != "" {
			text += "：" + plaintext.OneLine(t.Title, 60)
		}
		fmt.Fprintln(w, text)
		if t.Why != "" {
			fmt.Fprintf(w, "  %s\n", plaintext.OneLine(t.Why, 200))
		}
		if !t.Since.IsZero() {
			fmt.Fprintf(w, "  从%s起等待\n", formatTime(t.Since))
		}
		for next := range strings.Lines(taskSteps[t.Kind]) {
			if _, err := fmt.Fprintf(w, "  towncrier %s\n", strings.ReplaceAll(strings.TrimSpace(next), "%s", plaintext.OneLine(t.ID, 40))); err != nil {
				return err
			}
		}
	}
	return nil
}
