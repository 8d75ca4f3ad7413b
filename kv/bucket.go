package kv

import (
	"context"
	"math"
	"time"

	"github.com/redis/go-redis/v9"
)

// bucket is a rate that Redis keeps for every process together (GCRA). Its one number is when all that was taken would have
// accrued; Redis's own clock counts. A number further off than a full burst was written before that clock was set back.
type bucket struct {
	client redis.UniversalClient
	key    string
	limit  Limit
	idle   int // of the burst, how much there is after a time of rest
}

// takeScript takes up to ARGV[4] when at least ARGV[3] are there, and returns how many, and in how many microseconds there are enough.
// ARGV[1] is the microseconds in which one accrues, ARGV[2] the burst, ARGV[6] how much of it there is at first, ARGV[5] is 1 for a caller that goes first: while it wants more than
// there is, KEYS[2] keeps others off for a second. What has accrued is kept for fifteen seconds, longer than a provider's slowest answer:
// a sender may be waiting for one.
var takeScript = redis.NewScript(`
local each, burst, least, most, first = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
if KEYS[2] and not first then
	local left = redis.call('PTTL', KEYS[2])
	if left > 0 and left <= 1000 then
		return {0, math.min(left, 100) * 1000}
	end
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = now + burst * each
local known = redis.call('GET', KEYS[1])
local kept = tonumber(known or full - tonumber(ARGV[6]) * each)
local at = math.min(math.max(kept, now), full)
local n = math.min(math.floor((full - at) / each + 0.001), most)
local wait = 0
if n < least then
	n, wait = 0, math.ceil(at + least * each - full)
end
at = at + n * each
if n > 0 or kept > full or not known then
	redis.call('SET', KEYS[1], string.format('%.3f', at), 'PX', math.ceil((at - now) / 1000) + 15000)
end
if KEYS[2] and first and n < most then
	redis.call('SET', KEYS[2], '1', 'PX', 1000)
end
return {n, wait}
`)

// giveScript gives ARGV[2] back, each of which accrues in ARGV[1] microseconds. A caller that goes first and has some left wants no more.
var giveScript = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('GET', KEYS[1])
if kept then
	local at = math.max(tonumber(kept) - ARGV[1] * ARGV[2], now)
	redis.call('SET', KEYS[1], string.format('%.3f', at), 'PX', math.ceil((at - now) / 1000) + 15000)
end
if KEYS[2] and ARGV[3] == '1' then
	redis.call('DEL', KEYS[2])
end
return 0
`)

// take takes up to most when at least least are there; least is no more than the burst. wait is how long until there are, when n is 0.
func (b bucket) take(ctx context.Context, least, most int, queue *queue) (n int, after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	keys, first := queue.keys(b.key)
	got, err := takeScript.Run(ctx, b.client, keys, b.each(), b.limit.Burst, least, most, first, b.idle).Int64Slice()
	if err != nil {
		return 0, 0, err
	}
	return int(got[0]), time.Duration(got[1]) * time.Microsecond, nil
}

// give gives back n that were taken.
func (b bucket) give(ctx context.Context, n int, queue *queue) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	keys, first := queue.keys(b.key)
	return giveScript.Run(ctx, b.client, keys, b.each(), n, first).Err()
}

// each is in how many microseconds one accrues.
func (b bucket) each() float64 {
	return float64(b.limit.Per.Microseconds()) / float64(b.limit.Rate)
}

// queue is in which of a bucket's two queues somebody stands; nil where there is one.
type queue struct{ first bool }

func (q *queue) keys(key string) (keys []string, first int) {
	if q == nil {
		return []string{key}, 0
	}
	if q.first {
		first = 1
	}
	return []string{key, key + ":first"}, first
}

// own is a bucket of this process alone, for when Redis is away. The monotonic clock counts.
type own struct {
	limit Limit
	idle  int
	at    time.Time // when all that was taken has accrued
}

func (o *own) take(now time.Time, least, most int) (n int, after time.Duration) {
	each := float64(o.limit.Per) / float64(o.limit.Rate)
	full := now.Add(time.Duration(each * float64(o.limit.Burst)))
	if o.at.IsZero() {
		o.at = full.Add(-time.Duration(each * float64(o.idle)))
	}
	if o.at.Before(now) {
		o.at = now
	}
	n = min(int(math.Floor(float64(full.Sub(o.at))/each+0.001)), most)
	if n < least {
		return 0, o.at.Add(time.Duration(each * float64(least))).Sub(full)
	}
	o.at = o.at.Add(time.Duration(each * float64(n)))
	return n, 0
}

func (o *own) give(n int) {
	o.at = o.at.Add(-time.Duration(float64(n) * float64(o.limit.Per) / float64(o.limit.Rate)))
}
