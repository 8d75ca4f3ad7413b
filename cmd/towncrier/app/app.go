// Package app is the server of one city: it opens the database and Redis, wires domain, adapters and faces together, and serves until it
// is stopped.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"towncrier/alarm"
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/bot"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/desk"
	"towncrier/feedback"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/notify"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/unanswered"
	"towncrier/wechat"
	"towncrier/worker"
)

// stopWithin bounds a graceful stop; container platforms kill after 10 s by default.
const StopWithin = 8 * time.Second

// Options are what the caller adds to a server's configuration. Log is required.
type Options struct {
	Log        *slog.Logger
	Version    string       // of towncrier
	Listener   net.Listener // in place of what the configuration names; closed by Stop
	Content    fs.FS        // the same
	Routes     map[string]http.Handler
	OnShutdown func() // called when the server begins to stop: ends what would hold open connections; may be nil
	Rehearsal  bool   // its staff is made up: nothing warns that set-up is open
	// Prepare is called with the opened database before anything else uses it; may be nil.
	Prepare    func(ctx context.Context, db *store.DB) error
	Colleagues []string // ids of a rehearsal's made-up staff, who sign in to the console by one press
}

// App is a server of one city: everything from the database to the listener, wired. Start it once.
type App struct {
	cfg config.Config
	opt Options
	log *slog.Logger

	background context.Context // ends when the server stops
	end        context.CancelFunc
	cleanups   cleanups
	served     chan error // why a listener is not served any more

	listener net.Listener
	db       *store.DB
	wechat   *wechat.Client
	roster   *roster.Roster
	staff    *staff.Service
	signin   *signin.Service
	desk     *desk.Desk
}

// New is a server that does nothing before Start.
func New(cfg config.Config, opt Options) *App {
	a := &App{cfg: cfg, opt: opt, log: opt.Log, served: make(chan error, 2)}
	a.background, a.end = context.WithCancel(context.Background())
	return a
}

// Addr is the host:port that a started server serves on.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Store is the database, Stop closes it.
func (a *App) Store() *store.DB { return a.db }

// Roster is the residents that the city may reach.
func (a *App) Roster() *roster.Roster { return a.roster }

// Staff is who decides.
func (a *App) Staff() *staff.Service { return a.staff }

// SignIn lets officials in to the console; nil when that is not open.
func (a *App) SignIn() *signin.Service { return a.signin }

// Desk is the console's pages; nil when they are not open.
func (a *App) Desk() *desk.Desk { return a.desk }

// WeChat calls the platform's API.
func (a *App) WeChat() *wechat.Client { return a.wechat }

// Run serves until ctx ends, then stops. then, when not nil, is called once it serves. What the end of ctx cuts off is no error.
func (a *App) Run(ctx context.Context, then func(ctx context.Context) error) error {
	err := a.Start(ctx)
	if err == nil && then != nil {
		err = then(ctx)
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-a.served:
		}
	}
	if ctx.Err() != nil {
		a.log.Info("stopping")
		err = nil
	}
	return errors.Join(err, a.Stop())
}

// Go runs a task until the server stops, which waits for it. name is for the log.
func (a *App) Go(name string, task func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(a.background)
	var running sync.WaitGroup
	running.Go(func() { task(ctx) })
	a.cleanups.add(name, func(context.Context) error {
		cancel()
		running.Wait()
		return nil
	})
}

// Stop stops in reverse: HTTP, late replies, worker, clients, database. It undoes a start that failed, too.
func (a *App) Stop() error {
	a.end()
	return a.cleanups.run(a.log)
}

