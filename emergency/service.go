package emergency

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/staff"
)

// Content is where what residents are told is published.
type Content interface {
	Head(ctx context.Context) (revision.Revision, revision.Folder, error)
	Overlay(ctx context.Context, by string, next revision.Revision, action string, put func(head revision.Folder) revision.Folder) (revision.Revision, error)
	Withdraw(ctx context.Context, by, id, successor string) (revision.Revision, error)
}

// Broadcasts are what sends it.
type Broadcasts interface {
	Judge(ctx context.Context, by broadcast.Official, p broadcast.Proposal, count bool) (broadcast.Proposal, broadcast.Preview, error)
	Declare(ctx context.Context, author, approver, id string, p broadcast.Proposal, accepted []string) (broadcast.Broadcast, error)
	Find(ctx context.Context, by broadcast.Official, id string) (broadcast.Broadcast, error)
	Pause(ctx context.Context, by broadcast.Official, id, why string) (broadcast.Broadcast, error)
	Resume(ctx context.Context, by broadcast.Official, id string) (broadcast.Broadcast, error)
	Cancel(ctx context.Context, by broadcast.Official, id, why string) (broadcast.Broadcast, error)
}

// Config is what a Service stands on.
type Config struct {
	Store   Store
	Content Content
	// Broadcasts rest on a city's content: the one that answers, or one that is about to.
	Broadcasts func(*city.City) Broadcasts
	City       func() *city.City // that answers now
	// Worse names the known questions that after answers worse than before; nil knows none.
	Worse func(ctx context.Context, before, after revision.Folder) ([]string, error)
	Staff interface {
		List(ctx context.Context) ([]staff.Person, error)
	}
	Texts Texts // nil while SMS is off
	Now   func() time.Time
	Log   *slog.Logger
}

// Service is the life of emergencies, as officials direct it; the caller has checked their rights. Every change is audited with it. Safe
// for concurrent use, by several processes.
type Service struct{ Config }

// NewService makes a Service.
func NewService(c Config) *Service { return &Service{c} }

// Draft is what an official fills in.
type Draft struct {
	Template string // id or title
	Fields   map[string]string
	Audience broadcast.Rule
}

// Sight is an emergency with what it would do now.
type Sight struct {
	Emergency
	Sends broadcast.Preview // of the broadcast
	Clear broadcast.Preview // of the one that says that it is over
	// Untold says why nobody at all can be told by text; "" when they can.
	Untold string
}

// Preview shows what Declare would keep.
func (s *Service) Preview(ctx context.Context, by broadcast.Official, d Draft) (Sight, error) {
	e, err := s.fill(d)
	if err != nil {
		return Sight{}, err
	}
	e.Author = by.ID
	sight, folder, err := s.counted(ctx, by, e)
	if err != nil {
		return sight, err
	}
	e = sight.Emergency
	for _, p := range []broadcast.Preview{sight.Sends, sight.Clear} {
		e.Warnings = append(e.Warnings, p.Named()...)
	}
	slices.Sort(e.Warnings)
	e.Warnings = slices.Compact(e.Warnings)
	for _, p := range []broadcast.Preview{sight.Sends, sight.Clear} {
		if err := p.Refused(p.Named()); err != nil {
			return Sight{}, err
		}
	}
	if s.Worse != nil {
		_, head, err := s.Content.Head(ctx)
		if err != nil {
			return Sight{}, err
		}
		if e.Worse, err = s.worse(ctx, head, folder); errors.Is(err, city.ErrSlow) && ctx.Err() == nil {
			e.Warnings = append(e.Warnings, untried)
		} else if err != nil {
			return Sight{}, fmt.Errorf("try the known questions: %w", err)
		}
	}
	sight.Emergency = e
	return sight, nil
}

const (
	// tryFor bounds the trial of the known questions: what cannot wait does not wait for it.
	tryFor  = 10 * time.Second
	untried = "服务器太忙，没有来得及把已知问题试问一遍：公布后请试问几句，看别的问题有没有答错"
)

func (s *Service) worse(ctx context.Context, before, after revision.Folder) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	return s.Worse(ctx, before, after)
}

// maxWaiting is how many emergencies of one author wait at most.
const maxWaiting = 20

// Declare keeps an emergency for another person to approve, and tells all who may.
func (s *Service) Declare(ctx context.Context, by broadcast.Official, d Draft) (Sight, error) {
	waiting, err := s.Store.List(ctx, []Status{Submitted}, "", 200)
	if err != nil {
		return Sight{}, err
	}
	if others := slices.DeleteFunc(waiting, func(e Emergency) bool { return e.Author != by.ID }); len(others) >= maxWaiting {
		return Sight{}, ErrMany
	}
	sight, err := s.Preview(ctx, by, d)
	if err != nil {
		return sight, err
	}
	e := sight.Emergency
	e.Status, e.Version, e.ChangedAt = Submitted, 1, e.DeclaredAt
	e.Broadcast, e.AllClear = broadcast.NewID(), broadcast.NewID()
	e.Hash = e.hash()
	if err := s.Store.Add(ctx, e, s.act(by.ID, "declare", e)); err != nil {
		return Sight{}, fmt.Errorf("declare an emergency: %w", err)
	}
	sight.Emergency, err = s.whenTold(ctx, e, s.telling(ctx, e, Waits))
	return sight, err
}

