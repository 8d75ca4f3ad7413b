package broadcast

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/content"
	"towncrier/newest"
	"towncrier/roster"
)

// Official is the member of staff who acts, as far as it matters here: the caller has checked their right to the act itself.
type Official struct {
	ID        string // staff id
	Committee string // code, when they may act for that committee only
	Emergency bool   // may approve and release emergencies
	Residents bool   // may read residents: a preview shows who they are
}

// actsFor says whether they may act for a committee, by code; "" is the city.
func (o Official) actsFor(committee string) bool {
	return o.Committee == "" || o.Committee == committee
}

// sees says whether b is theirs to act on.
func (o Official) sees(b Broadcast) bool { return o.actsFor(b.Committee) }

// Config is what a Service stands on. A zero number is its default.
type Config struct {
	Store     BroadcastStore
	Content   func() *content.Library // the city's, as it is now
	Providers map[Channel]Provider    // of the channels that are on; for test sends
	// Resident opens one for a masked preview.
	Resident func(ctx context.Context, id string) (roster.Resident, error)
	// InForce is what everybody is to have as Content and Unprinted, also when this process is a moment behind; nil: it never is.
	InForce func(ctx context.Context) (InForce, error)
	// Meaning is what a code of a channel's provider says; nil knows none.
	Meaning func(c Channel, code string) CodeInfo
	// Unprinted lists what residents would read in a message and no cited passage prints; nil checks nothing.
	Unprinted func(cites []Cite, m Message) []Unprinted
	// Outage is how a channel's provider stands, as this process sees it; nil knows of no outage.
	Outage func(c Channel) Outage
	// Audiences bounds how many different ones an official counts; nil lets everybody count.
	Audiences AudienceLimit
	Now       func() time.Time

	Sign      string        // of texts, without brackets
	Price     int64         // of a part of a text, in 1/1000 yuan; 45
	Tolerance float64       // share by which the frozen audience may differ from the approved one; 0.1
	Overdue   time.Duration // how late a broadcast may begin without a confirmation; 2 h
	Approvals int           // people who approve a broadcast that is no emergency: 1, or 2
	TwoAbove  int           // recipients above which two approve even so; 0 never
	Cap       int           // broadcasts a resident gets within CapPeriod, emergencies not counted; 0 is without limit
	CapPeriod time.Duration // 7 days
}

// Unprinted is a figure, a date or an official name of a message that nothing it rests on prints.
type Unprinted struct {
	Text     string
	Variable string // that says it, "" for the template's own words
}

// Service is a broadcast's life as officials direct it. Every change is audited with it. Safe for concurrent use.
type Service struct {
	Config
	facets    newest.Answers[[]FacetCount]
	audiences newest.Answers[[]Bucket] // for who does not wait for a count
	progress  newest.Answers[Progress]
	rowCounts newest.Answers[rowCounts] // by the tally they belong to
	rowsSoon  newest.Answers[rowCounts] // the last of a broadcast
	since     time.Time                 // when Content came into force; zero when nobody knows
}

// NewService makes a Service.
func NewService(c Config) *Service {
	if c.Price == 0 {
		c.Price = DefaultPrice
	}
	if c.Tolerance == 0 {
		c.Tolerance = 0.1
	}
	if c.Overdue == 0 {
		c.Overdue = 2 * time.Hour
	}
	if c.CapPeriod == 0 {
		c.CapPeriod = 7 * 24 * time.Hour
	}
	return &Service{
		Config:    c,
		facets:    newest.Answers[[]FacetCount]{Takes: countTakes, Old: countKept},
		audiences: newest.Answers[[]Bucket]{Takes: countTakes, Old: countKept},
		progress:  newest.Answers[Progress]{For: progressServes},
		rowCounts: newest.Answers[rowCounts]{For: rowCountsServe, Takes: countTakes},
		rowsSoon:  newest.Answers[rowCounts]{For: time.Nanosecond, Takes: countTakes, Old: countKept},
	}
}

