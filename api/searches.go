package api

import (
	"context"
	"net/http"
	"time"

	"towncrier/kv"
)

// perSearcher is enough to look people up one by one, and too few to try numbers out.
var perSearcher = kv.Limit{Rate: 30, Per: time.Hour, Burst: 30}

// searches counts, by member of staff, what tells whether the city knows a number. Unlike other requests none goes on uncounted: while
// Redis does not answer they are refused.
type searches struct{ limits *limiter }

// take counts one search. It is a problem when none is left, or they cannot be counted.
func (s searches) take(ctx context.Context, person string) error {
	wait, err := s.wait(ctx, person, 1)
	if err == nil && wait > 0 {
		err = refuse(http.StatusTooManyRequests, "rate", "您查询手机号太频繁，请稍候再试").retryAfter(wait)
	}
	return err
}

// wait counts several searches at once when so many are left; when not, none, and says how long until they are.
func (s searches) wait(ctx context.Context, person string, several int) (time.Duration, error) {
	wait, err := s.limits.limits.Take(ctx, limited("searcher", person), perSearcher, several)
	if !s.limits.reachable(ctx, err) {
		return 0, refuse(http.StatusServiceUnavailable, "uncounted",
			"暂时不能按手机号查询和登记：查询要计次，计次用的 Redis 现在没有应答。请稍后再试；仍然不行，请系统管理员检查 Redis").retryAfter(time.Minute)
	}
	return wait, nil
}

// giveBack takes back one take.
func (s searches) giveBack(ctx context.Context, person string) {
	s.limits.reachable(ctx, s.limits.limits.Return(ctx, limited("searcher", person), perSearcher, 1))
}
