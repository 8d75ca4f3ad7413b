package cli

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"towncrier/city"
)

func contentCommand(opt *options) *cobra.Command {
	b := contentCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "content",
		Short: "撰写、发布和撤回公告与问答",
		Long: "内容是一个文件夹：公告（notices/）、问答（intents/）、表（tables/）等。改动先写成稿件，送审后由没有改过它的同事发布，成为新的一版；" +
			"所有服务器2秒内按新的一版答复。撤回公告由一个人立即生效。\n\n" +
			"改一个文件：new 起草，get 取出文件，改好后 put 写回，diff 核对，try 试答已知问题，submit 送审；同事用 publish 发布。整个文件夹用 export 和 import；一项一项地改（联系方式、主题、菜单、机器人用语等）用 form；查询表用 table；新的城市从 begin 开始。",
	}
	b.addFlags(cmd)
	cmd.AddCommand(beginContentCommand(), checkContentCommand(opt), b.status(), b.revisions(), b.notices(), b.notice(), b.export(), b.importFolder(), b.drafts(), b.begin(), b.propose(), b.get(), b.put(), b.form(), b.table(), b.remove(),
		b.diff(), b.try(), b.rebase(), b.submit(), b.giveBack(), b.publish(), b.drop(), b.rollBack(), b.withdraw(), b.reinstate())
	return cmd
}

// contentCommands are the commands about content, over the API.
type contentCommands struct{ *apiCommands }

func checkContentCommand(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "在本机检查一个内容文件夹，按文件和行列出问题",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, name, err := opt.contentFolder(cmd.Context(), args)
			if err != nil {
				return err
			}
			return checkContent(cmd, folder, name)
		},
	}
}

func checkContent(cmd *cobra.Command, folder fs.FS, name string) error {
	c, problems := city.Load(folder, time.Now())
	for _, p := range problems {
		fmt.Fprintln(cmd.OutOrStdout(), p)
	}
	if n := problems.Faults(); n > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%s：有%d处错误、%d处提醒，不能使用\n", name, n, len(problems)-n)
		return errSilent
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s：没有错误，%d份公告，%d个问答，%d处提醒\n",
		name, len(c.Library.Notices), len(c.Intents), len(problems))
	return nil
}