const (
	// countPatience is how long somebody waits for a count who does not want to: what a small city takes, and less than anybody notices.
	countPatience = 120 * time.Millisecond
	// countTakes is longer than a count of a million residents or rows takes on a busy machine.
	countTakes = 15 * time.Minute
	// countKept is for how long an old count is shown, with its time, while a newer one is made.
	countKept = 24 * time.Hour
)

// maxDrafts is how many open drafts one person has at most.
const maxDrafts = 200

// New keeps a draft, with codes for the names that p says. What it lacks is found when it is submitted.
func (s *Service) New(ctx context.Context, by Official, p Proposal) (Broadcast, error) {
	if p.Committee == "" {
		p.Committee = by.Committee
	}
	b := Broadcast{ID: newID("B"), Version: 1, Status: Draft, Nonce: nonce(), Author: by.ID, Editors: []string{by.ID}, Round: 1, CreatedAt: s.instant()}
	b.UpdatedAt = b.CreatedAt
	p, err := s.resolve(ctx, by, p)
	if err != nil {
		return Broadcast{}, fmt.Errorf("keep a draft: %w", err)
	}
	s.propose(&b, p)
	if err := s.check(by, b); err != nil {
		return Broadcast{}, err
	}
	drafts, _, err := s.Store.List(ctx, Filter{Statuses: []Status{Draft}, Author: by.ID}, "", maxDrafts)
	if err == nil && len(drafts) == maxDrafts {
		err = ErrDrafts
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("keep a draft: %w", err)
	}
	as, err := s.readAs(ctx, p)
	if err != nil {
		return Broadcast{}, fmt.Errorf("keep a draft: %w", err)
	}
	b.Revision = s.revision(by, Drafts, b.canonical(as).lines)
	if _, err := s.Store.Create(ctx, b, s.act(audit.Staff(by.ID), "new", b)); err != nil {
		return Broadcast{}, fmt.Errorf("keep a draft: %w", err)
	}
	return b, nil
}

// Copy keeps a draft of what a broadcast says and to whom; a committee's, of what the city sends, is to its own residents. Its times are not
// copied, because they are over by then, nor that it is an emergency, which is said anew each time.
func (s *Service) Copy(ctx context.Context, by Official, id string) (Broadcast, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return Broadcast{}, err
	}
	p := b.Proposal()
	p.SendAt, p.ExpireAt, p.Emergency = time.Time{}, time.Time{}, false
	if !by.sees(b) {
		p.Committee, p.Audience = by.Committee, Rule{Committee: by.Committee}
	}
	return s.New(ctx, by, p)
}

// Get is the broadcast to act on, or ErrNoBroadcast. ErrCitys for one that the official may look at only.
func (s *Service) Get(ctx context.Context, by Official, id string) (Broadcast, error) {
	b, err := s.Find(ctx, by, id)
	if err == nil && !by.sees(b) {
		return Broadcast{}, fmt.Errorf("find a broadcast: %w", ErrCitys)
	}
	return b, err
}

// orCitys is err, or ErrCitys when it says that there is no broadcast to act on, and the official may look at it.
func (s *Service) orCitys(ctx context.Context, by Official, id string, err error) error {
	if errors.Is(err, ErrNoBroadcast) {
		if _, found := s.Find(ctx, by, id); found == nil {
			return ErrCitys
		}
	}
	return err
}

// Edit replaces what was written, of the version that was looked at (0 for whichever it is). Whatever was approved of it is
// void: it is a draft again, and the person who edited it may not approve it either.
func (s *Service) Edit(ctx context.Context, by Official, id string, version int64, p Proposal) (Broadcast, error) {
	if p.Committee == "" {
		p.Committee = by.Committee
	}
	p, err := s.resolve(ctx, by, p)
	if err != nil {
		return Broadcast{}, fmt.Errorf("edit a broadcast: %w", err)
	}
	as, err := s.readAs(ctx, p)
	if err != nil {
		return Broadcast{}, fmt.Errorf("edit a broadcast: %w", err)
	}
	return s.step(ctx, by, id, Edits, "edit", func(b *Broadcast) error {
		if version != 0 && version != b.Version {
			return ErrChanged
		}
		if !b.BegunAt.IsZero() {
			return &StateError{Status: Held, Step: Edits}
		}
		s.propose(b, p)
		why := b.Why
		if b.void(); !b.ReturnedAt.IsZero() { // and waits for its authors, until it is submitted again
			b.Why = why
		}
		b.PutBackBefore = b.PutBackBefore || !b.PutBackAt.IsZero()
		b.PutBackAt = time.Time{} // what was edited is another message
		if !slices.Contains(b.Editors, by.ID) {
			b.Editors = append(slices.Clone(b.Editors), by.ID)
		}
		b.Revision = s.revision(by, Edits, b.canonical(as).lines)
		b.Revision.Replaces = b.Revision.At.Add(-together)
		return s.check(by, *b)
	})
}

