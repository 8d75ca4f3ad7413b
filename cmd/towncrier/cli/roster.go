package cli

import (
	"github.com/spf13/cobra"
)

func rosterCommand(opt *options) *cobra.Command {
	b := &apiCommands{opt: opt}
	cmd := &cobra.Command{
		Use:   "roster",
		Short: "导入、导出、统计、查看和修改居民",
		Long:  "导入、导出、统计、查看和修改居民：可以联系谁、怎么联系、依据是什么。社区工作者只能查看和修改本社区的居民。做了什么、看了谁，都记入审计日志。",
	}
	b.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&b.asJSON, "json", false, "按接口的原样输出 JSON")
	cmd.AddCommand(b.rosterImport(), b.exportResidents(), b.numbersExports(), b.countResidents(), b.listResidents(), b.showResident(), b.searchResident(),
		b.addResident(), b.changeResident(), b.eraseResident(), b.preferResident(), b.listTexts())
	return cmd
}
