package broadcast

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/problem"
)

// Series is a broadcast that comes again: every occurrence is a broadcast of its own, unique by (series, due time). It is approved as
// a whole, by somebody who wrote nothing of it; each occurrence is still held when its audience has changed too much.
type Series struct {
	ID       string // "S" and 10 letters and digits
	Version  int64
	Cron     string        // five fields, in the city's zone: "0 9 * * 1" is Mondays at nine
	Until    time.Time     // no occurrence after it
	Expire   time.Duration // how long after its due time an occurrence expires; zero is a day
	Proposal Proposal      // of each occurrence, without SendAt and ExpireAt
	Author   string        // staff id
	Editors  []string      // staff ids of all who wrote in it
	Hash     []byte        // of all that is approved, Size included
	// HashVersion, Nonce, Lists, AnyFew and Accepted are as Broadcast's.
	HashVersion int           `json:",omitzero"`
	Nonce       []byte        `json:",omitzero"`
	Lists       []ListContent `json:",omitzero"`
	AnyFew      bool          `json:",omitzero"`
	Accepted    []string      `json:",omitzero"`
	Size        int           // of the audience when it was written
	Expected    Bill          // of each occurrence, when it was written
	Reviewer    string        `json:",omitzero"` // as Broadcast's
	ReviewedAt  time.Time     `json:",omitzero"`
	Approver    string        // staff id; "" until somebody said yes
	ApprovedAt  time.Time
	Next        time.Time // the first occurrence that is no broadcast yet; zero when there is none
	Stopped     bool
	Rejected    bool   // given back unapproved: Stopped, too
	Why         string // of Stopped, or of what is to be approved again, in Chinese
	// BasisGoneAt is as Broadcast's: while it is set, the series is approved again when the notice comes back.
	BasisGoneAt time.Time `json:",omitzero"`

	CreatedAt time.Time
	UpdatedAt time.Time
	// Revision is as Broadcast's.
	Revision *Revision `json:"-"`
}

const (
	// ahead is how long before its time an occurrence is there to be seen, and cancelled.
	ahead = 24 * time.Hour
	// minGap keeps a series from being a flood.
	minGap = time.Hour
	// looked is how many occurrences are looked at for minGap: a cron line repeats its pattern of a day soon.
	looked = 100
)

// NoEnd is after every time that a broadcast may have.
var NoEnd = time.Date(maxYear, 1, 1, 0, 0, 0, 0, Zone)

// Occurrences are the next times of a cron line after an instant, not after until, at most limit.
func Occurrences(line string, after, until time.Time, limit int) ([]time.Time, error) {
	schedule, err := parseCron(line)
	if err != nil {
		return nil, err
	}
	var times []time.Time
	for at := after.In(Zone); len(times) < limit; {
		at = schedule.Next(at)
		if at.IsZero() || at.After(until) { // zero: never within five years
			break
		}
		times = append(times, at.UTC())
	}
	return times, nil
}

// NewSeries keeps a series that waits for its approval. It refuses with FaultsError what Submit would, and with ErrSeries one too many
// that waits. What is accepted is given as Accepted.
func (s *Service) NewSeries(ctx context.Context, by Official, series Series) (Series, error) {
	series.ID, series.Version = newID("S"), 0
	series.Nonce, series.Author, series.Editors, series.CreatedAt = nonce(), by.ID, nil, s.instant()
	all, err := s.ListSeries(ctx, by, Filter{Author: by.ID})
	if err != nil {
		return Series{}, err
	}
	waiting := slices.DeleteFunc(all, func(other Series) bool { return !other.waits() })
	if len(waiting) >= maxDrafts {
		return Series{}, fmt.Errorf("new a series: %w", ErrSeries)
	}
	return s.writeSeries(ctx, by, series, Drafts)
}

// EditSeries replaces cron, until, expire, proposal and what is accepted of the version that was looked at. Its approval is void; occurrences that are
// broadcasts already stay as they are.
func (s *Service) EditSeries(ctx context.Context, by Official, id string, version int64, edited Series) (Series, error) {
	series, err := s.GetSeries(ctx, by, id)
	if err != nil {
		return Series{}, err
	}
	if series.Version != version {
		return Series{}, fmt.Errorf("edit a series: %w", ErrChanged)
	}
	series.Cron, series.Until, series.Expire, series.Proposal = edited.Cron, edited.Until, edited.Expire, edited.Proposal
	series.Accepted = edited.Accepted
	return s.writeSeries(ctx, by, series, Edits)
}

