// Package rehearsal serves a made-up city: synthetic residents and staff, a broadcast, and the sandbox in the platforms' place. It also
// serves the sandbox alone.
package rehearsal

import (
	"context"
	_ "embed" // the rehearsal's table rows
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"towncrier/cmd/towncrier/app"
	"towncrier/content"
	"towncrier/roster"
	"towncrier/sandbox"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/wechat"
)

// rehearsalRows are visibly synthetic communities, so that a rehearsal of the built-in city has something to look up.
//
//go:embed communities.csv
var communityRows string

// Options are where a rehearsal tells what happens.
type Options struct {
	Out     io.Writer // what the person who started it reads
	Log     *slog.Logger
	Version string
	Program string                // how this program is called, to be typed again
	Serving func(server *app.App) // is told once everything is ready; may be nil
}

// Run serves with a pretend WeChat and a pretend Alibaba Cloud SMS until ctx ends.
func Run(ctx context.Context, cfg Config, opt Options) error {
	folder, name := app.ContentOf(cfg.Config)
	if cfg.Content == "" {
		folder = content.WithRows(folder, "renovation", communityRows)
	}
	lib, problems := content.Load(folder)
	if lib == nil {
		return fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	listener, err := app.Listen(context.WithoutCancel(ctx), "listen", cfg.Listen)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	cfg.PublicURL, cfg.WeChat.API, cfg.SMS.Endpoint = base, base+"/sandbox/wechat", base+"/sandbox/aliyun"
	for key, made := range map[string]string{"public_url": cfg.PublicURL, "wechat.api": cfg.WeChat.API, "sms.endpoint": cfg.SMS.Endpoint} {
		cfg.Note(key, made, madeUp)
	}
	platforms := sandboxOf(cfg, base, lib, opt.Log)
	opened := make(chan struct{})
	platforms.OnOpen = func() { close(opened) }
	pretend, err := sandbox.New(platforms)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer pretend.Close()
	var keys staffKeys
	server := app.New(cfg.Config, app.Options{
		Log: opt.Log, Version: opt.Version, Listener: listener, Content: folder, Rehearsal: true, Colleagues: onDesk,
		Routes: map[string]http.Handler{
			"/sandbox/": pretend.Handler(),
			"GET /{$}":  http.RedirectHandler("/sandbox/", http.StatusFound),
		},
		OnShutdown: pretend.Close, // its open pages would hold the server up
		Prepare: func(ctx context.Context, db *store.DB) (err error) {
			keys, err = settle(ctx, db, folder, lib, cfg)
			return err
		},
	})
	return server.Run(ctx, func(ctx context.Context) error {
		go createMenu(ctx, server.WeChat(), lib, opt.Log)
		p := &stageHand{Options: opt, cfg: cfg, server: server, lib: lib, keys: keys, base: base, opened: opened}
		if err := p.furnish(ctx); err != nil {
			return err
		}
		if opt.Serving != nil {
			opt.Serving(server)
		}
		return nil
	})
}

// stageHand furnishes a rehearsal that serves already.
type stageHand struct {
	Options
	cfg    Config
	server *app.App
	lib    *content.Library
	keys   staffKeys
	base   string          // URL of the server
	opened <-chan struct{} // closed when somebody opens the phone page
}

// settle makes committees, residents, staff and what they did. Residents and what was done are made up once: how a rehearsal left them, the
// next one finds them.
func settle(ctx context.Context, db *store.DB, folder fs.FS, lib *content.Library, cfg Config) (staffKeys, error) {
	unfinished := unfinishedIn(cfg.Data)
	if err := unfinished.check(); err != nil {
		return nil, err
	}
	homes := committeesOf(lib)
	_, err := staff.New(db.Staff(), nil, time.Now).Get(ctx, authorID)
	isNew := errors.Is(err, staff.ErrNoPerson) // the author is taken on after all residents are there
	switch {
	case err != nil && !isNew:
		return nil, err
	case isNew && cfg.History && cfg.Content == "" && cfg.Residents >= FewestWithHistory:
		ctx = context.WithoutCancel(ctx) // it takes two seconds, and half of it is of no use
		past := newHistory(db, folder, lib, cfg, time.Now())
		if err := unfinished.begin(); err != nil {
			return nil, err
		}
		keys, err := seedPeople(ctx, db, lib, homes, cfg, isNew, past.clock.now)
		if err == nil {
			err = past.happen(ctx)
		}
		if err == nil {
			err = unfinished.end()
		}
		return keys, err
	}
	return seedPeople(ctx, db, lib, homes, cfg, isNew, time.Now)
}

// seedPeople makes committees and staff, and residents of a rehearsal that is new.
func seedPeople(ctx context.Context, db *store.DB, lib *content.Library, homes []roster.Committee, cfg Config, isNew bool, now func() time.Time) (staffKeys, error) {
	people := roster.New(roster.Config{Store: db.Roster(), Now: now})
	for _, c := range homes {
		if _, err := people.PutCommittee(ctx, actor, c); err != nil {
			return nil, err
		}
	}
	if isNew {
		if err := seedResidents(ctx, db, lib, cfg.Residents, now()); err != nil {
			return nil, fmt.Errorf("make up residents: %w", err)
		}
	}
	return seedStaff(ctx, db, homes[0], cfg, now)
}

// furnish tells the person who started a rehearsal what there is. The broadcast is made once the phone page is opened.
func (p *stageHand) furnish(ctx context.Context) error {
	draft := draftToShow(p.lib)
	old, err := underWay(ctx, p.base, p.cfg.Data, p.keys)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	switch {
	case old != "":
		p.announce(p.watchLines("of an earlier rehearsal goes on", old))
	case draft == "":
		p.announce(noBroadcast)
	default:
		p.announce(fmt.Sprintf("  A broadcast waits for you to open the phone page, and goes %.0f seconds later. How to watch it is said here then.\n\n", FirstSend.Seconds()))
		p.server.Go("rehearsal's broadcast", func(ctx context.Context) { p.showBroadcast(ctx, p.keys, draft) })
	}
	return nil
}

// showBroadcast waits for the phone page, so that nobody misses what goes to it, then makes a broadcast of a draft.
func (p *stageHand) showBroadcast(ctx context.Context, keys staffKeys, draft string) {
	select {
	case <-ctx.Done():
		return
	case <-p.opened:
	}
	sent, err := seedBroadcast(ctx, p.base, keys, draft, time.Now())
	if err == nil {
		err = noteBroadcast(p.cfg.Data, sent.ID)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil: // a draft that somebody edits is no reason to stop
		p.Log.Warn("the rehearsal's broadcast was not made", "err", err)
		fmt.Fprint(p.Out, noBroadcast)
	default:
		fmt.Fprint(p.Out, p.announcement(sent))
	}
}

// rehearsalCommittees are visibly synthetic; the communities are those of rehearsalRows.
var committees = []roster.Committee{
	{Code: "demo-1", Name: "演示第一社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示小区甲"}},
	{Code: "demo-2", Name: "演示第二社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示小区乙", "演示小区戊"}},
	{Code: "demo-3", Name: "演示第三社区居委会", Street: "演示街道", Area: "演示区", Communities: []string{"演示家属院丙"}},
}

// createMenu gives the pretend account its menu over the platform's API, as `towncrier wechat menu` does for a real one.
func createMenu(ctx context.Context, client *wechat.Client, lib *content.Library, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := client.CreateMenu(ctx, wechat.MenuOf(lib.Menu)); err != nil && ctx.Err() == nil {
		log.Error("menu not created", "err", err)
	}
}
