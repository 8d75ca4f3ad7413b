package worker_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
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

// fixture is what several processes share, and makes processes.
type fixture struct {
	database string
	sealer   *seal.Sealer
	sender   *provider
	heard    *said
	skew     time.Duration // by which the processes' clocks are ahead
	log      bytes.Buffer
	logging  sync.Mutex
}

func newFixture(t *testing.T) *fixture {
	return &fixture{database: storetest.FreshSQLite(t), sealer: storetest.Sealer(t), sender: &provider{}, heard: &said{}}
}

func (w *fixture) Write(b []byte) (int, error) {
	w.logging.Lock()
	defer w.logging.Unlock()
	return w.log.Write(b)
}

func (w *fixture) logged() string {
	w.logging.Lock()
	defer w.logging.Unlock()
	return w.log.String()
}

// process is one towncrier without its HTTP side.
type process struct {
	rows   *store.DB
	outbox *sms.Outbox
	codes  *roster.Codes
	cfg    worker.Config
}

func (w *fixture) process(t *testing.T, client redis.UniversalClient) *process {
	t.Helper()
	log := slog.New(slog.NewTextHandler(w, nil))
	now := func() time.Time { return time.Now().Add(w.skew) }
	rows := storetest.Open(t, w.database, w.sealer)
	outbox := sms.New(sms.Config{Store: rows.SMS(), Sender: w.sender, Stops: w.stops(), Now: now, Log: log})
	codes := roster.NewCodes(roster.CodesConfig{
		Store: kv.NewCodes(client, w.sealer), Queue: worker.NewCodeQueue(client), Texts: outbox, Tell: w.heard,
		Template: "SMS_1", Enabled: true, Now: now,
	})
	return &process{rows, outbox, codes, worker.Config{
		Redis: client, Inbox: inbox.New(rows.Inbox(), now), Teller: w.heard, Log: log, Every: time.Second,
		Codes: codes, Inbound: outbox,
	}}
}

// stops hears stops as told by the resident "stop".
func (w *fixture) stops() sms.Stops { return stops{w.heard} }

type stops struct{ heard *said }

func (s stops) StopSMS(ctx context.Context, n phone.Number, _ string) error {
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
