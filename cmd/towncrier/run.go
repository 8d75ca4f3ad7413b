package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/problem"
	"towncrier/sandbox"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/wechat"
	"towncrier/worker"
)

// stopWithin bounds a graceful stop; container platforms kill after 10 s by default.
const stopWithin = 8 * time.Second

// stage is where a run takes place: production, or a rehearsal with its sandbox.
type stage struct {
	rehearsal bool
	out       io.Writer // what the person who started it reads
	log       *slog.Logger
	strays    []string // environment variables that look like settings and are none
	listening func(addr string)
}

// run serves until ctx ends, then stops in reverse: HTTP, late replies, worker, clients, database. What was half
// started when something failed is undone the same way.
func run(ctx context.Context, cfg Config, on stage) (err error) {
	log := on.log
	var undo cleanup
	defer func() { err = errors.Join(err, undo.run(log)) }()
	for _, name := range on.strays {
		log.Warn("unknown variable ignored: no setting has this name", "variable", name)
	}

	listener, err := listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	undo.add("listener", func(context.Context) error { return ignoreClosed(listener.Close()) })
	addr := listener.Addr().String()

	db, box, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	undo.add("database", func(context.Context) error { return db.Close() })

	redis, closeRedis, err := kv.Open(ctx, cfg.Redis)
	if err != nil {
		return fmt.Errorf("TOWNCRIER_REDIS (redis): %w", err)
	}
	undo.add("redis", func(context.Context) error { return closeRedis() })

	metrics := newMetrics()
	live, err := openCity(ctx, cfg, on.rehearsal, metrics, log)
	if err != nil {
		return err
	}

	var pretend *sandbox.Sandbox
	if on.rehearsal {
		base := "http://" + addr
		cfg.WeChat.API = base + "/sandbox/wechat"
		pretend, err = sandbox.New(sandbox.Config{
			AppID: cfg.WeChat.AppID, Secret: cfg.WeChat.Secret, Token: cfg.WeChat.Token, AESKey: cfg.WeChat.AESKey,
			WebhookURL: base + "/wechat", Log: log,
			AccountName: live.Current().Library.City.Name, Welcome: live.Current().Library.City.Area, Suggestion: tryThis,
			Scenes: posters(live.Current()),
		})
		if err != nil {
			return err
		}
		undo.add("sandbox", func(context.Context) error { pretend.Close(); return nil })
	}

	crypto, err := wechat.NewCrypto(cfg.WeChat.AppID, cfg.WeChat.Token, cfg.WeChat.AESKey, cfg.WeChat.AESKeyPrevious)
	if err != nil {
		return err
	}
	client, err := wechat.NewClient(cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.API, kv.NewTokens(redis, box))
	if err != nil {
		return err
	}
	undo.add("wechat client", func(context.Context) error { client.Close(); return nil })
	tickets := inbox.New(db.Inbox(), time.Now)
	talk := bot.New(bot.Config{
		City:     live.Current,
		Sessions: kv.NewSessions(redis, box, kv.DefaultSessionLimit),
		Inbox:    tickets,
		Choices:  db.Choices(),
		Log:      log,
	})
	webhook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto, Answer: metrics.counting(talk), First: kv.NewFirstReplies(redis, box), Send: client,
		Log: log, Observe: metrics.observeWebhook,
	})
	if err != nil {
		return err
	}

	desk, err := worker.New(worker.Config{Redis: redis, Inbox: tickets, Teller: teller{client}, Log: log})
	if err != nil {
		return err
	}
	if err := desk.Start(); err != nil {
		return err
	}
	undo.add("worker", func(context.Context) error { desk.Shutdown(); return nil })
	undo.add("late replies", webhook.Shutdown)

	parts := []part{
		{"database", db.Ping},
		{"redis", func(ctx context.Context) error { return redis.Ping(ctx).Err() }},
		{"worker", desk.Ping},
	}
	metrics.watchHealth(parts, desk.Depths)

	mux := http.NewServeMux()
	mux.Handle("/wechat", webhook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.Handle("GET /readyz", ready(parts))
	mux.Handle("GET /metrics", metrics.handler())
	if pretend != nil {
		mux.Handle("/sandbox/", pretend.Handler())
	}
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 3 * time.Second, // the platform gives up after five
		ReadTimeout:       4 * time.Second,
		WriteTimeout:      10 * time.Second, // an answer takes 5 s at most; who does not read it holds no connection for longer
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if pretend != nil {
		server.RegisterOnShutdown(pretend.Close) // its open pages would hold the server up
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	undo.add("http", func(ctx context.Context) error {
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})
	log.Info("serving", "addr", addr, "city", live.Current().Library.City.Area, "database", db.Kind(), "version", version)
	if cfg.PublicURL != "" {
		log.Info("the Official Account's server URL", "url", cfg.PublicURL+"/wechat")
	}
	if on.rehearsal {
		go createMenu(ctx, client, live.Current(), log)
		announce(on.out, addr, cfg, live.Current())
	}
	if on.listening != nil {
		on.listening(addr)
	}

	select {
	case <-ctx.Done():
		log.Info("stopping")
		return nil
	case err := <-served:
		return err
	}
}

// listen takes the port before anything else is opened.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program (another towncrier?): stop it, or choose another port with TOWNCRIER_LISTEN=127.0.0.1:PORT", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("TOWNCRIER_LISTEN (listen): %w", err)
	}
	return l, nil
}

// openDatabase opens the database with the key that seals its rows. Its errors name the setting.
func openDatabase(ctx context.Context, cfg Config) (*store.DB, *seal.Box, error) {
	box, err := seal.New(cfg.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	db, err := store.Open(ctx, cfg.Database, box)
	switch {
	case err == nil:
		return db, box, nil
	case cfg.Database == cfg.defaultDatabase():
		return nil, nil, fmt.Errorf("TOWNCRIER_DATA (data): %w", err)
	}
	return nil, nil, fmt.Errorf("TOWNCRIER_DATABASE (database): %w", err)
}

// openCity loads the content that cfg names and, when it is a folder, watches it until ctx ends.
func openCity(ctx context.Context, cfg Config, rehearsal bool, m *metrics, log *slog.Logger) (*city.Live, error) {
	var folder fs.FS = content.Embedded()
	name := "the built-in content"
	if cfg.Content != "" {
		folder, name = os.DirFS(cfg.Content), cfg.Content
	}
	if rehearsal && cfg.Content == "" {
		folder = content.WithRows(folder, "renovation", rehearsalRows)
	}
	live, problems := city.NewLive(folder, time.Now, log)
	if live == nil {
		return nil, fmt.Errorf("%s is refused:\n%w", name, faults(problems))
	}
	live.OnReload = func(ok bool, _ problem.List) { m.observeReload(ok) }
	if cfg.Content != "" {
		go live.Watch(ctx)
	}
	debug.FreeOSMemory() // training the matcher leaves about 12 MiB of garbage behind
	return live, nil
}

// cleanup undoes what was started, the last first.
type cleanup struct {
	steps []struct {
		name string
		do   func(context.Context) error
	}
}

func (c *cleanup) add(name string, do func(context.Context) error) {
	c.steps = append(c.steps, struct {
		name string
		do   func(context.Context) error
	}{name, do})
}

func (c *cleanup) run(log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var all []error
	for i := len(c.steps) - 1; i >= 0; i-- {
		if err := c.steps[i].do(ctx); err != nil {
			log.Error("stop", "part", c.steps[i].name, "err", err)
			all = append(all, fmt.Errorf("stop %s: %w", c.steps[i].name, err))
		}
	}
	return errors.Join(all...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