func (s *Service) writeSeries(ctx context.Context, by Official, series Series, action Step) (Series, error) {
	s, err := s.upToDate(ctx)
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	if series.Proposal.Committee == "" {
		series.Proposal.Committee = by.Committee
	}
	series.Proposal.SendAt, series.Proposal.ExpireAt = time.Time{}, time.Time{}
	series.Until = moment(series.Until)
	if series.Proposal, err = s.resolve(ctx, by, series.Proposal); err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	if err := s.checkSeries(by, series); err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	b := series.occurrence(time.Time{})
	accepted, err := admitted(s.LintSeries(series), series.Accepted)
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	faults, err := s.audienceFaults(ctx, by, b)
	if err == nil {
		err = refused(faults)
	}
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	lists, err := s.Store.ListContents(ctx, b.Audience.Lists())
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	if err := s.maySubmit(ctx, by, b); err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	estimate, err := s.Estimate(ctx, b)
	if err != nil {
		return Series{}, err
	}
	if faults, err = s.nobody(ctx, by, b, estimate); err == nil {
		err = refused(faults)
	}
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	if !slices.Contains(series.Editors, by.ID) {
		series.Editors = append(slices.Clone(series.Editors), by.ID)
	}
	series.Accepted = accepted
	series.Lists, series.Size, series.Expected, series.AnyFew = lists, estimate.Residents, estimate.Bill, estimate.AnyFew()
	as, err := s.readAs(ctx, series.Proposal)
	if err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	series.Reviewer, series.ReviewedAt = "", time.Time{}
	series.Approver, series.Stopped, series.Rejected, series.Why, series.Next, series.BasisGoneAt = "", false, false, "", time.Time{}, time.Time{}
	if series.HashVersion = hashVersion; series.Nonce == nil {
		series.Nonce = nonce()
	}
	series.Hash = series.hash(s.Content(), s.Sign)
	series.Revision = s.revision(by, action, series.canonical(as).lines)
	return s.putSeries(ctx, audit.Staff(by.ID), string(action), series)
}

func (s *Service) checkSeries(by Official, series Series) error {
	if err := s.check(by, series.occurrence(time.Time{})); err != nil {
		return err
	}
	if series.Expire < 0 || series.Expire > maxWait {
		return &problem.Invalid{Field: "expire", Reason: "应在0到72小时之间"}
	}
	times, err := Occurrences(series.Cron, s.instant(), series.Until, looked)
	if err != nil {
		return err
	}
	if len(times) == 0 {
		if never, err := Occurrences(series.Cron, s.instant(), NoEnd, 1); err == nil && len(never) == 0 {
			return cronRefused("这一天五年内都不会到来：请核对日和月，例如2月没有30日")
		}
		return &problem.Invalid{Field: "until", Reason: "在这之前一次也轮不到发送，请把截止时间往后推"}
	}
	for i, at := range times {
		if i > 0 && at.Sub(times[i-1]) < minGap {
			return &problem.Invalid{Field: "cron", Reason: "每小时最多发送一次，请减少次数"}
		}
		if err := refused(s.timeFaults(series.occurrence(at))); err != nil {
			return err
		}
	}
	return nil
}

// GetSeries is the series, or ErrNoBroadcast: also for one beyond the official's committee.
func (s *Service) GetSeries(ctx context.Context, by Official, id string) (Series, error) {
	series, err := s.Store.GetSeries(ctx, id)
	if err == nil && by.Committee != "" && series.Proposal.Committee != by.Committee {
		err = ErrNoBroadcast
	}
	if err != nil {
		return Series{}, fmt.Errorf("find a series: %w", err)
	}
	return series, nil
}

