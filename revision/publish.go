package revision

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"towncrier/audit"
	"towncrier/problem"
)

// Submit asks for a second person. It refuses with StaleError, FaultsError, and WorseError unless accept names every known question that
// would be answered worse. What is submitted may be submitted again, when more would be worse by now, or stop.
func (s *Service) Submit(ctx context.Context, by, id string, accept []string) (Draft, error) {
	d, err := s.Store.Draft(ctx, id)
	if err != nil {
		return Draft{}, err
	}
	if err := s.Store.Tried(ctx, id, s.Now()); err != nil {
		return Draft{}, err
	}
	p, err := s.prospect(ctx, d)
	if err != nil {
		return Draft{}, err
	}
	if err := p.worse(accept); err != nil {
		return Draft{}, err
	}
	return s.step(ctx, by, id, "content.submit", []Status{Open, Submitted}, func(now *Draft) error {
		if now.Version != d.Version {
			return ErrHash
		}
		now.edited(by) // they accepted what is answered worse
		now.Status, now.Why, now.Accepted, now.Stops = Submitted, "", p.accepted, p.stops
		now.Hash = now.hash(p.after)
		return nil
	})
}

// prospect is what a draft would lead to.
type prospect struct {
	head          Revision
	before, after Folder
	questions     []string // known ones that would be answered worse
	accepted      []string
	stops         []string
}

func (s *Service) prospect(ctx context.Context, d Draft) (prospect, error) {
	head, before, err := s.Head(ctx)
	if err != nil {
		return prospect{}, err
	}
	if head.Folder != d.Base {
		return prospect{}, &StaleError{head.Number}
	}
	if len(d.Changes) == 0 {
		return prospect{}, ErrEmpty
	}
	p := prospect{head: head, before: before, after: before.With(d.Changes)}
	gone, err := s.gone(ctx, d.Back, before)
	if err != nil {
		return prospect{}, err
	}
	if back := p.after.inForce(missing(gone, d.Reinstate)); back != nil {
		return prospect{}, &problem.Invalid{Field: "reinstate", Reason: "这些公告已经撤回，不能随稿件恢复：文件里请保留 status: withdrawn，或者删去文件。要恢复的，退回旧版时逐个写明：" + strings.Join(back, "、")}
	}
	if problems := s.Judge(p.after.FS()); problems.Faults() > 0 {
		return prospect{}, &FaultsError{problems}
	}
	if s.Worse != nil {
		if p.questions, err = s.Worse(ctx, before, p.after); err != nil {
			return prospect{}, fmt.Errorf("try the known questions: %w", err)
		}
	}
	if s.Stops != nil {
		if p.stops, err = s.Stops(ctx, before, p.after); err != nil {
			return prospect{}, fmt.Errorf("look for what a draft stops: %w", err)
		}
		slices.Sort(p.stops)
	}
	return p, nil
}

func (p *prospect) worse(accept []string) error {
	if left := missing(p.questions, accept); left != nil {
		return &WorseError{left}
	}
	p.accepted = p.questions
	return nil
}

// missing are those of want that have lacks.
func missing(want, have []string) (left []string) {
	for _, w := range want {
		if !slices.Contains(have, w) {
			left = append(left, w)
		}
	}
	return left
}

// hash is over all that two people sign.
func (d Draft) hash(after Folder) []byte {
	h := sha256.New()
	put := func(name string, values ...string) {
		fmt.Fprintf(h, "%s %d\n", name, len(values))
		for _, v := range values {
			fmt.Fprintf(h, "%d:%s\n", len(v), v)
		}
	}
	put("towncrier draft 1", d.ID)
	put("title", d.Title)
	put("base", string(d.Base))
	put("after", string(after.Digest()))
	put("reinstate", d.Reinstate...)
	put("accepted", d.Accepted...)
	if len(d.Stops) > 0 { // came later
		put("stops", d.Stops...)
	}
	return h.Sum(nil)
}

// Return gives a draft back to its author; why is for them.
func (s *Service) Return(ctx context.Context, by, id, why string) (Draft, error) {
	why, err := line("why", why, "请写明退回的理由", maxWhy)
	if err != nil {
		return Draft{}, err
	}
	return s.step(ctx, by, id, "content.return", []Status{Submitted}, func(d *Draft) error {
		d.reopen()
		d.Why = why
		return nil
	})
}

// MinHash is how many digits of a hash, in hexadecimal, say which is meant.
const MinHash = 12

// Publish makes the draft the next revision. hash is what the official saw, in hexadecimal, the first MinHash digits at least. ErrOwn for
// an editor of it, ErrHash when it is not what was submitted any more, StaleError when another revision came in between, StopsError when it
// stops more by now.
func (s *Service) Publish(ctx context.Context, by, id, hash string) (Revision, error) {
	d, err := s.Store.Draft(ctx, id)
	switch {
	case err != nil:
		return Revision{}, err
	case d.Status != Submitted:
		return Revision{}, &StatusError{d.Status}
	case slices.Contains(d.Editors, by):
		return Revision{}, ErrOwn
	case len(hash) < MinHash || !strings.HasPrefix(hex.EncodeToString(d.Hash), strings.ToLower(hash)):
		return Revision{}, ErrHash
	}
	p, err := s.prospect(ctx, d)
	if err != nil {
		return Revision{}, err
	}
	if err := p.worse(d.Accepted); err != nil { // a question that became known since
		return Revision{}, err
	}
	if more := missing(p.stops, d.Stops); more != nil { // than two people have seen
		return Revision{}, &StopsError{more}
	}
	if !bytes.Equal(d.hash(p.after), d.Hash) {
		return Revision{}, ErrHash
	}
	next := Revision{Kind: Published, Title: d.Title, Draft: d.ID, Back: d.Back, Author: d.Author, Approver: by}
	if d.Back > 0 {
		next.Kind = RolledBack
	}
	return s.append(ctx, p.head, p.before, Step{Revision: next, Folder: p.after, Version: d.Version}, s.act(by, "content.publish", ""))
}

// append makes step the revision after head. While there is none, what was in force becomes the first, so that it can be returned to.
func (s *Service) append(ctx context.Context, head Revision, before Folder, step Step, act audit.Act) (Revision, error) {
	if step.After = head.Number; head.Number == 0 {
		step.First = before
	}
	next := &step.Revision
	next.Number, next.Folder, next.At = max(head.Number, 1)+1, step.Folder.Digest(), act.At
	act.Subject = fmt.Sprint(next.Number)
	if err := s.Store.Append(ctx, step, act); err != nil {
		return Revision{}, fmt.Errorf("append a revision: %w", err)
	}
	return *next, nil
}
