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

func (b *apiCommands) committeeImport() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import committees from a spreadsheet, after a dry run",
		Long: "Import committees from a spreadsheet, XLSX or CSV: 代码 and 名称 are needed; 街道, 区县 and 小区 are read. Several\n" +
			"communities stand in one cell, separated by 、, or in a row each under the same code. A committee that is there is\n" +
			"brought to what the file says; what the file has no column for stays. Nothing is written without --yes.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				ctx, stop := untilSignal(ctx)
				defer stop()
				return b.fileImport(cmd, c, args[0]).committees(ctx, yes)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "import when there is no problem")
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
