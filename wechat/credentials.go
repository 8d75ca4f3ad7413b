package wechat

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"towncrier/problem/retry"
)

// proveEvery is the longest pause between two tries to get an access token at the start.
const proveEvery = 10 * time.Minute

// ProveCredentials asks for an access token until it gets one or ctx ends, so that a wrong AppSecret or an address that is
// not on the account's list is noticed when a server starts, and not when the first broadcast stands still. Residents are
// answered meanwhile: a passive reply needs no token.
func (c *Client) ProveCredentials(ctx context.Context, log *slog.Logger) {
	pause := retry.Doubling(time.Second, proveEvery)
	retry.Do(ctx, func() (time.Duration, error) {
		_, err := c.token.get(ctx, "")
		if err == nil || ctx.Err() != nil {
			return 0, nil
		}
		if e, ok := errors.AsType[*Error](err); ok && actable(e) {
			log.Error("WeChat refuses this account's credentials: nothing but answers can be sent", "err", err)
			return proveEvery, err // a person must act first
		}
		log.Warn("no access token from WeChat yet", "err", err)
		return pause(), err
	})
}

// CheckCredentials fails while the platform refuses to give an access token for a reason that a person must mend.
func (c *Client) CheckCredentials(context.Context) error {
	if e := c.token.refused.Load(); e != nil {
		return e
	}
	return nil
}
