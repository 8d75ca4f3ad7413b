package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/roster"
	"towncrier/sms"
	"towncrier/worker"
)

func request(t *testing.T, p *process) {
	t.Helper()
	if err := p.codes.Request(t.Context(), asker, mobile); err != nil {
		t.Fatal(err)
	}
}

// settled waits until no task is left.
func settled(t *testing.T, w *worker.Worker) {
	t.Helper()
	poll(t, "no code waits", func() bool {
		depths, err := w.Depths(t.Context())
		return err == nil && depths[worker.Urgent] == 0
	})
}

func TestSendsCode(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f, client := newFixture(t), open()
		p := f.process(t, client)
		request(t, p)
		for _, key := range client.Keys(t.Context(), "asynq:*").Val() { // what the queue holds
			dump := key + fmt.Sprint(client.HGetAll(t.Context(), key).Val())
			for _, secret := range []string{asker, string(mobile)} {
				if strings.Contains(dump, secret) {
					t.Errorf("%s shows whom the code is for", key)
				}
			}
		}
		w := p.start(t)
		poll(t, "the code is sent", func() bool { return len(f.sender.sent()) == 1 })
		sent := f.sender.sent()[0]
		code := sent.Params["code"]
		if sent.To != mobile || sent.Template != "SMS_1" || len(sent.Params) != 1 || len(code) != 6 || len(sent.OutID) > 64 {
			t.Fatalf("sent %+v", sent)
		}
		settled(t, w)
		if got := p.state(t, sent.OutID); got != sms.Accepted {
			t.Errorf("it is %s", got)
		}
		if number, err := p.codes.Confirm(t.Context(), asker, code); err != nil || number != mobile {
			t.Errorf("confirm: %v", err)
		}
		if _, err := p.codes.Confirm(t.Context(), asker, code); !errors.Is(err, roster.ErrCodeGone) {
			t.Errorf("confirm twice: %v", err)
		}
		_, err := errorOf(p.codes.Request(t.Context(), asker, mobile))
		if err == nil || err.Wait <= 0 || err.Wait > time.Minute {
			t.Errorf("a second code at once: %v", err)
		}
		if log := f.logged(); strings.Contains(log, asker) || strings.Contains(log, string(mobile)) || strings.Contains(log, code) {
			t.Errorf("the log shows personal data: %s", log)
		}
	})
}

func errorOf(err error) (ok bool, soon *roster.TooSoon) {
	soon, ok = errors.AsType[*roster.TooSoon](err)
	return ok, soon
}

// TestManyProcessesSendOneCode requests in parallel, and queues what was queued again.
func TestManyProcessesSendOneCode(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		var processes []*process
		var workers []*worker.Worker
		client := open()
		for range 3 {
			p := f.process(t, open())
			processes = append(processes, p)
			workers = append(workers, p.start(t))
		}
		var all sync.WaitGroup
		for _, p := range processes {
			for range 5 {
				all.Go(func() {
					if err := p.codes.Request(t.Context(), asker, mobile); err != nil {
						if ok, _ := errorOf(err); !ok {
							t.Error(err)
						}
					}
				})
			}
		}
		all.Wait()
		poll(t, "the code is sent", func() bool { return len(f.sender.sent()) > 0 })
		for range 5 {
			if err := worker.NewCodeQueue(client).QueueCode(t.Context(), f.sender.sent()[0].OutID); err != nil {
				t.Fatal(err)
			}
		}
		settled(t, workers[0])
		if n := len(f.sender.sent()); n != 1 {
			t.Errorf("%d codes were sent", n)
		}
	})
}

func TestThrottledCodeIsTriedAgain(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		f.sender.answer = func(_ context.Context, try int) (string, error) {
			if try < 3 {
				return "", &sms.Error{Class: sms.Retry, Code: "Throttling.User", Advice: "稍后自动重试"}
			}
			return "h", nil
		}
		p := f.process(t, open())
		w := p.start(t)
		request(t, p)
		poll(t, "the third try", func() bool { return len(f.sender.sent()) == 3 })
		settled(t, w)
		texts := f.sender.sent()
		if texts[0].Params["code"] != texts[2].Params["code"] || texts[0].OutID != texts[2].OutID {
			t.Error("another code was sent")
		}
		if got := p.state(t, texts[0].OutID); got != sms.Accepted {
			t.Errorf("it is %s", got)
		}
		if len(f.heard.by(asker)) != 0 {
			t.Error("the resident was told of a failure")
		}
	})
}

