package wechat

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/bot"
	"towncrier/kv/kvtest"
)

// The platform hangs up in the middle; the answer must be there when it asks again.
func TestClientThatWentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		r := newFixture(t, testKey, answerFunc(func(ctx context.Context, _ bot.Message) (bot.Reply, error) {
			runs.Add(1)
			time.Sleep(2 * time.Second)
			return bot.Reply{Kind: bot.Answered, Text: "还在"}, ctx.Err()
		}), nil)
		ctx, hangUp := context.WithTimeout(t.Context(), time.Second)
		defer hangUp()
		r.do(r.push(text(1, "你好")).WithContext(ctx))
		status, body := r.do(r.again(text(1, "你好"), "n2"))
		wantText(t, status, body, "还在")
		if runs.Load() != 1 {
			t.Errorf("ran %d times", runs.Load())
		}
	})
}

func TestMessageOfADeadProcessIsAnsweredByARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first FirstReplies
		r := newFixture(t, testKey, say("还是答了"), func(cfg *Config) {
			cfg.First = embeddedReplies(t)
			first = cfg.First
		})
		in, err := parseInbound([]byte(text(1, "你好")))
		if err != nil {
			t.Fatal(err)
		}
		// A process claims the message as the webhook does, and dies.
		if _, _, won, err := first.Claim(t.Context(), r.hook.answers.key(&in), r.hook.cfg.Deadline+2*storeWait); err != nil || !won {
			t.Fatal(won, err)
		}
		time.Sleep(5 * time.Second) // the platform hangs up and pushes again
		status, body := r.do(r.push(text(1, "你好")))
		wantText(t, status, body, "还是答了")

		// Another dies, and the platform pushes again at once: the claim outlives what this arrival can wait.
		in.MsgID = 2
		if _, _, won, err := first.Claim(t.Context(), r.hook.answers.key(&in), r.hook.cfg.Deadline+2*storeWait); err != nil || !won {
			t.Fatal(won, err)
		}
		start := time.Now()
		if status, body := r.do(r.push(text(2, "你好"))); status != 200 || time.Since(start) > 4900*time.Millisecond {
			t.Errorf("%d %q after %v", status, body, time.Since(start))
		} else if body == "success" {
			if got := <-r.sent; got != testOpenID+": 还是答了" {
				t.Errorf("sent %q", got)
			}
		} else {
			wantText(t, status, body, "还是答了")
		}
	})
}

func TestRedisOutage(t *testing.T) {
	server, sealer := kvtest.Start(t), newBox(t)
	r := newFixture(t, testKey, say("没有缓存也答"), replies(t, server, sealer))
	status, body := r.do(r.push(text(1, "一")))
	wantText(t, status, body, "没有缓存也答")
	server.Kill()
	for i := range 5 {
		start := time.Now()
		status, body := r.do(r.push(text(i+2, "二")))
		wantText(t, status, body, "没有缓存也答")
		if took := time.Since(start); took > 10*time.Second { // one second on a machine that is not busy
			t.Errorf("took %v", took)
		}
	}
	if n := strings.Count(r.log.String(), "first replies unreachable"); n != 1 {
		t.Errorf("the outage is logged %d times, want once:\n%s", n, r.log)
	}
	r.noSecrets("kvtest-password")
	server.Restart()
	var runs atomic.Int32 // every run says another thing: only a remembered reply is said twice
	r.hook.cfg.Answer = answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: fmt.Sprint(runs.Add(1))}, nil
	})
	for end, id := time.Now().Add(time.Minute), 100; ; id++ {
		_, first := r.do(r.push(text(id, "三")))
		if _, second := r.do(r.again(text(id, "三"), "n2")); second == first {
			break
		}
		if time.Now().After(end) {
			t.Fatal("retries are not recognised again after the outage")
		}
	}
}

// Redis dies while the answer is being made.
func TestRedisDiesInMidFlight(t *testing.T) {
	server, sealer := kvtest.Start(t), newBox(t)
	r := newFixture(t, testKey, answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
		server.Kill()
		return bot.Reply{Kind: bot.Answered, Text: "照答"}, nil
	}), replies(t, server, sealer))
	start := time.Now()
	status, body := r.do(r.push(text(1, "你好")))
	wantText(t, status, body, "照答")
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if strings.Count(r.log.String(), "first replies unreachable") != 1 {
		t.Errorf("log:\n%s", r.log)
	}
}

// A Redis that hangs must not hang the resident.
func TestRedisHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, "", say("照答"), func(cfg *Config) { cfg.First = hanging{} })
		start := time.Now()
		status, body := r.do(r.push(text(1, "你好")))
		wantText(t, status, body, "照答")
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// hanging is a store whose calls end with their context only.
type hanging struct{}

func (hanging) Begin(ctx context.Context, _ string) context.Context { return ctx }

func (hanging) Claim(ctx context.Context, _ string, _ time.Duration) (string, bool, bool, error) {
	<-ctx.Done()
	return "", false, false, ctx.Err()
}

func (hanging) Complete(ctx context.Context, _, _ string, _ time.Duration) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}
