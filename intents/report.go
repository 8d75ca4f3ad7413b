package intents

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// WriteText writes the report as plain-text tables.
func (r Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	in, out := r.InScope, r.OutOfScope
	row := func(name string, n, of int) { fmt.Fprintf(t, "%s\t%d\t%s\n", name, n, percent(n, of)) }
	fmt.Fprintf(t, "in scope\t%d\tquestions\n", in.Questions)
	row("  top-1", in.Top1, in.Questions)
	row("  top-3", in.Top3, in.Questions)
	row("  right at once or in the menu", in.Reached(), in.Questions)
	row("  answered rightly", in.AnsweredRight, in.Questions)
	row("  answered wrongly", in.AnsweredWrong, in.Questions)
	row("  clarified, right one offered", in.ClarifiedRight, in.Questions)
	row("  clarified, right one missing", in.ClarifiedWrong, in.Questions)
	row("  declined", in.Declined, in.Questions)
	fmt.Fprintf(t, "out of scope\t%d\tquestions\n", out.Questions)
	row("  declined", out.Declined, out.Questions)
	row("  clarified", out.Clarified, out.Questions)
	row("  answered", out.Answered, out.Questions)
	fmt.Fprintf(t, "AUROC of confidence\t%.3f\n", r.AUROC)
	tallies(t, "by style", r.ByStyle)
	tallies(t, "by topic", r.ByTopic)
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Confusions) > 0 {
		if _, err := fmt.Fprintln(w, "\nconfusions (topic -> ranked first)"); err != nil {
			return err
		}
	}
	for _, c := range r.Confusions {
		if _, err := fmt.Fprintf(w, "%3d  %s -> %s  %q\n", c.Count, c.Topic, c.Ranked, c.Texts[:min(len(c.Texts), 3)]); err != nil {
			return err
		}
	}
	return nil
}

func tallies(t *tabwriter.Writer, title string, by map[string]Tally) {
	fmt.Fprintf(t, "\n%s\tn\ttop-1\ttop-3\treached\twrong\tdeclined\n", title)
	for _, name := range slices.Sorted(maps.Keys(by)) {
		c := by[name]
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", name, c.Questions, percent(c.Top1, c.Questions), percent(c.Top3, c.Questions),
			percent(c.Reached(), c.Questions), percent(c.AnsweredWrong, c.Questions), percent(c.Declined, c.Questions))
	}
}

func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}
