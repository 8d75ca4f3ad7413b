package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
)

// makeTicks enqueues a job's tick again and again until the worker stops. It goes by a time.Ticker, which runs on the monotonic
// clock: asynq's own scheduler waits for a time on the wall clock, and stands still for hours when that is set back.
func (w *Worker) makeTicks(j job) {
	if j.atStart {
		w.noteTick(w.tick(w.stopping, j))
	}
	ticker := time.NewTicker(j.every)
	defer ticker.Stop()
	for {
		select {
		case <-w.stopping.Done():
			return
		case <-ticker.C:
			w.noteTick(w.tick(w.stopping, j))
		}
	}
}

// tick enqueues one tick of a job, unless one waits or runs.
func (w *Worker) tick(ctx context.Context, j job) error {
	ctx, cancel := context.WithTimeout(ctx, tickFor)
	defer cancel()
	_, err := w.client.EnqueueContext(ctx, j.tick())
	if !errors.Is(err, asynq.ErrDuplicateTask) {
		return err
	}
	// Redis keeps the end of the other tick's lock as a time on its wall clock. A lock that lasts longer than it was made for is from
	// before that clock was set back, and its tick may be gone.
	lock := "asynq:{" + j.queue + "}:unique:" + j.name + ":"
	left, err := w.cfg.Redis.PTTL(ctx, lock).Result()
	if err != nil {
		return fmt.Errorf("look at the lock of %s: %w", j.name, err)
	}
	if left <= j.uniqueFor {
		return nil
	}
	if err := w.cfg.Redis.Del(ctx, lock).Err(); err != nil {
		return fmt.Errorf("remove the lock of %s: %w", j.name, err)
	}
	_, err = w.client.EnqueueContext(ctx, j.tick())
	return err
}

// noteTick logs why no tick could be made. That another process made one is as it should be.
func (w *Worker) noteTick(err error) {
	if err != nil && !errors.Is(err, asynq.ErrDuplicateTask) && w.stopping.Err() == nil {
		w.cfg.Log.Warn("tick not enqueued", "err", err)
	}
}
