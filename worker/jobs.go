package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"

	"towncrier/inbox"
	"towncrier/sms"
)

// job is a kind of task. One with every is a tick: the schedule makes it, and it carries nothing.
type job struct {
	name, queue string
	do          func(ctx context.Context, payload string) error

	every   time.Duration
	atStart bool // and once when the process starts
	// uniqueFor keeps several processes' schedules to one waiting tick; a tick that is done frees it at once, one whose
	// process was killed after this time. limit is beyond what the work allows itself: asynq would give up waiting, not
	// stop it.
	uniqueFor, limit time.Duration

	bulk bool // handled beside everything else: chunks
}

const (
	tellTask    = "inbox:tell"
	codeTask    = "code:send"
	inboundTask = "sms:inbound"
	upkeepTask  = "upkeep"

	emergencyTask = "emergency:go-on"
	// emergencyEvery is how often what a process left undone of an emergency is looked for.
	emergencyEvery = 2 * time.Second
)

// table is what this process does.
func (w *Worker) table() []job {
	jobs := []job{{name: tellTask, queue: Urgent, do: w.tell, every: w.cfg.Every, uniqueFor: time.Minute, limit: inbox.Lease}}
	if w.cfg.Codes != nil {
		jobs = append(jobs, job{name: codeTask, queue: Urgent, do: w.sendCode})
	}
	if w.cfg.Inbound != nil {
		jobs = append(jobs, job{name: inboundTask, queue: Receipts, do: w.inbound, every: w.cfg.Every, uniqueFor: time.Minute, limit: time.Minute})
	}
	if w.cfg.Broadcasts != nil {
		jobs = append(jobs, w.broadcastJobs()...)
	}
	if w.cfg.Emergencies != nil {
		jobs = append(jobs, job{name: emergencyTask, queue: Urgent, do: w.emergencies, every: emergencyEvery, atStart: true, uniqueFor: time.Minute, limit: time.Minute})
	}
	if len(w.cfg.Upkeep) > 0 {
		jobs = append(jobs, job{name: upkeepTask, queue: Maintenance, do: w.upkeep, every: w.cfg.UpkeepEvery, atStart: true,
			uniqueFor: time.Hour, limit: time.Hour})
	}
	return jobs
}

func (j job) tick() *asynq.Task {
	return asynq.NewTask(j.name, nil, asynq.Queue(j.queue), asynq.Unique(j.uniqueFor), asynq.Timeout(j.limit), asynq.MaxRetry(3))
}

// handler runs a job. A tick's and a chunk's context ends when the worker stops: asynq abandons a handler then, this one
// ends its work and is waited for.
func (w *Worker) handler(j job) asynq.HandlerFunc {
	return func(ctx context.Context, t *asynq.Task) error {
		if j.every > 0 || j.bulk {
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(w.stopping, cancel)()
		}
		return quietly(w.cfg.Log, j.name, func() error { return j.do(ctx, string(t.Payload())) })
	}
}

var errPanic = errors.New("it panicked, see the log")

// quietly turns a panic into an error. Its value may hold personal data: asynq would print it, and keep it in Redis.
func quietly(log *slog.Logger, what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panicked", "what", what, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return do()
}

// tell never fails a tick: what went wrong is tried again on a later one.
func (w *Worker) tell(ctx context.Context, _ string) error {
	done, err := w.cfg.Inbox.Deliver(ctx, w.cfg.Teller)
	switch {
	case err != nil:
		w.cfg.Log.Warn("answers told, with trouble", "told", done.Told, "deferred", done.Deferred, "failed", done.Failed, "err", err)
	case done != inbox.Delivery{}:
		w.cfg.Log.Info("answers told", "told", done.Told, "deferred", done.Deferred)
	}
	return nil
}

// emergencies never fails a tick: what went wrong is tried again by the next.
func (w *Worker) emergencies(ctx context.Context, _ string) error {
	if err := w.cfg.Emergencies.Advance(ctx); err != nil && ctx.Err() == nil {
		w.cfg.Log.Error("an emergency does not go on", "err", err)
	}
	return nil
}

// calm turns a panic of a Teller into an error, so that an answer which provokes one is given up like any other.
type calm struct {
	inbox.Teller
	log *slog.Logger
}

func (c calm) Tell(ctx context.Context, to, text string) error {
	return quietly(c.log, "sender", func() error { return c.Teller.Tell(ctx, to, text) })
}

// inbound does what no process did when it was taken in.
func (w *Worker) inbound(ctx context.Context, _ string) error {
	done, err := w.cfg.Inbound.Process(ctx)
	switch {
	case err != nil:
		w.cfg.Log.Warn("inbound SMS processed, with trouble", "receipts", done.Receipts, "early", done.Early, "replies", done.Replies,
			"stops", done.Stops, "failed", done.Failed, "err", err)
	case done != sms.Done{}:
		w.cfg.Log.Info("inbound SMS processed", "receipts", done.Receipts, "early", done.Early, "replies", done.Replies, "stops", done.Stops)
	}
	return nil
}

// upkeep does every chore, even when others fail.
func (w *Worker) upkeep(ctx context.Context, _ string) error {
	for _, chore := range w.cfg.Upkeep {
		if ctx.Err() != nil {
			return nil // the rest at the next tick
		}
		if err := quietly(w.cfg.Log, chore.Name, func() error { return chore.Do(ctx) }); err != nil && ctx.Err() == nil {
			w.cfg.Log.Error("upkeep failed", "chore", chore.Name, "err", err)
		}
	}
	return nil
}
