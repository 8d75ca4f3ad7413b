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

// Askers has the marks of who asked what no notice answers: a set a group and finding key, of HMACs that differ from group to group. The
// text of a group's first question is part of what names it: after a backup was put back, its number may name another group. It is
// an unanswered.Askers.
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
func (a *Askers) Mark(ctx context.Context, first unanswered.Question, asker string) (before bool, people int, err error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	purpose := fmt.Sprintf("kv.asked.%d.%d.%s", first.Group, first.Day, first.Text)
	mark, key := a.sealer.FindBy(purpose, asker)
	set := fmt.Sprintf("towncrier:asked:%d:%d:%x", first.Group, key, a.sealer.Find(purpose, ""))
	got, err := markScript.Run(ctx, a.redis, []string{set}, base64.RawURLEncoding.EncodeToString(mark), a.window.Milliseconds()).Int64Slice()
	if err != nil {
		return false, 0, fmt.Errorf("tell askers apart: %w", err)
	}
	return got[0] == 0, int(got[1]), nil
}
