package emergency

import (
	"context"
	"errors"

	"towncrier/broadcast"
	"towncrier/city"
)

// OverWhy is why the broadcast of an emergency that is over stops.
const OverWhy = "应急已结束"

// EndSight is what ending an emergency would do now.
type EndSight struct {
	Emergency                    // with the time of its end
	Before    *city.City         // what is in force
	After     *city.City         // what will be; Before while it was not published
	Clear     *broadcast.Preview // of the broadcast that says that it is over; nil when nobody was sent anything
}

// LookAtEnd shows what End would do.
func (s *Service) LookAtEnd(ctx context.Context, by broadcast.Official, id string) (EndSight, error) {
	e, err := s.Store.Get(ctx, id)
	switch {
	case err != nil:
		return EndSight{}, err
	case e.Status != Approved && e.Status != Out:
		return EndSight{}, &StatusError{e.Status}
	}
	e.EndedAt = s.instant()
	_, head, err := s.Content.Head(ctx)
	if err != nil {
		return EndSight{}, err
	}
	f, err := s.files(ctx, e)
	if err != nil {
		return EndSight{}, err
	}
	before, err := s.read(head)
	if err != nil {
		return EndSight{}, err
	}
	out := EndSight{Emergency: e, Before: before, After: before}
	over := f.over(head, e)
	if _, published := head[noticePath(e.ID)]; !published || over == nil {
		return out, nil
	}
	if out.After, err = s.read(over); err != nil {
		return out, err
	}
	if b, found := s.sent(ctx, e); !found || b.BegunAt.IsZero() {
		return out, nil
	}
	_, clear, err := s.Broadcasts(out.After).Judge(ctx, by, e.proposal(f.ends(e), e.EndID()), true)
	if uncounted(err) {
		_, clear, err = s.Broadcasts(out.After).Judge(ctx, by, e.proposal(f.ends(e), e.EndID()), false)
	}
	out.Clear = &clear
	return out, err
}

// uncounted says that people cannot be counted now: an emergency does not wait for that.
func uncounted(err error) bool {
	_, many := errors.AsType[*broadcast.TooManyAudiences](err)
	return many || errors.Is(err, broadcast.ErrUncounted)
}
