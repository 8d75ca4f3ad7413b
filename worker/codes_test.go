package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
	"towncrier/worker"
)

const (
	asker               = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
	mobile phone.Number = "19900001234"
)

// provider plays the SMS platform: it notes each text, and answers as the test says.
type provider struct {
	mu     sync.Mutex
	texts  []sms.Text
	answer func(ctx context.Context, try int) (string, error) // nil accepts
}

func (p *provider) Send(ctx context.Context, t sms.Text) (string, error) {
	p.mu.Lock()
	p.texts = append(p.texts, t)
	try := len(p.texts)
	p.mu.Unlock()
	if p.answer == nil {
		return "h-" + t.OutID, nil
	}
	return p.answer(ctx, try)
}

func (p *provider) sent() []sms.Text {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sms.Text(nil), p.texts...)
}

// town is what several processes share, and makes processes.
type town struct {
	database string
	box      *seal.Box
	sender   *provider
	heard    *said
	skew     time.Duration // by which the processes' clocks are ahead
	log      bytes.Buffer
	logging  sync.Mutex
}

func newTown(t *testing.T) *town {
	return &town{database: storetest.SQLite(t), box: storetest.Box(t), sender: &provider{}, heard: &said{}}
}

func (w *town) Write(b []byte) (int, error) {
	w.logging.Lock()
	defer w.logging.Unlock()
	return w.log.Write(b)
}

func (w *town) logged() string {
	w.logging.Lock()
	defer w.logging.Unlock()
	return w.log.String()
}

// process is one towncrier without its HTTP side.
type process struct {
	rows  *store.DB
	desk  *sms.Desk
	codes *roster.Codes
	cfg   worker.Config
}

func (w *town) process(t *testing.T, client redis.UniversalClient) *process {
	t.Helper()
	log := slog.New(slog.NewTextHandler(w, nil))
	now := func() time.Time { return time.Now().Add(w.skew) }
	rows := storetest.Open(t, w.database, w.box)
	desk := sms.New(sms.Config{Store: rows.SMS(), Sender: w.sender, Stops: w.stops(), Now: now, Log: log})
	codes := roster.NewCodes(roster.CodesConfig{
		Store: kv.NewCodes(client, w.box), Queue: worker.NewCodeQueue(client), Texts: desk, Tell: w.heard,
		Template: "SMS_1", Enabled: true, Now: now,
	})
	return &process{rows, desk, codes, worker.Config{
		Redis: client, Inbox: inbox.New(rows.Inbox(), now), Teller: w.heard, Log: log, Every: time.Second,
		Codes: codes, Inbound: desk,
	}}
}

// stops hears stops as told by the resident "stop".
func (w *town) stops() sms.Stops { return stops{w.heard} }

type stops struct{ heard *said }

func (s stops) StopSMS(ctx context.Context, n phone.Number) error {
	return s.heard.Tell(ctx, "stop", string(n))
}

func (p *process) start(t *testing.T) *worker.Worker {
	t.Helper()
	w, err := worker.New(p.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Shutdown)
	return w
}

