package broadcast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"towncrier/lookup"
	"towncrier/problem"
	"towncrier/roster"
)

// Filter narrows List. Its zero value is every broadcast.
type Filter struct {
	Statuses  []Status // one of them; any when there is none
	Text      string   // in its title, in what residents read, or its id
	From      time.Time
	To        time.Time // Date is not before From, and before To
	Author    string    // staff id
	Approver  string    // staff id
	Committee string    // code or name of the committee that sends it
	Topic     string    // id or name
	Series    string

	FoundBy string   // code: that committee's, and the city's whose recipients were its residents, or that is among Coming
	Coming  []string // ids of the city's broadcasts that will go to residents of FoundBy
	Unsent  bool     // only what has deliveries that are pending or planned
}

// Date is by which day b is found: when it began to be sent; before that, when it is to be, or was to be; and without a time of its own, when
// it was last changed.
func (b Broadcast) Date() time.Time { return cmp.Or(b.BegunAt, b.SendAt, b.UpdatedAt) }

// WordsOf is what b is found by: its id, its title, and what residents read on each channel. Where that is not known it is what was filled in.
func (b Broadcast) WordsOf(texts map[Channel]string) string {
	said := []string{b.ID, b.Title}
	for _, m := range b.Messages {
		if text, ok := texts[m.Channel]; ok {
			said = append(said, text)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(m.Data)) {
			said = append(said, m.Data[name])
		}
	}
	return words(said...)
}

// wordsOf are those of b by the templates as they are now.
func (s *Service) wordsOf(b Broadcast) string { return b.WordsOf(s.Texts(b)) }

// words is how texts are compared: without spaces, letters small and half-width, one a line.
func words(texts ...string) string {
	lines := make([]string, len(texts))
	for i, text := range texts {
		lines[i] = strings.ToLower(lookup.Plain(text))
	}
	return strings.Join(lines, "\n")
}

// MaxList is the most broadcasts that List returns at once.
const MaxList = 200

// List is what the official finds, newest first, from after a cursor that it gave before, "" for the start; limit 0 means MaxList.
func (s *Service) List(ctx context.Context, by Official, f Filter, after string, limit int) (found []Broadcast, next string, err error) {
	if limit <= 0 || limit > MaxList {
		limit = MaxList
	}
	if f, err = s.narrow(ctx, by, f); err == nil {
		found, next, err = s.Store.List(ctx, f, after, limit)
	}
	if err != nil {
		return nil, "", fmt.Errorf("list broadcasts: %w", err)
	}
	return found, next, nil
}

// CountByStatus counts what List would find of every status.
func (s *Service) CountByStatus(ctx context.Context, by Official, f Filter) (counts map[Status]int, err error) {
	if f, err = s.narrow(ctx, by, f); err == nil {
		counts, err = s.Store.CountByStatus(ctx, f)
	}
	if err != nil {
		return nil, fmt.Errorf("count broadcasts: %w", err)
	}
	return counts, nil
}

// narrow is f as the store reads it: with codes for names, and within what the official finds.
func (s *Service) narrow(ctx context.Context, by Official, f Filter) (Filter, error) {
	f, err := s.coded(ctx, by, f)
	if err != nil || by.Committee == "" {
		return f, err
	}
	f.FoundBy = by.Committee
	all, err := s.Store.Coming(ctx)
	for _, b := range all {
		reaches, err := s.willReach(ctx, b, by.Committee)
		if err != nil {
			return f, err
		}
		if reaches {
			f.Coming = append(f.Coming, b.ID)
		}
	}
	return f, err
}

// coded is f with codes for the names of its committee and topic, and its text as Words has it.
func (s *Service) coded(ctx context.Context, by Official, f Filter) (Filter, error) {
	f.Text = words(f.Text)
	topic, whyTopic := TopicNames(s.Content().City).Find(f.Topic)
	committee, whyCommittee := f.Committee, ""
	if committee != "" {
		all, err := s.Store.Committees(ctx)
		if err != nil {
			return f, err
		}
		d := CommitteeNames(all)
		if by.Committee != "" { // whether there is another is not told
			d = CommitteeNames(slices.DeleteFunc(all, func(c roster.Committee) bool { return c.Code != by.Committee })).Open()
		}
		committee, whyCommittee = d.Find(committee)
	}
	var faults []error
	for field, why := range map[string]string{"topic": whyTopic, "committee": whyCommittee} {
		if why != "" {
			faults = append(faults, &problem.Invalid{Field: field, Reason: why})
		}
	}
	f.Topic, f.Committee = topic, committee
	return f, errors.Join(faults...)
}

// coming are where a broadcast is to begin, or has begun, of which the audience is not whole.
var coming = []Status{Scheduled, Held, Freezing, Paused}

// Find is the broadcast, to be looked at only, or ErrNoBroadcast. A committee finds its own, and what the city sends to its residents: from
// when it is scheduled, so that it can prepare.
func (s *Service) Find(ctx context.Context, by Official, id string) (Broadcast, error) {
	b, err := s.Store.Get(ctx, id)
	if err == nil {
		err = s.mayFind(ctx, by, b)
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("find a broadcast: %w", err)
	}
	return b, nil
}

func (s *Service) mayFind(ctx context.Context, by Official, b Broadcast) error {
	if by.sees(b) {
		return nil
	}
	if b.Committee != "" {
		return ErrNoBroadcast
	}
	finds, err := s.Store.HasRecipients(ctx, b.ID, by.Committee)
	if err == nil && !finds && b.FrozenAt.IsZero() && slices.Contains(coming, b.Status) {
		finds, err = s.willReach(ctx, b, by.Committee)
	}
	if err == nil && !finds {
		err = ErrNoBroadcast
	}
	return err
}

// willReach says whether b, whose audience is not whole, is for any of a committee's residents today.
func (s *Service) willReach(ctx context.Context, b Broadcast, committee string) (bool, error) {
	return s.Store.Reaches(ctx, Scope{Rule: b.Audience, Committee: committee})
}
