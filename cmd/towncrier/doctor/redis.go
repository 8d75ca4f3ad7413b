package doctor

import (
	"context"
	"fmt"

	"towncrier/kv"
)

// Redis looks at how a Redis server is set up. What it holds may be lost at any time and costs seconds: SQL is the truth, so nothing asks
// whether it saves to a disk.
func Redis(inspect func(ctx context.Context) (kv.Server, error)) Check {
	return Check{"redis", "the Redis server", one(func(ctx context.Context) Finding {
		s, err := inspect(ctx)
		switch {
		case err != nil:
			return unchecked("", "Redis does not say how it is set up: "+err.Error(), "see that it runs and is reached, and that its user may run INFO")
		case s.Old():
			return fault("", fmt.Sprintf("Redis is of version %s", s.Version), "use Redis 6.2 or newer")
		case s.Max > 0 && s.Used > s.Max/10*9:
			return warning("", fmt.Sprintf("Redis has %d of its %d MiB in use: when it is full, conversations and the queue stand still", s.Used/mib, s.Max/mib), "raise its maxmemory")
		case s.Max > 0 && s.Eviction != "" && s.Eviction != "noeviction":
			return warning("", fmt.Sprintf("when Redis is full it forgets keys (maxmemory-policy %s): codes that residents wait for, rate limits, locks", s.Eviction), "set its maxmemory-policy to noeviction")
		}
		return ok("", fmt.Sprintf("Redis %s; what it holds may be lost at any time", s.Version))
	})}
}