// state is where a text stands.
func (p *process) state(t *testing.T, id string) sms.State {
	t.Helper()
	state, _, err := p.rows.SMS().Begin(t.Context(), sms.Code, sms.Text{To: mobile, OutID: id}, time.Now(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

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
		town, client := newTown(t), open()
		p := town.process(t, client)
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
		poll(t, "the code is sent", func() bool { return len(town.sender.sent()) == 1 })
		sent := town.sender.sent()[0]
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
		if log := town.logged(); strings.Contains(log, asker) || strings.Contains(log, string(mobile)) || strings.Contains(log, code) {
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
		town := newTown(t)
		var processes []*process
		var workers []*worker.Worker
		client := open()
		for range 3 {
			p := town.process(t, open())
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
		poll(t, "the code is sent", func() bool { return len(town.sender.sent()) > 0 })
		for range 5 {
			if err := worker.NewCodeQueue(client).QueueCode(t.Context(), town.sender.sent()[0].OutID); err != nil {
				t.Fatal(err)
			}
		}
		settled(t, workers[0])
		if n := len(town.sender.sent()); n != 1 {
			t.Errorf("%d codes were sent", n)
		}
	})
}

func TestThrottledCodeIsTriedAgain(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		town := newTown(t)
		town.sender.answer = func(_ context.Context, try int) (string, error) {
			if try < 3 {
				return "", &sms.Error{Class: sms.Retry, Code: "Throttling.User", Advice: "稍后自动重试"}
			}
			return "h", nil
		}
		p := town.process(t, open())
		w := p.start(t)
		request(t, p)
		poll(t, "the third try", func() bool { return len(town.sender.sent()) == 3 })
		settled(t, w)
		texts := town.sender.sent()
		if texts[0].Params["code"] != texts[2].Params["code"] || texts[0].OutID != texts[2].OutID {
			t.Error("another code was sent")
		}
		if got := p.state(t, texts[0].OutID); got != sms.Accepted {
			t.Errorf("it is %s", got)
		}
		if len(town.heard.by(asker)) != 0 {
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
			town := newTown(t)
			town.sender.answer = func(context.Context, int) (string, error) {
				return "", &sms.Error{Class: c.class, Code: "isv.SOME_CODE", Advice: "请检查账户"}
			}
			p := town.process(t, redis.NewClient(embedded(t)))
			w := p.start(t)
			request(t, p)
			poll(t, "the resident is told", func() bool { return len(town.heard.by(asker)) > 0 })
			settled(t, w)
			if told := town.heard.by(asker); len(told) != 1 || !strings.Contains(told[0], c.says) {
				t.Errorf("told %q", told)
			}
			sent := town.sender.sent()
			if len(sent) != 1 || p.state(t, sent[0].OutID) != sms.Failed {
				t.Errorf("%d calls, it is %s", len(sent), p.state(t, sent[0].OutID))
			}
			if _, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); !errors.Is(err, roster.ErrCodeGone) {
				t.Errorf("confirm: %v", err)
			}
			log := town.logged()
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
	town := newTown(t)
	town.sender.answer = func(context.Context, int) (string, error) { return "", &sms.Error{Class: sms.InDoubt} }
	p := town.process(t, redis.NewClient(embedded(t)))
	w := p.start(t)
	request(t, p)
	poll(t, "the code is sent", func() bool { return len(town.sender.sent()) > 0 })
	settled(t, w)
	sent := town.sender.sent()
	if len(sent) != 1 || p.state(t, sent[0].OutID) != sms.Doubtful || len(town.heard.by(asker)) != 0 {
		t.Errorf("%d calls, it is %s, told %q", len(sent), p.state(t, sent[0].OutID), town.heard.by(asker))
	}
	if number, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); err != nil || number != mobile {
		t.Errorf("confirm: %v", err)
	}
}

// TestLateCodeIsDropped has the queue stand still for a minute: the process that asked died, and no other was there.
func TestLateCodeIsDropped(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		town := newTown(t)
		request(t, town.process(t, open()))
		town.skew = time.Minute
		p := town.process(t, open())
		w := p.start(t)
		poll(t, "the resident is told", func() bool { return len(town.heard.by(asker)) > 0 })
		settled(t, w)
		if n := len(town.sender.sent()); n != 0 {
			t.Errorf("%d codes were sent", n)
		}
		if told := town.heard.by(asker); len(told) != 1 || !strings.Contains(told[0], "没能及时发出") {
			t.Errorf("told %q", told)
		}
		request(t, p)
		poll(t, "a new one is sent", func() bool { return len(town.sender.sent()) == 1 })
	})
}

