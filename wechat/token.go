package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/silenceper/wechat/v2/credential"
)

// Tokens keeps the access token for every process that serves the account. Implementations seal it, and are safe for
// concurrent use.
type Tokens interface {
	// Load returns the kept token, "" when there is none.
	Load(ctx context.Context, name string) (string, error)
	Save(ctx context.Context, name, token string, ttl time.Duration) error
	// Drop removes the kept token if it still is this one, not a fresher one that another process saved.
	Drop(ctx context.Context, name, token string) error
	// Lock is held by one caller at a time, at most for lease. ok is false when another holds it.
	Lock(ctx context.Context, name string, lease time.Duration) (unlock func(), ok bool, err error)
}

const (
	// tokenMargin: the platform renews a stable token 5 minutes before its end, and both work until then.
	tokenMargin = 5 * time.Minute
	// minTokenTTL keeps even a token near its end for a moment: asked for one a message, the platform counts 10,000 a minute.
	minTokenTTL = 5 * time.Second
	// forceEvery: the platform allows a forced refresh every 30 s.
	forceEvery = 31 * time.Second
	// fetchLease outlives the time limit of one call, so that the lock is never lost while fetching.
	fetchLease = callLimit + 5*time.Second
	fetchPoll  = 50 * time.Millisecond
	// nearTokenTTL: a broadcast makes thousands of calls in it, and no token ends within it, by tokenMargin.
	nearTokenTTL = time.Second
)

// accessToken gives the account's access token, fetched once for all processes. It uses the platform's stable token,
// which gives every caller the same one, unlike the older /cgi-bin/token, whose every call makes the last one void. The
// SDK's own handle locks within one process only and prints the secret in its errors.
type accessToken struct {
	api           *httpAPI
	appID, secret string
	shared        Tokens
	now           func() time.Time

	refused atomic.Pointer[Error] // why the platform gives no token, when a person must act

	near atomic.Pointer[nearToken] // what shared last gave

	mu    sync.Mutex // guards the copy that serves while shared is out of reach
	own   string
	until time.Time
}

// nearToken spares a trip to shared a call. A token that was replaced meanwhile is refused by the platform, and left then.
type nearToken struct {
	token string
	until time.Time
}

// get returns a token that is not refused, which is "" but after the platform turned one down.
func (a *accessToken) get(ctx context.Context, refused string) (string, error) {
	if near := a.near.Load(); near != nil && near.token != refused && a.now().Before(near.until) {
		return near.token, nil
	}
	token, err := a.look(ctx, refused)
	if err == nil {
		a.near.Store(&nearToken{token, a.now().Add(nearTokenTTL)})
	}
	return token, err
}

func (a *accessToken) look(ctx context.Context, refused string) (string, error) {
	if refused != "" {
		if err := a.shared.Drop(ctx, a.appID, refused); err != nil {
			return a.alone(ctx, refused)
		}
	}
	for {
		token, err := a.shared.Load(ctx, a.appID)
		if err != nil {
			return a.alone(ctx, refused)
		}
		if token != "" && token != refused {
			return token, nil
		}
		unlock, ok, err := a.shared.Lock(ctx, a.appID, fetchLease)
		if err != nil {
			return a.alone(ctx, refused)
		}
		if ok {
			defer unlock()
			return a.locked(ctx, refused)
		}
		select {
		case <-ctx.Done():
			return "", &Error{Op: "stable_token", Class: Retry, Cause: "another process did not fetch the access token in time"}
		case <-time.After(fetchPoll):
		}
	}
}

// locked fetches, unless another process did between the look and the lock.
func (a *accessToken) locked(ctx context.Context, refused string) (string, error) {
	if token, err := a.shared.Load(ctx, a.appID); err == nil && token != "" && token != refused {
		return token, nil
	}
	token, ttl, err := a.fetch(ctx, false)
	if err != nil {
		return "", err
	}
	if token == refused {
		// The platform hands out what it refuses: only a forced refresh helps, and two may not be 30 s apart. The lock is
		// never given back, so it also holds off every other process.
		if _, ok, err := a.shared.Lock(ctx, a.appID+":force", forceEvery); err != nil || !ok {
			return "", &Error{Op: "stable_token", Class: Retry, Cause: "the access token is refused, and was refreshed under 30 s ago"}
		}
		if token, ttl, err = a.fetch(ctx, true); err != nil {
			return "", err
		}
	}
	if err := a.shared.Save(ctx, a.appID, token, ttl); err != nil {
		a.keep(token, ttl)
	}
	return token, nil
}

// alone serves while the shared memory is out of reach: a stable token is the same for every process, so each may ask for
// its own, one at a time.
func (a *accessToken) alone(ctx context.Context, refused string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.own != "" && a.own != refused && a.now().Before(a.until) {
		return a.own, nil
	}
	token, ttl, err := a.fetch(ctx, false)
	if err != nil {
		return "", err
	}
	a.own, a.until = token, a.now().Add(ttl)
	return token, nil
}

func (a *accessToken) keep(token string, ttl time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.own, a.until = token, a.now().Add(ttl)
}

// fetch asks the platform for its stable token, and how long to keep it.
func (a *accessToken) fetch(ctx context.Context, force bool) (token string, ttl time.Duration, err error) {
	defer func() { a.note(err) }()
	const op = "stable_token"
	body, err := a.api.roundTrip(ctx, op, "/cgi-bin/stable_token", nil, map[string]any{
		"grant_type": "client_credential", "appid": a.appID, "secret": a.secret, "force_refresh": force,
	})
	if err != nil {
		return "", 0, err
	}
	var got credential.ResAccessToken
	if err := json.Unmarshal(body, &got); err != nil {
		return "", 0, unreadable(op)
	}
	if got.ErrCode != 0 {
		e := rejected(op, int(got.ErrCode), got.ErrMsg, a.secret)
		if e.Class == RefreshToken {
			e.Class = Configuration // there is no token in this call: 40001 and 40014 speak of the secret
		}
		return "", 0, e
	}
	if got.AccessToken == "" || got.ExpiresIn <= 0 {
		return "", 0, unreadable(op)
	}
	return got.AccessToken, max(time.Duration(got.ExpiresIn)*time.Second-tokenMargin, minTokenTTL), nil
}

// note keeps why the platform gave no token.
func (a *accessToken) note(err error) {
	e, refused := errors.AsType[*Error](err)
	switch {
	case err == nil:
		a.refused.Store(nil)
	case refused && actable(e):
		a.refused.Store(e)
	}
}