// ListSeries is every series within the official's reach. Of the filter text, author, approver, committee and topic count.
func (s *Service) ListSeries(ctx context.Context, by Official, f Filter) ([]Series, error) {
	f, err := s.coded(ctx, by, f)
	if err != nil {
		return nil, fmt.Errorf("list series: %w", err)
	}
	all, err := s.Store.ListSeries(ctx)
	if err != nil {
		return nil, fmt.Errorf("list series: %w", err)
	}
	fits := func(wanted, is string) bool { return wanted == "" || wanted == is }
	return slices.DeleteFunc(all, func(series Series) bool {
		p := series.Proposal
		return !by.actsFor(p.Committee) || !fits(f.Author, series.Author) || !fits(f.Approver, series.Approver) || !fits(f.Committee, p.Committee) ||
			!fits(f.Topic, p.Topic) || !strings.Contains(words(series.ID)+"\n"+s.wordsOf(series.occurrence(time.Time{})), f.Text)
	}), nil
}

// LintSeries is Lint of every occurrence: what is wrong with the last is, too.
func (s *Service) LintSeries(series Series) []Fault {
	b := series.occurrence(time.Time{})
	return append(s.standing(b), s.reservations(b, series.Until)...)
}

// ApproveSeries lets its occurrences go from now on; ErrExpired when there is none any more. All else as Approve.
func (s *Service) ApproveSeries(ctx context.Context, by Official, id string, hash []byte, accept ...string) (Series, error) {
	series, err := s.GetSeries(ctx, by, id)
	if err != nil {
		return Series{}, err
	}
	if s, err = s.upToDate(ctx); err != nil {
		return Series{}, fmt.Errorf("approve a series: %w", err)
	}
	b := series.occurrence(time.Time{})
	lists, err := s.Store.ListContents(ctx, listIDs(b.Lists))
	if err != nil {
		return Series{}, fmt.Errorf("approve a series: %w", err)
	}
	if err = s.mayApprove(by, b); err == nil {
		err = b.listsChanged(lists)
	}
	next := series.next(s.instant())
	switch {
	case err != nil:
	case !series.waits():
		err = ErrState
	case !s.intactSeries(series):
		err = ErrChanged
	case len(hash) == 0 || !bytes.Equal(hash, series.Hash):
		err = ErrHash
	case next.IsZero():
		err = ErrExpired
	default:
		err = b.acceptedToo(s.LintSeries(series), accept)
	}
	if err != nil {
		return Series{}, fmt.Errorf("approve a series: %w", err)
	}
	series.Revision = s.revision(by, Approves, nil)
	if s.Signatures(b) > 1 && series.Reviewer == "" {
		series.Reviewer, series.ReviewedAt = by.ID, s.instant()
	} else {
		series.Approver, series.ApprovedAt, series.Next, series.Why = by.ID, s.instant(), next, ""
	}
	return s.putSeries(ctx, audit.Staff(by.ID), "approve", series)
}

// RejectSeries gives one that waits for its approval back to its author; why is for them. It waits again once it is edited. ErrState.
func (s *Service) RejectSeries(ctx context.Context, by Official, id, why string) (Series, error) {
	series, err := s.GetSeries(ctx, by, id)
	if err != nil {
		return Series{}, err
	}
	if !series.waits() {
		return Series{}, fmt.Errorf("reject a series: %w", ErrState)
	}
	if series.Why, err = reasonOf(why); err != nil {
		return Series{}, fmt.Errorf("reject a series: %w", err)
	}
	series.Stopped, series.Rejected, series.Reviewer, series.ReviewedAt = true, true, "", time.Time{}
	series.Revision = s.revision(by, Rejects, nil)
	series.Revision.Why = series.Why
	return s.putSeries(ctx, audit.Staff(by.ID), "reject", series)
}

// waits says whether it waits for an approval.
func (series Series) waits() bool { return series.Approver == "" && !series.Stopped }

// StopSeries ends it: nothing comes of it any more, and only an edit and another approval bring it back. Occurrences that are
// broadcasts already go on; cancel them one by one.
func (s *Service) StopSeries(ctx context.Context, by Official, id, why string) (Series, error) {
	series, err := s.GetSeries(ctx, by, id)
	if err != nil {
		return Series{}, err
	}
	if series.Stopped && !series.Rejected && series.BasisGoneAt.IsZero() {
		return series, nil
	}
	if why, err = reasonOf(why); err != nil {
		return Series{}, fmt.Errorf("stop a series: %w", err)
	}
	series.BasisGoneAt = time.Time{} // for good
	return s.stop(ctx, audit.Staff(by.ID), series, why)
}

