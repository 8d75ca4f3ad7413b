package kv

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/seal"
)

// FirstReplies remembers what each message was answered, for every process on the same Redis. One key a message holds who
// claimed it, and then its reply.
type FirstReplies struct {
	redis  redis.UniversalClient
	sealer *seal.Sealer
}

// NewFirstReplies seals replies with sealer: they tell what a resident asked.
func NewFirstReplies(client redis.UniversalClient, sealer *seal.Sealer) *FirstReplies {
	return &FirstReplies{client, sealer}
}

const (
	replyPurpose = "kv.first-reply"
	claimMark    = "c" // a value that begins with it names who claimed the message
	replyMark    = "r" // ... and with this, is its sealed reply
)

func replyKey(key string) string { return "towncrier:first:" + key }

// Begin returns the context for the calls about one message of a resident, and for its answer. Sessions on the same Redis
// and sealer then load the conversation as Claim read it, and what they save of it is written by Complete, together with
// the reply.
func (f *FirstReplies) Begin(ctx context.Context, from string) context.Context {
	return context.WithValue(ctx, exchangeKey{}, &exchange{redis: f.redis, sealer: f.sealer, from: from, key: sessionKey(f.sealer, from)})
}

// Claim tells what is known of a message: done, with its first reply; or won, when it is the caller's to answer until
// lease is over; or neither, when another caller holds it.
func (f *FirstReplies) Claim(ctx context.Context, key string, lease time.Duration) (prior string, done, won bool, err error) {
	// The value is read back, not just whether it was set: a client that tries a command again after a broken connection
	// is told of its own first try that the key is taken.
	claim := claimMark + rand.Text()
	pipe := f.redis.Pipeline()
	taken := pipe.SetNX(ctx, replyKey(key), claim, lease)
	value := pipe.Get(ctx, replyKey(key))
	e := exchangeOf(ctx)
	var conversation *redis.StringCmd
	if e != nil {
		conversation = pipe.Get(ctx, e.key)
	}
	pipe.Exec(ctx) // each command has its own error
	if err := failure(taken, value); err != nil {
		return "", false, false, fmt.Errorf("claim message: %w", err)
	}
	prior, done, err = f.open(value.Val())
	if err != nil {
		return "", false, false, fmt.Errorf("claim message: %w", err)
	}
	if e != nil && failure(conversation) == nil { // else Load asks, and says what is wrong
		e.begin(conversation.Val())
	}
	return prior, done, value.Val() == claim, nil
}

// Complete records the reply for keep unless one is recorded, and returns the one that stands.
func (f *FirstReplies) Complete(ctx context.Context, key, reply string, keep time.Duration) (string, error) {
	sealed := append([]byte(replyMark), f.sealer.Seal(replyPurpose, reply)...)
	pipe := f.redis.Pipeline()
	before := pipe.SetArgs(ctx, replyKey(key), sealed, redis.SetArgs{Get: true, TTL: keep})
	if e := exchangeOf(ctx); e != nil {
		if value, limit := e.end(); limit > 0 {
			pipe.Set(ctx, e.key, value, limit)
		}
	}
	all, _ := pipe.Exec(ctx)
	if err := failure(all...); err != nil {
		return "", fmt.Errorf("record reply: %w", err)
	}
	first, done, err := f.open(before.Val())
	if err != nil {
		return "", fmt.Errorf("record reply: %w", err)
	}
	if !done {
		return reply, nil
	}
	// Another caller, who held the claim before its lease ran out, was first: its reply goes back in its place.
	if err := f.redis.Set(ctx, replyKey(key), before.Val(), keep).Err(); err != nil {
		return "", fmt.Errorf("record reply: %w", err)
	}
	return first, nil
}

// open reads a value; done is false for a claim, and for none.
func (f *FirstReplies) open(value string) (reply string, done bool, err error) {
	sealed, done := strings.CutPrefix(value, replyMark)
	if !done {
		return "", false, nil
	}
	reply, err = f.sealer.Open(replyPurpose, []byte(sealed))
	return reply, err == nil, err
}

// failure is the first error of commands that were sent together. That a key is not there is none.
func failure(all ...redis.Cmder) error {
	for _, cmd := range all {
		if err := cmd.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}
