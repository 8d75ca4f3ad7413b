package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"towncrier/plaintext"
	"towncrier/roster"
	"towncrier/sheet"
)

// shownProblems is how many problems are printed unless --all is given: a wrong column makes one in every row.
const shownProblems = 1000

func rosterImport(opt *options) *cobra.Command {
	var how importCommand
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import residents from a spreadsheet, after a dry run",
		Long: "Import residents from a spreadsheet: XLSX, or CSV in UTF-8, GBK, GB18030 or UTF-16. The columns may stand in any order:\n" +
			"手机号, 居委会代码 or 居委会, 依据 (同意, 法定职责 or 应急) and 同意时间 are needed; 小区, 标签, 同意方式 and 同意内容 are read.\n" +
			"Titles may stand above the headings. What is alike in every row needs no column: give --committee, --basis and --date.\n" +
			"Of a workbook the first visible sheet is read, without hidden rows and columns; the dry run says what was left out.\n\n" +
			"A dry run comes first and lists every problem. Then, on a terminal, you are asked; --yes imports when there is no\n" +
			"problem; --good-rows imports the good rows and writes the others to FILE.problems.csv, to be corrected and imported.\n" +
			"An import that was interrupted goes on where it stopped when the same command is given again. A file that was\n" +
			"imported before changes nothing. Numbers whose owners asked to be deleted are skipped.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			how.path, how.in, how.out, how.errs = args[0], cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			// What an import keeps stays to its end, and garbage is little: half of it is soon enough to collect, and a million
			// rows then fit into 200 MiB.
			debug.SetGCPercent(25)
			table, err := sheet.Open(how.path)
			if err != nil {
				return err
			}
			return errors.Join(opt.withRoster(ctx, func(room rosterRoom) error { return how.run(ctx, room, table) }), table.Close())
		},
	}
	cmd.Flags().BoolVar(&how.dry, "dry-run", false, "only list the problems")
	cmd.Flags().BoolVar(&how.yes, "yes", false, "import without asking when there is no problem")
	cmd.Flags().BoolVar(&how.goodRows, "good-rows", false, "import the good rows, write the others to FILE.problems.csv")
	cmd.Flags().StringVar(&how.whole.Committee, "committee", "", "code or name of the committee of all residents in FILE, which has no such column")
	cmd.Flags().StringVar(&how.whole.Basis, "basis", "", "同意, 法定职责 or 应急, for all residents in FILE")
	cmd.Flags().StringVar(&how.whole.Date, "date", "", "since when the basis holds, for all residents in FILE: 2026-01-05")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "yes")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "good-rows")
	cmd.Flags().BoolVar(&how.all, "all", false, fmt.Sprintf("print every problem, not only the first %d", shownProblems))
	return cmd
}

// importCommand is one import command.
type importCommand struct {
	path                    string
	whole                   roster.WholeSheet
	dry, yes, goodRows, all bool
	in                      io.Reader
	out, errs               io.Writer
}

func (c importCommand) run(ctx context.Context, room rosterRoom, table *sheet.File) error {
	plan, err := c.dryRun(ctx, room, table)
	if err != nil {
		return err
	}
	switch {
	case plan.Good() == 0:
		fmt.Fprintln(c.out, "没有可以导入的行，未写入任何内容。")
		return failedIf(plan.Bad > 0)
	case c.dry:
		fmt.Fprintln(c.out, "仅试读，未写入任何内容。")
		return failedIf(plan.Bad > 0)
	case plan.Bad > 0 && !c.goodRows:
		fmt.Fprintf(c.out, "未写入任何内容。请改正后重试；或加 --good-rows 只导入没有问题的%d行，其余写入 %s。\n", plan.Good(), c.problemsPath())
		return errSilent
	case !c.yes && !c.goodRows:
		if yes, asked := c.ask(plan.Good()); !yes {
			if !asked {
				fmt.Fprintln(c.out, "未写入任何内容。确认导入请加 --yes。")
				return nil
			}
			fmt.Fprintln(c.out, "已取消，未写入任何内容。")
			return nil
		}
	}
	if plan.Bad > 0 {
		if err := c.writeBad(plan); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "有问题的%d行已写入 %s，改正后可直接导入该文件。\n", plan.Bad, c.problemsPath())
		if plan.Repeated() > 0 {
			fmt.Fprintf(c.out, "号码重复的，已导入的那一行也列在其中，以便核对。\n")
		}
	}
	return c.write(ctx, room, plan)
}