// fill makes an emergency of what was filled in.
func (s *Service) fill(d Draft) (Emergency, error) {
	now, at := s.City(), s.instant()
	t, err := now.Library.EmergencyCalled(d.Template)
	if err != nil {
		return Emergency{}, err
	}
	if len(d.Audience.Lists()) > 0 {
		return Emergency{}, &problem.Invalid{Field: "audience", Reason: "应急公告不能发给名单：请写社区、街道、区县、标签或者全部"}
	}
	filled, err := t.Fill(now.Library, d.Fields, at.In(now.Zone()))
	if err != nil {
		return Emergency{}, err
	}
	e := Emergency{ID: newID(), Template: t.ID, Title: t.Title, Fields: filled.Values, Labels: map[string]string{}, Topic: t.Topic, Audience: d.Audience,
		Answer: t.Answer, Says: filled.Says, Ends: filled.Ends, DeclaredAt: at}
	for _, f := range t.Fields {
		e.Labels[f.ID] = f.Label
	}
	return e, nil
}

// Look is an emergency with what it does, or would do now.
func (s *Service) Look(ctx context.Context, by broadcast.Official, id string) (Sight, error) {
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return Sight{}, err
	}
	if e.Status != Submitted {
		return Sight{Emergency: e, Untold: s.untold()}, nil
	}
	sight, _, err := s.counted(ctx, by, e)
	sight.Emergency = e
	return sight, err
}

// counted is look with counts, where they can be had: an emergency does not wait for them.
func (s *Service) counted(ctx context.Context, by broadcast.Official, e Emergency) (Sight, revision.Folder, error) {
	sight, folder, err := s.look(ctx, by, e, true)
	if uncounted(err) {
		return s.look(ctx, by, e, false)
	}
	return sight, folder, err
}

// look judges an emergency on what is in force: the folder in which it is published, and what both broadcasts would do.
func (s *Service) look(ctx context.Context, by broadcast.Official, e Emergency, count bool) (Sight, revision.Folder, error) {
	_, head, err := s.Content.Head(ctx)
	if err != nil {
		return Sight{}, nil, err
	}
	f, err := s.files(ctx, e)
	if err != nil {
		return Sight{}, nil, err
	}
	folder := f.published(head, e)
	if folder == nil {
		folder = head
	}
	sight := Sight{Emergency: e, Untold: s.untold()}
	if sight.Audience, sight.Sends, err = s.judge(ctx, by, folder, e.proposal(e.Says, e.ID), count); err != nil {
		return sight, nil, err
	}
	ended := sight.Emergency
	ended.EndedAt = ended.DeclaredAt
	if _, sight.Clear, err = s.judge(ctx, by, f.over(folder, ended), ended.proposal(f.ends(ended), e.EndID()), false); err != nil {
		return sight, nil, err
	}
	sight.Texts = texts(sight)
	return sight, folder, nil
}

// judge says what a broadcast would do on a folder, and to whom it goes.
func (s *Service) judge(ctx context.Context, by broadcast.Official, folder revision.Folder, p broadcast.Proposal, count bool) (broadcast.Rule, broadcast.Preview, error) {
	c, err := s.read(folder)
	if err != nil {
		return p.Audience, broadcast.Preview{}, err
	}
	p, preview, err := s.Broadcasts(c).Judge(ctx, by, p, count)
	return p.Audience, preview, err
}

// read is a folder's city, or a revision.FaultsError.
func (s *Service) read(folder revision.Folder) (*city.City, error) {
	c, problems := city.Read(folder.FS(), s.Now())
	if c == nil {
		return nil, &revision.FaultsError{Problems: problems}
	}
	return c, nil
}

// texts are what residents would read, by channel.
func texts(sight Sight) (all []string) {
	for _, p := range []broadcast.Preview{sight.Sends, sight.Clear} {
		for _, channel := range []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS} {
			all = append(all, p.Texts[channel])
		}
	}
	return all
}

// files are those of e and of the emergencies beside it.
func (s *Service) files(ctx context.Context, e Emergency) (files, error) {
	others, err := s.Store.List(ctx, []Status{Approved, Out, Ending}, "", 200)
	now := s.City()
	return files{now.Library, now.Zone(), others}, err
}

func (f files) ends(e Emergency) content.Statement { return e.Ends.Over(e.EndedAt.In(f.zone)) }

// Drop ends one that was not approved: its author's, or an approver's, who says why.
func (s *Service) Drop(ctx context.Context, by broadcast.Official, id, why string) (Emergency, error) {
	if err := checkWhy(why); err != nil {
		return Emergency{}, err
	}
	return s.change(ctx, by.ID, id, "drop", func(e *Emergency) error {
		if e.Status != Submitted {
			return &StatusError{e.Status}
		}
		if e.Author != by.ID && !by.Emergency {
			return ErrRight
		}
		e.Status, e.Why = Dropped, why
		return nil
	})
}

func checkWhy(why string) error {
	if n := utf8.RuneCountInString(why); n > broadcast.MaxWhy {
		return &problem.Invalid{Field: "why", Reason: fmt.Sprintf("有%d个字，最多%d个字", n, broadcast.MaxWhy)}
	}
	if phone.In(why) {
		return &problem.Invalid{Field: "why", Reason: phone.Unfit}
	}
	return nil
}

func (s *Service) change(ctx context.Context, by, id, action string, decide func(*Emergency) error) (Emergency, error) {
	e, err := s.Store.Change(ctx, id, func(e *Emergency) (audit.Act, error) {
		if err := decide(e); err != nil {
			return audit.Act{}, err
		}
		e.ChangedAt = s.instant()
		if action == "" {
			return audit.Act{}, nil
		}
		return s.act(by, action, *e), nil
	})
	if err != nil {
		return Emergency{}, fmt.Errorf("%s an emergency: %w", action, err)
	}
	return e, nil
}

func (s *Service) act(by, action string, e Emergency) audit.Act {
	return audit.Act{Actor: audit.Staff(by), Action: "emergency." + action, Subject: e.ID, Detail: fmt.Sprintf("hash=%.12x", e.Hash), At: s.instant()}
}

// instant is now as it is kept: UTC, to the millisecond.
func (s *Service) instant() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
