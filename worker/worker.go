// Package worker does in the background what nobody waits for, over asynq: at present it tells askers their answers.
// The queue is disposable. What is to be done stands in the store, a tick only says that it is time to look: a lost
// tick is made up by the next, a doubled one finds nothing to claim.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"towncrier/inbox"
)

// Queue is where ticks wait. Work that a resident waits for has a queue of its own, so that no bulk work gets before it.
const Queue = "urgent"

const (
	tellTask = "inbox:tell"
	// DefaultEvery is how often answers are looked for: an asker learns theirs within about five seconds.
	DefaultEvery = 5 * time.Second
	// checkEvery is how often an idle worker asks Redis for a tick: four cheap calls a second.
	checkEvery = 250 * time.Millisecond
	// uniqueFor keeps several processes' schedulers to one waiting tick; a tick that is done frees it at once, one whose
	// process was killed after this time.
	uniqueFor = time.Minute
	// concurrency is how many ticks one process handles at once: a second one, while the first waits for a slow call.
	concurrency = 2
)

// Config is what a Worker needs. It closes none of it.
type Config struct {
	Redis  redis.UniversalClient
	Inbox  *inbox.Inbox
	Teller inbox.Teller
	Log    *slog.Logger
	Every  time.Duration // whole seconds; 0 means DefaultEvery
}

// Worker handles ticks and, on schedule, makes them. Any number of processes may run one.
type Worker struct {
	cfg       Config
	server    *asynq.Server
	scheduler *asynq.Scheduler
	inspector *asynq.Inspector
	stopping  context.Context
	stop      context.CancelFunc
}

// New makes a Worker that does nothing before Start.
func New(cfg Config) (*Worker, error) {
	if cfg.Every == 0 {
		cfg.Every = DefaultEvery
	}
	if cfg.Every < time.Second || cfg.Every%time.Second != 0 {
		return nil, fmt.Errorf("worker: every %s, want whole seconds", cfg.Every)
	}
	cfg.Teller = calm{cfg.Teller, cfg.Log}
	w := &Worker{cfg: cfg, inspector: asynq.NewInspectorFromRedisClient(cfg.Redis)}
	w.stopping, w.stop = context.WithCancel(context.Background())
	w.server = asynq.NewServerFromRedisClient(cfg.Redis, asynq.Config{
		Concurrency:       concurrency,
		Queues:            map[string]int{Queue: 1},
		TaskCheckInterval: checkEvery,
		Logger:            bridge{cfg.Log},
		LogLevel:          asynq.WarnLevel,
	})
	w.scheduler = asynq.NewSchedulerFromRedisClient(cfg.Redis, &asynq.SchedulerOpts{
		Logger:   bridge{cfg.Log},
		LogLevel: asynq.WarnLevel,
		PostEnqueueFunc: func(_ *asynq.TaskInfo, err error) {
			if err != nil && !errors.Is(err, asynq.ErrDuplicateTask) {
				cfg.Log.Warn("tick not scheduled", "task", tellTask, "error", err)
			}
		},
	})
	// The time limit is beyond what a Deliver allows itself: asynq would give up waiting, not stop it.
	_, err := w.scheduler.Register("@every "+cfg.Every.String(), asynq.NewTask(tellTask, nil),
		asynq.Queue(Queue), asynq.Unique(uniqueFor), asynq.Timeout(inbox.Lease), asynq.MaxRetry(3))
	if err != nil {
		return nil, fmt.Errorf("worker: schedule %s: %w", tellTask, err)
	}
	return w, nil
}

// Start begins to work and returns at once. It does not need Redis to be there yet.
func (w *Worker) Start() error {
	mux := asynq.NewServeMux()
	mux.HandleFunc(tellTask, w.tell)
	if err := w.server.Start(mux); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	if err := w.scheduler.Start(); err != nil {
		w.server.Shutdown()
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

// Shutdown makes no more ticks, ends a delivery after the answer that is being told, and waits for it, at most eight
// seconds.
func (w *Worker) Shutdown() {
	w.scheduler.Shutdown()
	w.stop()
	w.server.Shutdown()
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
	if !slices.Contains(known, Queue) {
		return map[string]int{Queue: 0}, nil // before the first tick
	}
	info, err := w.inspector.GetQueueInfo(Queue)
	if err != nil {
		return nil, fmt.Errorf("queue depth: %w", err)
	}
	return map[string]int{Queue: info.Pending + info.Active + info.Scheduled + info.Retry}, nil
}

// tell handles a tick. It never fails one: what went wrong is tried again on a later tick.
func (w *Worker) tell(ctx context.Context, _ *asynq.Task) error {
	// asynq abandons a handler whose context ends; this one ends its delivery and is waited for.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.stopping, cancel)()

	done, err := w.cfg.Inbox.Deliver(ctx, w.cfg.Teller)
	switch {
	case err != nil:
		w.cfg.Log.Warn("answers told, with trouble", "told", done.Told, "deferred", done.Deferred, "failed", done.Failed, "error", err)
	case done != inbox.Delivery{}:
		w.cfg.Log.Info("answers told", "told", done.Told, "deferred", done.Deferred)
	}
	return nil
}

// calm turns a panic of a Teller into an error, so that an answer which provokes one is given up like any other.
type calm struct {
	inbox.Teller
	log *slog.Logger
}

var errPanic = errors.New("the sender panicked, see the log")

func (c calm) Tell(ctx context.Context, to, text string) (err error) {
	defer func() {
		if p := recover(); p != nil { // its value may hold what was being sent
			c.log.Error("sender panicked", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return c.Teller.Tell(ctx, to, text)
}
