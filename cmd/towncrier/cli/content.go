package cli

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
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

// contentFolder is the folder that an argument names, else the one in force.
func (o *options) contentFolder(args []string) (folder fs.FS, name string, err error) {
	if len(args) == 1 {
		if err := config.CheckContentFolder(args[0]); err != nil {
			return nil, "", err
		}
		return os.DirFS(args[0]), args[0], nil
	}
	src, err := o.source()
	if err != nil {
		return nil, "", err
	}
	cfg, err := src.Config()
	if err != nil {
		return nil, "", err
	}
	if cfg.Content == "" {
		return content.Embedded(), "the built-in content", nil
	}
	return os.DirFS(cfg.Content), cfg.Content, nil
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

// city loads the content in force, which must be good, and says where it came from.
func (o *options) city() (c *city.City, name string, err error) {
	folder, name, err := o.contentFolder(nil)
	if err != nil {
		return nil, "", err
	}
	c, problems := city.Load(folder, time.Now())
	if c == nil {
		return nil, "", fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	return c, name, nil
}
