package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

// shownFaults is how many faults are printed unless --all is given: a wrong column makes one in every row.
const shownFaults = 1000

func (b rosterFileCommands) importFile() *cobra.Command {
	how := importing{kind: "residents"}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "从表格导入居民，先检查再导入",
		Long: "从表格导入居民：XLSX，或 UTF-8、GBK、GB18030、UTF-16 编码的 CSV。各列次序不限：必须有“手机号”“居委会代码”或“居委会”、“依据”（同意、法定职责或应急）和“同意时间”；\n" +
			"也读“小区”“标签”“同意方式”“同意内容”；表里写明不同意接收的居民（“是否同意接收”“退订”等列）不能导入。表头上面可以有标题行。整张表都一样的不用列出，用 --committee、--basis、--date 指定。\n" +
			"工作簿只读第一张看得见的表，不读隐藏的行和列；检查时会说明略过了什么。\n" +
			"\n" +
			"先检查，列出全部问题。在终端上会问您是否导入；--yes 没有问题就导入；--good-rows 只导入没有问题的行，其余写到 文件.problems.csv，改好再导入。\n" +
			"中断之后用同一命令接着导入。同一文件再导入不会改变什么。本人要求过删除的号码会略过。",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				ctx, stop := untilSignal(ctx)
				defer stop()
				how.fileImport, how.in = b.fileImport(cmd, c, args[0]), cmd.InOrStdin()
				return how.run(ctx)
			})
		},
	}
	how.flags(cmd)
	cmd.Flags().StringVar(&how.committee, "committee", "", "整张表的居委会，写代码或名称；表里没有这一列时用")
	cmd.Flags().StringVar(&how.basis, "basis", "", "整张表的依据：同意、法定职责或应急")
	cmd.Flags().StringVar(&how.date, "date", "", "整张表的同意日期：2026-01-05")
	return cmd
}

// importing is one import of a table of residents or committees.
type importing struct {
	fileImport
	kind                    string
	committee, basis, date  string
	dry, yes, goodRows, all bool
	in                      io.Reader
}

func (c *importing) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.dry, "dry-run", false, "只检查，不导入")
	cmd.Flags().BoolVar(&c.yes, "yes", false, "没有问题就导入，不再询问")
	cmd.Flags().BoolVar(&c.goodRows, "good-rows", false, "只导入没有问题的行，其余写到 文件.problems.csv")
	cmd.Flags().BoolVar(&c.all, "all", false, fmt.Sprintf("列出全部问题，不止前%d个", shownFaults))
	cmd.MarkFlagsMutuallyExclusive("dry-run", "yes")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "good-rows")
}

func (c importing) run(ctx context.Context) error {
	i, err := c.judged(ctx, map[string]string{"kind": c.kind, "committee": c.committee, "basis": c.basis, "date": c.date})
	if err != nil {
		return err
	}
	if i.State != "judged" {
		fmt.Fprintf(c.out, "%s 已经开始导入。\n", c.path)
		return c.end(c.follow(ctx, i))
	}
	if err := c.printJudgement(ctx, i); err != nil {
		return c.interrupted(ctx, err)
	}
	if goOn, err := c.decide(i); !goOn {
		return errors.Join(c.forgetShown(ctx, i), err)
	}
	rows := "all"
	if i.Bad > 0 {
		rows = "good"
		if err := c.saveBad(ctx, i); err != nil {
			c.forget(ctx, i)
			return c.interrupted(ctx, err)
		}
		fmt.Fprintf(c.out, "有问题的%d行已写入 %s，改正后可直接导入该文件。\n", i.Bad, c.problemsPath())
		if i.Repeated > 0 {
			fmt.Fprintf(c.out, "号码重复的，已导入的那一行也列在其中，以便核对。\n")
		}
	}
	return c.end(c.start(ctx, i, rows))
}

// printJudgement prints the problems and the totals.
func (c importing) printJudgement(ctx context.Context, i wire.Import) error {
	out := bufio.NewWriter(c.out)
	defer out.Flush()
	c.printHead(out, i)
	most := shownFaults
	if c.all {
		most = math.MaxInt
	}
	if err := c.printFaults(ctx, out, i, most); err != nil {
		return err
	}
	printUnknownColumns(out, i)
	printPlaces(out, i)
	fmt.Fprintf(out, "共%d行：可导入%d行，有问题%d行", i.Rows, i.Good, i.Bad)
	for n, kind := range i.FaultKinds {
		mark := "，"
		if n == 0 {
			mark = "："
		}
		fmt.Fprintf(out, "%s%s%d处", mark, kind.Kind, kind.N)
	}
	fmt.Fprintln(out, "。")
	if i.Planned != nil {
		fmt.Fprintf(out, "没有问题的行将%s。\n", committeesTotal(*i.Planned))
	}
	return nil
}

