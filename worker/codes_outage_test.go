package worker_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"towncrier/roster"
	"towncrier/sms"
	"towncrier/worker"
)

// cable is what a client's commands go through, until it is cut.
type cable struct {
	mu     sync.RWMutex
	broken bool
}

// cut waits for the commands that are under way: what another does to Redis then comes after them.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = true
}

func (c *cable) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *cable) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.mu.RLock()
		defer c.mu.RUnlock()
		if c.broken {
			return net.ErrClosed
		}
		return next(ctx, cmd)
	}
}

func (c *cable) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.mu.RLock()
		defer c.mu.RUnlock()
		if c.broken {
			return net.ErrClosed
		}
		return next(ctx, cmds)
	}
}

// TestProcessDiesInTheCall cuts a process off Redis in the middle of its call, as a kill does, and lets the queue's lease run
// out: another process takes the task up, and leaves the text alone.
func TestProcessDiesInTheCall(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		began, let := make(chan struct{}, 10), make(chan struct{})
		f.sender.answer = func(context.Context, int) (string, error) {
			began <- struct{}{}
			<-let // whatever the context says
			return "", &sms.Error{Class: sms.InDoubt}
		}
		dying, cable := open(), &cable{}
		dying.AddHook(cable)
		a := f.process(t, dying)
		a.start(t)
		t.Cleanup(func() { close(let) }) // before the worker's Shutdown waits for it
		request(t, a)
		<-began
		cable.cut()
		client := open()
		ids := client.ZRange(t.Context(), "asynq:{urgent}:lease", 0, -1).Val()
		for _, id := range ids {
			client.ZAddXX(t.Context(), "asynq:{urgent}:lease", redis.Z{Score: 0, Member: id})
		}
		if len(ids) == 0 {
			t.Fatal("no lease is held")
		}
		b := f.process(t, client)
		w := b.start(t)
		settled(t, w)
		id := f.sender.sent()[0].OutID
		if n := len(f.sender.sent()); n != 1 || b.state(t, id) != sms.Sending {
			t.Fatalf("%d calls, the text is %s", n, b.state(t, id))
		}
		// The receipt of the text that was sent after all.
		err := b.outbox.TakeReceipts(t.Context(), []sms.Receipt{{OutID: id, Phone: mobile, Delivered: true, Code: "DELIVERED"}})
		if err != nil {
			t.Fatal(err)
		}
		poll(t, "it is delivered", func() bool { return b.state(t, id) == sms.Delivered })
	})
}

// TestShutdownWaitsForTheCall stops a worker in the middle of a call that ends soon after.
func TestShutdownWaitsForTheCall(t *testing.T) {
	f := newFixture(t)
	began, let := make(chan struct{}, 1), make(chan struct{})
	f.sender.answer = func(ctx context.Context, _ int) (string, error) {
		began <- struct{}{}
		select {
		case <-let:
			return "h", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	client := redis.NewClient(embedded(t))
	p := f.process(t, client)
	waits, stopping := make(chan struct{}, 10), make(chan struct{}, 10)
	p.cfg.Upkeep = []worker.Upkeep{{Name: "waits", Do: func(ctx context.Context) error {
		waits <- struct{}{}
		<-ctx.Done()
		stopping <- struct{}{}
		return ctx.Err()
	}}}
	w := p.start(t)
	request(t, p)
	<-began
	<-waits
	stopped := make(chan struct{})
	go func() { defer close(stopped); w.Shutdown() }()
	<-stopping
	close(let)
	<-stopped
	if got := p.state(t, f.sender.sent()[0].OutID); got != sms.Accepted {
		t.Errorf("it is %s", got)
	}
}

func TestRequestWithoutRedis(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	p := newFixture(t).process(t, client)
	err := p.codes.Request(t.Context(), asker, mobile)
	if ok, _ := errorOf(err); err == nil || ok || strings.Contains(err.Error(), string(mobile)) || strings.Contains(err.Error(), asker) {
		t.Errorf("%v", err)
	}
	if _, err := p.codes.Confirm(t.Context(), asker, "123456"); err == nil || errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("%v", err)
	}
}
