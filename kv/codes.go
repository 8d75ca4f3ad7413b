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
	redis  redis.UniversalClient
	sealer *seal.Sealer
}

var _ roster.CodeStore = (*Codes)(nil)

// NewCodes seals challenges with sealer.
func NewCodes(client redis.UniversalClient, sealer *seal.Sealer) *Codes {
	return &Codes{client, sealer}
}

const codePurpose = "kv.code"

// key is the same for the same value, and tells nothing about it.
func (c *Codes) key(kind, value string) string {
	return "towncrier:{code}:" + kind + ":" + c.digest(kind+"\x00"+value)
}

func (c *Codes) digest(value string) string {
	return base64.RawURLEncoding.EncodeToString(c.sealer.Find(codePurpose, value))
}

// idKey leads from a challenge's id to the resident whose it is.
func (c *Codes) idKey(id string) string { return "towncrier:{code}:id:" + id }

// secret is what stands for a resident's code.
func (c *Codes) secret(openid, code string) string {
	return c.digest("secret\x00" + openid + "\x00" + code)
}

// rolling answers how long a list of instants, the newest first, says to wait so that no more than n fall in a span. An instant that is
// more than five minutes off is of a clock that was ahead: it counts no more, or people would wait for as long as that clock was ahead.
// It ends with what every script needs.
const rolling = `local now = tonumber(ARGV[1])
local function ahead(at) return at > now + 300000 end
local function wait(key, n, span)
	local at = tonumber(redis.call('LINDEX', key, n - 1) or 0)
	if at == 0 or ahead(at) then return 0 end
	return at + span - now
end
local function count(key, n, span)
	redis.call('LPUSH', key, ARGV[1])
	redis.call('LTRIM', key, 0, n - 1)
	redis.call('PEXPIRE', key, span)
end
`

// KEYS: the resident's challenge, the challenge's id, the resident's wrong tries of a day, the codes sent to the resident and
// to the number, those sent to anybody within a minute, and the count of a day of those. A client that tries again after a
// broken connection finds its own challenge. Answers how long to wait, and 1 when that is for the day's count.
const putCode = rolling + `local id, secret, sealed, life, owner = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local perMinute, perDay, numberDay, wrong = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local allMinute, allDay = tonumber(ARGV[11]), tonumber(ARGV[12])
local minute, day = 60000, 86400000
if redis.call('HGET', KEYS[1], 'id') == id then return {0, 0} end
local left = math.max(wait(KEYS[3], wrong, day), wait(KEYS[4], perMinute, minute), wait(KEYS[4], perDay, day),
	wait(KEYS[5], perMinute, minute), wait(KEYS[5], numberDay, day))
if allMinute > 0 then left = math.max(left, wait(KEYS[6], allMinute, minute)) end
if left > 0 then return {left, 0} end
local since, n = tonumber(redis.call('HGET', KEYS[7], 'since') or 0), tonumber(redis.call('HGET', KEYS[7], 'n') or 0)
if now >= since + day or ahead(since) then since, n = now, 0 end
if allDay > 0 and n >= allDay then return {since + day - now, 1} end
redis.call('HSET', KEYS[7], 'since', since, 'n', n + 1)
redis.call('PEXPIRE', KEYS[7], day)
if allMinute > 0 then count(KEYS[6], allMinute, minute) end
for i = 4, 5 do count(KEYS[i], perDay, day) end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', id, 'secret', secret, 'sealed', sealed, 'till', now + life, 'tries', 0)
redis.call('PEXPIRE', KEYS[1], life)
redis.call('SET', KEYS[2], owner, 'PX', life)
return {0, 0}`

// Put implements roster.CodeStore.
func (c *Codes) Put(ctx context.Context, ch roster.Challenge, most roster.CodeLimits) error {
	plain, err := json.Marshal(challengeDoc{challengeVersion, ch.ID, ch.OpenID, ch.Number, ch.Code, ch.At})
	if err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	owner := c.key("of", ch.OpenID)
	keys := []string{owner, c.idKey(ch.ID), c.key("wrong", ch.OpenID), c.key("resident", ch.OpenID), c.key("number", string(ch.Number)),
		c.key("all", "minute"), c.key("all", "day")}
	answer, err := c.redis.Eval(ctx, putCode, keys, ch.At.UnixMilli(), ch.ID, c.secret(ch.OpenID, ch.Code),
		c.sealer.Seal(purposeOf(owner), string(plain)), roster.CodeLife.Milliseconds(), owner,
		roster.CodesAMinute, roster.CodesADay, most.NumberDay, roster.WrongADay, most.AMinute, most.ADay).Int64Slice()
	if err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	if answer[0] > 0 {
		return &roster.TooSoon{Wait: time.Duration(answer[0]) * time.Millisecond, Capped: answer[1] == 1}
	}
	return nil
}

// purposeOf binds a sealed challenge to the key of the resident whose it is: copied under another's key, it does not open.
func purposeOf(owner string) string { return codePurpose + "\x00" + owner }

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
	ch, err := c.open(owner, kept.Sealed)
	if err == nil && ch.ID != id {
		return roster.Challenge{}, roster.ErrCodeGone
	}
	return ch, err
}

// open reads the sealed challenge of an owner. One under a key that is not in force, or that is another's, is as good as none.
func (c *Codes) open(owner, sealed string) (ch roster.Challenge, err error) {
	plain, err := c.sealer.Open(purposeOf(owner), []byte(sealed))
	var d challengeDoc
	if err != nil || json.Unmarshal([]byte(plain), &d) != nil || d.V > challengeVersion || c.key("of", d.OpenID) != owner {
		return roster.Challenge{}, roster.ErrCodeGone
	}
	return roster.Challenge{ID: d.ID, OpenID: d.OpenID, Number: d.Number, Code: d.Code, At: d.At}, nil
}

// challengeDoc is a challenge as it is sealed. It lives for minutes, and may be read by a process of another version.
type challengeDoc struct {
	V      int          `json:"v"`
	ID     string       `json:"ID"`
	OpenID string       `json:"OpenID"`
	Number phone.Number `json:"Number"`
	Code   string       `json:"Code"`
	At     time.Time    `json:"At"`
}

const challengeVersion = 1

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
	owner := c.key("of", openid)
	answer, err := c.redis.Eval(ctx, tryCode, []string{owner, c.key("wrong", openid)},
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
	ch, err := c.open(owner, sealed)
	if err != nil {
		return "", err
	}
	if ch.OpenID != openid || ch.Code != code { // what Redis holds was put there by somebody else
		return "", roster.ErrCodeGone
	}
	return ch.Number, nil
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
