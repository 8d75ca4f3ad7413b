package aliyun

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"towncrier/sms"
)

// Sink keeps what the provider pushes; nil means that all of it is stored for good. The same element may come again, after
// an error too, and must then change nothing. Safe for concurrent use.
type Sink interface {
	TakeReceipts(ctx context.Context, receipts []sms.Receipt) error
	TakeReplies(ctx context.Context, replies []sms.Reply) error
}

// CallbackConfig is what Callbacks need. Key, Sink and Log are required.
type CallbackConfig struct {
	// Key is the last part of both URLs. The provider signs nothing and promises no source address, so it is all that
	// tells its pushes from forged ones: at least 32 letters, digits, hyphens and underscores that nobody can guess.
	Key string
	// Previous is the Key before the last change, accepted until the provider has the new addresses; "" for none.
	Previous string
	Sink     Sink
	Log      *slog.Logger
	Now      func() time.Time // time.Now when nil
	// Observe counts and times every request. kind is "report", "reply", or "" for another path; outcome is one of the
	// Outcome constants. May be nil.
	Observe func(kind string, took time.Duration, outcome string)
}

// Outcomes that Observe reports.
const (
	OutcomeStored   = "stored"
	OutcomeFailed   = "failed"    // not stored, or not read to its end: the provider is asked to push again
	OutcomeLate     = "late"      // not stored in time, likewise
	OutcomeRefused  = "refused"   // not a POST, or too long
	OutcomeWrongKey = "wrong_key" // answered as an unknown path is
)

const (
	// maxPush has room for 4,000 receipts of 260 bytes; the provider pushes them by the hundred.
	maxPush = 1 << 20
	// pushLimit is when a push that is not stored yet is given back: the provider wants its answer within 700 ms, and the
	// network needs its share.
	pushLimit = 600 * time.Millisecond
	minKey    = 32
)

// Callbacks serves POST /sms/report/{key} (SmsReport: receipts) and POST /sms/reply/{key} (SmsUp: replies). A push is
// acknowledged when all of it is stored and never before; otherwise the answer is 503, and the provider pushes it again.
type Callbacks struct {
	cfg  CallbackConfig
	keys []callbackKey
}

// callbackKey is a key that opens. id tells it from others, and tells nothing about it.
type callbackKey struct {
	sum [sha256.Size]byte
	id  string
}

// KeyID names a callback key in logs, and in what came under it: 32 bits of its hash.
func KeyID(key string) string {
	sum := sha256.Sum256([]byte("towncrier callback key\x00" + key))
	return hex.EncodeToString(sum[:4])
}

// NewCallbacks checks cfg and fills in its defaults.
func NewCallbacks(cfg CallbackConfig) (*Callbacks, error) {
	if cfg.Sink == nil || cfg.Log == nil {
		return nil, errors.New("callbacks need Sink and Log")
	}
	c := &Callbacks{}
	for _, key := range []string{cfg.Key, cfg.Previous} {
		if key == "" && len(c.keys) > 0 {
			continue
		}
		if len(key) < minKey || strings.ContainsFunc(key, notKey) {
			return nil, fmt.Errorf("callback key must have at least %d letters, digits, hyphens and underscores: make one with `openssl rand -hex 32`", minKey)
		}
		c.keys = append(c.keys, callbackKey{sha256.Sum256([]byte(key)), KeyID(key)})
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Observe == nil {
		cfg.Observe = func(string, time.Duration, string) {}
	}
	c.cfg = cfg
	return c, nil
}

// opens is the id of the key, and whether it is one of ours. Every key is compared, so that time tells nothing.
func (c *Callbacks) opens(key string) (id string, ok bool) {
	sum := sha256.Sum256([]byte(key))
	for _, k := range c.keys {
		if subtle.ConstantTimeCompare(sum[:], k.sum[:]) == 1 {
			id, ok = k.id, true
		}
	}
	return id, ok
}

// notKey is true for what a URL would escape.
func notKey(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
}

// ServeHTTP never logs the path: the key is in it.
func (c *Callbacks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := c.cfg.Now()
	kind, outcome := c.serve(w, r)
	c.cfg.Observe(kind, c.cfg.Now().Sub(start), outcome)
}

func (c *Callbacks) serve(w http.ResponseWriter, r *http.Request) (kind, outcome string) {
	kind, key := split(r.URL.Path)
	via, ok := c.opens(key)
	if !ok {
		http.NotFound(w, r)
		return kind, OutcomeWrongKey
	}
	refuse := func(status int, reason string) (string, string) {
		c.cfg.Log.WarnContext(r.Context(), "sms push refused", "kind", kind, "status", status, "reason", reason)
		http.Error(w, reason, status)
		return kind, OutcomeRefused
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refuse(http.StatusMethodNotAllowed, "only POST is served")
	}
	ctx, cancel := context.WithTimeout(r.Context(), pushLimit)
	defer cancel()
	body, err := readBody(ctx, w, r)
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("body is over %d bytes", maxPush))
	}
	if err != nil {
		c.cfg.Log.ErrorContext(ctx, "sms push broke off", "kind", kind)
		again(w)
		return kind, OutcomeFailed
	}
	return kind, c.take(ctx, w, kind, via, body)
}

