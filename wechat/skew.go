package wechat

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// skew is how far this server's clock is from the platform's, as authentic requests show it.
type skew struct {
	offset atomic.Int64 // nanoseconds; positive when our clock is ahead
}

// noteSkew keeps the offset that an authentic request shows, and says so when it is too large to answer anybody.
func (h *Webhook) noteSkew(ctx context.Context, offset time.Duration, now time.Time) {
	h.skew.offset.Store(int64(offset))
	if offset.Abs() <= h.cfg.Window {
		return
	}
	if held, ok := h.quiet.allow("skew", now); ok {
		h.cfg.Log.LogAttrs(ctx, slog.LevelError, "this server's clock differs from WeChat's: residents are not answered",
			slog.Duration("offset", offset), slog.Duration("allowed", h.cfg.Window), slog.Int("held_back", held))
	}
}

// Skew is how far this server's clock was ahead of the platform's when the last authentic request came, negative when it
// was behind. 0 before the first.
func (h *Webhook) Skew() time.Duration { return time.Duration(h.skew.offset.Load()) }

// CheckClock fails while the clock is so far off that residents' messages are refused.
func (h *Webhook) CheckClock(context.Context) error {
	if offset := h.Skew(); offset.Abs() > h.cfg.Window {
		return fmt.Errorf("this server's clock is %v away from WeChat's, allowed are %v: set it right, by NTP for example", offset.Abs().Round(time.Second), h.cfg.Window)
	}
	return nil
}