// propose puts what was written in the place of what b was.
func (s *Service) propose(b *Broadcast, p Proposal) {
	b.propose(p)
	b.Words = s.wordsOf(*b)
}

// void takes back every yes.
func (b *Broadcast) void() {
	b.Hash, b.HashVersion, b.Lists, b.Size, b.Expected, b.Accepted = nil, 0, nil, 0, Bill{}, nil
	b.Reviewer, b.Approver, b.Confirmer, b.Why = "", "", "", ""
	b.ReviewedAt, b.ApprovedAt, b.ReleasedAt, b.BasisGoneAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
}

// check refuses what cannot even be a draft.
func (s *Service) check(by Official, b Broadcast) error {
	if !by.sees(b) {
		return ErrCommittee
	}
	return b.Proposal().validate()
}

// step takes a step of the life of a broadcast, unless the official does not see it or it stands elsewhere. more may refuse;
// it finds the broadcast in its new status.
func (s *Service) step(ctx context.Context, by Official, id string, step Step, action string, more func(*Broadcast) error) (Broadcast, error) {
	b, err := s.change(ctx, audit.Staff(by.ID), id, action, func(b *Broadcast) error {
		if !by.sees(*b) {
			return ErrNoBroadcast
		}
		if err := b.take(step); err != nil {
			return err
		}
		if more == nil {
			return nil
		}
		return more(b)
	})
	return b, s.orCitys(ctx, by, id, err)
}

// take changes the status, and nothing when the step cannot be taken.
func (b *Broadcast) take(step Step) error {
	to, ok := b.Status.After(step)
	if !ok {
		return &StateError{Status: b.Status, Step: step}
	}
	b.Status = to
	return nil
}

// change lets decide change a broadcast and audits it. Nothing is written when decide left the status and everything else.
func (s *Service) change(ctx context.Context, actor audit.Actor, id, action string, decide func(*Broadcast) error) (Broadcast, error) {
	return s.changeNoting(ctx, actor, id, action, "", decide)
}

// changeNoting is change with a note at the end of the audit entry's detail.
func (s *Service) changeNoting(ctx context.Context, actor audit.Actor, id, action, note string, decide func(*Broadcast) error) (Broadcast, error) {
	changed, err := s.Store.Change(ctx, id, func(b *Broadcast) ([]audit.Act, error) {
		if err := decide(b); err != nil {
			return nil, err
		}
		b.UpdatedAt = s.instant()
		act := s.act(actor, action, *b)
		act.Detail += note
		return []audit.Act{act}, nil
	})
	if err != nil {
		return Broadcast{}, fmt.Errorf("%s a broadcast: %w", action, err)
	}
	return changed, nil
}

// act names the broadcast, and what of it by the beginning of its hash.
func (s *Service) act(actor audit.Actor, action string, b Broadcast) audit.Act {
	detail := "status=" + string(b.Status)
	if b.Hash != nil {
		detail += " hash=" + hex.EncodeToString(b.Hash)[:12]
	}
	if b.Emergency {
		detail += " emergency"
	}
	return audit.Act{Actor: actor, Action: "broadcast." + action, Subject: b.ID, Detail: detail, At: s.instant()}
}

// instant is now as it is kept: UTC, to the millisecond.
func (s *Service) instant() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// newID is a letter and 10 of A-Z and 2-7: 50 random bits, which people can read to each other.
func newID(message string) string { return message + strings.ToUpper(rand.Text()[:10]) }
