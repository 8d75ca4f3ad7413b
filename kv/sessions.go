package kv

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/bot"
	"towncrier/seal"
)

// wait bounds one call whatever its context says: a resident waits behind it, and no answer may hang on an outage.
const wait = 500 * time.Millisecond

// DefaultSessionLimit is how long a conversation is remembered after its last message: long enough to look something up
// in between, short enough that "谁出钱" in the evening is not about the morning's question.
const DefaultSessionLimit = 30 * time.Minute

// Sessions keeps conversations; it is a bot.Sessions. Keys are digests of the resident's id, values are sealed.
type Sessions struct {
	redis  redis.UniversalClient
	sealer *seal.Sealer
	limit  time.Duration
}

var _ bot.Sessions = (*Sessions)(nil)

// NewSessions forgets a conversation limit after it was last read or written. limit 0 means DefaultSessionLimit.
func NewSessions(client redis.UniversalClient, sealer *seal.Sealer, limit time.Duration) *Sessions {
	if limit <= 0 {
		limit = DefaultSessionLimit
	}
	return &Sessions{client, sealer, limit}
}

const sessionPurpose = "kv.session"

func sessionKey(sealer *seal.Sealer, from string) string {
	return "towncrier:session:" + base64.RawURLEncoding.EncodeToString(sealer.Find(sessionPurpose, from))
}

// exchange is the one that ctx belongs to, if it is about this conversation.
func (s *Sessions) exchange(ctx context.Context, from string) (*exchange, bool) {
	e := exchangeOf(ctx)
	return e, e != nil && e.redis == s.redis && e.sealer == s.sealer && e.from == from
}

// Load is the zero State for a conversation that is unknown, expired, or sealed under a key that is not in force any
// more: the resident then starts afresh.
func (s *Sessions) Load(ctx context.Context, from string) (bot.State, error) {
	if e, ok := s.exchange(ctx, from); ok {
		if value, ok := e.load(); ok {
			return s.open(value), nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	value, err := s.redis.GetEx(ctx, sessionKey(s.sealer, from), s.limit).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return bot.State{}, fmt.Errorf("load conversation: %w", err)
	}
	return s.open(value), nil
}

func (s *Sessions) open(value string) (state bot.State) {
	plain, err := s.sealer.Open(sessionPurpose, []byte(value))
	if err != nil || json.Unmarshal([]byte(plain), &state) != nil {
		return bot.State{}
	}
	return state
}

// Save keeps the state for the session's limit. Between FirstReplies.Begin and Complete it leaves that to Complete.
func (s *Sessions) Save(ctx context.Context, from string, state bot.State) error {
	plain, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("save conversation: %w", err)
	}
	value := string(s.sealer.Seal(sessionPurpose, string(plain)))
	if e, ok := s.exchange(ctx, from); ok && e.save(value, s.limit) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := s.redis.Set(ctx, sessionKey(s.sealer, from), value, s.limit).Err(); err != nil {
		return fmt.Errorf("save conversation: %w", err)
	}
	return nil
}

// Delete forgets the conversation.
func (s *Sessions) Delete(ctx context.Context, from string) error {
	if e, ok := s.exchange(ctx, from); ok {
		e.save("", 0)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := s.redis.Del(ctx, sessionKey(s.sealer, from)).Err(); err != nil {
		return fmt.Errorf("delete conversation: %w", err)
	}
	return nil
}
