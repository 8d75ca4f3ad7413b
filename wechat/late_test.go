package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/bot"
)

func TestLateAnswerGoesByCustomerServiceMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, testKey, answerFunc(func(ctx context.Context, _ bot.Message) (bot.Reply, error) {
			time.Sleep(7 * time.Second)
			return bot.Reply{Kind: bot.Answered, Text: "让您久等了"}, ctx.Err()
		}), nil)
		start := time.Now()
		status, body := r.do(r.push(text(1, "你好")))
		if took := time.Since(start); status != 200 || body != "success" || took < 4*time.Second || took > 4500*time.Millisecond {
			t.Fatalf("%d %q after %v, want success after 4.2 s", status, body, took)
		}
		// A retry in between is told the same: the answer is on its way already.
		if status, body := r.do(r.again(text(1, "你好"), "n2")); status != 200 || body != "success" {
			t.Errorf("retry: %d %q", status, body)
		}
		if err := r.hook.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := <-r.sent, testOpenID+": 让您久等了"; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
		if got, want := r.outcomes(), "text late, text repeat, late sent"; got != want {
			t.Errorf("observed %q, want %q", got, want)
		}
		if len(r.sent) != 0 {
			t.Error("sent twice")
		}
		r.noSecrets("久等")
	})
}

func TestAnswerThatNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := newFixture(t, "", answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			<-release // deaf to its context
			return bot.Reply{Kind: bot.Answered, Text: "太晚了"}, nil
		}), nil)
		start := time.Now()
		if status, body := r.do(r.push(text(1, "你好"))); status != 200 || body != "success" {
			t.Errorf("%d %q", status, body)
		}
		if got := <-r.sent; got != testOpenID+": "+defaultApology || time.Since(start) > 31*time.Second {
			t.Errorf("sent %q after %v, want the apology after 30 s", got, time.Since(start))
		}
		close(release)
		if err := r.hook.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestLateAnswersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, "", answerFunc(func(ctx context.Context, m bot.Message) (bot.Reply, error) {
			select {
			case <-time.After(10 * time.Second):
				return bot.Reply{Kind: bot.Answered, Text: "好了"}, nil
			case <-ctx.Done():
				return bot.Reply{}, ctx.Err()
			}
		}), func(cfg *Config) { cfg.MaxLate = 3 })
		var all sync.WaitGroup
		for i := range 10 {
			req := r.push(text(i+1, "你好"))
			all.Go(func() {
				if status, body := r.do(req); status != 200 || body != "success" {
					t.Errorf("%d %q", status, body)
				}
			})
		}
		all.Wait()
		if err := r.hook.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(r.sent) != 3 {
			t.Errorf("%d late answers sent, want 3", len(r.sent))
		}
		if got := r.outcomes(); strings.Count(got, "text dropped") != 7 || strings.Count(got, "text late") != 3 {
			t.Errorf("observed %s", got)
		}
	})
}

func TestShutdownGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, "", answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			time.Sleep(20 * time.Second)
			return bot.Reply{}, nil
		}), nil)
		r.do(r.push(text(1, "你好")))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.hook.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v", err)
		}
		synctest.Wait()
		time.Sleep(20 * time.Second)
	})
}

func TestHandoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, testKey, answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			return bot.Reply{Kind: bot.Flowing, Text: "正在为您转接工作人员。", Handoff: true}, nil
		}), nil)
		for i := range 2 {
			status, body := r.do(r.again(text(1, "转人工"), fmt.Sprint("n", i)))
			p, err := readPassive(body)
			if status != 200 || err != nil || p.MsgType != ReplyTransfer || p.ToUserName != testOpenID {
				t.Errorf("%d %q, %v; want the transfer", status, body, err)
			}
		}
		if err := r.hook.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := <-r.sent; got != testOpenID+": 正在为您转接工作人员。" || len(r.sent) != 0 {
			t.Errorf("sent %q and %d more, want the words once", got, len(r.sent))
		}
	})
}

func TestLateAnswerIsTriedAgainWhileBusy(t *testing.T) {
	for name, c := range map[string]struct {
		fails []error
		calls int32
		sent  bool
	}{
		"busy twice":  {[]error{&Error{Class: Retry}, &Error{Class: Retry}, nil}, 3, true},
		"busy always": {[]error{&Error{Class: Retry}, &Error{Class: Retry}, &Error{Class: Retry}, nil}, 3, false},
		"in doubt":    {[]error{&Error{Class: InDoubt}, nil}, 1, false},
		"window":      {[]error{&Error{Class: WindowClosed}, nil}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				r := newFixture(t, "", answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
					return bot.Reply{Kind: bot.Flowing, Text: "转接", Handoff: true}, nil
				}), func(cfg *Config) {
					cfg.Send = sendFunc(func(context.Context, string, string) error { return c.fails[calls.Add(1)-1] })
				})
				r.do(r.push(text(1, "转人工")))
				if err := r.hook.Shutdown(t.Context()); err != nil {
					t.Fatal(err)
				}
				if calls.Load() != c.calls || strings.HasSuffix(r.outcomes(), "late sent") != c.sent {
					t.Errorf("%d calls, observed %s", calls.Load(), r.outcomes())
				}
			})
		})
	}
}

// The platform pushes a slow message over and over, at once and later: it runs once, and is said once.
func TestManyArrivalsOfASlowMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		r := newFixture(t, testKey, answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			runs.Add(1)
			time.Sleep(12 * time.Second)
			return bot.Reply{Kind: bot.Answered, Text: "想好了"}, nil
		}), nil)
		var all sync.WaitGroup
		for i := range 20 {
			req := r.again(text(1, "你好"), fmt.Sprint("n", i))
			all.Go(func() {
				time.Sleep(time.Duration(i/5) * 2 * time.Second)
				if status, body := r.do(req); status != 200 || body != "success" {
					t.Errorf("%d %q", status, body)
				}
			})
		}
		all.Wait()
		if err := r.hook.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if runs.Load() != 1 || len(r.sent) != 1 {
			t.Errorf("ran %d times and sent %d messages, want once each", runs.Load(), len(r.sent))
		}
	})
}

// A body that trickles in has eaten of the five seconds.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newFixture(t, "", answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			time.Sleep(3 * time.Second)
			return bot.Reply{Kind: bot.Answered, Text: "想好了"}, nil
		}), nil)
		req := r.push(text(1, "你好"))
		body := req.Body
		req.Body = slowBody{body}
		start := time.Now()
		if status, body := r.do(req); status != 200 || body != "success" || time.Since(start) > 4300*time.Millisecond {
			t.Errorf("%d %q after %v, want success at 4.2 s", status, body, time.Since(start))
		}
		if got := <-r.sent; got != testOpenID+": 想好了" {
			t.Errorf("sent %q", got)
		}
	})
}

type slowBody struct{ io.ReadCloser }

func (b slowBody) Read(p []byte) (int, error) {
	time.Sleep(2 * time.Second)
	return b.ReadCloser.Read(p)
}
