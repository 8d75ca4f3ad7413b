// Package rehearsal serves a made-up city: synthetic residents and staff, a broadcast, and the sandbox in the platforms' place. It also
// serves the sandbox alone.
package rehearsal

import (
	"context"
	_ "embed" // the rehearsal's table rows
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"towncrier/cmd/towncrier/app"
	"towncrier/content"
	"towncrier/roster"
	"towncrier/sandbox"
	"towncrier/staff"
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
	Program string            // how this program is called, to be typed again
	Serving func(addr string) // is told the address once everything is ready; may be nil
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
	server := app.New(cfg.Config, app.Options{
		Log: opt.Log, Version: opt.Version, Listener: listener, Content: folder, Rehearsal: true,
		Routes: map[string]http.Handler{
			"/sandbox/": pretend.Handler(),
			"GET /{$}":  http.RedirectHandler("/sandbox/", http.StatusFound),
		},
		OnShutdown: pretend.Close, // its open pages would hold the server up
	})
	return server.Run(ctx, func(ctx context.Context) error {
		go createMenu(ctx, server.WeChat(), lib, opt.Log)
		p := &stageHand{Options: opt, cfg: cfg, server: server, lib: lib, base: base, opened: opened}
		if err := p.furnish(ctx); err != nil {
			return err
		}
		if opt.Serving != nil {
			opt.Serving(server.Addr())
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
	base   string          // URL of the server
	opened <-chan struct{} // closed when somebody opens the phone page
}

// furnish makes committees, residents and staff, and tells the person who started it. Residents are made up once: how a rehearsal left
// them, the next one finds them. The broadcast is made once the phone page is opened.
func (p *stageHand) furnish(ctx context.Context) error {
	people, staffService, db := p.server.Roster(), p.server.Staff(), p.server.Store()
	committees := committeesOf(p.lib)
	for _, c := range committees {
		if _, err := people.PutCommittee(ctx, actor, c); err != nil {
			return err
		}
	}
	switch _, err := staffService.Get(ctx, authorID); { // is taken on after all residents are there
	case errors.Is(err, staff.ErrNoPerson):
		if err := seedResidents(ctx, db, p.lib, p.cfg.Residents, time.Now()); err != nil {
			return fmt.Errorf("make up residents: %w", err)
		}
	case err != nil:
		return err
	}
	keys, err := seedStaff(ctx, staffService, db.Staff(), committees[0], p.cfg)
	if err != nil {
		return err
	}
	draft := draftToShow(p.lib)
	old, err := underWay(ctx, p.base, keys)
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
		p.server.Go("rehearsal's broadcast", func(ctx context.Context) { p.showBroadcast(ctx, keys, draft) })
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
