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
	"sync"
	"syscall"
	"time"

	"towncrier/alarm"
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sandbox"
	"towncrier/staff"
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
	strays    []stray // environment variables that look like settings and are none
	listening func(addr string)
}

// run serves until ctx ends, then stops in reverse: HTTP, late replies, worker, clients, database. What was half
// started when something failed, or when ctx ended, is undone the same way. A start that ctx cuts off is no error.
func run(ctx context.Context, cfg Config, on stage) (err error) {
	log := on.log
	collectLater(ctx, serveMemory)
	var undo cleanup
	defer func() { err = errors.Join(err, undo.run(log)) }()
	defer func() {
		if ctx.Err() != nil {
			log.Info("stopping")
			err = nil // what the end of ctx cut off
		}
	}()
	for _, s := range on.strays {
		log.Warn("unknown variable ignored: no setting has this name", "variable", s.name)
	}
	cfg.warnInsecure(log)

	listener, err := listen(ctx, "listen", cfg.Listen)
	if err != nil {
		return err
	}
	undo.add("listener", func(context.Context) error { return ignoreClosed(listener.Close()) })
	addr := listener.Addr().String()
	operators := listener
	if cfg.Metrics != "" {
		if operators, err = listen(ctx, "metrics.listen", cfg.Metrics); err != nil {
			return err
		}
		undo.add("listener for metrics", func(context.Context) error { return ignoreClosed(operators.Close()) })
	}

	db, box, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	undo.add("database", func(context.Context) error { return db.Close() })
	leave, err := occupy(cfg.Database)
	if err != nil {
		return err
	}
	undo.add("lock", leave)

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
	if ctx.Err() != nil { // reading the content takes most of a start, and hears of no signal
		return nil
	}

	var pretend *sandbox.Sandbox
	opened := make(chan struct{}) // closed when somebody opens the rehearsal's phone page
	if on.rehearsal {
		base := "http://" + addr
		cfg.WeChat.API, cfg.SMS.Endpoint = base+"/sandbox/wechat", base+"/sandbox/aliyun"
		platforms := sandboxOf(cfg, base, live.Current(), log)
		platforms.OnOpen = func() { close(opened) }
		pretend, err = sandbox.New(platforms)
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
	alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: log, Now: time.Now, Observe: metrics.observeAlarm})
	tickets := inbox.New(db.Inbox(), time.Now)
	people := roster.New(roster.Config{Store: db.Roster(), Tickets: tickets, Now: time.Now})
	colleagues := staff.New(db.Staff(), time.Now)
	carrier, err := openCarrier(cfg.SMS, log)
	if err != nil {
		return err
	}
	if carrier != nil {
		undo.add("sms client", func(context.Context) error { carrier.Close(); return nil })
	}
	crier, err := newBroadcasting(cfg, live, db, redis, client, carrier, people, log)
	if err != nil {
		return err
	}
	texts, err := newTexting(cfg.SMS, carrier, db, redis, box, people, tickets, alarms, crier.engine, teller{client}, metrics, log)
	if err != nil {
		return err
	}
	talk := bot.New(bot.Config{
		City:     live.Current,
		Sessions: kv.NewSessions(redis, box, kv.DefaultSessionLimit),
		Inbox:    tickets,
		Roster:   people,
		Codes:    texts.binding(),
		Sent:     crier,
		Log:      log,
	})
	webhook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto, Answer: metrics.counting(talk), First: kv.NewFirstReplies(redis, box), Send: client,
		Log: log, Observe: metrics.observeWebhook, OnEvent: crier.events().Handle,
	})
	if err != nil {
		return err
	}

	enrolment := staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), SMS: cfg.SMS.On(), Codes: texts.codes, Tell: texts.notices(cfg.SMS), Now: time.Now,
		Failed: func(ctx context.Context, person string, err error) {
			log.WarnContext(ctx, "a member of staff was not told that their access changed", "staff", person, "err", err)
		}})
	if err := warnOfSetup(ctx, colleagues, on.rehearsal, log); err != nil {
		return err
	}
	if err := noteAudit(ctx, db.Audit(), log); err != nil {
		log.Error("audit log", "err", err)
	}
	officials, err := api.New(api.Config{
		Staff: colleagues, Enrolment: enrolment, Roster: people, Texts: crier, Inbox: tickets, Audit: db.Audit(), Alarms: alarms,
		Broadcasts: crier.service, Ledger: crier.ledger,
		Limits: kv.NewLimits(redis), Idempotency: db.Idempotency(), Proxies: cfg.Proxies, Log: log, Version: version, Observe: metrics.observeAPI,
	})
	if err != nil {
		return err
	}

	work, err := worker.New(worker.Config{
		Redis: redis, Inbox: tickets, Teller: teller{client}, Log: log,
		Codes: texts.codes, Inbound: texts.desk, Broadcasts: crier.engine, Chunks: cfg.Broadcast.Chunks, Upkeep: upkeep(cfg.Retention, people, tickets, texts.desk, crier.service, db.Audit(), log),
	})
	if err != nil {
		return err
	}
	if err := work.Start(); err != nil {
		return err
	}
	undo.add("worker", func(context.Context) error { work.Shutdown(); return nil })
	undo.add("late replies", webhook.Shutdown)

	health := newHealth(log,
		resource{"database", func(ctx context.Context) error { return errors.Join(db.Ping(ctx), db.ProbeWrite(ctx, time.Now())) }},
		resource{"redis", func(ctx context.Context) error { return probeRedis(ctx, redis) }},
		resource{"queue", work.Ping}, resource{"clock", webhook.CheckClock}, resource{"wechat", client.CheckCredentials})
	metrics.watchClock(webhook.Skew)
	metrics.watchHealth(health, work.Depths)
	go health.watch(ctx)
	metrics.watchOutages(crier.engine.Breakers)

	mux := http.NewServeMux()
	mux.Handle("/wechat", webhook)
	mux.Handle(wire.Prefix+"/", officials)
	if texts.callbacks != nil {
		mux.Handle("/sms/", fromNetworks(cfg.SMS.CallbackNetworks, cfg.Proxies, texts.callbacks, log))
	}
	alive := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") }
	mux.HandleFunc("GET /healthz", alive)
	forOperators := mux
	if operators != listener {
		forOperators = http.NewServeMux()
		forOperators.HandleFunc("GET /healthz", alive)
		forOperators.Handle("GET "+wire.Document, officials)
		mux.HandleFunc(wire.Document, http.NotFound)
	}
	forOperators.Handle("GET /readyz", health)
	forOperators.Handle("GET /metrics", metrics.handler())
	if pretend != nil {
		mux.Handle("/sandbox/", pretend.Handler())
		mux.Handle("GET /{$}", http.RedirectHandler("/sandbox/", http.StatusFound))
	}
	if ctx.Err() != nil {
		return nil
	}
	served := make(chan error, 2)
	serve := func(on net.Listener, handler http.Handler, stopping func()) {
		limited := limitConnections(on, cfg.Proxies, metrics.refuseConnection, log)
		server := newServer(handler, limited, log)
		server.RegisterOnShutdown(stopping)
		go func() { served <- server.Serve(limited) }()
		undo.add("http", func(ctx context.Context) error {
			if err := server.Shutdown(ctx); err != nil {
				return errors.Join(err, server.Close())
			}
			return nil
		})
	}
	stopping := func() {}
	if pretend != nil {
		stopping = pretend.Close // its open pages would hold the server up
	}
	serve(listener, mux, stopping)
	if operators != listener {
		serve(operators, forOperators, func() {})
		log.Info("serving metrics", "addr", operators.Addr().String())
	}
	log.Info("serving", "addr", addr, "city", live.Current().Library.City.Area, "database", db.Kind(), "version", version)
	go client.ProveCredentials(ctx, log)
	if cfg.PublicURL != "" {
		log.Info("the Official Account's server URL", "url", cfg.PublicURL+"/wechat")
	}
	if on.rehearsal {
		go createMenu(ctx, client, live.Current(), log)
		show, err := rehearse(ctx, rehearsalParts{out: on.out, addr: addr, cfg: cfg, city: live.Current(), db: db, people: people, colleagues: colleagues,
			opened: opened, log: log})
		if err != nil {
			return err
		}
		undo.add("rehearsal's broadcast", inBackground(ctx, show))
	}
	if on.listening != nil {
		on.listening(addr)
	}

	select {
	case <-ctx.Done():
		return nil
	case err := <-served:
		return err
	}
}

