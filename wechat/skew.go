package wechat

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// clock is how far this server's clock is from the platform's, as authentic requests show it.
type clock struct {
	window time.Duration // how far it may be
	log    *slog.Logger
	quiet  *quiet
	offset atomic.Int64 // nanoseconds; positive when our clock is ahead
}

// note keeps the offset that an authentic request shows, and says so when it is too large to answer anybody.
func (c *clock) note(ctx context.Context, offset time.Duration, now time.Time) {
	c.offset.Store(int64(offset))
	if offset.Abs() <= c.window {
		return
	}
	if held, ok := c.quiet.allow("skew", now); ok {
		c.log.LogAttrs(ctx, slog.LevelError, "this server's clock differs from WeChat's: residents are not answered",
			slog.Duration("offset", offset), slog.Duration("allowed", c.window), slog.Int("held_back", held))
	}
}

// Skew is how far this server's clock was ahead of the platform's when the last authentic request came, negative when it
// was behind. 0 before the first.
func (c *clock) Skew() time.Duration { return time.Duration(c.offset.Load()) }

// CheckClock fails while the clock is so far off that residents' messages are refused.
func (c *clock) CheckClock(context.Context) error {
	if offset := c.Skew(); offset.Abs() > c.window {
		return fmt.Errorf("this server's clock is %v away from WeChat's, allowed are %v: set it right, by NTP for example", offset.Abs().Round(time.Second), c.window)
	}
	return nil
}
