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

func (b contentCommands) try() *cobra.Command {
	return &cobra.Command{
		Use: "try DRAFT [QUESTION...]", Short: "用已知问题或者自己写的问题试答稿件", Args: cobra.MinimumNArgs(1),
		Example: "  towncrier content try D1\n  towncrier content try D1 停水停到几点 俺这儿停不停水",
		Long: "把 questions/ 里的每个已知问题，以及90天内居民留言里答复过的问题（不带姓名、号码、地址），分别按原来的内容和稿件试答一遍，只列出答复变了的：变差的在前，再是变好的和答复不同的，并列出前后两种答复；发布会停下的群发、定期发送和答复也列出来。" +
			"变差的，要么修改稿件，要么送审时用 --accept 逐条写明接受。\n\n" +
			"写了问题的，只试答这些问题，列出原来和现在居民看到的内容；什么都不保存。",
		RunE: func(cmd *cobra.Command, args []string) error {
			if questions := args[1:]; len(questions) > 0 {
				return answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/drafts", args[0], "ask"), wire.ContentQuestions{Questions: questions}, printAsked)
			}
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("content/drafts", args[0], "differences"), nil, printDifferences)
		},
	}
}

func printAsked(w io.Writer, asked wire.Page[wire.ContentAsked]) error {
	for i, q := range asked.Items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, plaintext.OneLine(q.Question, 200))
		printOutcome(w, "原来", q.Before)
		printOutcome(w, "现在", q.After)
	}
	return nil
}

func printDifferences(w io.Writer, d wire.ContentDifferences) error {
	printDraftStops(w, d.Stops)
	fmt.Fprintf(w, "试答了%d个已知问题：变差%d个，变好%d个，答复不同%d个\n", d.Asked, d.Worse, d.Better, d.Other)
	for _, q := range d.Items {
		fmt.Fprintf(w, "\n[%s] %s\n  %s\n", q.Label, plaintext.OneLine(q.Question, 100), sourceOf(q))
		if q.Told != "" {
			fmt.Fprintf(w, "  工作人员答复过：%s\n", plaintext.OneLine(q.Told, 200))
		}
		printOutcome(w, "原来", q.Before)
		printOutcome(w, "现在", q.After)
	}
	var err error
	if d.Worse > 0 {
		_, err = fmt.Fprintln(w, "\n变差的，请修改稿件；确实可以接受的，送审时逐条写明：towncrier content submit DRAFT --accept 问题")
	}
	return err
}

// sourceOf says where a known question is from, and what is right to answer it.
func sourceOf(q wire.ContentDifference) string {
	from := "居民的留言"
	if q.File != "" {
		from = fmt.Sprintf("%s:%d", q.File, q.Line)
	}
	if len(q.Right) == 0 {
		return "没有写明应由哪个问答答复（" + from + "）"
	}
	return "应由 " + rightOf(q.Right) + " 答复（" + from + "）"
}

// rightOf names what is right to answer.
func rightOf(ids []string) string {
	return strings.ReplaceAll(strings.Join(ids, "、"), "none", "none（不答复）")
}

func printOutcome(w io.Writer, when string, o wire.ContentOutcome) {
	fmt.Fprintf(w, "  %s：%s", when, o.Label)
	if len(o.Intents) > 0 {
		fmt.Fprintf(w, " %s", strings.Join(o.Intents, "、"))
	}
	fmt.Fprintln(w)
	for line := range strings.Lines(plaintext.Printable(strings.TrimSpace(o.Text))) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
}
