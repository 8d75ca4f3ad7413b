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
	b.addFlags(cmd)
	files, numbers, residents := rosterFileCommands{b}, numbersCommands{b}, residentCommands{b}
	cmd.AddCommand(files.importFile(), files.export(), numbers.command(), residents.stats(), residents.list(), residents.show(), residents.search(),
		residents.add(), residents.change(), residents.erase(), residents.prefer(), residents.texts())
	return cmd
}
