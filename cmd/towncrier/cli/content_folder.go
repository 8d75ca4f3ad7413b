package cli

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
)

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
