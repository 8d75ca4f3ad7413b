package wechat

import (
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"sync"
	"time"
)

const (
	tokenLife = 7200 * time.Second
	// tokenOverlap is how long a token of /token still works after the next one was fetched, and how long before its end a
	// stable token is renewed.
	tokenOverlap = 5 * time.Minute
	// forcePause and forceDaily bound stable_token's force_refresh.
	forcePause = 30 * time.Second
	forceDaily = 20
	// tokenSize in characters; accounts are told to reserve 512.
	tokenSize = 136
)

// tokens are those that were granted. /token and /stable_token know nothing of each other.
type tokens struct {
	appID, secret string
	now           func() time.Time

	mu            sync.Mutex
	granted       map[string]grant
	basic, stable string      // the newest of each
	forced        []time.Time // of the last 24 hours
}

type tokenAnswer struct {
	Token string `json:"access_token"`
	Life  int64  `json:"expires_in"` // seconds
}

type grant struct {
	expires time.Time
	void    time.Time // zero while no newer token took its place
}

func newTokens(appID, secret string, now func() time.Time) *tokens {
	return &tokens{appID: appID, secret: secret, now: now, granted: map[string]grant{}}
}

// get is /token: a new token with every call.
func (t *tokens) get(c call) (any, *apiError) {
	if err := t.checkCaller(c.query.Get("grant_type"), c.query.Get("appid"), c.query.Get("secret")); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.retire(t.basic, now.Add(tokenOverlap))
	t.basic = t.grant(now)
	return tokenAnswer{t.basic, int64(tokenLife / time.Second)}, nil
}

// getStable is /stable_token: the same token while it is good.
func (t *tokens) getStable(c call) (any, *apiError) {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := t.checkCaller(in.GrantType, in.AppID, in.Secret); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if in.ForceRefresh {
		for len(t.forced) > 0 && now.Sub(t.forced[0]) >= 24*time.Hour {
			t.forced = t.forced[1:]
		}
		switch n := len(t.forced); {
		case n >= forceDaily:
			return nil, fail(45009)
		case n > 0 && now.Sub(t.forced[n-1]) < forcePause:
			return nil, fail(45011)
		}
		t.forced = append(t.forced, now)
		t.retire(t.stable, now)
		t.stable = t.grant(now)
	} else if t.granted[t.stable].expires.Sub(now) <= tokenOverlap {
		t.stable = t.grant(now) // the one before works to its end
	}
	return tokenAnswer{t.stable, int64(t.granted[t.stable].expires.Sub(now) / time.Second)}, nil
}

func (t *tokens) checkCaller(grantType, appID, secret string) *apiError {
	switch {
	case grantType != "client_credential":
		return fail(40002)
	case appID == "":
		return fail(41002)
	case appID != t.appID:
		return fail(40013)
	case secret == "":
		return fail(41004)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(t.secret)) != 1:
		return fail(40125)
	}
	return nil
}

// check is nil for a token that works.
func (t *tokens) check(token string) *apiError {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	g, known := t.granted[token]
	switch {
	case token == "":
		return fail(41001)
	case !known && len(token) != tokenSize:
		return fail(40014)
	case !known, !g.void.IsZero() && !now.Before(g.void):
		return fail(40001)
	case !now.Before(g.expires):
		return fail(42001)
	}
	return nil
}

func (t *tokens) grant(now time.Time) string {
	for token, g := range t.granted {
		if now.Sub(g.expires) > 24*time.Hour {
			delete(t.granted, token)
		}
	}
	var b strings.Builder
	b.WriteString("SANDBOX_")
	for b.Len() < tokenSize {
		b.WriteString(rand.Text())
	}
	token := b.String()[:tokenSize]
	t.granted[token] = grant{expires: now.Add(tokenLife)}
	return token
}

func (t *tokens) retire(token string, at time.Time) {
	if g, ok := t.granted[token]; ok && g.void.IsZero() {
		g.void = at
		t.granted[token] = g
	}
}
