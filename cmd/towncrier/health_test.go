package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestReadyNamesThePartThatHangs has a database that neither answers nor refuses, as behind a network that drops packets.
func TestReadyNamesThePartThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parts := []part{
			{"database", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			{"redis", func(ctx context.Context) error { return ctx.Err() }},
		}
		w, asked := httptest.NewRecorder(), time.Now()
		ready(parts).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		if body := strings.TrimSpace(w.Body.String()); w.Code != http.StatusServiceUnavailable || body != `{"database":"down","redis":"ok"}` {
			t.Errorf("%d %s", w.Code, body)
		}
		if took := time.Since(asked); took > time.Second {
			t.Errorf("took %s, want at most a second", took)
		}
	})
}
