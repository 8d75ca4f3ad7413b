package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/store"
)

// openCity loads the content in force, the newest revision or else the folder, and follows both.
func (a *App) openCity(ctx context.Context, db *store.DB, m *metrics) (*city.Live, *revision.Service, error) {
	folder, name := ContentOf(a.cfg)
	if a.opt.Content != nil {
		folder = a.opt.Content
	}
	var live *city.Live
	revisions := revision.NewService(revision.Config{
		Store: db.Content(),
		Base:  func() (revision.Folder, error) { return revision.Read(live.Folder()) },
		Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, time.Now()) },
		Worse: func(_ context.Context, before, after revision.Folder) ([]string, error) {
			return live.Worse(before.FS(), after.FS())
		},
		Now: time.Now,
	})
	live, problems, err := city.Open(ctx, folder, revisions, time.Now, a.log)
	switch {
	case err != nil:
		return nil, nil, err
	case live == nil:
		return nil, nil, fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	m.watchContent(live)
	live.OnReload = func(ok bool, _ problem.List) { m.observeReload(ok) }
	if a.cfg.Content != "" {
		a.Go("content folder", live.Watch)
	}
	a.Go("content", func(ctx context.Context) { live.Follow(ctx, revisions) })
	debug.FreeOSMemory() // training the matcher leaves about 12 MiB of garbage behind
	return live, revisions, nil
}

// ContentOf is the folder that cfg names, or the one built in, and its name for people.
func ContentOf(cfg config.Config) (folder fs.FS, name string) {
	if cfg.Content == "" {
		return content.Embedded(), "the built-in content"
	}
	return os.DirFS(cfg.Content), cfg.Content
}

// contentInForce says which revision answers, and whether the content folder says something that was never published.
func contentInForce(cfg config.Config, live *city.Live, revisions *revision.Service) func(context.Context) (doctor.Content, error) {
	return func(ctx context.Context) (doctor.Content, error) {
		c := doctor.Content{Revision: live.Revision(), Refused: live.Refused()}
		if cfg.Content == "" || c == (doctor.Content{}) {
			return c, nil
		}
		folder, err := revision.Read(live.Folder())
		if err != nil {
			return c, err
		}
		published, err := revisions.Published(ctx, folder.Digest())
		if !published {
			c.Folder = cfg.Content
		}
		return c, err
	}
}
