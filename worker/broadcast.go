package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
)

const (
	chunkTask  = "broadcast:chunk"
	moveTask   = "broadcast:tick"
	settleTask = "broadcast:settle"

	// moveEvery is how often broadcasts are looked at. movedFor is beyond what a look allows itself: when its process is
	// killed another one looks after that time.
	moveEvery = time.Second
	movedFor  = 12 * time.Second
	// settleEvery is how often deliveries in doubt are looked for. settledFor ends a round of asking that takes longer, and is how long
	// nobody asks when its process is killed.
	settleEvery = 5 * time.Second
	settledFor  = 30 * time.Second
	// chunkFor is beyond a claim, its calls and its settlement.
	chunkFor = 3 * time.Minute
	// queueChunkFor bounds putting a chunk in the queue.
	queueChunkFor = 2 * time.Second

	// DefaultChunks is how many chunks one process has under way at once. With calls of 100 texts that take 100 ms it is
	// 32,000 recipients a second.
	DefaultChunks = 32
)

// ChunkQueue queues chunks of broadcasts; it is a broadcast.Queue. A task carries ids and nothing else, and has no id of its
// own: what is queued twice finds nothing to claim the second time.
type ChunkQueue struct {
	client *asynq.Client
	redis  redis.UniversalClient
}

var _ broadcast.Queue = (*ChunkQueue)(nil)

// NewChunkQueue queues on the Redis that the workers share.
func NewChunkQueue(client redis.UniversalClient) *ChunkQueue {
	return &ChunkQueue{asynq.NewClientFromRedisClient(client), client}
}

func queueOf(emergency bool) string {
	if emergency {
		return Emergency
	}
	return Broadcast
}

// Chunk implements broadcast.Queue.
func (q *ChunkQueue) Chunk(ctx context.Context, c broadcast.Chunk, emergency bool) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("queue %s: %w", chunkTask, err)
	}
	ctx, cancel := context.WithTimeout(ctx, queueChunkFor)
	defer cancel()
	_, err = q.client.EnqueueContext(ctx, asynq.NewTask(chunkTask, payload),
		asynq.Queue(queueOf(emergency)), asynq.Timeout(chunkFor), asynq.MaxRetry(1))
	if err != nil {
		return fmt.Errorf("queue %s: %w", chunkTask, err)
	}
	return nil
}

// Waiting implements broadcast.Queue. It counts the list that asynq keeps: asynq's own inspector also weighs the tasks, and
// knows no queue any more after Redis was emptied.
func (q *ChunkQueue) Waiting(ctx context.Context, emergency bool) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, queueChunkFor)
	defer cancel()
	n, err := q.redis.LLen(ctx, "asynq:{"+queueOf(emergency)+"}:pending").Result()
	if err != nil {
		return 0, fmt.Errorf("count waiting chunks: %w", err)
	}
	return int(n), nil
}

// broadcastJobs are the ticks beside the chunks.
func (w *Worker) broadcastJobs() []job {
	return []job{
		{name: moveTask, queue: Maintenance, do: w.broadcastTick, every: moveEvery, atStart: true, uniqueFor: movedFor, limit: movedFor},
		{name: settleTask, queue: Maintenance, do: w.settle, every: settleEvery, uniqueFor: settledFor, limit: settledFor},
		{name: chunkTask, queue: Broadcast, do: w.sendChunk, bulk: true},
	}
}

// broadcastTick never fails a tick: what went wrong is tried again by the next.
func (w *Worker) broadcastTick(ctx context.Context, _ string) error {
	if err := w.cfg.Broadcasts.Tick(ctx); err != nil && ctx.Err() == nil {
		w.cfg.Log.Error("broadcasts moved on, with trouble", "err", err)
	}
	return nil
}

func (w *Worker) settle(ctx context.Context, _ string) error {
	if err := w.cfg.Broadcasts.ResolveDoubts(ctx); err != nil && ctx.Err() == nil {
		w.cfg.Log.Error("deliveries in doubt settled, with trouble", "err", err)
	}
	return nil
}

// sendChunk never fails its task: the rows say what is left, and the next tick queues it.
func (w *Worker) sendChunk(ctx context.Context, payload string) error {
	var c broadcast.Chunk
	if err := json.Unmarshal([]byte(payload), &c); err != nil {
		w.cfg.Log.Error("a chunk cannot be read", "err", err)
		return nil
	}
	if err := w.cfg.Broadcasts.Send(ctx, c); err != nil && !errors.Is(err, context.Canceled) {
		w.cfg.Log.Error("chunk sent, with trouble", "broadcast", c.Broadcast, "channel", c.Channel, "from", c.From, "to", c.To, "err", err)
	}
	return nil
}
