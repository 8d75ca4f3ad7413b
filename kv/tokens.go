package kv

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/seal"
)

// Tokens keeps access tokens for every process on the same Redis, sealed: a token lets its holder act for the account.
type Tokens struct {
	redis  redis.UniversalClient
	sealer *seal.Sealer
}

// NewTokens seals tokens with sealer.
func NewTokens(client redis.UniversalClient, sealer *seal.Sealer) *Tokens {
	return &Tokens{client, sealer}
}

const tokenPurpose = "kv.token"

// A token's value is the digest that Drop compares (64 hex digits), then the sealed token.
const digestLen = 64

func (t *Tokens) key(name string) string { return "towncrier:token:{" + name + "}" }

func (t *Tokens) digest(token string) string {
	return hex.EncodeToString(t.sealer.Find(tokenPurpose, token))
}

// Load returns the kept token, "" when there is none, it expired, or it is sealed under a key that is not in force.
func (t *Tokens) Load(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	raw, err := t.redis.Get(ctx, t.key(name)).Bytes()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("load token: %w", err)
	}
	if len(raw) < digestLen {
		return "", nil
	}
	token, err := t.sealer.Open(tokenPurpose, raw[digestLen:])
	if err != nil || string(raw[:digestLen]) != t.digest(token) { // the finding key has changed, so that Drop would not know it
		return "", nil // as good as none: the next Save replaces it
	}
	return token, nil
}

// Save keeps a token for ttl.
func (t *Tokens) Save(ctx context.Context, name, token string, ttl time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	value := append([]byte(t.digest(token)), t.sealer.Seal(tokenPurpose, token)...)
	if err := t.redis.Set(ctx, t.key(name), value, ttl).Err(); err != nil {
		return fmt.Errorf("save token: %w", err)
	}
	return nil
}

// Drop removes the kept token if it still is this one.
func (t *Tokens) Drop(ctx context.Context, name, token string) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err := t.redis.Eval(ctx, `if string.sub(redis.call('GET', KEYS[1]) or '', 1, #ARGV[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0`, []string{t.key(name)}, t.digest(token)).Err()
	if err != nil {
		return fmt.Errorf("drop token: %w", err)
	}
	return nil
}

// Lock is held by one caller at a time, over all processes, until unlock or the end of its lease, which is the same for every caller. It
// does not wait: ok is false when another holds it.
func (t *Tokens) Lock(ctx context.Context, name string, lease time.Duration) (unlock func(), ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	key, owner := "towncrier:lock:{"+name+"}", rand.Text()
	pipe := t.redis.Pipeline()
	pipe.SetNX(ctx, key, owner, lease)
	holder := pipe.Get(ctx, key) // read back, as FirstReplies.Claim does
	left := pipe.PTTL(ctx, key)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, false, fmt.Errorf("take lock: %w", err)
	}
	if left.Val() > lease { // from before Redis's clock was set back; the next caller finds none
		t.release(ctx, key, holder.Val())
	}
	return func() { t.release(ctx, key, owner) }, holder.Val() == owner, nil
}

// release ends a lock that is still owner's. What fails here, the lease ends.
func (t *Tokens) release(ctx context.Context, key, owner string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	t.redis.Eval(ctx, `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`, []string{key}, owner)
}
