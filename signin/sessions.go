package signin

import (
	"context"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// Sessions lists a person's open sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, person string) ([]Session, error) {
	all, err := s.cfg.Store.Sessions(ctx, person)
	if err != nil {
		return nil, err
	}
	alive := all[:0]
	for _, one := range all {
		if one.Alive(s.cfg.Now()) {
			alive = append(alive, one)
		}
	}
	return alive, nil
}

// ErrNoSession is for a session that is not there, or not within the caller's reach.
var ErrNoSession = problem.NotFound("没有这个登录：可能已经结束，请刷新列表")

// End ends a session of person at once: by is that person, or may manage staff. ErrNoSession.
func (s *Service) End(ctx context.Context, by staff.Person, person, id string) error {
	if by.ID != person && !by.Role.May(staff.ManageStaff) {
		return ErrNoSession
	}
	all, err := s.Sessions(ctx, person)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.ID != id {
			continue
		}
		act := audit.Act{Actor: audit.Staff(by.ID), Action: "session.end", Subject: person, Detail: "session=" + id, At: s.now()}
		if ended, err := s.cfg.Store.End(ctx, id, s.now(), act); err != nil || ended {
			return err
		}
	}
	return ErrNoSession
}
