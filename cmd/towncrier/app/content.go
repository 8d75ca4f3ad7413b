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
		Worse: func(ctx context.Context, before, after revision.Folder) ([]string, error) {
			return live.Worse(ctx, before.FS(), after.FS())
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
		return c, unpublished(ctx, &c, cfg, live.Folder(), revisions)
	}
}

// unpublished says in c whether the content folder says something that was never published. While nothing was, it is in force.
func unpublished(ctx context.Context, c *doctor.Content, cfg config.Config, folder fs.FS, revisions *revision.Service) error {
	if cfg.Content == "" || *c == (doctor.Content{}) {
		return nil
	}
	f, err := revision.Read(folder)
	if err != nil {
		return err
	}
	published, err := revisions.Published(ctx, f.Digest())
	if err == nil && !published {
		c.Folder = cfg.Content
	}
	return err
}

// faultyContent says that there is no content with which a server would start.
type faultyContent struct{ what string }

func (e *faultyContent) Error() string { return e.what + ": no server starts with it" }

// contentNearby is what a server that starts on this machine finds in force: the newest revision that this program takes, or the folder while
// there is none.
func contentNearby(ctx context.Context, cfg config.Config) (c doctor.Content, library *content.Library, err error) {
	folder, name := ContentOf(cfg)
	err = store.LookAtContent(ctx, cfg.Database, func(kept revision.Store) error {
		revisions := revision.NewService(revision.Config{Store: kept})
		newest, _, err := revisions.Newest(ctx)
		if err != nil || newest == 0 {
			return err
		}
		for number := newest; number > 0; number-- {
			f, err := revisions.Folder(ctx, number)
			if err != nil {
				return err
			}
			if library, _ = libraryOf(f); library == nil {
				c.Refused = newest
				continue
			}
			c.Revision = number
			return unpublished(ctx, &c, cfg, folder, revisions)
		}
		return &faultyContent{"each revision of the content has faults"}
	})
	if err != nil || library != nil {
		return c, library, err
	}
	library, problems := libraryOf(folder)
	if library == nil {
		err = &faultyContent{fmt.Sprintf("%s has %d faults", name, problems.Faults())}
	}
	return c, library, err
}

// libraryOf is the library of a folder that a server takes; else nil, and why it does not.
func libraryOf(folder fs.FS) (*content.Library, problem.List) {
	if problems := city.Check(folder, time.Now()); problems.Faults() > 0 {
		return nil, problems
	}
	return content.Load(folder)
}
