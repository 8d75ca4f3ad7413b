package inbox

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"towncrier/audit"
)

const (
	// lookThrough bounds how many tickets one Find opens to look for a text, which is sealed at rest: no index helps. So many take
	// some tens of milliseconds.
	lookThrough = 2000
	findSlice   = 200
)

// Find is a page of List, of at most f.Limit tickets, and the cursor of the next, "" at the end. With a text it has the tickets that
// hold it, whatever the case of its letters: in what the resident wrote, in the place, or in the answer. It looks through lookThrough
// tickets at the most: a page may hold few, or none, and still have a next one. ErrCursor.
func (b *Inbox) Find(ctx context.Context, f Filter, text string) (found []Ticket, next string, err error) {
	if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
		return b.page(ctx, f)
	}
	limit := cmp.Or(f.Limit, findSlice)
	for looked := 0; looked < lookThrough; {
		f.Limit = findSlice
		slice, next, err := b.page(ctx, f)
		if err != nil {
			return nil, "", err
		}
		for _, t := range slice {
			looked++
			f.After = t.Number
			if !t.holds(text) {
				continue
			}
			if found = append(found, t); len(found) == limit {
				return found, f.After, nil
			}
		}
		if next == "" {
			return found, "", nil
		}
	}
	return found, f.After, nil
}

// page is List with the cursor of the next page.
func (b *Inbox) page(ctx context.Context, f Filter) (found []Ticket, next string, err error) {
	limit := cmp.Or(f.Limit, findSlice)
	f.Limit = limit + 1
	found, err = b.store.List(ctx, f)
	if err != nil {
		return nil, "", fmt.Errorf("find tickets: %w", err)
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].Number
	}
	return found, next, nil
}

func (t Ticket) holds(text string) bool {
	for _, part := range []string{t.Text, t.Where, t.Answer} {
		if strings.Contains(strings.ToLower(part), text) {
			return true
		}
	}
	return false
}

// DueOn narrows f to what is overdue, or due today.
func (b *Inbox) DueOn(f Filter, due Due) Filter {
	today, tomorrow := dayOf(b.now())
	switch due {
	case Overdue:
		f.DueBefore = today
	case DueToday:
		f.DueFrom, f.DueBefore = today, tomorrow
	}
	return f
}

// Counts counts the tickets that are kept, by status, and the open ones by kind and due date.
func (b *Inbox) Counts(ctx context.Context) (Counts, error) {
	today, tomorrow := dayOf(b.now())
	return b.store.Counts(ctx, today, tomorrow)
}

// Proposed lists answers that somebody other than actor proposed, and that wait for a second person, the oldest first.
func (b *Inbox) Proposed(ctx context.Context, actor audit.Actor, limit int) ([]Proposed, error) {
	return b.store.Proposed(ctx, actor, limit)
}

// dayOf is the beginning of an instant's civil day in China, and of the next.
func dayOf(at time.Time) (today, tomorrow time.Time) {
	y, m, d := at.In(chinaTime).Date()
	today = time.Date(y, m, d, 0, 0, 0, 0, chinaTime)
	return today, today.AddDate(0, 0, 1)
}