func (s *Service) stop(ctx context.Context, actor audit.Actor, series Series, why string) (Series, error) {
	series.Stopped, series.Rejected, series.Why, series.Next, series.Approver = true, false, why, time.Time{}, ""
	return s.putSeries(ctx, actor, "stop", series)
}

// Recur makes a scheduled broadcast of every occurrence that is less than a day ahead, and says how many. One that was missed is
// made while it has not expired: it waits for a confirmation when it is overdue. Several processes may run it at once.
func (s *Service) Recur(ctx context.Context) (int, error) {
	all, err := s.Store.ListSeries(ctx)
	if err == nil {
		s, err = s.upToDate(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("list series: %w", err)
	}
	made := 0
	for _, series := range all {
		n, err := s.recur(ctx, series)
		made += n
		if err != nil {
			return made, err
		}
	}
	return made, nil
}

func (s *Service) recur(ctx context.Context, series Series) (made int, err error) {
	now := s.instant()
	horizon := now.Add(ahead)
	if series.Stopped || series.Approver == "" || series.Next.IsZero() || series.Next.After(horizon) || !s.grounded(series.occurrence(time.Time{})) {
		return 0, nil
	}
	if why := s.haltsSeries(series); why != "" {
		if why == changedSince {
			why += "，请修改后重新审批"
		}
		_, err := s.stop(ctx, audit.System("broadcast"), series, why)
		return 0, err
	}
	for !series.Next.IsZero() && !series.Next.After(horizon) {
		b := series.occurrence(series.Next)
		b.ID, b.CreatedAt, b.UpdatedAt = newID("B"), now, now
		b.ApprovedAt, b.ReleasedAt = series.ApprovedAt, series.ApprovedAt
		b.Words = s.wordsOf(b)
		b.HashVersion, b.Hash = hashVersion, b.hash(s.Content(), s.Sign)
		if now.Before(b.Deadline()) {
			created, err := s.Store.Create(ctx, b, s.act(audit.System("broadcast"), "recur", b))
			if err != nil {
				return made, fmt.Errorf("make an occurrence of series %s: %w", series.ID, err)
			}
			if created {
				made++
			}
		}
		series.Next = series.next(series.Next)
	}
	_, err = s.putSeries(ctx, audit.System("broadcast"), "recur", series)
	if errors.Is(err, ErrChanged) { // another process was first
		err = nil
	}
	return made, err
}

// occurrence is the broadcast of a due time, scheduled.
func (series Series) occurrence(due time.Time) Broadcast {
	b := Broadcast{
		Version: 1, Status: Scheduled, Series: series.ID, DueAt: due, Author: series.Author, Editors: series.Editors, Reviewer: series.Reviewer, ReviewedAt: series.ReviewedAt,
		Approver: series.Approver, Nonce: series.Nonce, Lists: series.Lists, AnyFew: series.AnyFew, Accepted: series.Accepted, Size: series.Size, Expected: series.Expected, Round: 1,
	}
	p := series.Proposal
	if !due.IsZero() {
		p.SendAt, p.ExpireAt = due, due.Add(series.expire())
	}
	b.propose(p)
	return b
}

func (series Series) expire() time.Duration {
	if series.Expire == 0 {
		return expireAfter
	}
	return series.Expire
}

// next is the occurrence after an instant; zero when there is none.
func (series Series) next(after time.Time) time.Time {
	times, err := Occurrences(series.Cron, after, series.Until, 1)
	if err != nil || len(times) == 0 {
		return time.Time{}
	}
	return times[0]
}

func (s *Service) putSeries(ctx context.Context, actor audit.Actor, action string, series Series) (Series, error) {
	series.UpdatedAt = s.instant()
	detail := fmt.Sprintf("cron=%s", strings.Join(strings.Fields(series.Cron), "_"))
	if len(series.Hash) > 0 {
		detail += fmt.Sprintf(" hash=%x", series.Hash[:6])
	}
	act := audit.Act{Actor: actor, Action: "series." + action, Subject: series.ID, Detail: detail, At: series.UpdatedAt}
	if err := s.Store.PutSeries(ctx, series, act); err != nil {
		return Series{}, fmt.Errorf("%s a series: %w", action, err)
	}
	series.Version++
	return series, nil
}
