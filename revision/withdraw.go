package revision

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"towncrier/content"
	"towncrier/problem"
)

// UndoWithin is how long a withdrawal may be undone.
const UndoWithin = time.Hour

var (
	ErrNoNotice     = problem.NotFound("没有这份公告：请核对编号")
	ErrIsWithdrawn  = errors.New("这份公告已经撤回")
	ErrNotWithdrawn = errors.New("这份公告没有撤回，不用恢复")
	// ErrLate says that a withdrawal was too long ago, or that the notice's file was changed since.
	ErrLate = errors.New("撤回已超过1小时，或者公告此后改过：请起草新稿件，由同事审批")
	// ErrSelf says that the person who withdrew a notice may not undo it.
	ErrSelf = errors.New("这是您自己撤回的：须由另一位同事恢复")
)

// withdrawn names the notices of a folder that are withdrawn.
func withdrawn(f Folder) []string { return content.WithdrawnIn(f.FS()) }

// inForce are those of some notices that the folder has, and does not withdraw.
func (f Folder) inForce(ids []string) (all []string) {
	off := withdrawn(f)
	for _, id := range ids {
		if _, there := f[notice(id)]; there && !slices.Contains(off, id) {
			all = append(all, id)
		}
	}
	return all
}

// gone are the notices that now withdraws, and, for who returns to the revision since, those that were withdrawn after it and that now does
// not have any more; since is 0 for who does not return.
func (s *Service) gone(ctx context.Context, since int, now Folder) ([]string, error) {
	all := withdrawn(now)
	const page = 100
	for before := 0; since > 0; {
		some, err := s.Store.Revisions(ctx, before, page)
		if err != nil {
			return nil, fmt.Errorf("look for what was withdrawn: %w", err)
		}
		for _, r := range some {
			if r.Number <= since {
				return all, nil
			}
			_, there := now[notice(r.Notice)]
			if (r.Kind == Withdrawn || r.Kind == Over) && !there && !slices.Contains(all, r.Notice) {
				all = append(all, r.Notice)
			}
			before = r.Number
		}
		if len(some) < page {
			break
		}
	}
	return all, nil
}

// again is how often a withdrawal is tried when other revisions come in between.
const again = 10

// Withdraw withdraws a notice at once, by one person, whatever is in draft and whatever is wrong elsewhere. successor names the notice in
// force that residents are sent to, "" for none.
func (s *Service) Withdraw(ctx context.Context, by, id, successor string) (r Revision, err error) {
	for range again {
		if r, err = s.withdraw(ctx, by, id, successor); !errors.Is(err, ErrMoved) {
			return r, err
		}
	}
	return r, err
}

// MayWithdraw says why Withdraw would refuse; nil when it would not.
func (s *Service) MayWithdraw(ctx context.Context, id, successor string) error {
	_, now, err := s.Head(ctx)
	if err != nil {
		return err
	}
	return now.mayWithdraw(id, successor)
}

func (f Folder) mayWithdraw(id, successor string) error {
	off := withdrawn(f)
	switch _, there := f[notice(id)]; {
	case !there:
		return ErrNoNotice
	case slices.Contains(off, id):
		return ErrIsWithdrawn
	case successor == "":
		return nil
	}
	lib, _ := content.Load(f.FS())
	why := ""
	switch n := lib.Notices[successor]; {
	case successor == id:
		why = "这是要撤回的公告自己"
	case n == nil:
		why = "没有这份公告"
	case n.Status == content.Withdrawn, slices.Contains(off, successor):
		why = "公告" + successor + "已经撤回"
	case n.Status == content.Superseded:
		why = "公告" + successor + "已被" + n.SupersededBy + "取代"
	default:
		return nil
	}
	return &problem.Invalid{Field: "successor", Reason: why + "：请写另一份有效公告的编号"}
}

func (s *Service) withdraw(ctx context.Context, by, id, successor string) (Revision, error) {
	head, before, err := s.Head(ctx)
	if err != nil {
		return Revision{}, err
	}
	if err := before.mayWithdraw(id, successor); err != nil {
		return Revision{}, err
	}
	after := maps.Clone(before)
	after[notice(id)] = content.Withdraw(before[notice(id)], successor)
	next := Revision{Kind: Withdrawn, Title: "撤回公告" + id, Notice: id, Next: successor, Author: by}
	return s.append(ctx, head, before, Step{Revision: next, Folder: after}, s.act(by, "content.withdraw", ""))
}

// Reinstate undoes a withdrawal within UndoWithin, by another person.
func (s *Service) Reinstate(ctx context.Context, by, id string) (r Revision, err error) {
	for range again {
		if r, err = s.reinstate(ctx, by, id); !errors.Is(err, ErrMoved) {
			return r, err
		}
	}
	return r, err
}

func (s *Service) reinstate(ctx context.Context, by, id string) (Revision, error) {
	head, before, err := s.Head(ctx)
	if err != nil {
		return Revision{}, err
	}
	text, ok := before[notice(id)]
	if !ok {
		return Revision{}, ErrNoNotice
	}
	if !slices.Contains(withdrawn(before), id) {
		return Revision{}, ErrNotWithdrawn
	}
	of, err := s.withdrawalOf(ctx, head, id)
	if err != nil {
		return Revision{}, err
	}
	if of.Author == by {
		return Revision{}, ErrSelf
	}
	old, err := s.Store.Revision(ctx, of.Number-1)
	if err != nil {
		return Revision{}, err
	}
	was, err := s.Store.Folder(ctx, old.Folder)
	if err != nil {
		return Revision{}, fmt.Errorf("read the folder before the withdrawal: %w", err)
	}
	if string(content.Withdraw(was[notice(id)], of.Next)) != string(text) {
		return Revision{}, ErrLate
	}
	after := maps.Clone(before)
	after[notice(id)] = was[notice(id)]
	if problems := s.Judge(after.FS()); problems.Faults() > 0 {
		return Revision{}, &FaultsError{problems}
	}
	next := Revision{Kind: Reinstated, Title: "恢复公告" + id, Notice: id, Author: of.Author, Approver: by}
	return s.append(ctx, head, before, Step{Revision: next, Folder: after}, s.act(by, "content.reinstate", ""))
}

// Undoable are the withdrawals of the last UndoWithin whose notices are withdrawn still, the newest first.
func (s *Service) Undoable(ctx context.Context) (all []Revision, err error) {
	const most = 100
	newest, err := s.Store.Revisions(ctx, 0, most)
	if err != nil {
		return nil, err
	}
	for _, r := range newest {
		if s.Now().Sub(r.At) > UndoWithin {
			break
		}
		same := func(other Revision) bool { return other.Notice == r.Notice }
		if r.Kind == Withdrawn && !slices.ContainsFunc(all, same) {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	_, now, err := s.Head(ctx)
	if err != nil {
		return nil, err
	}
	off := withdrawn(now)
	return slices.DeleteFunc(all, func(r Revision) bool { return !slices.Contains(off, r.Notice) }), nil
}

// withdrawalOf is the newest revision that withdrew a notice, when it may still be undone.
func (s *Service) withdrawalOf(ctx context.Context, head Revision, id string) (Revision, error) {
	const page = 100
	for before := head.Number + 1; ; {
		all, err := s.Store.Revisions(ctx, before, page)
		if err != nil {
			return Revision{}, err
		}
		for _, r := range all {
			if s.Now().Sub(r.At) > UndoWithin {
				return Revision{}, ErrLate
			}
			if r.Kind == Withdrawn && r.Notice == id {
				return r, nil
			}
			before = r.Number
		}
		if len(all) < page {
			return Revision{}, ErrLate
		}
	}
}
