package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"towncrier/audit"
)

// observer is what every request passes first and last.
type observer struct {
	log      *slog.Logger
	heard    func(operation string, status int) // may be nil
	proxies  []netip.Prefix
	refusals throttle // lines of the log
}

// observe names a request, sets the headers that every answer has, turns a panic into a problem, and writes the
// one log line. Paths and queries are left out of that: the operation's id says enough, and a mistyped path can hold anything.
func (o *observer) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		info := &requestInfo{id: strings.ToLower(rand.Text()[:16]), origin: audit.Origin{Address: AddressOf(r, o.proxies)}}
		ctx := withInfo(r.Context(), info)
		r = r.WithContext(ctx)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Request-Id", info.id)
		seen := &watched{ResponseWriter: w}
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				o.log.ErrorContext(ctx, "api request panicked", "request", info.id, "operation", info.operation.id,
					"panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if seen.status == 0 {
					writeProblem(seen, r, refuse(http.StatusInternalServerError, "internal", brokenHere))
				}
			}
			o.note(ctx, info, seen.status, time.Since(start))
			if p == http.ErrAbortHandler {
				panic(p) // net/http cuts the connection: who reads sees that the answer is not whole
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// note writes the one line of a request: the person, their address and key, the operation, and the status. Of refusals that are alike
// one a minute is written, with how many were left out.
func (o *observer) note(ctx context.Context, info *requestInfo, status int, took time.Duration) {
	if o.heard != nil {
		o.heard(info.operation.id, status)
	}
	level, passed := slog.LevelInfo, 0
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		var tell bool
		if tell, passed = o.refusals.tell(fmt.Sprint(info.origin, " ", info.operation.id, " ", status), time.Now()); !tell {
			return
		}
		level = slog.LevelWarn
	}
	o.log.LogAttrs(ctx, level, "api request", slog.String("request", info.id), slog.String("operation", info.operation.id), slog.String("staff", info.person.ID),
		slog.String("address", info.origin.Address), slog.String("key", info.origin.Key), slog.Int("status", status), slog.Int("alike", passed), slog.Duration("took", took))
}
