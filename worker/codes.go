package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"towncrier/roster"
	"towncrier/sms"
)

const (
	// queueWithin bounds putting a code in the queue: a resident waits behind it.
	queueWithin = 500 * time.Millisecond
	// codeLimit is beyond what a call of the provider and writing down its outcome take. No deadline is set on the task:
	// past one, asynq would not call the handler, which writes down that the code came too late.
	codeLimit = 45 * time.Second
	// A code that can be tried again is: after 1, 2, 4 and then every 8 seconds. It drops itself after a minute, and is
	// forgotten after five: 60 tries never run out before.
	codeRetries  = 60
	slowestRetry = 8 * time.Second
)

// CodeQueue queues verification codes; it is a roster.CodeQueue. A task carries nothing but the challenge's id.
type CodeQueue struct{ client *asynq.Client }

var _ roster.CodeQueue = (*CodeQueue)(nil)

// NewCodeQueue queues on the Redis that the workers share.
func NewCodeQueue(client redis.UniversalClient) *CodeQueue {
	return &CodeQueue{asynq.NewClientFromRedisClient(client)}
}

// QueueCode implements roster.CodeQueue.
func (q *CodeQueue) QueueCode(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, queueWithin)
	defer cancel()
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(codeTask, []byte(id)),
		asynq.Queue(Urgent), asynq.TaskID(id), asynq.Timeout(codeLimit), asynq.MaxRetry(codeRetries))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("queue %s: %w", codeTask, err)
	}
	return nil
}

// errAgain is all that Redis keeps of a try that failed.
var errAgain = errors.New("to be tried again, see the log")

func (w *Worker) sendCode(ctx context.Context, id string) error {
	again, err := w.cfg.Codes.Send(ctx, id)
	if err == nil {
		return nil
	}
	log := w.cfg.Log.With("text", id, "err", err)
	if e, ok := errors.AsType[*sms.Error](err); ok {
		log = log.With("class", e.Class, "code", e.Code, "advice", e.Advice)
		if e.Class == sms.Operator && !again {
			log.Error("verification code not sent: somebody must act, no other text will go either")
			return nil
		}
	}
	if again {
		log.Warn("verification code not sent yet")
		return errAgain
	}
	log.Warn("verification code not sent, or in doubt")
	return nil
}

func retryDelay(tried int, err error, t *asynq.Task) time.Duration {
	if t.Type() == codeTask {
		return min(time.Second<<min(tried, 10), slowestRetry)
	}
	return asynq.DefaultRetryDelayFunc(tried, err, t)
}
