package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api"
)

// The environment of who works through the API.
const (
	urlEnv = "TOWNCRIER_URL"
	keyEnv = "TOWNCRIER_API_KEY"

	defaultURL = "http://127.0.0.1:8080"
)

const (
	// apiPatience is beyond what the API allows itself for a request.
	apiPatience = 55 * time.Second
	// askFor is how long what broke off is asked again: the server holds what a process that died was doing for a minute.
	askFor = 75 * time.Second
	// quietWait is not worth a word: who reads page after page is told to slow down again and again.
	quietWait = 2 * time.Second
	// askEvery is ample for a proxy that had a hiccup.
	askEvery = time.Second
	// maxAnswer is far above the largest true answer, a page of 200 broadcasts.
	maxAnswer = 16 << 20
)

// apiFlags say which API to talk to, and as whom.
type apiFlags struct{ url, key, once string }

func (f *apiFlags) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.url, "url", "", "base URL of the server (or "+urlEnv+"; default "+defaultURL+")")
	cmd.PersistentFlags().StringVar(&f.key, "key", "", "your key for the API; rather set "+keyEnv+": other users of the machine see a command line")
	cmd.PersistentFlags().StringVar(&f.once, "idempotency-key", "", "of a command that changes something: given again with the same one within a day, it is done once")
}

// client is the API that flags and environment name.
func (f apiFlags) client(cmd *cobra.Command, opt *options) (*apiClient, error) {
	env, err := readSource("", opt.environ)
	if err != nil {
		return nil, err
	}
	key := cmp.Or(f.key, env.env[keyEnv])
	if file := env.env[keyEnv+fileSuffix]; key == "" && file != "" {
		if key, err = env.readSecret(file); err != nil {
			return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s: %w", keyEnv+fileSuffix, err)}
		}
	}
	if key == "" {
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("who are you? Give your key for the API by %s, in a file that %s names, or by --key", keyEnv, keyEnv+fileSuffix)}
	}
	where := "--url"
	if f.url == "" && env.env[urlEnv] != "" {
		where = urlEnv
	}
	c, err := newAPIClient(cmp.Or(f.url, env.env[urlEnv], defaultURL), key)
	if err != nil {
		return nil, &usageError{cmd.CommandPath(), fmt.Errorf("%s: %w", where, err)}
	}
	if f.once != "" {
		if len(f.once) > 200 || strings.ContainsFunc(f.once, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, &usageError{cmd.CommandPath(), errors.New("--idempotency-key: want 1 to 200 visible ASCII characters")}
		}
		c.once = f.once
	}
	c.note = func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), "towncrier:", withoutKeys(text)) }
	return c, nil
}

// apiClient calls the JSON API of a server, as whoever has the key. Safe for concurrent use.
type apiClient struct {
	base    string // with the API's prefix
	key     string
	once    string // Idempotency-Key of the first change
	changes atomic.Int64
	http    *http.Client
	note    func(text string) // what whoever waits should read; may be nil
}

func newAPIClient(base, key string) (*apiClient, error) {
	var cfg Config
	if err := applyURL(func(c *Config) *string { return &c.PublicURL })(&cfg, base); err != nil {
		return nil, err
	}
	if u, err := url.Parse(cfg.PublicURL); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, errors.New("everybody on the way would read your key: write it as https://")
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the key holds a blank or a character that no key has: copy it whole, and nothing else")
	}
	return &apiClient{base: strings.TrimSuffix(cfg.PublicURL, api.Prefix) + api.Prefix, key: key, once: rand.Text(), http: &http.Client{
		Timeout:       apiPatience,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key goes nowhere else
	}}, nil
}

func (c *apiClient) close() { c.http.CloseIdleConnections() }

