package kv

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/seal"
)

// exchange is one message and its reply. It spares them two of four trips to Redis: Claim reads the conversation along
// for Sessions.Load, and Complete writes along what Sessions.Save left. Kept with the reply, a conversation never
// remembers a message whose retry is answered anew.
type exchange struct {
	redis  redis.UniversalClient
	sealer *seal.Sealer
	from   string
	key    string // of the conversation

	mu    sync.Mutex
	open  bool          // claimed and not completed: value is the conversation
	value string        // sealed, "" for none
	limit time.Duration // for which Complete is to keep value, 0 when there is nothing to write
}

type exchangeKey struct{}

// exchangeOf is the exchange that ctx belongs to, nil for none.
func exchangeOf(ctx context.Context) *exchange {
	e, _ := ctx.Value(exchangeKey{}).(*exchange)
	return e
}

// begin opens the exchange with the conversation as it was read.
func (e *exchange) begin(value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open, e.value, e.limit = true, value, 0
}

// end returns what is to be written; from here on the conversation is loaded and saved by itself.
func (e *exchange) end() (value string, limit time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open = false
	return e.value, e.limit
}

// load is false when the conversation must be read from Redis.
func (e *exchange) load() (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.value, e.open
}

// save is false when the conversation must be written to Redis. limit 0 says that nothing is left to write.
func (e *exchange) save(value string, limit time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open {
		e.value, e.limit = value, limit
	}
	return e.open
}
