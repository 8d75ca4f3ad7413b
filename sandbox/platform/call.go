package platform

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"time"
)

// MaxCall is far above the largest call that is served, a menu.
const MaxCall = 256 << 10

// ReadCall reads the body of a call. When it cannot, it has answered the call and is false.
func ReadCall(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxCall))
	if err != nil {
		http.Error(w, "body is too large or broke off", http.StatusRequestEntityTooLarge)
	}
	return body, err == nil
}

// Call is how a platform serves one call, when no fault occurs.
type Call struct {
	API     API
	Numbers func() []string // that it is about; nil for none
	Serve   http.HandlerFunc
	Refuse  func(w http.ResponseWriter, code string) // answers with an error code of the platform
}

// ServeCall serves a call, or fails it as a fault demands.
func (b *Base) ServeCall(w http.ResponseWriter, r *http.Request, c Call) {
	fault, occurs := b.Faults.Next(c.API, c.Numbers)
	if !occurs {
		c.Serve(w, r)
		return
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the wait
	badGateway := func() {
		http.Error(w, "<html><body><h1>502 Bad Gateway</h1></body></html>", http.StatusBadGateway)
	}
	switch fault.Kind {
	case FaultLatency:
		if b.WaitFor(r.Context(), fault.Delay()) {
			c.Serve(w, r)
		}
	case FaultSlowAnswer:
		held := heldAnswer{header: w.Header()}
		c.Serve(&held, r)
		if b.WaitFor(r.Context(), fault.Delay()) {
			held.give(w)
		}
	case Fault5xx:
		badGateway()
	case Fault5xxAfter:
		c.Serve(&heldAnswer{header: http.Header{}}, r)
		badGateway()
	case FaultDrop:
		panic(http.ErrAbortHandler) // net/http's own way to break a connection
	case FaultTimeout:
		c.Serve(&heldAnswer{header: http.Header{}}, r)
		b.WaitFor(r.Context(), fault.Delay())
		panic(http.ErrAbortHandler)
	default:
		c.Refuse(w, fault.Kind)
	}
}

// heldAnswer keeps an answer back, perhaps for good.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header         { return h.header }
func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }
func (h *heldAnswer) WriteHeader(status int)      { h.status = status }

func (h *heldAnswer) give(w http.ResponseWriter) {
	w.WriteHeader(cmp.Or(h.status, http.StatusOK))
	w.Write(h.body.Bytes()) // a caller that went away is no matter
}
