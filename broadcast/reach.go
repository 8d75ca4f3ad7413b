package broadcast

import (
	"context"
	"fmt"
	"time"

	"towncrier/newest"
)

// Reach is how far a broadcast has come with the residents of one committee. A recipient is counted once, by the best that any
// of their deliveries came to.
type Reach struct {
	Committee  string // code, as it is today; "" for residents of none, and for those who were erased since
	Recipients int
	Delivered  int // a receipt says so
	Accepted   int // may have arrived: accepted, in doubt, or unknown
	Open       int // still to be sent
	Missed     int // nothing went out, or for certain nothing arrived
}

// Reach counts the recipients of a broadcast by their committee. A committee sees its own residents: in what it sent, and in what the city
// sent.
func (s *Service) Reach(ctx context.Context, by Official, id string) ([]Reach, error) {
	if _, err := s.Find(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := s.Store.Reach(ctx, id, by.Committee)
	if err != nil {
		return nil, fmt.Errorf("count the recipients of a broadcast: %w", err)
	}
	return all, nil
}

// ReachSoon is Reach for who does not wait until a million deliveries are counted: as they were counted at, for the city; making says that they are
// being counted anew.
func (s *Service) ReachSoon(ctx context.Context, by Official, id string) (all []Reach, at time.Time, making bool, err error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return nil, at, false, err
	}
	if by.Committee != "" {
		all, err = s.Reach(ctx, by, id)
		return all, s.instant(), false, err
	}
	tally, err := s.Store.Tally(ctx, id)
	r := begun(b)
	for _, c := range tally {
		r.count(c)
	}
	var rows newest.Answer[rowCounts]
	if err == nil {
		rows, making, err = s.countRowsSoon(ctx, r, tally)
	}
	if err != nil {
		return nil, at, false, fmt.Errorf("count the recipients of a broadcast: %w", err)
	}
	return rows.Value.reach, rows.At, making, nil
}

// Deliveries lists a broadcast's, of a committee's official those to its own residents, from after one, 0 for the start; next is 0 at the
// end. Which residents they are is for officials who may read residents. ErrFew.
func (s *Service) Deliveries(ctx context.Context, by Official, id string, f DeliveryFilter, after int64, limit int) (found []Delivery, next int64, err error) {
	b, err := s.Find(ctx, by, id)
	switch {
	case err != nil:
		return nil, 0, err
	case !by.Residents && AnyFew(b.Frozen):
		return nil, 0, ErrFew
	}
	f.Committee = by.Committee
	if found, next, err = s.Store.Deliveries(ctx, id, f, after, limit); err != nil {
		return nil, 0, fmt.Errorf("list the deliveries of a broadcast: %w", err)
	}
	if !by.Residents {
		for i := range found {
			found[i].Subject = ""
		}
	}
	return found, next, nil
}
