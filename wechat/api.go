package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"towncrier/broadcast"
)

const (
	// callLimit bounds one HTTP call, connecting included.
	callLimit = 10 * time.Second
	// maxAnswer bounds what is read of an answer: the longest that is asked for here is a few hundred bytes.
	maxAnswer = 1 << 20

	jsonType = "application/json; charset=utf-8"
)

// httpAPI makes HTTP calls to the platform.
type httpAPI struct {
	base      *url.URL
	transport *http.Transport
}

func newAPI(base *url.URL) httpAPI {
	// A dialer of one's own keeps it on HTTP/1.1, where a call that has its connection waits for nothing: HTTP/2 has it wait for a stream.
	// A transport of its own: other libraries change http.DefaultTransport and http.DefaultClient. It is called as it is, since
	// an http.Client would follow a redirect, and carry the token to wherever that points.
	return httpAPI{base: base, transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   3 * time.Second,
		ResponseHeaderTimeout: 8 * time.Second,
		IdleConnTimeout:       60 * time.Second,
		MaxIdleConnsPerHost:   MaxInFlight,
	}}
}

// roundTrip sends JSON and returns the body of a 200. Every error is an *Error.
func (a *httpAPI) roundTrip(ctx context.Context, op, path string, query url.Values, body any) ([]byte, error) {
	target := a.base.JoinPath(path)
	target.RawQuery = query.Encode()
	method, payload := http.MethodGet, io.Reader(http.NoBody)
	if body != nil {
		raw, err := encode(body)
		if err != nil {
			return nil, &Error{Op: op, Class: CallerFault, Cause: "the request cannot be written as JSON"}
		}
		method, payload = http.MethodPost, bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), payload)
	if err != nil {
		return nil, &Error{Op: op, Class: CallerFault, Cause: "the request cannot be made"}
	}
	req.Header.Set("Content-Type", jsonType)
	return a.exchange(ctx, op, req)
}

// exchange makes one HTTP call within callLimit and returns the body of a 200. Every error is an *Error.
func (a *httpAPI) exchange(ctx context.Context, op string, req *http.Request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	ctx, p := traced(ctx)
	resp, err := a.transport.RoundTrip(req.WithContext(ctx))
	switch {
	case p.late:
		return nil, &Error{Op: op, Class: Late, Cause: "it may not be made any more"}
	case err != nil && !p.connected:
		return nil, unsent(op, err)
	case err != nil:
		return nil, unanswered(op, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case leavesDoubt(resp.StatusCode):
		return nil, &Error{Op: op, Class: InDoubt, Cause: fmt.Sprintf("the platform, or a gateway before it, answered HTTP %d", resp.StatusCode)}
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, &Error{Op: op, Class: Retry, Cause: "the platform answered HTTP 429"}
	case resp.StatusCode != http.StatusOK:
		return nil, &Error{Op: op, Class: Configuration, Cause: fmt.Sprintf("HTTP %d: is the API's base URL right?", resp.StatusCode)}
	case err != nil:
		return nil, unanswered(op, err)
	}
	return answer, nil
}

// progress is how far a call came.
type progress struct {
	connected bool // it was given a connection: some of it may have been written
	late      bool // it might not be made any more when it was given one
}

// traced notes how far a call under ctx comes. It has a call given up that may not begin any more once it has its connection: nothing is
// written then, the connection is closed first.
func traced(ctx context.Context) (context.Context, *progress) {
	p := new(progress)
	guarded, cancel := context.WithCancel(ctx)
	return httptrace.WithClientTrace(guarded, &httptrace.ClientTrace{
		// The transport asks for another connection when it could write nothing to the first. A call that it repeats for any other
		// reason is marked by its request.
		GetConn: func(string) { p.connected = false },
		GotConn: func(got httptrace.GotConnInfo) {
			if p.connected = broadcast.MayCall(ctx); !p.connected {
				p.late = true
				cancel() // no other connection
				got.Conn.Close()
			}
		},
	}), p
}

// leavesDoubt says whether a status may stand behind a call that the platform took. The platform itself answers 200 to
// everything. A gateway gives up on a call that it passed on with 408 (RFC 9110, 15.5.9, as proxies use it), 425, 499
// (nginx: the client went away) or 5xx; a 2xx other than 200 is no answer of
// the platform's, and may stand in front of a call that went through as well.
func leavesDoubt(status int) bool {
	switch status {
	case http.StatusOK:
		return false
	case http.StatusRequestTimeout, http.StatusTooEarly, 499:
		return true
	}
	return status >= 500 || status/100 <= 2
}

// encode writes JSON with raw UTF-8: the platform refuses texts with \u escapes (40033).
func encode(body any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
