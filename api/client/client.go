// Package client calls the JSON API of a server with a key.
//
// A request that broke off, or came too early, is made again for a while. A change carries an Idempotency-Key, so that the server does it
// once however often it is asked. Errors hold no key.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"towncrier/api/wire"
	"towncrier/problem/retry"
)

const (
	// requestTimeout is beyond what the API allows itself for a request.
	requestTimeout = 55 * time.Second
	// retryFor is how long what broke off is asked again: the server holds what a process that died was doing for a minute.
	retryFor = 75 * time.Second
	// retryEvery is ample for a proxy that had a hiccup.
	retryEvery = time.Second
	// quietWait is too short to be noted: a program that reads page after page is told to slow down again and again.
	quietWait = 2 * time.Second
	// maxAnswer is far above the largest true answer, a page of 200 broadcasts.
	maxAnswer = 16 << 20
)

// Config says which server to call, and with which key.
type Config struct {
	URL            string       // base URL, with or without wire.Prefix; https unless it is loopback
	Key            string       // bearer key; "" for the few operations that need none
	IdempotencyKey string       // of the first change; random when ""
	Note           func(string) // hears why a call is asked again, for the person who waits; may be nil
}

// Client calls the API. Safe for concurrent use.
type Client struct {
	base    string // with the API's prefix
	cfg     Config
	changes atomic.Int64
	expires atomic.Int64  // when the key ends, in Unix seconds; 0 before an answer said so
	stall   time.Duration // ends a download of which nothing comes
	http    *http.Client
	polled  atomic.Pointer[polled] // what GetOnce got last
}

// polled is an answer of which the server can say that it is still the same.
type polled struct {
	path, tag string
	answer    json.RawMessage
}

// New checks cfg. It does not connect yet.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("不是服务地址：应写成 https://主机 或 http://主机:端口/路径，不带用户名、问号和井号后的部分")
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, errors.New("地址没有加密，路上的人都能看到您的密钥：请写成 https://")
	}
	if strings.ContainsFunc(cfg.Key, invisible) {
		return nil, errors.New("密钥里有空格或别的字符：请只复制密钥，并且复制完整")
	}
	if len(cfg.IdempotencyKey) > 200 || strings.ContainsFunc(cfg.IdempotencyKey, invisible) {
		return nil, ErrIdempotencyKey
	}
	if cfg.IdempotencyKey == "" {
		cfg.IdempotencyKey = rand.Text()
	}
	base := strings.TrimSuffix(strings.TrimRight(cfg.URL, "/"), wire.Prefix)
	return &Client{base: base + wire.Prefix, cfg: cfg, stall: requestTimeout, http: &http.Client{
		Timeout:       requestTimeout,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key goes nowhere else
	}}, nil
}

// ErrIdempotencyKey refuses a key that no header can carry.
var ErrIdempotencyKey = errors.New("应为1到200个英文字母、数字或符号")

func invisible(r rune) bool { return r <= ' ' || r > '~' }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// KeyExpires is until when the key opens, as the newest answer said; zero before one did.
func (c *Client) KeyExpires() time.Time {
	if at := c.expires.Load(); at != 0 {
		return time.Unix(at, 0)
	}
	return time.Time{}
}

// Call does one operation: in is its body, nil for none; out, when not nil, takes the answer. It returns the answer as it came.
// The error is a *RefusedError when the server refused, and a *NoAnswerError when there was no answer.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) (json.RawMessage, error) {
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
	var answer json.RawMessage
	err := c.patiently(ctx, func() (err error) {
		answer, err = c.ask(ctx, method, path, key, body, out)
		return err
	})
	return answer, err
}

// patiently repeats a call until retryFor is over, when its connection broke off and when the server refused it with a Retry-After.
func (c *Client) patiently(ctx context.Context, call func() error) error {
	end := time.Now().Add(retryFor)
	broke, noted := false, ""
	return retry.Do(ctx, func() (wait time.Duration, err error) {
		err = call()
		broke = broke || brokeOff(err)
		wait = retryAfter(err)
		if wait == 0 && broke && unanswered(err) {
			wait = retryEvery
		}
		if time.Now().Add(wait).After(end) {
			return 0, err
		}
		if text := fmt.Sprintf("%v\n  会自动重试，最多%d秒", err, int(retryFor/time.Second)); wait > 0 && c.cfg.Note != nil && text != noted && (broke || wait > quietWait) {
			c.cfg.Note(text)
			noted = text
		}
		return wait, err
	})
}

// GetOnce reads what is at path without asking again: for callers that poll. An answer that is still the same does not come again.
func (c *Client) GetOnce(ctx context.Context, path string, out any) (json.RawMessage, error) {
	req, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	before := c.polled.Load()
	if before != nil && before.path == path {
		req.Header.Set("If-None-Match", before.tag)
	}
	resp, answer, err := c.do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusNotModified && before != nil {
		answer = before.answer
	} else if tag := resp.Header.Get("ETag"); tag != "" {
		c.polled.Store(&polled{path, tag, answer})
	}
	return answer, c.decode(answer, out)
}

// nextKey is the Idempotency-Key of this client's next change: the same changes in the same order have the same ones.
func (c *Client) nextKey() string {
	if n := c.changes.Add(1); n > 1 {
		return fmt.Sprintf("%s-%d", c.cfg.IdempotencyKey, n)
	}
	return c.cfg.IdempotencyKey
}

// ask asks once.
func (c *Client) ask(ctx context.Context, method, path, key string, body []byte, out any) (json.RawMessage, error) {
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	if key != "" {
		req.Header.Set(wire.IdempotencyKey, key)
	}
	_, answer, err := c.do(req)
	if err != nil {
		return nil, err
	}
	return answer, c.decode(answer, out)
}

// request is one with a JSON body, nil for none.
func (c *Client) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.cfg.Key)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// noteExpiry remembers until when the key opens, as every answer says.
func (c *Client) noteExpiry(resp *http.Response) {
	if at, err := time.Parse(time.RFC3339, resp.Header.Get(wire.KeyExpires)); err == nil {
		c.expires.Store(at.Unix())
	}
}

// do sends a request, and reads the answer whole. A refusal is an error.
func (c *Client) do(req *http.Request) (*http.Response, json.RawMessage, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, c.noAnswer(req.Method, err)
	}
	defer resp.Body.Close()
	c.noteExpiry(resp)
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, nil, c.noAnswer(req.Method, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices && resp.StatusCode != http.StatusNotModified {
		return nil, nil, refusal(resp, answer, c.base)
	}
	return resp, answer, nil
}

// decode reads an answer into out, unless that is nil.
func (c *Client) decode(answer json.RawMessage, out any) error {
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s 的回应不像是 towncrier 的接口，请核对地址：%w", c.base, err)
	}
	return nil
}
