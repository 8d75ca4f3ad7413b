package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// uploads is how many times a file is sent at the most, when the connection breaks off.
const uploads = 3

// Upload is UploadTo by POST.
func (c *Client) Upload(ctx context.Context, path string, file io.ReadSeeker, size int64, sent func(bytes int64), out any) error {
	return c.UploadTo(ctx, http.MethodPost, path, file, size, sent, out)
}

// UploadTo sends a file of size bytes and decodes the answer into out. It calls sent, unless that is nil, with the number of bytes sent so
// far. There is no time limit while bytes are being sent. When the connection breaks off it sends the file again from the beginning, which
// does no harm: the server recognises a file that it has already.
func (c *Client) UploadTo(ctx context.Context, method, path string, file io.ReadSeeker, size int64, sent func(bytes int64), out any) error {
	for n := 1; ; n++ {
		err := c.upload(ctx, method, path, file, size, sent, out)
		if n == uploads || !brokeOff(err) || ctx.Err() != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if c.cfg.Note != nil {
			c.cfg.Note(err.Error() + "\n  sending the file again")
		}
	}
}

func (c *Client) upload(ctx context.Context, method, path string, file io.Reader, size int64, sent func(bytes int64), out any) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(c.stall, func() { cancel(errStuck) })
	defer stalled.Stop()
	req, err := c.request(ctx, method, path, nil)
	if err != nil {
		return err
	}
	if size > 0 {
		var total int64
		req.ContentLength, req.GetBody = size, nil
		req.Body = io.NopCloser(&leaving{file, func(n int) {
			stalled.Reset(c.stall)
			if total += int64(n); sent != nil {
				sent(total)
			}
		}})
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Expect", "100-continue") // what is refused needs not be sent
	whole := *c.http
	whole.Timeout = 0
	_, answer, err := (&Client{base: c.base, cfg: c.cfg, http: &whole}).do(req)
	if context.Cause(ctx) == errStuck {
		return c.noAnswer(method, errStuck)
	}
	if err != nil {
		return err
	}
	return c.decode(answer, out)
}

// errStuck ends an upload of which nothing goes any more.
var errStuck = errors.New("the file stopped going")

// leaving is a file as it goes.
type leaving struct {
	from io.Reader
	each func(n int) // hears of each piece
}

func (l *leaving) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	l.each(n)
	return n, err
}
