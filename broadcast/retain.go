package broadcast

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
)

// Retention is the part of Store that drops what leads to residents once it is not needed any more.
type Retention interface {
	// Ended lists the ids of broadcasts that were done, cancelled or expired before an instant and are not forgotten, at most limit.
	Ended(ctx context.Context, before time.Time, limit int) ([]string, error)
	// Forget drops which residents up to limit recipients of a broadcast are, after one, and the provider's handles of their
	// deliveries; every count but those by committee stays. At the end it drops the revisions. next is 0 at the end: then ForgottenAt is now, and act is audited. Done
	// twice it changes nothing.
	Forget(ctx context.Context, id string, after int64, limit int, act audit.Act) (next int64, err error)
}

const (
	// MinRetention is how long the recipients of a broadcast must be known: for fourfold the frequency cap's 7 days, and as long as an SMS
	// provider can be asked about a message.
	MinRetention = 30 * 24 * time.Hour
	// forgetSlice is how many recipients one transaction forgets: well under 50 ms on SQLite.
	forgetSlice = 500
)

// ErrForgotten says that the recipients are forgotten.
var ErrForgotten = fmt.Errorf("%w；它结束已久，接收人名单已经删除：请另写一个群发", ErrState)

// Forget drops the recipients of broadcasts that ended before an instant, at least MinRetention ago, and the lists of numbers that only they named.
// Personal data is kept no longer than its purpose needs (个人信息保护法, article 19). It says of how many broadcasts; cut off
// anywhere, another call goes on.
func (s *Service) Forget(ctx context.Context, before time.Time) (forgotten int, err error) {
	for {
		ids, err := s.Store.Ended(ctx, before, MaxList)
		if err != nil {
			return forgotten, fmt.Errorf("look for broadcasts to forget: %w", err)
		}
		for _, id := range ids {
			if err := s.forget(ctx, id); err != nil {
				return forgotten, fmt.Errorf("forget the recipients of %s: %w", id, err)
			}
			forgotten++
		}
		if len(ids) < MaxList {
			return forgotten, s.forgetLists(ctx, before)
		}
	}
}

func (s *Service) forget(ctx context.Context, id string) error {
	act := audit.Act{Actor: audit.System("retention"), Action: "broadcast.forget", Subject: id, At: s.instant()}
	for after := int64(0); ; {
		next, err := s.Store.Forget(ctx, id, after, forgetSlice, act)
		if err != nil || next == 0 {
			return err
		}
		after = next
	}
}

// forgetLists deletes lists that nothing needs. A series that goes on needs its lists between two occurrences too.
func (s *Service) forgetLists(ctx context.Context, before time.Time) error {
	unused, err := s.Store.UnusedLists(ctx, before)
	if err != nil {
		return err
	}
	for _, list := range unused {
		act := audit.Act{Actor: audit.System("retention"), Action: "list.delete", Subject: list, At: s.instant()}
		err := s.Store.DeleteList(ctx, list, act)
		if _, needed := errors.AsType[*ListInUseError](err); err != nil && !needed {
			return err
		}
	}
	return nil
}