// dryRun prints the problems and the totals.
func (c importCommand) dryRun(ctx context.Context, room rosterRoom, table *sheet.File) (*roster.Plan, error) {
	committees, err := room.Committees(ctx)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriter(c.out)
	defer out.Flush()
	fmt.Fprintf(out, "%s（%s）\n", c.path, table.Format())
	printNotes(out, table)
	n := 0
	plan, err := roster.PlanImport(ctx, table, committees, c.whole, time.Now(), func(p roster.RowProblem) {
		if n++; c.all || n <= shownProblems {
			fmt.Fprintln(out, problemLine(p))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%s：%w", c.path, err)
	}
	if !c.all && n > shownProblems {
		fmt.Fprintf(out, "……另有%d个问题未列出，加 --all 全部列出。\n", n-shownProblems)
	}
	if len(plan.Unknown) > 0 {
		fmt.Fprintf(out, "注意：以下列不认识，不会导入：%s\n", plaintext.OneLine(strings.Join(plan.Unknown, "、"), 200))
	}
	printPlaces(out, plan.Places)
	fmt.Fprintf(out, "共%d行：可导入%d行，有问题%d行", plan.Residents, plan.Good(), plan.Bad)
	for i, kind := range slices.Sorted(maps.Keys(plan.Kinds)) {
		mark := "，"
		if i == 0 {
			mark = "："
		}
		fmt.Fprintf(out, "%s%s%d处", mark, kind, plan.Kinds[kind])
	}
	fmt.Fprintln(out, "。")
	return plan, nil
}

// printNotes says what of the file is not read.
func printNotes(out io.Writer, table *sheet.File) {
	for _, note := range table.Notes {
		fmt.Fprintf(out, "注意：%s\n", plaintext.OneLine(note, 300))
	}
}

// shownPlaces is how many unknown communities are printed.
const shownPlaces = 20

// printPlaces says which communities would be new, before they are taken.
func printPlaces(out io.Writer, places []roster.UnknownPlace) {
	if len(places) == 0 {
		return
	}
	fmt.Fprintln(out, "注意：以下小区不在所属居委会登记的小区之中，会照表里所写导入，请先核对：")
	for i, p := range places {
		if i == shownPlaces {
			fmt.Fprintf(out, "  ……另有%d个小区\n", len(places)-i)
			break
		}
		fmt.Fprintf(out, "  %s（%s）：%s，%d行\n", plaintext.OneLine(p.Committee.Name, 40), p.Committee.Code, plaintext.OneLine(p.Community, 40), p.Rows)
	}
}

func problemLine(p roster.RowProblem) string {
	place := fmt.Sprintf("第%d行", p.Row)
	if p.Cell != "" {
		place += fmt.Sprintf(" %s（%s）", plaintext.OneLine(p.Column, 40), p.Cell)
	}
	return place + "：" + p.Text
}

// ask asks on a terminal; elsewhere nobody is asked.
func (c importCommand) ask(rows int) (yes, asked bool) {
	if in, ok := c.in.(*os.File); !ok || !term.IsTerminal(int(in.Fd())) {
		return false, false
	}
	fmt.Fprintf(c.out, "导入这%d行？[y/N] ", rows)
	answer, err := bufio.NewReader(c.in).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return err == nil && (answer == "y" || answer == "yes" || answer == "是"), true
}

func (c importCommand) problemsPath() string { return c.path + ".problems.csv" }

// writeBad writes the rows that are left out. The file may be there from an import that was interrupted; one that somebody
// is correcting is not touched.
func (c importCommand) writeBad(plan *roster.Plan) error {
	path := c.problemsPath()
	old, err := os.Open(path)
	if err != nil {
		return writeTable(path, sheet.CSV, plan.WriteBad)
	}
	defer old.Close()
	same := &sameAs{old: bufio.NewReader(old), same: true}
	if err := writeRows(same, sheet.CSV, plan.WriteBad); err != nil {
		return err
	}
	if !same.whole() {
		return fmt.Errorf("%s exists already, with other rows: import it first, or move it away", path)
	}
	return nil
}

// sameAs compares what is written to it with old.
type sameAs struct {
	old  *bufio.Reader
	same bool
}

func (s *sameAs) Write(p []byte) (int, error) {
	had := make([]byte, len(p))
	if _, err := io.ReadFull(s.old, had); err != nil || !bytes.Equal(had, p) {
		s.same = false
	}
	return len(p), nil
}

func (s *sameAs) whole() bool {
	_, err := s.old.ReadByte()
	return s.same && err == io.EOF
}

// write imports the plan's good rows.
func (c importCommand) write(ctx context.Context, room rosterRoom, plan *roster.Plan) error {
	bar := newProgress(c.errs, "导入", "行")
	state, err := plan.Run(ctx, room.store, room.actor, time.Now, func(s roster.ImportState) {
		if n := s.Counts.Rows(); n > 0 {
			fmt.Fprintf(c.out, "接着上次中断的导入继续：已写入%d行。\n", n)
		}
	}, func(rows int) { bar.at(rows, plan.Good()) })
	switch {
	case errors.Is(err, roster.ErrNoRoom), errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the file system of %s is full: make room, then give the same command again; it goes on: %d of %d rows are written", room.where, state.Counts.Rows(), plan.Good())
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(c.out, "已中断：%d行中已写入%d行。再次运行同一命令会从这里继续。\n", plan.Good(), state.Counts.Rows())
		return errInterrupted
	case err != nil:
		return fmt.Errorf("import stopped after %d of %d rows, give the same command again to go on: %w", state.Counts.Rows(), plan.Good(), err)
	}
	n := state.Counts
	fmt.Fprintf(c.out, "导入完成：新增%d，更新%d，未变%d，跳过%d（本人已要求删除）。", n.Added, n.Changed, n.Unchanged, n.Erased)
	if n.Stopped > 0 {
		fmt.Fprintf(c.out, "其中%d人已退订短信，不会收到短信。", n.Stopped)
	}
	fmt.Fprintln(c.out)
	return nil
}