// TestReplacedCodeIsNotSent asks twice before anything is sent: the resident gets the newer one only.
func TestReplacedCodeIsNotSent(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		town := newTown(t)
		request(t, town.process(t, open()))
		town.skew = time.Minute
		p := town.process(t, open())
		request(t, p)
		w := p.start(t)
		poll(t, "a code is sent", func() bool { return len(town.sender.sent()) > 0 })
		settled(t, w)
		sent := town.sender.sent()
		if len(sent) != 1 || len(town.heard.by(asker)) != 0 {
			t.Fatalf("%d codes were sent, told %q", len(sent), town.heard.by(asker))
		}
		if _, err := p.codes.Confirm(t.Context(), asker, sent[0].Params["code"]); err != nil {
			t.Error(err)
		}
	})
}

// cable is what a client's commands go through, until it is cut.
type cable struct{ cut atomic.Bool }

func (c *cable) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *cable) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if c.cut.Load() {
			return net.ErrClosed
		}
		return next(ctx, cmd)
	}
}

func (c *cable) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if c.cut.Load() {
			return net.ErrClosed
		}
		return next(ctx, cmds)
	}
}

// TestProcessDiesInTheCall cuts a process off Redis in the middle of its call, as a kill does, and lets the queue's lease run
// out: another process takes the task up, and leaves the text alone.
func TestProcessDiesInTheCall(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		town := newTown(t)
		began, let := make(chan struct{}, 10), make(chan struct{})
		town.sender.answer = func(context.Context, int) (string, error) {
			began <- struct{}{}
			<-let // whatever the context says
			return "", &sms.Error{Class: sms.InDoubt}
		}
		dying, cable := open(), &cable{}
		dying.AddHook(cable)
		a := town.process(t, dying)
		a.start(t)
		t.Cleanup(func() { close(let) }) // before the worker's Shutdown waits for it
		request(t, a)
		<-began
		cable.cut.Store(true)
		client := open()
		ids := client.ZRange(t.Context(), "asynq:{urgent}:lease", 0, -1).Val()
		for _, id := range ids {
			client.ZAddXX(t.Context(), "asynq:{urgent}:lease", redis.Z{Score: 0, Member: id})
		}
		if len(ids) == 0 {
			t.Fatal("no lease is held")
		}
		b := town.process(t, client)
		w := b.start(t)
		settled(t, w)
		id := town.sender.sent()[0].OutID
		if n := len(town.sender.sent()); n != 1 || b.state(t, id) != sms.Sending {
			t.Fatalf("%d calls, the text is %s", n, b.state(t, id))
		}
		// The receipt of the text that was sent after all.
		err := b.desk.TakeReceipts(t.Context(), []sms.Receipt{{OutID: id, Phone: mobile, Delivered: true, Code: "DELIVERED"}})
		if err != nil {
			t.Fatal(err)
		}
		poll(t, "it is delivered", func() bool { return b.state(t, id) == sms.Delivered })
	})
}

// TestShutdownWaitsForTheCall stops a worker in the middle of a call that ends soon after.
func TestShutdownWaitsForTheCall(t *testing.T) {
	town := newTown(t)
	began, let := make(chan struct{}, 1), make(chan struct{})
	town.sender.answer = func(ctx context.Context, _ int) (string, error) {
		began <- struct{}{}
		select {
		case <-let:
			return "h", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	client := redis.NewClient(embedded(t))
	p := town.process(t, client)
	w := p.start(t)
	request(t, p)
	<-began
	stopped := make(chan struct{})
	go func() { defer close(stopped); w.Shutdown() }()
	close(let)
	<-stopped
	if got := p.state(t, town.sender.sent()[0].OutID); got != sms.Accepted {
		t.Errorf("it is %s", got)
	}
}

func TestRequestWithoutRedis(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	p := newTown(t).process(t, client)
	err := p.codes.Request(t.Context(), asker, mobile)
	if ok, _ := errorOf(err); err == nil || ok || strings.Contains(err.Error(), string(mobile)) || strings.Contains(err.Error(), asker) {
		t.Errorf("%v", err)
	}
	if _, err := p.codes.Confirm(t.Context(), asker, "123456"); err == nil || errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("%v", err)
	}
}
