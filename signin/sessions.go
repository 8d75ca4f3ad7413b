package signin

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// Resume is the session of a token, and its person as they are now. It counts as a request: the rest begins anew. ErrOver.
func (s *Service) Resume(ctx context.Context, token string) (staff.Person, Session, error) {
	k, p, err := s.kept(ctx, token)
	if err != nil {
		return staff.Person{}, Session{}, err
	}
	if now := s.now(); now.Sub(k.SeenAt) >= seenEvery {
		_ = s.cfg.Store.Seen(ctx, k.ID, now) // a database that cannot be written to signs nobody out before their rest is over
		k.SeenAt = now
	}
	return p, k.Session, nil
}

// Watch is Resume for what a page asks by itself: a page that is left open keeps nobody signed in.
func (s *Service) Watch(ctx context.Context, token string) (staff.Person, Session, error) {
	k, p, err := s.kept(ctx, token)
	return p, k.Session, err
}

// Still is Watch for what goes on for a while, of which there may be hundreds: one look at all sessions serves them for some seconds. It goes by
// a session's id, since its token is renewed meanwhile when the person gives a second factor.
func (s *Service) Still(ctx context.Context, id string) (staff.Person, Session, error) {
	looked, err := s.all.Of(ctx, "", s.now(), s.cfg.Store.Open)
	all := looked.Value
	if err == nil && s.among(all, id) == nil { // it may have begun since
		all, err = s.cfg.Store.Open(ctx)
	}
	if err != nil {
		return staff.Person{}, Session{}, fmt.Errorf("look at all sessions: %w", err)
	}
	if o := s.among(all, id); o != nil {
		return o.Person, o.Session, nil
	}
	return staff.Person{}, Session{}, ErrOver
}

// among finds a session that goes on, by its id.
func (s *Service) among(all []Open, id string) *Open {
	for i := range all {
		if all[i].ID == id && s.lives(all[i].Session) {
			return &all[i]
		}
	}
	return nil
}

func (s *Service) kept(ctx context.Context, token string) (Kept, staff.Person, error) {
	if len(token) != tokenLength {
		return Kept{}, staff.Person{}, ErrOver
	}
	sum := digest(token)
	k, p, err := s.cfg.Store.Session(ctx, sum)
	if err != nil {
		return Kept{}, staff.Person{}, fmt.Errorf("go on with a session: %w", err)
	}
	if !s.alive(k, sum) {
		return Kept{}, staff.Person{}, ErrOver
	}
	return k, p, nil
}

// alive says whether a token with this digest opens k now.
func (s *Service) alive(k Kept, sum []byte) bool {
	return (bytes.Equal(k.Token, sum) || s.cfg.Now().Before(k.PreviousUntil)) && s.lives(k.Session)
}

// lives says whether a session goes on now.
func (s *Service) lives(k Session) bool {
	return k.Alive(s.cfg.Now()) && (!k.Rehearsal || s.cfg.Rehearsal)
}

// Leave ends the session of a token. A token that opens none is no error.
func (s *Service) Leave(ctx context.Context, token string) error {
	k, _, err := s.kept(ctx, token)
	if errors.Is(err, ErrOver) {
		return nil
	}
	if err == nil {
		_, err = s.cfg.Store.End(ctx, k.ID, s.now(), s.act(k.Session, "session.leave", ""))
	}
	return err
}

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
