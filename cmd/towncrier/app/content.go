package app

import (
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/problem"
)

// openCity loads the content and, when it is a folder that the configuration names, watches it.
func (a *App) openCity(m *metrics) (*city.Live, error) {
	folder, name := ContentOf(a.cfg)
	if a.opt.Content != nil {
		folder = a.opt.Content
	}
	live, problems := city.NewLive(folder, time.Now, a.log)
	if live == nil {
		return nil, fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	live.OnReload = func(ok bool, _ problem.List) { m.observeReload(ok) }
	if a.cfg.Content != "" {
		go live.Watch(a.background)
	}
	debug.FreeOSMemory() // training the matcher leaves about 12 MiB of garbage behind
	return live, nil
}

// ContentOf is the folder that cfg names, or the one built in, and its name for people.
func ContentOf(cfg config.Config) (folder fs.FS, name string) {
	if cfg.Content == "" {
		return content.Embedded(), "the built-in content"
	}
	return os.DirFS(cfg.Content), cfg.Content
}