// call does one operation: in is its body, nil for none; out, when not nil, takes the answer. It returns the answer as it came.
// The error is an *apiError when the server refused, and an *unreachableError when there was no answer. What broke off or
// is too early is asked again for askFor; a change carries an Idempotency-Key, so that the server does it once.
func (c *apiClient) call(ctx context.Context, method, path string, in, out any) (json.RawMessage, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	key := ""
	if method != http.MethodGet {
		key = c.nextKey()
	}
	end := time.Now().Add(askFor)
	broke, said := false, ""
	for {
		answer, err := c.ask(ctx, method, path, key, body, out)
		broke = broke || brokeOff(err)
		wait := waitFor(err)
		if wait == 0 && broke && unanswered(err) {
			wait = askEvery
		}
		if wait == 0 || time.Now().Add(wait).After(end) {
			return answer, err
		}
		if text := fmt.Sprintf("%v\n  asking again for up to %s", err, askFor); c.note != nil && text != said && (broke || wait > quietWait) {
			c.note(text)
			said = text
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}

// nextKey is the Idempotency-Key of this client's next change: the same changes in the same order have the same ones.
func (c *apiClient) nextKey() string {
	if n := c.changes.Add(1); n > 1 {
		return fmt.Sprintf("%s-%d", c.once, n)
	}
	return c.once
}

// ask asks once.
func (c *apiClient) ask(ctx context.Context, method, path, key string, body []byte, out any) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(method, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(method, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, refusal(resp, answer, c.base)
	}
	if out == nil {
		return answer, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return nil, fmt.Errorf("%s does not answer as towncrier does: %w", c.base, err)
	}
	return answer, nil
}

// unreachableError is a call without an answer.
type unreachableError struct {
	base    string
	refused bool   // no connection was made: nothing was done
	once    string // of a change that may have been done: its Idempotency-Key
	err     error
}

func (e *unreachableError) Unwrap() error { return e.err }

func (e *unreachableError) Error() string {
	text := fmt.Sprintf("no answer from %s: %v", e.base, e.err)
	switch {
	case e.refused:
		return text + "; is it running? Name another by --url or " + urlEnv
	case e.once != "":
		return text + "; what was asked may have been done all the same. The same command with --idempotency-key " + e.once + " does it once"
	}
	return text
}

func (c *apiClient) unreachable(method string, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok { // names the method and the path besides
		err = e.Err
	}
	dial, ok := errors.AsType[*net.OpError](err)
	e := &unreachableError{base: strings.TrimSuffix(c.base, api.Prefix), refused: ok && dial.Op == "dial", err: err}
	if method != http.MethodGet && !e.refused {
		e.once = c.once
	}
	return e
}

// unanswered says whether there was no answer.
func unanswered(err error) bool {
	_, ok := errors.AsType[*unreachableError](err)
	return ok
}

// brokeOff says whether the server may have read what was asked, and its answer was lost.
func brokeOff(err error) bool {
	e, ok := errors.AsType[*unreachableError](err)
	return ok && !e.refused && !errors.Is(err, context.Canceled)
}

// waitFor is after how long the server wants to be asked again, 0 when it does not say.
func waitFor(err error) time.Duration {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return 0
	}
	seconds, err := strconv.Atoi(e.wait)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// apiError is why the server refused, as its problem details (RFC 9457) say.
type apiError struct {
	problem api.Problem
	wait    string // of Retry-After
}

func (e *apiError) Error() string {
	p := e.problem
	text := fmt.Sprintf("refused (%d %s)", p.Status, strings.TrimPrefix(p.Type, "urn:towncrier:problem:"))
	if p.Detail != "" {
		text += ": " + oneLine(p.Detail, 400)
	}
	for _, f := range p.Errors {
		text += fmt.Sprintf("\n  %s: %s", oneLine(f.Location, 100), oneLine(f.Message, 400))
	}
	if e.wait != "" {
		text += fmt.Sprintf("\n  try again in %s s", oneLine(e.wait, 20))
	}
	if p.Status >= http.StatusInternalServerError && p.Request != "" {
		text += "\n  the server's log has it as request " + oneLine(p.Request, 64)
	}
	return text
}

func refusal(resp *http.Response, answer []byte, base string) error {
	e := &apiError{wait: resp.Header.Get("Retry-After")}
	if err := json.Unmarshal(answer, &e.problem); err != nil || e.problem.Status == 0 {
		return fmt.Errorf("%s answers %s and says no more: is it towncrier's API?", base, resp.Status)
	}
	return e
}

// passing says whether the same call may well succeed a little later.
func passing(err error) bool {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e.problem.Status == http.StatusTooManyRequests || e.problem.Status >= http.StatusInternalServerError
	}
	return unanswered(err)
}

// keylessClient is the API at where, or where the environment says, for somebody who has no key yet.
func keylessClient(opt *options, where string) (*apiClient, error) {
	env, err := readSource("", opt.environ)
	if err != nil {
		return nil, err
	}
	return newAPIClient(cmp.Or(where, env.env[urlEnv], defaultURL), "")
}
