package kv

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/seal"
	"towncrier/unanswered"
)

// Askers has the marks of who asked what no notice answers: a set a group, of HMACs that differ from group to group. It is an
// unanswered.Askers.
type Askers struct {
	redis  redis.UniversalClient
	sealer *seal.Sealer
	window time.Duration
}

var _ unanswered.Askers = (*Askers)(nil)

// NewAskers forgets a group's marks window after the first of them; 0 means unanswered.Window.
func NewAskers(client redis.UniversalClient, sealer *seal.Sealer, window time.Duration) *Askers {
	if window <= 0 {
		window = unanswered.Window
	}
	return &Askers{client, sealer, window}
}

// markScript adds a mark to a set, which lasts for ARGV[2] milliseconds from its first, and returns whether it is new and how many there are.
var markScript = redis.NewScript(`
local new = redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then
	redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {new, redis.call('SCARD', KEYS[1])}
`)

// Mark implements unanswered.Askers.
func (a *Askers) Mark(ctx context.Context, group int64, asker string) (before bool, people int, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	mark := base64.RawURLEncoding.EncodeToString(a.sealer.Find(fmt.Sprintf("kv.asked.%d", group), asker))
	got, err := markScript.Run(ctx, a.redis, []string{fmt.Sprintf("towncrier:asked:%d", group)}, mark, a.window.Milliseconds()).Int64Slice()
	if err != nil {
		return false, 0, fmt.Errorf("tell askers apart: %w", err)
	}
	return got[0] == 0, int(got[1]), nil
}
