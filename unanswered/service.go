package unanswered

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
)

// Config is what a Service stands on.
type Config struct {
	Store   Store
	Askers  Askers
	KeepFor time.Duration // at most Keep; 0 for nothing
	Now     func() time.Time
}

// Service keeps unanswered questions, and shows them as work. The caller has checked rights. Safe for concurrent use.
type Service struct{ Config }

// New makes a Service.
func New(c Config) *Service { return &Service{c} }

// compared bounds the groups that a question is compared with, those that were asked last first: 500 take a few milliseconds.
const compared = 500

// Keep keeps a question, and gives what Forget takes; 0 when it is not kept, as when the same person asked before.
func (s *Service) Keep(ctx context.Context, a Asked) (int64, error) {
	heads, err := s.Store.Heads(ctx, compared)
	if err != nil {
		return 0, fmt.Errorf("keep an unanswered question: %w", err)
	}
	q := Question{Day: DayOf(a.At), Topic: a.Topic, Place: a.Place, Text: a.Text}
	first := likest(q, heads)
	q.Group = first.Group
	people := 1
	var unmarked error
	if q.Group != 0 {
		before, n, err := s.Askers.Mark(ctx, first, a.Asker)
		if before {
			return 0, nil
		}
		people, unmarked = max(n, 1), err
	}
	if q, err = s.Store.Add(ctx, q, min(people, MinPeople), maxADay); err != nil || q.ID == 0 {
		return 0, err
	}
	if q.Group != first.Group {
		_, _, unmarked = s.Askers.Mark(ctx, q, a.Asker)
	}
	if unmarked != nil {
		unmarked = fmt.Errorf("an unanswered question is kept, and is not counted as one more person's: %w", unmarked)
	}
	return q.ID, unmarked
}

// Forget takes back what Keep kept.
func (s *Service) Forget(ctx context.Context, id int64) error { return s.Store.Remove(ctx, id) }

// Expire forgets what is older than it may be.
func (s *Service) Expire(ctx context.Context) (int, error) {
	return s.Store.Expire(ctx, DayOf(s.Now())+1-Day(min(s.KeepFor, Keep)/(24*time.Hour)))
}

// Groups are those of a status with most questions, at most limit; those that can only be counted come last.
func (s *Service) Groups(ctx context.Context, status Status, limit int) ([]Group, error) {
	all, err := s.Store.Groups(ctx, status, grown, limit)
	for i := 0; err == nil && i < len(all); i++ {
		err = s.fill(ctx, &all[i])
	}
	slices.SortStableFunc(all, func(a, b Group) int {
		switch {
		case a.NothingLeft == b.NothingLeft:
			return 0
		case a.NothingLeft:
			return 1
		}
		return -1
	})
	return all, err
}

// Group is one group.
func (s *Service) Group(ctx context.Context, id int64) (Group, error) {
	g, err := s.Store.Group(ctx, id, grown)
	if err == nil {
		err = s.fill(ctx, &g)
	}
	return g, err
}

// fill adds what the questions tell.
func (s *Service) fill(ctx context.Context, g *Group) error {
	all, err := s.Store.Questions(ctx, g.ID)
	if err != nil {
		return err
	}
	g.Trend = make([]int, Weeks)
	places := map[string]int{}
	today := DayOf(s.Now())
	g.NothingLeft = len(all) > 0 && all[0].Text == ""
	for _, q := range all {
		if ago := int(max(today-q.Day, 0)) / 7; ago < Weeks {
			g.Trend[Weeks-1-ago]++
		}
		if g.Shown() {
			if q.Text != "" && len(g.Examples) < maxExamples && !slices.Contains(g.Examples, q.Text) {
				g.Examples = append(g.Examples, q.Text)
			}
			places[q.Place]++
		}
	}
	for name, n := range places {
		if name != "" && n >= MinPeople {
			g.Places = append(g.Places, Place{name, n})
		}
	}
	slices.SortFunc(g.Places, func(a, b Place) int { return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name)) })
	return nil
}

// Leave notes that a group needs no answer unless it grows.
func (s *Service) Leave(ctx context.Context, by string, id int64) (Group, error) {
	if err := s.Store.Leave(ctx, id, s.act(by, "question.leave", id)); err != nil {
		return Group{}, err
	}
	return s.Group(ctx, id)
}

// Drafted notes the content draft that answers a group.
func (s *Service) Drafted(ctx context.Context, by string, id int64, draft string) error {
	return s.Store.SetDraft(ctx, id, draft, s.act(by, "question.draft", id))
}

func (s *Service) act(by, action string, id int64) audit.Act {
	return audit.Act{Actor: audit.Staff(by), Action: action, Subject: fmt.Sprintf("Q%d", id), At: s.Now()}
}