// Start wires everything from top to bottom, and serves. When it fails, or ctx ends meanwhile, Stop undoes what was half started.
func (a *App) Start(ctx context.Context) error {
	cfg, log := a.cfg, a.log
	cfg.WarnInsecure(log)

	operators, err := a.listen(ctx)
	if err != nil {
		return err
	}
	db, sealer, err := openToServe(ctx, cfg)
	if err != nil {
		return err
	}
	a.cleanups.add("database", func(context.Context) error { return db.Close() })
	leave, err := occupy(cfg.Database)
	if err != nil {
		return err
	}
	a.cleanups.add("lock", leave)
	if a.opt.Prepare != nil {
		if err := a.opt.Prepare(ctx, db); err != nil {
			return err
		}
	}
	redis, closeRedis, err := kv.Open(ctx, cfg.Redis)
	if err != nil {
		return fmt.Errorf("TOWNCRIER_REDIS (redis): %w", err)
	}
	a.cleanups.add("redis", func(context.Context) error { return closeRedis() })

	metrics := newMetrics()
	live, revisions, err := a.openCity(ctx, db, metrics)
	if err != nil {
		return err
	}
	if ctx.Err() != nil { // reading the content takes most of a start, and hears of no signal
		return ctx.Err()
	}

	crypto, err := wechat.NewCrypto(cfg.WeChat.AppID, cfg.WeChat.Token, cfg.WeChat.AESKey, cfg.WeChat.AESKeyPrevious)
	if err != nil {
		return err
	}
	client, err := wechat.NewClient(cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.API, kv.NewTokens(redis, sealer))
	if err != nil {
		return err
	}
	a.cleanups.add("wechat client", func(context.Context) error { client.Close(); return nil })
	smsClient, err := openSMS(cfg.SMS, log)
	if err != nil {
		return err
	}
	if smsClient != nil {
		a.cleanups.add("sms client", func(context.Context) error { smsClient.Close(); return nil })
	}

	alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: log, Now: time.Now, Observe: metrics.observeAlarm})
	tickets := inbox.New(db.Inbox(), time.Now)
	live.Filed = api.FiledQuestions(live, tickets)
	questions := unanswered.New(unanswered.Config{Store: db.Unanswered(), Askers: kv.NewAskers(redis, sealer, 0), KeepFor: cfg.Retention.Questions, Now: time.Now})
	people := roster.New(roster.Config{Store: db.Roster(), Tickets: tickets, Alarms: alarms, Now: time.Now})
	staffService := staff.New(db.Staff(), alarms, time.Now)
	broadcasts, err := newBroadcasting(cfg, live, revisions, db, redis, client, smsClient, sealer, people, log)
	if err != nil {
		return err
	}
	revisions.Stops = api.StopsOf(broadcasts.service)
	texts, err := newTexting(cfg.SMS, smsClient, db, redis, sealer, people, tickets, alarms, broadcasts.engine, teller{client}, metrics, log)
	if err != nil {
		return err
	}
	talk := bot.Config{
		City:     live.Current,
		Sessions: kv.NewSessions(redis, sealer, kv.DefaultSessionLimit),
		Inbox:    tickets,
		Roster:   people,
		Codes:    texts.binding(),
		Sent:     broadcasts,
		Log:      log,
	}
	if cfg.Retention.Questions > 0 {
		talk.Unanswered = questions
	}
	accounts := &signin.WeChat{Store: db.Signin(), QR: qrCodes{client}, Alarms: alarms, Now: time.Now}
	talk.Colleagues = accounts
	dialogue := bot.New(talk)
	webhook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto, Answer: countedReplies{dialogue, metrics}, First: kv.NewFirstReplies(redis, sealer), Send: client,
		Log: log, Observe: metrics.observeWebhook, Events: broadcasts.events(),
	})
	if err != nil {
		return err
	}
	enrolment := staff.NewEnrolment(staff.EnrolmentConfig{
		Store: db.Staff(), SMS: cfg.SMS.On(), Codes: texts.codes, Tell: texts.notices(cfg.SMS), Now: time.Now,
		Failed: func(ctx context.Context, person string, err error) {
			log.WarnContext(ctx, "a member of staff was not told that their access changed", "staff", person, "err", err)
		},
	})
	sessions := signin.New(signin.Config{
		Store: db.Signin(), Staff: staffService, Enrolment: enrolment, QR: accounts.QR, Rehearsal: a.opt.Colleagues != nil, Now: time.Now,
		City: func() []string { of := live.Current().Library.City; return []string{of.Name, of.Area} },
	})
	if err := a.warnOfSetup(ctx, staffService); err != nil {
		return err
	}
	if err := noteAudit(ctx, db.Audit(), log); err != nil {
		log.Error("audit log", "err", err)
	}
	files, err := a.openImports(db, sealer, people, staffService)
	if err != nil {
		return err
	}
	emergencies := newEmergencies(db, live, revisions, broadcasts, staffService, texts, cfg, log)
	var health *health // before anything is served
	notices := &notify.Service{Store: db.Notices(), Zone: func() *time.Location { return live.Current().Zone() }, Now: time.Now, Log: log}
	messages := staffMessages{client: client, library: func() *content.Library { return live.Current().Library }}
	if strings.HasPrefix(cfg.PublicURL, "https://") {
		messages.desk = cfg.PublicURL + "/desk/"
	}
	notices.Sender = messages
	said := &feedback.Service{Store: db.Feedback(), Now: time.Now}
	officials, err := api.New(api.Config{
		Content: api.Content{Revisions: revisions, Live: live}, Questions: questions, Emergencies: emergencies,
		Staff: staffService, Enrolment: enrolment, Signin: sessions, WeChat: accounts, Notices: notices, Roster: people, Texts: broadcasts, Inbox: tickets, Audit: db.Audit(), Alarms: alarms, Imports: files, Feedback: said,
		Broadcasts: broadcasts.service, Settings: settingsOf(cfg, live, a.opt.Version), Checks: func(ctx context.Context) []wire.Check { return health.standing(ctx) },
		Limits: kv.NewLimits(redis), Idempotency: db.Idempotency(), Proxies: cfg.Proxies, Log: log, Version: a.opt.Version, Observe: metrics.observeAPI,
	})
	if err != nil {
		return err
	}

	if notices.Waiting, err = waitingBy(officials.Calls); err != nil {
		return err
	}

	background, err := worker.New(worker.Config{
		Redis: redis, Inbox: tickets, Teller: teller{client}, Log: log,
		Codes: texts.codes, Inbound: texts.outbox, Broadcasts: broadcasts.engine, Chunks: cfg.Broadcast.Chunks, Emergencies: emergencies,
		Upkeep: upkeep(cfg.Retention, staffService, sessions, notices, said, people, tickets, questions, texts.outbox, broadcasts.service, db.Audit(), log),
	})
	if err != nil {
		return err
	}
	if err := background.Start(); err != nil {
		return err
	}
	a.cleanups.add("worker", func(context.Context) error { background.Shutdown(); return nil })
	a.cleanups.add("late replies", webhook.Shutdown)

	looks := newRounds(surroundings{
		cfg: cfg, wechat: client, crypto: crypto, sms: smsClient, library: func() *content.Library { return live.Current().Library },
		redis: redis, database: db.Clock, mode: webhook.CheckMode, content: contentInForce(cfg, live, revisions),
	}.checks(), metrics.observeCheck, log)
	health = newHealth(log, looks,
		resource{"database", func(ctx context.Context) error { return errors.Join(db.Ping(ctx), db.ProbeWrite(ctx, time.Now())) }},
		resource{"redis", func(ctx context.Context) error { return probeRedis(ctx, redis) }},
		resource{"queue", background.Ping}, resource{"clock", webhook.CheckClock}, resource{"wechat", client.CheckCredentials})
	metrics.watchClock(webhook.Skew)
	metrics.watchHealth(health, background.Depths)
	metrics.watchOutages(broadcasts.engine.Breakers)
	metrics.watchSpeeds(broadcasts.engine)
	go health.watch(a.background)

	public, apart := routes(operators != nil, faces{webhook: webhook, api: officials, desk: a.openDesk(officials.Calls, sessions, live, staffService), health: health, metrics: metrics.handler(), more: a.opt.Routes})
	if texts.callbacks != nil {
		public.Handle("/sms/", fromNetworks(cfg.SMS.CallbackNetworks, cfg.Proxies, texts.callbacks, log))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.db, a.wechat, a.roster, a.staff = db, client, people, staffService
	a.serve(a.listener, public, metrics)
	if operators != nil {
		a.serve(operators, apart, metrics)
		log.Info("serving metrics", "addr", operators.Addr().String())
	}
	log.Info("serving", "addr", a.Addr(), "city", live.Current().Library.City.Area, "database", db.Kind(), "version", a.opt.Version)
	if cfg.PublicURL != "" && !a.opt.Rehearsal {
		log.Info("the Official Account's server URL", "url", cfg.PublicURL+"/wechat")
	}
	a.Go("checks", looks.run)
	a.Go("staff notices", func(ctx context.Context) { notices.Run(ctx, noticeEvery) })
	return nil
}
