package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/aliyun"
	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/roster"
	"towncrier/store"
)

func fine(context.Context) error { return nil }

func noChecks() *rounds { return newRounds(nil, nil, slog.New(slog.DiscardHandler)) }

func askReady(t *testing.T, h *health, query string) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz"+query, nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

// TestReadyNamesWhatHangs has a database that neither answers nor refuses, as behind a network that drops packets.
func TestReadyNamesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHealth(slog.New(slog.DiscardHandler), noChecks(), resource{"database", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			resource{"redis", func(ctx context.Context) error { return ctx.Err() }}, resource{"queue", fine}, resource{"clock", fine})
		asked := time.Now()
		status, body := askReady(t, h, "")
		if status != http.StatusOK || body != `{"answers":"ok","checks":{},"clock":"ok","console":"down","database":"down","queue":"ok","redis":"ok","worker":"down"}` {
			t.Errorf("%d %s", status, body)
		}
		if took := time.Since(asked); took > time.Second {
			t.Errorf("took %s, want at most a second", took)
		}
	})
}

// TestReadySaysWhichPartCanWork takes away one resource after the other: only what keeps residents from being answered makes the server
// unready, while each part can be asked for.
func TestReadySaysWhichPartCanWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		errs := map[string]error{}
		check := func(name string) resource { return resource{name, func(context.Context) error { return errs[name] }} }
		h := newHealth(slog.New(slog.NewTextHandler(&log, nil)), noChecks(), check("database"), check("redis"), check("queue"), check("clock"))
		for _, c := range []struct {
			resource string
			err      error
			state    string
			down     string // parts, in their order
		}{
			{"database", fmt.Errorf("write: %w", roster.ErrNoRoom), "full", "worker console"},
			{"database", fmt.Errorf("write: %w", store.ErrReadOnly), "read-only", "worker console"},
			{"database", errors.New("away"), "down", "worker console"},
			{"redis", errRedisFull, "full", "worker console"},
			{"redis", errRedisReadOnly, "read-only", "worker console"},
			{"queue", errors.New("away"), "down", "worker"},
			{"clock", errors.New("an hour off"), "down", "answers"},
		} {
			clear(errs)
			time.Sleep(2 * healthFor)
			h.check(t.Context())
			log.Reset()
			errs[c.resource] = c.err
			time.Sleep(2 * healthFor)
			var down []string
			for _, p := range []string{"answers", "worker", "console"} {
				if status, _ := askReady(t, h, "?part="+p); status == http.StatusServiceUnavailable {
					down = append(down, p)
				}
			}
			status, body := askReady(t, h, "")
			if got := strings.Join(down, " "); got != c.down || (status == http.StatusOK) == strings.Contains(c.down, "answers") || !strings.Contains(body, `"`+c.resource+`":"`+c.state+`"`) {
				t.Errorf("%s %s: %q cannot work, want %q; %d %s", c.resource, c.state, got, c.down, status, body)
			}
			if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "part="+c.resource+" state="+c.state) {
				t.Errorf("%s %s: the log says %s", c.resource, c.state, &log)
			}
		}
		if status, _ := askReady(t, h, "?part=kitchen"); status != http.StatusBadRequest {
			t.Errorf("an unknown part: %d", status)
		}
		log.Reset()
		clear(errs)
		time.Sleep(2 * healthFor)
		if h.check(t.Context()); !strings.Contains(log.String(), "works again") {
			t.Errorf("the log says %s", &log)
		}
	})
}

// TestWrongCredentialsAreShownAndTurnNobodyAway: residents are answered without an access token.
func TestWrongCredentialsAreShownAndTurnNobodyAway(t *testing.T) {
	fine := func(name string) resource { return resource{name, func(context.Context) error { return nil }} }
	var log bytes.Buffer
	h := newHealth(slog.New(slog.NewTextHandler(&log, nil)), noChecks(), fine("database"), fine("redis"), fine("queue"), fine("clock"),
		resource{"wechat", func(context.Context) error { return errors.New("AppSecret is wrong") }})
	if status, body := askReady(t, h, ""); status != http.StatusOK || !strings.Contains(body, `"wechat":"down"`) || !strings.Contains(log.String(), "AppSecret is wrong") {
		t.Errorf("%d %s\n%s", status, body, &log)
	}
}

// TestStandingInWords: a check that hangs and takes no end is cut off, and begun again only when it ended; it is said in Chinese since when it
// does, and what to do.
func TestStandingInWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		var begun atomic.Int32
		h := newHealth(slog.New(slog.DiscardHandler), noChecks(), resource{"database", func(context.Context) error { begun.Add(1); <-let; return nil }},
			resource{"redis", fine}, resource{"queue", fine}, resource{"clock", fine})
		asked := time.Now()
		var since time.Time
		for range 3 {
			of := map[string]wire.Check{}
			for _, c := range h.standing(t.Context()) {
				of[c.Name] = c
			}
			db := of["database"]
			if since.IsZero() {
				since = db.Since
			}
			if db.OK || db.Label != "数据库" || db.StateLabel != "出错，或者没有应答" || !strings.Contains(db.Do, "系统管理员") || !db.Since.Equal(since) || db.Since.IsZero() ||
				of["worker"].OK || !of["answers"].OK || of["answers"].Do != "" || !of["redis"].OK {
				t.Errorf("%+v", of)
			}
			time.Sleep(2 * healthFor)
		}
		if took := time.Since(asked) - 3*2*healthFor; took > 2*time.Second || begun.Load() != 1 {
			t.Errorf("took %s, begun %d times", took, begun.Load())
		}
		close(let)
		time.Sleep(2 * healthFor)
		if first := h.standing(t.Context()); !first[3].OK || !first[3].Since.After(since) {
			t.Errorf("it works again: %+v", first[3])
		}
	})
}

// TestEveryCheckHasWords: whatever is looked at has a label and a remedy that officials read.
func TestEveryCheckHasWords(t *testing.T) {
	all := surroundings{
		cfg: config.Config{Redis: "redis://127.0.0.1:1"}, sms: &aliyun.Client{}, library: func() *content.Library { return nil }, redis: redis.NewClient(&redis.Options{}),
		content: func(context.Context) (doctor.Content, error) { return doctor.Content{}, nil },
	}
	for _, c := range newRounds(all.checks(), func(string, bool) {}, slog.New(slog.DiscardHandler)).standing() {
		if c.Label == "" || c.StateLabel != "还没有查" || !c.OK || looked[c.Name].do == "" {
			t.Errorf("%+v", c)
		}
	}
	for _, state := range healthStates {
		if stateLabels[state] == "" {
			t.Errorf("%s has no label", state)
		}
	}
	for _, state := range doctor.States {
		if stateLabels[string(state)] == "" {
			t.Errorf("%s has no label", state)
		}
	}
}
