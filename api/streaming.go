package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/staff"
)

const (
	// maxUpload is far above the largest true file: a million residents are 20 MiB as XLSX and 50 MiB as CSV.
	maxUpload = 64 << 20
	// stall is longer than any network takes to find its way again.
	stall = 30 * time.Second
	// longest ends what comes or goes byte by byte.
	longest = 30 * time.Minute
	// piece is what is written under one deadline.
	piece = 16 << 10
)

// timed ends a request that takes too long: after the operation's limit; one that uploads or streams when its client stalls. Then, and
// for an operation with a limit beyond the usual, the deadlines of the server's connection move.
func (g *gate) timed(w http.ResponseWriter, r *http.Request, op operation) (http.ResponseWriter, *http.Request, context.CancelFunc) {
	server := http.NewResponseController(w)
	if !op.upload && !op.stream {
		limit := requestTimeout
		if op.limit > 0 {
			limit = op.limit
			server.SetWriteDeadline(time.Now().Add(limit + time.Second))
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		return w, r.WithContext(ctx), cancel
	}
	ctx, cancel := context.WithCancel(r.Context())
	timer := time.AfterFunc(longest, cancel)
	r = r.WithContext(ctx)
	open := g.keyOpens(r)
	if op.upload && r.Body != http.NoBody {
		r.Body = &slowBody{ReadCloser: http.MaxBytesReader(w, r.Body, maxUpload), server: server, stall: g.stall, ctx: ctx, open: open,
			ended: func() { timer.Reset(requestTimeout) }}
	}
	if op.stream {
		w = &slowWriter{ResponseWriter: w, server: server, stall: g.stall, ctx: ctx, open: open}
	}
	return w, r, func() { timer.Stop(); cancel() }
}

// keyOpens is asked again and again while a file comes or goes whether the key still opens that let it in: nobody who was disabled goes on.
func (g *gate) keyOpens(r *http.Request) func() error {
	secret, keyed := bearer(r)
	checked := g.now()
	return func() error {
		now := g.now()
		if !keyed || now.Sub(checked) < recheck {
			return nil
		}
		checked = now
		_, _, err := g.staff.Authenticate(r.Context(), secret)
		if errors.Is(err, staff.ErrKey) {
			return wrongKey()
		}
		return err
	}
}

// slowBody is a body that may come slowly, as long as it comes. Its errors are problems.
type slowBody struct {
	io.ReadCloser
	server *http.ResponseController
	stall  time.Duration
	ctx    context.Context // until the longest that it may take
	open   func() error    // whether the key still opens
	ended  func()
	err    error
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.err != nil { // a deadline after its end would cut the connection: net/http waits for the next request by then
		return 0, b.err
	}
	if err := b.ctx.Err(); err != nil {
		b.err = unreadable(err)
		return 0, b.err
	}
	now := time.Now()
	b.server.SetReadDeadline(now.Add(b.stall))
	b.server.SetWriteDeadline(now.Add(b.stall + requestTimeout + time.Second)) // for the answer to what this read ends
	n, err := b.ReadCloser.Read(p)
	if b.err = b.open(); b.err != nil {
		return 0, b.err
	}
	if b.err = err; err == io.EOF {
		b.ended()
	} else if err != nil {
		b.err = unreadable(err)
	}
	return n, b.err
}

// slowWriter writes to a client that may read slowly, as long as it reads.
type slowWriter struct {
	http.ResponseWriter
	server *http.ResponseController
	stall  time.Duration
	ctx    context.Context // until the longest that it may take
	open   func() error    // whether the key still opens
}

func (w *slowWriter) Write(b []byte) (written int, err error) {
	for {
		if err := cmp.Or(w.ctx.Err(), w.open()); err != nil {
			return written, err
		}
		w.server.SetWriteDeadline(time.Now().Add(w.stall))
		n, err := w.ResponseWriter.Write(b[:min(piece, len(b))])
		written, b = written+n, b[n:]
		if err != nil || len(b) == 0 {
			return written, err
		}
	}
}

func (w *slowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Uploaded is embedded in the input of an operation that uploads.
type Uploaded struct{ File io.Reader }

// Resolve implements huma.Resolver.
func (u *Uploaded) Resolve(ctx huma.Context) []error {
	u.File = ctx.BodyReader()
	return nil
}

// limit has a file that a caller in the process hands on come no further, and break off in no other words, than over HTTP.
func (u *Uploaded) limit() { u.File = &limitedFile{from: u.File, left: maxUpload} }

type limitedFile struct {
	from io.Reader
	left int64
}

func (f *limitedFile) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if f.left -= int64(n); f.left < 0 {
		return 0, unreadable(&http.MaxBytesError{Limit: maxUpload})
	}
	if err != nil && err != io.EOF {
		err = unreadable(err)
	}
	return n, err
}

// streamed is the answer of an operation that streams: a file that is written as it is made.
type streamed struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        func(huma.Context)
	write       func(io.Writer) error
	name        string
}

// streamFile answers with a file to be saved under a name. What write fails with before it has written anything is answered as any other
// error; after that the connection is cut, so that nobody takes the part for the whole. The name comes without what cannot be seen, such as marks that turn its end round.
func streamFile(name, contentType string, write func(io.Writer) error) *streamed {
	name = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, name)
	return &streamed{Type: contentType, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}), write: write, name: name}
}

func (p problems) stream(write func(io.Writer) error) func(huma.Context) {
	return func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		seen := &watched{ResponseWriter: w}
		err := write(seen)
		switch {
		case err == nil:
		case seen.status == 0:
			w.Header().Del("Content-Disposition")
			p.write(w, r, err)
		default:
			p.log.WarnContext(r.Context(), "api answer broke off", "request", infoOf(r.Context()).id, "operation", infoOf(r.Context()).operation.id,
				"err", fmt.Sprintf("%T", err))
			panic(http.ErrAbortHandler)
		}
	}
}
