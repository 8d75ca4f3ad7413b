package cli

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/parts"
	"towncrier/plaintext"
)

func (b contentCommands) diff() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "diff DRAFT", Short: "看稿件改了什么", Args: cobra.ExactArgs(1),
		Long: "公告、答复和别的文字逐行列出；问法和词表只列出增减的数目和几个例子，全部要看时加 --all。审批的总是全部改动。",
		RunE: func(cmd *cobra.Command, args []string) error {
			shown := func(w io.Writer, page wire.Page[wire.ContentChange]) error {
				return printChanges(w, page, args[0], all)
			}
			if err := answered(b.apiCommands, cmd, http.MethodGet, pathOf("content/drafts", args[0], "changes"), nil, shown); err != nil {
				return err
			}
			return b.showStops(cmd, args[0])
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "问法和词表也逐行列出")
	return cmd
}

// printChanges prints what programs that compare texts print. Of what is long and seldom read, what residents may say, it prints how much of it
// comes and goes, unless all is wanted.
func printChanges(w io.Writer, page wire.Page[wire.ContentChange], draft string, all bool) error {
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(w, "稿件没有改动任何文件。")
		return err
	}
	shortened := false
	for _, c := range page.Items {
		before, after, counts := c.Before, c.After, []string(nil)
		if short, ok := shortChange(c); ok && !all {
			before, after, counts = short.before, short.after, short.counts
		}
		shortened = shortened || len(counts) > 0
		to := c.Path
		if c.Removed {
			to += "（删除）"
		}
		text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
			A: difflib.SplitLines(plaintext.Lines(before)), B: difflib.SplitLines(plaintext.Lines(after)), FromFile: c.Path, ToFile: to, Context: 2})
		if err != nil {
			return err
		}
		if text == "" {
			text = fmt.Sprintf("--- %s\n+++ %s\n", c.Path, to)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		for _, line := range counts {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	var err error
	if shortened {
		_, err = fmt.Fprintf(w, "问法和词表只列出数目和例子，全部：towncrier content diff %s --all\n", draft)
	}
	return err
}

// shortened is a change of a file without what residents may say, which is counted.
type shortened struct {
	before, after string
	counts        []string
}

// shortChange is false for a file that is shown whole.
func shortChange(c wire.ContentChange) (s shortened, ok bool) {
	switch {
	case strings.HasPrefix(c.Path, "intents/"):
		return shortIntent(c)
	case strings.HasPrefix(c.Path, "matching/") || strings.HasPrefix(c.Path, "questions/"):
		line := countOf("各行", linesOf(c.Before), linesOf(c.After))
		return shortened{counts: []string{line}}, line != ""
	}
	return s, false
}

// shortIntent shows an answer's fields by their labels, but for its utterances.
func shortIntent(c wire.ContentChange) (s shortened, ok bool) {
	k, _ := parts.Called("intents")
	shown := func(text string) (map[string]any, string, bool) {
		if text == "" {
			return nil, "", true
		}
		all, err := k.All(parts.Folder{c.Path: []byte(text)})
		if err != nil || len(all) != 1 || all[0].Value == nil {
			return nil, "", false
		}
		return all[0].Value, k.Text(all[0], "utterances", "proposed"), true
	}
	was, before, read := shown(c.Before)
	is, after, readable := shown(c.After)
	if !read || !readable {
		return s, false
	}
	s.before, s.after = before, after
	for _, name := range []string{"utterances", "proposed"} {
		f, _ := k.Field(name)
		if line := countOf(f.Label, textsOf(was[name]), textsOf(is[name])); line != "" {
			s.counts = append(s.counts, line)
		}
	}
	return s, before != after || s.counts != nil // else a comment, or the order of something
}

func textsOf(v any) (all []string) {
	list, _ := v.([]any)
	for _, item := range list {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

// linesOf are the lines of a text that say something.
func linesOf(text string) []string {
	return slices.DeleteFunc(strings.Split(plaintext.Lines(text), "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

// countOf says how many of a list come and go, with examples; "" for none.
func countOf(what string, before, after []string) string {
	var said []string
	for _, side := range []struct {
		word        string
		these, from []string
	}{{"增加", after, before}, {"删去", before, after}} {
		there := make(map[string]bool, len(side.from))
		for _, text := range side.from {
			there[text] = true
		}
		var all []string
		for _, text := range side.these {
			if !there[text] {
				all = append(all, plaintext.OneLine(text, 40))
			}
		}
		const examples = 3
		if n := len(all); n > 0 {
			line := fmt.Sprintf("%s%d个：%s", side.word, n, strings.Join(all[:min(n, examples)], "、"))
			if n > examples {
				line += "等"
			}
			said = append(said, line)
		}
	}
	if said == nil {
		return ""
	}
	return what + "：" + strings.Join(said, "；")
}
