package kv

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
	"towncrier/seal"
)

// Audiences counts the different audiences that officials have counted within an hour, for every process together. Redis holds their HMACs.
// It is a broadcast.AudienceLimit. Safe for concurrent use.
type Audiences struct {
	client redis.UniversalClient
	sealer *seal.Sealer
}

var _ broadcast.AudienceLimit = (*Audiences)(nil)

// NewAudiences counts in client's Redis, by Redis's own clock.
func NewAudiences(client redis.UniversalClient, sealer *seal.Sealer) *Audiences {
	return &Audiences{client, sealer}
}

const audiencePurpose = "kv.audience"

// takeOnceScript adds ARGV[1] to what was counted within ARGV[3] milliseconds, unless it is there or there are ARGV[2] others. It returns
// how many milliseconds until there is room. What is of a time to come was counted before Redis's clock was set back.
var takeOnceScript = redis.NewScript(`
local most, span = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + 1000, '+inf')
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
	return 0
end
local n = redis.call('ZCARD', KEYS[1])
if n >= most then
	local next = redis.call('ZRANGE', KEYS[1], n - most, n - most, 'WITHSCORES')
	return math.max(next[2] + span - now, 1)
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], span)
return 0
`)

// Take implements broadcast.AudienceLimit.
func (a *Audiences) Take(ctx context.Context, official, audience string, most int) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	key := "towncrier:audiences:{" + a.digest("official\x00"+official) + "}"
	left, err := takeOnceScript.Run(ctx, a.client, []string{key}, a.digest(official+"\x00"+audience), most, time.Hour.Milliseconds()).Int64()
	if err != nil {
		return 0, fmt.Errorf("count an audience: %w", err)
	}
	return time.Duration(left) * time.Millisecond, nil
}

func (a *Audiences) digest(text string) string {
	return base64.RawURLEncoding.EncodeToString(a.sealer.Find(audiencePurpose, text)[:16])
}
