package cli

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"towncrier/city"
)

func contentCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{Use: "content", Short: "Check the city's content"}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [DIR]",
		Short: "Check a content folder (default: the one in force) and list what is wrong, with file and line",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, name, err := opt.contentFolder(args)
			if err != nil {
				return err
			}
			return checkContent(cmd, folder, name)
		},
	})
	return cmd
}

func checkContent(cmd *cobra.Command, folder fs.FS, name string) error {
	c, problems := city.Load(folder, time.Now())
	for _, p := range problems {
		fmt.Fprintln(cmd.OutOrStdout(), p)
	}
	if n := problems.Faults(); n > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%s: refused, %d faults, %d warnings\n", name, n, len(problems)-n)
		return errSilent
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: good: %d notices, %d intents, %d warnings\n",
		name, len(c.Library.Notices), len(c.Intents), len(problems))
	return nil
}
