package kv

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is what a Redis says of itself.
type Server struct {
	Version   string
	Eviction  string // maxmemory-policy
	Used, Max int64  // bytes of memory; Max is 0 without a limit
}

// Old says whether it is older than what is needed here. A version that cannot be read is taken for new.
func (s Server) Old() bool {
	major, rest, _ := strings.Cut(s.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err1 := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	return err1 == nil && err2 == nil && (a < 6 || a == 6 && b < 2)
}

// Inspect asks a Redis how it is set up.
func Inspect(ctx context.Context, client redis.UniversalClient) (s Server, err error) {
	text, err := client.Info(ctx).Result()
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			s.Version = value
		case "maxmemory_policy":
			s.Eviction = value
		case "used_memory":
			s.Used, _ = strconv.ParseInt(value, 10, 64)
		case "maxmemory":
			s.Max, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	if s.Version == "" {
		return s, errors.New("INFO names no version")
	}
	return s, nil
}

// Clock is what a Redis takes the time to be.
func Clock(ctx context.Context, client redis.UniversalClient) (time.Time, error) {
	return client.Time(ctx).Result()
}
