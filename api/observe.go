package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
)

// observe is the outermost: it names the request, sets the headers that every answer has, ends what takes too long, turns a
// panic into a problem, and writes the one log line. Paths and queries are left out of that: the operation's id says enough,
// and a mistyped path can hold anything.
func (a *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		v := &visit{id: strings.ToLower(rand.Text()[:16]), origin: audit.Origin{Address: a.address(r)}}
		limit := patience
		if countsResidents(r) {
			limit = countingPatience
			http.NewResponseController(w).SetWriteDeadline(start.Add(limit + time.Second)) // beyond the server's own, which is for all else
		}
		ctx, cancel := context.WithTimeout(context.WithValue(audit.WithOrigin(r.Context(), &v.origin), visitKey{}, v), limit)
		defer cancel()
		r = r.WithContext(ctx)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Request-Id", v.id)
		seen := &watched{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				a.Log.ErrorContext(ctx, "api request panicked", "request", v.id, "operation", v.operation,
					"panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if seen.status == 0 {
					writeProblem(seen, r, refuse(http.StatusInternalServerError, "internal", ""))
				}
			}
			a.note(ctx, v, seen.status, time.Since(start))
		}()
		next.ServeHTTP(seen, r)
	})
}

// countingPatience is for what reads every resident: a million take 4 s of computing, which a busy machine stretches. It ends before an Idempotency-Key's lease, too.
const countingPatience = 50 * time.Second

// countsResidents says whether a request is to preview or to submit a broadcast.
func countsResidents(r *http.Request) bool {
	of, what := path.Split(strings.TrimPrefix(r.URL.Path, wire.Prefix))
	return strings.HasPrefix(of, "/broadcasts/") && (what == "submit" || what == "preview")
}

// note writes the one line of a request: who, whence, by which key, what, and what came of it. Of refusals that are alike
// one a minute is written, with how many were passed over.
func (a *server) note(ctx context.Context, v *visit, status int, took time.Duration) {
	if a.Observe != nil {
		a.Observe(v.operation, status)
	}
	level, passed := slog.LevelInfo, 0
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		var tell bool
		if tell, passed = a.lines.tell(fmt.Sprint(v.origin, " ", v.operation, " ", status), time.Now()); !tell {
			return
		}
		level = slog.LevelWarn
	}
	a.Log.LogAttrs(ctx, level, "api request", slog.String("request", v.id), slog.String("operation", v.operation), slog.String("staff", v.person.ID),
		slog.String("address", v.origin.Address), slog.String("key", v.origin.Key), slog.Int("status", status), slog.Int("alike", passed), slog.Duration("took", took))
}

// watched remembers the status that was written.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recorder holds an answer back.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) copyTo(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	w.Write(r.body.Bytes())
}
