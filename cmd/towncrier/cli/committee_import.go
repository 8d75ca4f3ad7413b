package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
)

func (b committeeCommands) importFile() *cobra.Command {
	how := importing{kind: "committees"}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "从表格导入居委会，先检查再导入",
		Long: "从表格（XLSX 或 CSV）导入居委会。必须有“代码”和“名称”两列，也读“街道”“区县”“小区”。几个小区写在一格里用“、”隔开，或者同一代码每行写一个。\n" +
			"已登记的按表更新；表里没有的列不变。\n" +
			"\n" +
			"先检查，列出全部问题。在终端上会问您是否导入；--yes 没有问题就导入；--good-rows 只导入没有问题的行，其余写到 文件.problems.csv，改好再导入。\n" +
			"同一居委会有一行有问题，它的各行都不导入。",
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
	return cmd
}

func committeesTotal(n wire.ImportCounts) string {
	return fmt.Sprintf("新增%d个居委会，更新%d，未变%d", n.Added, n.Changed, n.Unchanged)
}
