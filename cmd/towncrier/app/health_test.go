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
	"testing"
	"testing/synctest"
	"time"

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