func TestRefusedCodeIsTold(t *testing.T) {
	for _, c := range []struct {
		class       sms.Class
		level, says string
	}{
		{sms.Operator, "level=ERROR", "请稍后再试"},
		{sms.Invalid, "level=WARN", "请稍后再试"},
		{sms.Limited, "level=WARN", "明天"},
		{sms.Refused, "level=WARN", "换一个号码"},
		{sms.OptedOut, "level=WARN", "换一个号码"},
	} {
		t.Run(string(c.class), func(t *testing.T) {
			f := newFixture(t)
			f.sender.answer = func(context.Context, int) (string, error) {
				return "", &sms.Error{Class: c.class, Code: "isv.SOME_CODE", Advice: "请检查账户"}
			}
			p := f.process(t, redis.NewClient(embedded(t)))
			w := p.start(t)
			request(t, p)
			poll(t, "the resident is told", func() bool { return len(f.heard.by(asker)) > 0 })
			settled(t, w)
			if told := f.heard.by(asker); len(told) != 1 || !strings.Contains(told[0], c.says) {
				t.Errorf("told %q", told)
			}
			sent := f.sender.sent()
			if len(sent) != 1 || p.state(t, sent[0].OutID) != sms.Failed {
				t.Errorf("%d calls, it is %s", len(sent), p.state(t, sent[0].OutID))
			}
			if _, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); !errors.Is(err, roster.ErrCodeGone) {
				t.Errorf("confirm: %v", err)
			}
			log := f.logged()
			for _, want := range []string{c.level, "isv.SOME_CODE", "请检查账户"} {
				if !strings.Contains(log, want) {
					t.Errorf("the log does not say %s: %s", want, log)
				}
			}
			if strings.Contains(log, asker) || strings.Contains(log, string(mobile)) || strings.Contains(log, sent[0].Params["code"]) {
				t.Errorf("the log shows personal data: %s", log)
			}
		})
	}
}

// TestDoubtfulCodeIsNotSentAgain loses the answer of a call: the resident is told nothing, since the code may well arrive.
func TestDoubtfulCodeIsNotSentAgain(t *testing.T) {
	f := newFixture(t)
	f.sender.answer = func(context.Context, int) (string, error) { return "", &sms.Error{Class: sms.InDoubt} }
	p := f.process(t, redis.NewClient(embedded(t)))
	w := p.start(t)
	request(t, p)
	poll(t, "the code is sent", func() bool { return len(f.sender.sent()) > 0 })
	settled(t, w)
	sent := f.sender.sent()
	if len(sent) != 1 || p.state(t, sent[0].OutID) != sms.Doubtful || len(f.heard.by(asker)) != 0 {
		t.Errorf("%d calls, it is %s, told %q", len(sent), p.state(t, sent[0].OutID), f.heard.by(asker))
	}
	if number, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); err != nil || number != mobile {
		t.Errorf("confirm: %v", err)
	}
}

// TestLateCodeIsDropped has the queue stand still for a minute: the process that asked died, and no other was there.
func TestLateCodeIsDropped(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		request(t, f.process(t, open()))
		f.skew = time.Minute
		p := f.process(t, open())
		w := p.start(t)
		poll(t, "the resident is told", func() bool { return len(f.heard.by(asker)) > 0 })
		settled(t, w)
		if n := len(f.sender.sent()); n != 0 {
			t.Errorf("%d codes were sent", n)
		}
		if told := f.heard.by(asker); len(told) != 1 || !strings.Contains(told[0], "没能及时发出") {
			t.Errorf("told %q", told)
		}
		request(t, p)
		poll(t, "a new one is sent", func() bool { return len(f.sender.sent()) == 1 })
	})
}

// TestReplacedCodeIsNotSent asks twice before anything is sent: the resident gets the newer one only.
func TestReplacedCodeIsNotSent(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		request(t, f.process(t, open()))
		f.skew = time.Minute
		p := f.process(t, open())
		request(t, p)
		w := p.start(t)
		poll(t, "a code is sent", func() bool { return len(f.sender.sent()) > 0 })
		settled(t, w)
		sent := f.sender.sent()
		if len(sent) != 1 || len(f.heard.by(asker)) != 0 {
			t.Fatalf("%d codes were sent, told %q", len(sent), f.heard.by(asker))
		}
		if _, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); err != nil {
			t.Error(err)
		}
	})
}
