package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"towncrier/city"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/store"
)

// contentFolder is the folder that an argument names, else what is in force: the newest revision in the database, or the folder while there
// is none.
func (o *options) contentFolder(ctx context.Context, args []string) (folder fs.FS, name string, err error) {
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
	head, published, err := store.ContentInForce(ctx, cfg.Database)
	if err != nil {
		return nil, "", err
	}
	if head.Number > 0 {
		return published.FS(), fmt.Sprintf("revision %d of the content", head.Number), nil
	}
	folder, name = app.ContentOf(cfg)
	return folder, name, nil
}

// city loads the content in force, which must be good, and says where it came from.
func (o *options) city(ctx context.Context) (c *city.City, name string, err error) {
	folder, name, err := o.contentFolder(ctx, nil)
	if err != nil {
		return nil, "", err
	}
	c, problems := city.Load(folder, time.Now())
	if c == nil {
		return nil, "", fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	return c, name, nil
}
