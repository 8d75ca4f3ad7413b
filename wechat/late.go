package wechat

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"towncrier/problem/retry"
)

const (
	// sendTries and sendPause: a late answer is worth trying again while the platform says that it is busy.
	sendTries = 3
	sendPause = time.Second
)

// lateAnswers says by customer-service message what is not ready in time.
type lateAnswers struct {
	cfg   *Config
	slots chan struct{} // one token an answer on its way
}

// sendLater sends, in the background, the text that wait returns; nothing when it is empty. It is false when too much is
// under way, or Shutdown began.
func (l *lateAnswers) sendLater(ctx context.Context, openid string, wait func() string) bool {
	select {
	case l.slots <- struct{}{}:
	default:
		l.cfg.Log.Error("wechat late answer dropped", "msg", MessageID(ctx), "limit", l.cfg.MaxLate)
		return false
	}
	start := l.cfg.Now()
	go func() {
		defer func() { <-l.slots }()
		text := wait()
		if text == "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.AnswerLimit)
		defer cancel()
		label := OutcomeSent
		if err := l.send(ctx, openid, text); err != nil {
			label = OutcomeFailed
			l.cfg.Log.Error("wechat late answer not sent", "msg", MessageID(ctx), "err", err)
		}
		l.cfg.Observe("late", label, l.cfg.Now().Sub(start))
	}()
	return true
}

// send tries again what certainly was not sent.
func (l *lateAnswers) send(ctx context.Context, openid, text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("sender panicked:\n%s", debug.Stack())
		}
	}()
	tries, pause := 0, retry.Doubling(sendPause, sendTries*sendPause)
	return retry.Do(ctx, func() (time.Duration, error) {
		tries++
		err := l.cfg.Send.SendText(ctx, openid, text)
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != Retry || tries == sendTries {
			return 0, err
		}
		return pause(), err
	})
}

// shutdown waits until every late answer is on its way, or ctx ends.
func (l *lateAnswers) shutdown(ctx context.Context) error {
	for range cap(l.slots) {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
