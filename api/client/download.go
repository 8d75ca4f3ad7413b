package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Download does one operation whose answer is a file, and writes that to w as it comes. It takes as long as bytes come. A GET is asked again,
// as Call does it, until the file begins; any other operation is asked once. After an error w has none of the file, or a part of it that is
// of no use. The error is one of Call's, or of w.
func (c *Client) Download(ctx context.Context, method, path string, w io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(c.stall, func() { cancel(errStalled) })
	defer stalled.Stop()
	var resp *http.Response
	open := func() (err error) {
		stalled.Reset(c.stall)
		resp, err = c.open(ctx, method, path)
		return err
	}
	var err error
	if method == http.MethodGet {
		err = c.patiently(ctx, open)
	} else {
		err = open()
	}
	if err != nil {
		return c.stalledOr(ctx, err)
	}
	defer resp.Body.Close()
	file := &arriving{from: resp.Body, each: func() { stalled.Reset(c.stall) }}
	_, err = io.Copy(w, file)
	if file.err != nil {
		return c.stalledOr(ctx, c.fileLost(file.err))
	}
	return err
}

// stalledOr is err, unless it came of nothing coming any more.
func (c *Client) stalledOr(ctx context.Context, err error) error {
	if context.Cause(ctx) == errStalled {
		return c.fileLost(errStalled)
	}
	return err
}

// fileLost is why there is no file. None is asked for under an Idempotency-Key.
func (c *Client) fileLost(err error) error { return c.noAnswer(http.MethodGet, err) }

// errStalled ends a download of which nothing comes any more.
var errStalled = errors.New("the file stopped coming")

// open asks once for a file that it does not read yet.
func (c *Client) open(ctx context.Context, method, path string) (*http.Response, error) {
	req, err := c.request(ctx, method, path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Del("Accept") // a file, or a problem
	whole := *c.http
	whole.Timeout = 0
	resp, err := whole.Do(req)
	if err != nil {
		return nil, c.fileLost(err)
	}
	c.noteExpiry(resp)
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.fileLost(err)
	}
	return nil, refusal(resp, answer, c.base)
}

// arriving is a file as it comes, and why it broke off.
type arriving struct {
	from io.Reader
	each func() // hears of each piece
	err  error
}

func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.from.Read(p)
	a.each()
	if err != nil && err != io.EOF {
		a.err = err
	}
	return n, err
}