// newServer serves the public: nobody holds a connection for long without asking or reading.
func newServer(handler http.Handler, limited *connections, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 3 * time.Second, // the platform gives up after five
		ReadTimeout:       4 * time.Second,
		WriteTimeout:      10 * time.Second, // an answer takes 5 s at most; who does not read it holds no connection for longer
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ConnState:         limited.track,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// listen takes the port that a setting names, before anything else is opened.
func listen(ctx context.Context, key, addr string) (net.Listener, error) {
	name := setting{key: key}.env()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program (another towncrier?): stop it, or choose another port with %s=127.0.0.1:PORT", addr, name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", name, key, err)
	}
	return l, nil
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

// inBackground starts a task, and returns what ends its context and waits for it.
func inBackground(ctx context.Context, task func(context.Context)) (stop func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { task(ctx) })
	return func(context.Context) error {
		cancel()
		running.Wait()
		return nil
	}
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

// warnOfSetup says at start that keys can still be made on the machine by one person.
func warnOfSetup(ctx context.Context, colleagues *staff.Service, rehearsal bool, log *slog.Logger) error {
	open, err := colleagues.SetupOpen(ctx)
	if err == nil && open && !rehearsal {
		log.Warn("set-up is open: whoever may run commands on this machine can make a key for anybody; it ends when two admins have activated theirs",
			"command", "towncrier staff invite ID --role admin")
	}
	return err
}
