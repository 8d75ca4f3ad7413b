// Package worker does the work in the background, over asynq: it tells residents the answers to their questions, sends
// verification codes and broadcasts, processes receipts and replies, and does the upkeep. The queue is disposable. What is
// to be done stands in a store, and a task only says that it is time to look: a lost task is made up by the next one, or
// costs a resident a second request; a doubled one finds nothing to claim.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
	"towncrier/emergency"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/sms"
)

// The queues, the first emptied first: no bulk work gets before what a resident waits for.
const (
	Urgent      = "urgent"
	Receipts    = "receipts"
	Maintenance = "upkeep"
)

// The queues of broadcasts' chunks, the first emptied first. They have handlers of their own: however many calls of slow
// providers are under way, they take none from what a resident waits for.
const (
	Emergency = "emergency"
	Broadcast = "broadcast"
)

const (
	// DefaultEvery is how often answers and inbound SMS are looked for: an asker learns theirs within about five seconds.
	DefaultEvery = 5 * time.Second
	// DefaultUpkeepEvery is how often the upkeep runs, beside once at the start.
	DefaultUpkeepEvery = time.Hour
	// checkEvery is how often an idle worker asks Redis for a task: four cheap calls a second. retryEvery is the same for
	// tasks that wait for another try.
	checkEvery = 250 * time.Millisecond
	retryEvery = time.Second
	// tickFor bounds making a tick.
	tickFor = 5 * time.Second
	// concurrency is how many tasks one process handles at once. Of every tick at most two are under way (Unique, and a
	// second when the first outlives it): the rest is for codes, each a call of the provider, and they never wait for a
	// tick.
	concurrency = 16
)

// Upkeep is a chore. Do works in slices, soon ends when its context does, and may run again any time.
type Upkeep struct {
	Name string
	Do   func(ctx context.Context) error
}

// Config is what a Worker needs. It closes none of it. What is nil or empty is not done by this process.
type Config struct {
	Redis  redis.UniversalClient
	Inbox  *inbox.Inbox
	Teller inbox.Teller
	Log    *slog.Logger
	Every  time.Duration // whole seconds; 0 means DefaultEvery

	Codes       *roster.Codes
	Inbound     *sms.Outbox
	Broadcasts  *broadcast.Engine
	Chunks      int // of broadcasts under way at once; 0 means DefaultChunks
	Emergencies *emergency.Service
	Upkeep      []Upkeep
	UpkeepEvery time.Duration // whole seconds; 0 means DefaultUpkeepEvery
}

// Worker handles tasks and, on schedule, makes ticks. Any number of processes may run one.
type Worker struct {
	cfg       Config
	jobs      []job
	server    *asynq.Server
	bulk      *asynq.Server // of Emergency and Broadcast; nil without broadcasts
	client    *asynq.Client
	inspector *asynq.Inspector
	stopping  context.Context
	stop      context.CancelFunc
	beside    sync.WaitGroup // goroutines that are no asynq tasks
}

// New makes a Worker that does nothing before Start.
func New(cfg Config) (*Worker, error) {
	if cfg.Every == 0 {
		cfg.Every = DefaultEvery
	}
	if cfg.UpkeepEvery == 0 {
		cfg.UpkeepEvery = DefaultUpkeepEvery
	}
	for _, every := range []time.Duration{cfg.Every, cfg.UpkeepEvery} {
		if every < time.Second || every%time.Second != 0 {
			return nil, fmt.Errorf("worker: every %s, want whole seconds", every)
		}
	}
	if cfg.Chunks == 0 {
		cfg.Chunks = DefaultChunks
	}
	if cfg.Chunks < 0 {
		return nil, fmt.Errorf("worker: %d chunks at once, want at least 1", cfg.Chunks)
	}
	cfg.Teller = calm{cfg.Teller, cfg.Log}
	w := &Worker{
		cfg:       cfg,
		client:    asynq.NewClientFromRedisClient(cfg.Redis),
		inspector: asynq.NewInspectorFromRedisClient(cfg.Redis),
	}
	w.jobs = w.table()
	w.stopping, w.stop = context.WithCancel(context.Background())
	w.server = w.serverOf(concurrency, map[string]int{Urgent: 3, Receipts: 2, Maintenance: 1})
	if cfg.Broadcasts != nil {
		w.bulk = w.serverOf(cfg.Chunks, map[string]int{Emergency: 2, Broadcast: 1})
	}
	return w, nil
}

// serverOf handles queues, each before those of less weight.
func (w *Worker) serverOf(concurrency int, queues map[string]int) *asynq.Server {
	return asynq.NewServerFromRedisClient(w.cfg.Redis, asynq.Config{
		Concurrency:              concurrency,
		Queues:                   queues,
		StrictPriority:           true,
		TaskCheckInterval:        checkEvery,
		DelayedTaskCheckInterval: retryEvery,
		RetryDelayFunc:           retryDelay,
		Logger:                   bridge{w.cfg.Log},
		LogLevel:                 asynq.WarnLevel,
	})
}

// Start begins to work and returns at once. It does not need Redis to be there yet.
func (w *Worker) Start() error {
	mux, bulk := asynq.NewServeMux(), asynq.NewServeMux()
	for _, j := range w.jobs {
		if j.bulk {
			bulk.HandleFunc(j.name, w.handler(j))
		} else {
			mux.HandleFunc(j.name, w.handler(j))
		}
	}
	if err := w.server.Start(mux); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	if w.bulk != nil {
		if err := w.bulk.Start(bulk); err != nil {
			w.server.Shutdown()
			return fmt.Errorf("worker: %w", err)
		}
	}
	for _, j := range w.jobs {
		if j.every > 0 {
			w.beside.Go(func() { w.makeTicks(j) })
		}
	}
	if w.cfg.Inbound != nil {
		w.beside.Go(func() { w.cfg.Inbound.Run(w.stopping) })
	}
	return nil
}

// Shutdown makes no more ticks, ends what is under way after the step that it is in, and waits for it, at most eight
// seconds. A text that is being given to the provider is not interrupted.
func (w *Worker) Shutdown() {
	w.stop()
	w.shutServers()
	w.beside.Wait()
}

// shutServers ends both at the same time: each waits for what it has under way.
func (w *Worker) shutServers() {
	var both sync.WaitGroup
	if w.bulk != nil {
		both.Go(w.bulk.Shutdown)
	}
	both.Go(w.server.Shutdown)
	both.Wait()
}

// Ping reports whether Redis answers.
func (w *Worker) Ping(ctx context.Context) error {
	if err := w.cfg.Redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("the queue's Redis does not answer: %w", err)
	}
	return nil
}

// Depths counts the tasks of each queue that wait or run, for metrics.
func (w *Worker) Depths(ctx context.Context) (map[string]int, error) {
	if err := ctx.Err(); err != nil { // the inspector takes no context
		return nil, err
	}
	known, err := w.inspector.Queues()
	if err != nil {
		return nil, fmt.Errorf("queue depth: %w", err)
	}
	depths := map[string]int{Urgent: 0, Receipts: 0, Maintenance: 0}
	if w.bulk != nil {
		depths[Emergency], depths[Broadcast] = 0, 0
	}
	for queue := range depths {
		if !slices.Contains(known, queue) {
			continue // before its first task
		}
		info, err := w.inspector.GetQueueInfo(queue)
		if err != nil {
			return nil, fmt.Errorf("queue depth: %w", err)
		}
		depths[queue] = info.Pending + info.Active + info.Scheduled + info.Retry
	}
	return depths, nil
}
