package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"towncrier/content"
	"towncrier/problem"
	"towncrier/revision"
)

// beginContentCommand needs no server: a city's folder is where everything of it begins.
func beginContentCommand() *cobra.Command {
	var name, area string
	cmd := &cobra.Command{
		Use: "begin DIR", Short: "从空文件夹开始一个城市的内容", Args: cobra.ExactArgs(1),
		Long: "在 DIR 里写一个能用的最小的内容文件夹：名称和地区、隐私说明、转人工、提意见、订阅退订、查看和删除个人信息等各地都一样的问答，还没有公告。" +
			"DIR 应当还没有，或者是空的。\n\n接着用 check 检查，用 import 导入成稿件；或者启动服务器时用 TOWNCRIER_CONTENT 指定它。",
		Example: "  towncrier content begin mycity --name 示例通 --area 示例市示例区",
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := content.Begin(name, area)
			if bad, is := errors.AsType[*problem.Invalid](err); is {
				return &usageError{cmd.CommandPath(), fmt.Errorf("--%s：%s", bad.Field, bad.Reason)}
			}
			if err != nil {
				return err
			}
			f, err := revision.Read(files)
			if err != nil {
				return err
			}
			if err := fillFolder(args[0], f); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已写入%s，%d个文件。请检查：\n  towncrier content check %[1]s\n", args[0], len(f))
			return err
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "服务的名称，居民会看到")
	cmd.Flags().StringVar(&area, "area", "", "服务的地区，居民会看到")
	required(cmd, "name")
	required(cmd, "area")
	return cmd
}

// fillFolder makes a folder, or fills one that is empty.
func fillFolder(dir string, f revision.Folder) error {
	there, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeFolder(dir, f)
	case err != nil:
		return fileError(dir, err)
	case len(there) > 0:
		return fmt.Errorf("%s：里面已经有文件。请换一个名称，或者先把它们移走", dir)
	}
	return fileError(dir, os.CopyFS(dir, f.FS()))
}
