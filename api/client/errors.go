package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// NoAnswerError is a call without an answer.
type NoAnswerError struct {
	URL            string // of the server
	Unreached      bool   // no connection was made: nothing was done
	IdempotencyKey string // of a change that may have been done; "" otherwise
	err            error
}

func (e *NoAnswerError) Unwrap() error { return e.err }

func (e *NoAnswerError) Error() string {
	text := fmt.Sprintf("no answer from %s: %v", e.URL, e.err)
	switch {
	case e.Unreached:
		return text + "; is it running?"
	case e.IdempotencyKey != "":
		return text + "; what was asked may have been done all the same"
	}
	return text
}

func (c *Client) noAnswer(method string, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok { // names the method and the path besides
		err = e.Err
	}
	dial, ok := errors.AsType[*net.OpError](err)
	e := &NoAnswerError{URL: strings.TrimSuffix(c.base, wire.Prefix), Unreached: ok && dial.Op == "dial", err: err}
	if method != http.MethodGet && !e.Unreached {
		e.IdempotencyKey = c.cfg.IdempotencyKey
	}
	return e
}

// unanswered says whether there was no answer.
func unanswered(err error) bool {
	_, ok := errors.AsType[*NoAnswerError](err)
	return ok
}

// brokeOff says whether the server may have read what was asked, and its answer was lost.
func brokeOff(err error) bool {
	e, ok := errors.AsType[*NoAnswerError](err)
	return ok && !e.Unreached && !errors.Is(err, context.Canceled)
}

// RefusedError is why the server refused, as its problem details (RFC 9457) say.
type RefusedError struct {
	Problem    wire.Problem
	RetryAfter string // the header, in seconds; "" without one
}

func (e *RefusedError) Error() string {
	p := e.Problem
	text := fmt.Sprintf("refused (%d %s)", p.Status, p.Name())
	if p.Detail != "" {
		text += ": " + plaintext.OneLine(p.Detail, 400)
	}
	for _, f := range p.Errors {
		text += fmt.Sprintf("\n  %s: %s", plaintext.OneLine(f.Location, 100), plaintext.OneLine(f.Message, 400))
	}
	if e.RetryAfter != "" {
		text += fmt.Sprintf("\n  try again in %s s", plaintext.OneLine(e.RetryAfter, 20))
	}
	if p.Status >= http.StatusInternalServerError && p.Request != "" {
		text += "\n  the server's log has it as request " + plaintext.OneLine(p.Request, 64)
	}
	return text
}

func refusal(resp *http.Response, answer []byte, base string) error {
	e := &RefusedError{RetryAfter: resp.Header.Get("Retry-After")}
	if err := json.Unmarshal(answer, &e.Problem); err != nil || e.Problem.Status == 0 {
		return fmt.Errorf("%s answers %s and says no more: is it towncrier's API?", base, resp.Status)
	}
	return e
}

// retryAfter is after how long the server wants to be asked again, 0 when it does not say.
func retryAfter(err error) time.Duration {
	e, ok := errors.AsType[*RefusedError](err)
	if !ok {
		return 0
	}
	seconds, err := strconv.Atoi(e.RetryAfter)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// Temporary says whether the same call may well succeed a little later.
func Temporary(err error) bool {
	if e, ok := errors.AsType[*RefusedError](err); ok {
		return e.Problem.Status == http.StatusTooManyRequests || e.Problem.Status >= http.StatusInternalServerError
	}
	return unanswered(err)
}
