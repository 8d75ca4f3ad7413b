package kv

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/phone"
	"towncrier/roster"
	"towncrier/seal"
)

// Codes keeps verification codes; it is a roster.CodeStore. Keys are digests, challenges are sealed, and a code is compared
// as its HMAC. All its keys share one hash tag, so that a script may touch several in a cluster.
type Codes struct {
	redis redis.UniversalClient
	box   *seal.Box
}

var _ roster.CodeStore = (*Codes)(nil)

// NewCodes seals challenges with box.
func NewCodes(client redis.UniversalClient, box *seal.Box) *Codes {
	return &Codes{client, box}
}

const codePurpose = "kv.code"

// key is the same for the same value, and tells nothing about it.
func (c *Codes) key(kind, value string) string {
	return "towncrier:{code}:" + kind + ":" + c.digest(kind+"\x00"+value)
}

func (c *Codes) digest(value string) string {
	return base64.RawURLEncoding.EncodeToString(c.box.Find(codePurpose, value))
}

// idKey leads from a challenge's id to the resident whose it is.
func (c *Codes) idKey(id string) string { return "towncrier:{code}:id:" + id }

// secret is what stands for a resident's code.
func (c *Codes) secret(openid, code string) string {
	return c.digest("secret\x00" + openid + "\x00" + code)
}

// rolling answers how long a list of instants, the newest first, says to wait so that no more than n fall in a span. It
// ends with what every script needs.
const rolling = `local now = tonumber(ARGV[1])
local function wait(key, n, span)
	local at = redis.call('LINDEX', key, n - 1)
	if at then return tonumber(at) + span - now end
	return 0
end
local function count(key, n, span)
	redis.call('LPUSH', key, ARGV[1])
	redis.call('LTRIM', key, 0, n - 1)
	redis.call('PEXPIRE', key, span)
end
`

// KEYS: the resident's challenge, the challenge's id, the resident's wrong tries of a day, and the codes sent to the
// resident and to the number. A client that tries again after a broken connection finds its own challenge.
const putCode = rolling + `local id, secret, sealed, life, owner = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local perMinute, perHour, perDay = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if redis.call('HGET', KEYS[1], 'id') == id then return 0 end
local left = wait(KEYS[3], perDay, 86400000)
for i = 4, 5 do
	left = math.max(left, wait(KEYS[i], perMinute, 60000), wait(KEYS[i], perHour, 3600000))
end
if left > 0 then return left end
for i = 4, 5 do count(KEYS[i], perHour, 3600000) end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', id, 'secret', secret, 'sealed', sealed, 'till', now + life, 'tries', 0)
redis.call('PEXPIRE', KEYS[1], life)
redis.call('SET', KEYS[2], owner, 'PX', life)
return 0`

// Put implements roster.CodeStore.
func (c *Codes) Put(ctx context.Context, ch roster.Challenge) error {
	plain, err := json.Marshal(ch)
	if err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	owner := c.key("of", ch.OpenID)
	keys := []string{owner, c.idKey(ch.ID), c.key("wrong", ch.OpenID), c.key("resident", ch.OpenID), c.key("number", string(ch.Number))}
	left, err := c.redis.Eval(ctx, putCode, keys, ch.At.UnixMilli(), ch.ID, c.secret(ch.OpenID, ch.Code),
		c.box.Seal(codePurpose, string(plain)), roster.CodeLife.Milliseconds(), owner,
		roster.CodesAMinute, roster.CodesAnHour, roster.WrongADay).Int64()
	if err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	if left > 0 {
		return &roster.TooSoon{Wait: time.Duration(left) * time.Millisecond}
	}
	return nil
}

// Get implements roster.CodeStore.
func (c *Codes) Get(ctx context.Context, id string, now time.Time) (roster.Challenge, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	owner, err := c.redis.Get(ctx, c.idKey(id)).Result()
	if errors.Is(err, redis.Nil) {
		return roster.Challenge{}, roster.ErrCodeGone
	}
	if err != nil {
		return roster.Challenge{}, fmt.Errorf("get code: %w", err)
	}
	var kept struct {
		ID     string `redis:"id"`
		Sealed string `redis:"sealed"`
		Till   int64  `redis:"till"`
	}
	if err := c.redis.HMGet(ctx, owner, "id", "sealed", "till").Scan(&kept); err != nil {
		return roster.Challenge{}, fmt.Errorf("get code: %w", err)
	}
	if kept.ID != id || kept.Till <= now.UnixMilli() {
		return roster.Challenge{}, roster.ErrCodeGone
	}
	return c.open(kept.Sealed)
}

// open reads a sealed challenge. One under a key that is not in force is as good as none.
func (c *Codes) open(sealed string) (ch roster.Challenge, err error) {
	plain, err := c.box.Open(codePurpose, []byte(sealed))
	if err != nil || json.Unmarshal([]byte(plain), &ch) != nil {
		return roster.Challenge{}, roster.ErrCodeGone
	}
	return ch, nil
}

// KEYS: the resident's challenge, their wrong tries of a day. What is compared are HMACs under a key that a guesser does not
// have: how long it takes tells nothing about the code. Answers how many tries are left (-1: nothing to try) and, for
// the right code, the challenge, which ends with it.
const tryCode = rolling + `local secret, tries, perDay = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local kept = redis.call('HMGET', KEYS[1], 'secret', 'sealed', 'till')
if not kept[1] or tonumber(kept[3]) <= now or wait(KEYS[2], perDay, 86400000) > 0 then
	redis.call('DEL', KEYS[1])
	return {-1, ''}
end
if kept[1] == secret then
	redis.call('DEL', KEYS[1])
	return {0, kept[2]}
end
count(KEYS[2], perDay, 86400000)
local left = tries - redis.call('HINCRBY', KEYS[1], 'tries', 1)
if left <= 0 then redis.call('DEL', KEYS[1]) end
return {left, ''}`

// Try implements roster.CodeStore.
func (c *Codes) Try(ctx context.Context, openid, code string, now time.Time) (phone.Number, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	answer, err := c.redis.Eval(ctx, tryCode, []string{c.key("of", openid), c.key("wrong", openid)},
		now.UnixMilli(), c.secret(openid, code), roster.CodeTries, roster.WrongADay).Slice()
	if err != nil {
		return "", fmt.Errorf("try code: %w", err)
	}
	left, _ := answer[0].(int64)
	sealed, _ := answer[1].(string)
	switch {
	case left < 0:
		return "", roster.ErrCodeGone
	case sealed == "":
		return "", &roster.WrongCode{Left: int(left)}
	}
	ch, err := c.open(sealed)
	return ch.Number, err
}

// Cancel implements roster.CodeStore.
func (c *Codes) Cancel(ctx context.Context, ch roster.Challenge) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := c.redis.Eval(ctx, `if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`, []string{c.key("of", ch.OpenID)}, ch.ID).Err()
	if err != nil {
		return fmt.Errorf("cancel code: %w", err)
	}
	return nil
}
