package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
)

func (b committeeCommands) importFile() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "从表格导入居委会，先检查再导入",
		Long: "从表格（XLSX 或 CSV）导入居委会。必须有“代码”和“名称”两列，也读“街道”“区县”“小区”。几个小区写在一格里用“、”隔开，或者同一代码每行写一个。\n" +
			"已登记的按表更新；表里没有的列不变。不加 --yes 只检查，不写入。",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				ctx, stop := untilSignal(ctx)
				defer stop()
				return b.fileImport(cmd, c, args[0]).committees(ctx, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "没有问题就导入")
	return cmd
}

func (f fileImport) committees(ctx context.Context, yes bool) error {
	i, err := f.judged(ctx, map[string]string{"kind": "committees"})
	if err != nil {
		return err
	}
	if i.State == "judged" {
		out := bufio.NewWriter(f.out)
		f.printHead(out, i)
		printUnknownColumns(out, i)
		err := f.printFaults(ctx, out, i, math.MaxInt)
		out.Flush()
		switch {
		case err != nil:
			return f.interrupted(ctx, err)
		case i.Bad > 0:
			fmt.Fprintf(f.out, "有%d个问题，未写入任何内容。请改正后重试。\n", i.Faults)
			return errors.Join(f.forgetShown(ctx, i), errSilent)
		case !yes || i.Good == 0:
			fmt.Fprintf(f.out, "将%s。未写入任何内容，确认导入请加 --yes。\n", committeesTotal(*i.Planned))
			return f.forgetShown(ctx, i)
		}
		i, err = f.start(ctx, i, "all")
		if err != nil {
			return err
		}
	} else if i, err = f.follow(ctx, i); err != nil {
		return err
	}
	fmt.Fprintf(f.out, "导入完成：%s。\n", committeesTotal(*i.Counts))
	return f.forgetShown(ctx, i)
}

func committeesTotal(n wire.ImportCounts) string {
	return fmt.Sprintf("新增%d个居委会，更新%d，未变%d", n.Added, n.Changed, n.Unchanged)
}
