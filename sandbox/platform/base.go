// Package platform is what the pretend platforms of a sandbox share: the residents and what they do, the record of what they did and
// of what reached them, faults on demand, and pushes to the system under test.
package platform

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Config is how the platforms of one sandbox are alike. The zero Config will do.
type Config struct {
	Residents  []Resident       // nil means DefaultResidents
	RecordFile string           // the record is appended to it, too, one Entry in JSON a line; the last line with an id holds
	Seed       uint64           // of the faults that occur at a rate: the same seed and calls, the same faults
	Now        func() time.Time // time.Now when nil
	Log        *slog.Logger     // discarded when nil
	Timeout    time.Duration    // how long the system under test may take for a push; 0 means WeChat's 5 s
}

// Base is what the platforms of one sandbox share. Safe for concurrent use.
type Base struct {
	Residents *Residents
	Record    *Record
	Faults    *Faults
	Now       func() time.Time
	Log       *slog.Logger

	timeout time.Duration
	client  *http.Client

	ctx   context.Context // ends with Close
	close context.CancelFunc
	tasks sync.WaitGroup // pushes under way
}

// MaxPushes bounds the events that a platform pushes at once.
const MaxPushes = 32

// ChinaTime is what the platforms write times in and count days by.
var ChinaTime = time.FixedZone("UTC+8", 8*60*60)

// New checks cfg. The caller closes the Base.
func New(cfg Config) (*Base, error) {
	b := &Base{
		Now: cfg.Now, Log: cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)), timeout: cmp.Or(max(cfg.Timeout, 0), 5*time.Second),
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: MaxPushes}, // no proxy: the system under test is on loopback
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if b.Now == nil {
		b.Now = time.Now
	}
	var err error
	if b.Residents, err = newResidents(cfg.Residents); err != nil {
		return nil, err
	}
	if b.Record, err = newRecord(cfg.RecordFile, b.Log); err != nil {
		return nil, err
	}
	b.Faults = newFaults(cfg.Seed, b.Record.Changed)
	b.ctx, b.close = context.WithCancel(context.Background())
	return b, nil
}

// Close ends pushes and what waits, and returns when every task has ended. Closing again does nothing.
func (b *Base) Close() {
	b.close()
	b.tasks.Wait()
	b.client.CloseIdleConnections()
	b.Record.close()
}

// Closed is closed when Close begins.
func (b *Base) Closed() <-chan struct{} { return b.ctx.Done() }

// Err is not nil once Close has begun.
func (b *Base) Err() error { return b.ctx.Err() }

// Go runs a task in the background. Close waits for it.
func (b *Base) Go(task func()) { b.tasks.Go(task) }

// Wait is false when Close comes first.
func (b *Base) Wait(d time.Duration) bool { return b.WaitFor(b.ctx, d) }

// WaitFor is false when ctx ends or Close comes first.
func (b *Base) WaitFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-b.ctx.Done():
		return false
	}
}

// errSilence says that no answer came in time, or at all.
var errSilence = errors.New("no answer in time")

// Post pushes something once to the system under test. answered says whether an answer came in time, valid or not. Errors do not
// name the target, which holds secrets.
func (b *Base) Post(target string, header http.Header, body []byte, maxAnswer int64) (answer []byte, answered bool, err error) {
	ctx, cancel := context.WithTimeout(b.ctx, b.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return nil, false, errors.New("the address cannot be called")
	}
	req.Header = header
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, false, silence(ctx, err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, false, silence(ctx, err)
	case resp.StatusCode != http.StatusOK:
		return nil, true, fmt.Errorf("answered HTTP %d, want 200", resp.StatusCode)
	case int64(len(answer)) > maxAnswer:
		return nil, true, fmt.Errorf("answer is over %d bytes", maxAnswer)
	}
	return answer, true, nil
}

// silence words a failed request without its URL, which holds the openid and a valid signature, or an SMS callback's key.
func silence(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errSilence
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("not reached: %w", err)
}
