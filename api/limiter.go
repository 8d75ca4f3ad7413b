package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"towncrier/kv"
)

var (
	// perKey is more than a person clicks and a program that behaves needs: a list of 200 residents a page goes through a
	// city of 100,000 in under a minute.
	perKey = kv.Limit{Rate: 600, Per: time.Minute, Burst: 120}
	// perAddress has room for a government office whose people share one address.
	perAddress = kv.Limit{Rate: 3000, Per: time.Minute, Burst: 600}
	// perActivation is many times what a person needs after typing errors in an activation code. The code that opens it
	// has limits of its own.
	perActivation = kv.Limit{Rate: 30, Per: time.Hour, Burst: 20}
)

// tooMany says what was done too often, by policy.
var tooMany = map[string]string{
	"key": "您的操作太频繁", "address": "这个网络地址的操作太频繁", "activation": "这个网络地址启用密钥的次数太多",
}

// perWrongKeys is a bucket of its own: keys that do not open take nothing from colleagues behind the same address. When it
// is empty, further ones are refused, and good keys pass: a key has far more bits than anybody can guess at any rate.
var perWrongKeys = kv.Limit{Rate: 60, Per: time.Minute, Burst: 20}

// limiter counts requests. Without Redis it lets them pass, but for searches: a key has far more bits than anybody can guess at any rate,
// and officials must be able to work.
type limiter struct {
	limits *kv.Limits
	log    *slog.Logger
	away   atomic.Bool // Redis was away when it was last asked
}

// take counts one request against name's limit. It is a problem when nothing is left.
func (l *limiter) take(ctx context.Context, policy, name string, limit kv.Limit) error {
	return l.takeFrom(ctx, limited(policy, name), limit, cmp.Or(tooMany[policy], "您的操作太频繁"))
}

func limited(policy, name string) string { return "api " + policy + " " + name }

func (l *limiter) takeFrom(ctx context.Context, name string, limit kv.Limit, what string) error {
	wait, err := l.limits.Take(ctx, name, limit, 1)
	if !l.reachable(ctx, err) || wait == 0 {
		return nil
	}
	return refuse(http.StatusTooManyRequests, "rate", what+"，请稍候再试").retryAfter(wait)
}

// takeWrongKey counts one of an address's wrong keys. It is a problem when nothing is left.
func (l *limiter) takeWrongKey(ctx context.Context, address string) error {
	return l.takeFrom(ctx, "api wrong keys "+address, perWrongKeys, "这个网络地址用无效的密钥试得太多")
}

// reachable logs the beginning and the end of an outage, once each.
func (l *limiter) reachable(ctx context.Context, err error) bool {
	switch {
	case err == nil && l.away.CompareAndSwap(true, false):
		l.log.InfoContext(ctx, "api requests are counted again")
	case err != nil && l.away.CompareAndSwap(false, true):
		l.log.WarnContext(ctx, "api requests are not counted: Redis does not answer", "err", err)
	}
	return err == nil
}
