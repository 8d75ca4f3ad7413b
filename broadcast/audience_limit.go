package broadcast

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// AudienceLimit counts how many different audiences an official has counted within an hour. Safe for concurrent use, by several processes.
type AudienceLimit interface {
	// Take counts an audience, unless it was counted within the hour. When most are counted by then it counts none, and returns how long
	// until one more may be. audience may name a few people; it is not to be read from what is kept.
	Take(ctx context.Context, official, audience string, most int) (wait time.Duration, err error)
}

// Each count is to the ten, but who may try any number of audiences finds the two between which one person makes a step.
const (
	maxCounted   = 30  // enough to choose a message's audience
	maxSubmitted = 120 // a busy day has a message a street; each is on record, and another official reads it
)

// ErrUncounted refuses to count an audience while nothing counts how many there were.
var ErrUncounted = errors.New("暂时不能估算和预览：统计发送范围要计次，计次用的 Redis 现在没有应答。请稍后再试；仍然不行，请系统管理员检查 Redis")

// TooManyAudiences refuses to count one more.
type TooManyAudiences struct {
	Most int
	Wait time.Duration // until one more may be
}

func (e *TooManyAudiences) Error() string {
	return fmt.Sprintf("一小时内已经统计了%d个不同的发送范围：统计过的还可以再看，新的请稍候再试", e.Most)
}

// mayCount lets an official count b's audience to choose it; *TooManyAudiences, ErrUncounted.
func (s *Service) mayCount(ctx context.Context, by Official, b Broadcast) error {
	wait, err := s.takeAudience(ctx, by, b, maxCounted)
	switch {
	case err != nil:
		return fmt.Errorf("count an audience: %w: %w", ErrUncounted, err)
	case wait > 0:
		return &TooManyAudiences{maxCounted, wait}
	}
	return nil
}

// maySubmit lets an official count the audience of what they submit; *TooManyAudiences. What must be sent is not held up by a count that
// nobody can keep.
func (s *Service) maySubmit(ctx context.Context, by Official, b Broadcast) error {
	if wait, err := s.takeAudience(ctx, by, b, maxSubmitted); err == nil && wait > 0 {
		return &TooManyAudiences{maxSubmitted, wait}
	}
	return nil
}

func (s *Service) takeAudience(ctx context.Context, by Official, b Broadcast, most int) (time.Duration, error) {
	if s.Audiences == nil || len(b.Audience.Lists()) > 0 { // of a list no more is told than its lines
		return 0, nil
	}
	return s.Audiences.Take(ctx, by.ID, b.counted(), most)
}

// counted is all of b that decides what a count of its audience tells, in one form: codes for names, as they are kept.
func (b Broadcast) counted() string {
	type channel struct {
		Channel  Channel
		Template string `json:",omitzero"`
	}
	key := struct {
		Audience  Rule
		Committee string
		Topic     string
		Emergency bool
		Channels  []channel
	}{b.Audience, b.Committee, b.Topic, b.Emergency, nil}
	for _, m := range b.Messages {
		c := channel{Channel: m.Channel}
		if m.Channel == Subscription {
			c.Template = m.Template
		}
		key.Channels = append(key.Channels, c)
	}
	text, _ := json.Marshal(key) // has texts only
	return string(text)
}