// split takes the kind and the key out of a path. Another path has none, which is no key.
func split(path string) (kind, key string) {
	if key, ok := strings.CutPrefix(path, "/sms/report/"); ok {
		return "report", key
	}
	if key, ok := strings.CutPrefix(path, "/sms/reply/"); ok {
		return "reply", key
	}
	return "", ""
}

// readBody reads within ctx's deadline, which the server lifts before the connection's next request. A writer without
// deadlines, as tests have, reads from memory.
func readBody(ctx context.Context, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	deadline, _ := ctx.Deadline()
	if err := http.NewResponseController(w).SetReadDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxPush))
}

// take stores a push and answers it.
func (c *Callbacks) take(ctx context.Context, w http.ResponseWriter, kind, via string, body []byte) (outcome string) {
	var count, unreadable int
	var store func(context.Context) error
	switch kind {
	case "report":
		receipts, bad := readReceipts(body)
		count, unreadable = len(receipts), bad
		store = func(ctx context.Context) error { return c.cfg.Sink.TakeReceipts(ctx, receipts) }
	default:
		replies, bad := readReplies(body)
		count, unreadable = len(replies), bad
		for i := range replies {
			replies[i].Via = via
		}
		store = func(ctx context.Context) error { return c.cfg.Sink.TakeReplies(ctx, replies) }
	}
	var err error
	if count > 0 {
		err = c.within(ctx, store)
	}
	switch {
	case err == nil:
		outcome = OutcomeStored
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		io.WriteString(w, `{"code":0,"msg":"接收成功"}`)
		level := slog.LevelInfo
		switch {
		case unreadable > 0:
			level = slog.LevelWarn
		case count == 0: // whether the address answers was tried
			level = slog.LevelDebug
		}
		c.cfg.Log.Log(ctx, level, "sms push stored", "kind", kind, "key", via, "elements", count, "unreadable", unreadable)
		return outcome
	case errors.Is(err, context.DeadlineExceeded):
		outcome = OutcomeLate
	default:
		outcome = OutcomeFailed
	}
	c.cfg.Log.ErrorContext(ctx, "sms push not stored", "kind", kind, "elements", count, "outcome", outcome, "err", err)
	again(w)
	return outcome
}

// again asks the provider for another push. In words, not as {"code":...}: any number in code may count as an
// acknowledgement.
func again(w http.ResponseWriter) {
	http.Error(w, "not stored: push it again", http.StatusServiceUnavailable)
}

// within runs store until ctx ends, even when store does not heed it: what it stores after that comes again and changes
// nothing. It never panics.
func (c *Callbacks) within(ctx context.Context, store func(context.Context) error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				c.cfg.Log.Error("sms sink panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				done <- errors.New("the sink panicked")
			}
		}()
		done <- store(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
