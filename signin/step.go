package signin

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"towncrier/staff"
)

// SteppedUp says whether the second factor was given again for a subject, lately enough.
func (s *Service) SteppedUp(in Session, subject string) bool {
	return in.SteppedUp(subject, s.cfg.Now())
}

// StepUp takes the second factor again, for one subject: the hash or id of what is on the screen. The session gets a new token; the one
// before is good for the same request once more, since a button may be pressed twice. ErrOver, ErrCode, *TooMany.
func (s *Service) StepUp(ctx context.Context, token, subject, code string) (fresh string, err error) {
	k, p, err := s.kept(ctx, token)
	if err != nil {
		return "", err
	}
	if s.again(k, token, subject, code) {
		return s.renew(ctx, k, k.Previous, k.Replay, Proof{}, Counted{}, "again=yes")
	}
	if string(digest(token)) != string(k.Token) {
		return "", ErrOver
	}
	var has []Enrolled
	if k.Rehearsal {
		has = append(has, Enrolled{Kind: Made, Secret: s.RehearsalCode(k.Session, subject)})
	}
	l, by, proof, err := s.proven(ctx, p, k, code, has...)
	if err != nil {
		return "", err
	}
	k.Steps = s.lasting(k.Steps)
	k.Steps[subject] = s.now()
	fresh, err = s.renew(ctx, k, k.Token, request(token, subject, code), proof, by, "factor="+string(proof.Kind))
	if errors.Is(err, ErrUsed) {
		return "", s.failed(ctx, l.Person.ID, k.Address, "step-up", ErrCode)
	}
	return fresh, err
}

// again says whether a request gave the session its newest token already.
func (s *Service) again(k Kept, token, subject, code string) bool {
	return string(digest(token)) == string(k.Previous) && s.cfg.Now().Before(k.PreviousUntil) && hmac.Equal(k.Replay, request(token, subject, code))
}

func request(token, subject, code string) []byte {
	return digest(token + "\x00" + subject + "\x00" + code)
}

// lasting are the steps that are good still.
func (s *Service) lasting(steps map[string]time.Time) map[string]time.Time {
	all := map[string]time.Time{}
	maps.Copy(all, steps)
	maps.DeleteFunc(all, func(_ string, at time.Time) bool { return !s.cfg.Now().Before(at.Add(StepLife)) })
	return all
}

// proven has the person of a session prove what they have. Wrong answers are counted for the session alone: others from its address, and
// the account elsewhere, go on.
func (s *Service) proven(ctx context.Context, p staff.Person, k Kept, code string, more ...Enrolled) (l Login, by Counted, proof Proof, err error) {
	by = Counted{Account: notAnID + "session " + k.ID}
	wait, err := s.cfg.Store.Attempt(ctx, by, s.count)
	if err == nil && wait > 0 {
		err = &TooMany{wait}
	}
	if err != nil {
		return l, by, proof, err
	}
	l, err = s.cfg.Store.Login(ctx, p.ID)
	if errors.Is(err, ErrNoLogin) && k.Rehearsal {
		l, err = Login{Person: p}, nil
	}
	if err != nil {
		return l, by, proof, fmt.Errorf("look at a login: %w", err)
	}
	proof, ok := prove(append(l.Factors, more...), code, s.cfg.Now())
	if !ok {
		return l, by, proof, s.failed(ctx, p.ID, k.Address, "step-up", ErrCode)
	}
	return l, by, proof, nil
}

// RehearsalCode is a code that StepUp takes once, for this session and subject, so that a made-up colleague's page can have it filled in. ""
// outside of a rehearsal.
func (s *Service) RehearsalCode(in Session, subject string) string {
	if !in.Rehearsal || !s.cfg.Rehearsal {
		return ""
	}
	before := in.Steps[subject] // the next code is another
	sum := digest("rehearsal\x00" + in.ID + "\x00" + subject + "\x00" + strconv.FormatInt(before.UnixMilli(), 10))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum)%1_000_000)
}

// renew gives a session a new token. previous is the one that may come once more.
func (s *Service) renew(ctx context.Context, k Kept, previous, replay []byte, proof Proof, by Counted, detail string) (fresh string, err error) {
	before, fresh := s.retoken(&k, previous, replay)
	if err := s.cfg.Store.Renew(ctx, before, k, proof, by, s.act(k.Session, "session.step-up", detail)); err != nil {
		return "", fmt.Errorf("renew a session: %w", err)
	}
	return fresh, nil
}

// retoken puts a new token into k. before is the digest of the one that it had.
func (s *Service) retoken(k *Kept, previous, replay []byte) (before []byte, fresh string) {
	switch {
	case previous == nil:
		k.PreviousUntil = time.Time{}
	case string(previous) != string(k.Previous):
		k.PreviousUntil = s.now().Add(pressAgain)
	}
	before, fresh = k.Token, newToken()
	k.Token, k.Previous, k.Replay = digest(fresh), previous, replay
	return before, fresh
}