// shownPlaces is how many unknown communities are printed.
const shownPlaces = 20

// printPlaces says which communities would be new, before they are taken.
func printPlaces(out io.Writer, imported wire.Import) {
	places := imported.Places
	if len(places) == 0 {
		return
	}
	fmt.Fprintln(out, "注意：以下小区不在所属居委会登记的小区之中，会照表里所写导入，请先核对：")
	for i, p := range places {
		if i == shownPlaces {
			fmt.Fprintf(out, "  ……另有%d个小区\n", len(places)-i)
			break
		}
		fmt.Fprintf(out, "  %s（%s）：%s，%d行\n", plaintext.OneLine(p.CommitteeName, 40), p.Committee, plaintext.OneLine(p.Community, 40), p.Rows)
	}
	if imported.PlacesMore > 0 {
		fmt.Fprintf(out, "  ……还有%d行的小区也没有登记\n", imported.PlacesMore)
	}
}

// decide says whether to go on with what was judged.
func (c importing) decide(i wire.Import) (bool, error) {
	switch {
	case i.Good == 0:
		fmt.Fprintln(c.out, "没有可以导入的行，未写入任何内容。")
		return false, failedIf(i.Bad > 0)
	case c.dry:
		fmt.Fprintln(c.out, "仅试读，未写入任何内容。")
		return false, failedIf(i.Bad > 0)
	case i.Bad > 0 && !c.goodRows:
		fmt.Fprintf(c.out, "未写入任何内容。请改正后重试；或加 --good-rows 只导入没有问题的%d行，其余写入 %s。\n", i.Good, c.problemsPath())
		return false, errSilent
	case c.yes || c.goodRows:
		return true, nil
	}
	yes, asked := c.ask(i.Good)
	switch {
	case !asked:
		fmt.Fprintln(c.out, "未写入任何内容。确认导入请加 --yes。")
	case !yes:
		fmt.Fprintln(c.out, "已取消，未写入任何内容。")
	}
	return yes, nil
}

// ask asks on a terminal; elsewhere nobody is asked.
func (c importing) ask(rows int) (yes, asked bool) {
	if in, ok := c.in.(*os.File); !ok || !term.IsTerminal(int(in.Fd())) {
		return false, false
	}
	fmt.Fprintf(c.out, "导入这%d行？[y/N] ", rows)
	answer, err := bufio.NewReader(c.in).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	return err == nil && (answer == "y" || answer == "yes" || answer == "是"), true
}

func (c importing) problemsPath() string { return c.path + ".problems.csv" }

// saveBad writes the rows that are left out. The file may be there from an import that was interrupted; one that somebody
// is correcting is not touched.
func (c importing) saveBad(ctx context.Context, i wire.Import) error {
	download := func(w io.Writer) error { return c.client.Download(ctx, http.MethodGet, importPath(i, "bad-rows"), w) }
	path := c.problemsPath()
	old, err := os.Open(path)
	if err != nil {
		return writeWhole(path, download)
	}
	defer old.Close()
	same := &sameAs{old: bufio.NewReader(old), same: true}
	if err := download(same); err != nil {
		return err
	}
	if !same.whole() {
		return fmt.Errorf("%s 已经存在，里面是另一些行：请先导入它，或者把它移走", path)
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

// end says what the import did.
func (c importing) end(i wire.Import, err error) error {
	if err != nil {
		return err
	}
	n := i.Counts
	if i.Kind == "committees" {
		fmt.Fprintf(c.out, "导入完成：%s。\n", committeesTotal(*n))
		return c.forgetShown(context.Background(), i)
	}
	fmt.Fprintf(c.out, "导入完成：新增%d，更新%d，未变%d，跳过%d（本人已要求删除）。", n.Added, n.Changed, n.Unchanged, n.Erased)
	if n.Held > 0 {
		fmt.Fprintf(c.out, "另跳过%d（不能由本居委会导入：属于其他居委会，或本人已要求不再接收）。", n.Held)
	}
	if n.Stopped > 0 {
		fmt.Fprintf(c.out, "其中%d人已退订短信，不会收到短信。", n.Stopped)
	}
	fmt.Fprintln(c.out)
	return c.forgetShown(context.Background(), i)
}
