package roster

import (
	"context"
	"fmt"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/newest"
	"towncrier/phone"
)

// Tickets are what residents filed: they lose their author when the author leaves.
type Tickets interface {
	Forget(ctx context.Context, openid string) error
}

// Config is what a Roster stands on.
type Config struct {
	Store   Store
	Tickets Tickets
	Alarms  *alarm.Alarms // hears that numbers left; may be nil
	Now     func() time.Time
}

// Roster is where residents are known, changed and let go. Every change is audited with it. Safe for concurrent use.
type Roster struct {
	store   Store
	tickets Tickets
	alarms  *alarm.Alarms
	now     func() time.Time
	counts  newest.Answers[Count]
}

// New makes a Roster.
func New(c Config) *Roster {
	return &Roster{
		store: c.Store, tickets: c.Tickets, alarms: c.Alarms, now: c.Now,
		counts: newest.Answers[Count]{Takes: 15 * time.Minute, Old: 24 * time.Hour},
	}
}

// Me is the resident who follows as openid. ErrNoResident when nothing is kept of them.
func (r *Roster) Me(ctx context.Context, openid string) (Resident, error) {
	return r.find(ctx, Key{OpenID: openid})
}

// Get is the resident with a subject id, or ErrNoResident.
func (r *Roster) Get(ctx context.Context, id string) (Resident, error) {
	return r.find(ctx, Key{ID: id})
}

// FindByPhone is the resident with a number, or ErrNoResident.
func (r *Roster) FindByPhone(ctx context.Context, number phone.Number) (Resident, error) {
	return r.find(ctx, Key{Phone: number})
}

func (r *Roster) find(ctx context.Context, key Key) (Resident, error) {
	found, err := r.store.Find(ctx, key)
	if err != nil {
		return Resident{}, fmt.Errorf("find resident: %w", err)
	}
	return found, nil
}

// MaxList is the most residents that List returns at once.
const MaxList = 1000

// List is in the order of registration, from after a cursor that it gave before, "" for the start; limit 0 means MaxList.
// next is "" at the end.
func (r *Roster) List(ctx context.Context, f Filter, after string, limit int) (residents []Resident, next string, err error) {
	if limit <= 0 || limit > MaxList {
		limit = MaxList
	}
	residents, next, err = r.store.List(ctx, f, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("list residents: %w", err)
	}
	return residents, next, nil
}

// Stats counts the residents of a committee, or all for "".
func (r *Roster) Stats(ctx context.Context, committee string) (Stats, error) {
	stats, err := r.store.Stats(ctx, committee)
	if err != nil {
		return Stats{}, fmt.Errorf("count residents: %w", err)
	}
	return stats, nil
}

// StatsByCommittee counts the residents of each committee that has some, by code; those of none have the code "". With a code it
// counts those of that committee alone.
func (r *Roster) StatsByCommittee(ctx context.Context, committee string) (map[string]Stats, error) {
	all, err := r.store.StatsByCommittee(ctx, committee)
	if err != nil {
		return nil, fmt.Errorf("count residents by committee: %w", err)
	}
	return all, nil
}

// Count counts residents, all together and by committee.
type Count struct {
	Stats
	Of map[string]Stats // by code
}

// countPatience is how long somebody waits for a count who does not want to: what a small city takes, and less than anybody notices.
const countPatience = 120 * time.Millisecond

// CountSoon is Stats and StatsByCommittee for who does not wait: what was counted lately, and whether a newer count is being made, once for all
// who ask. At is zero while there is none.
func (r *Roster) CountSoon(ctx context.Context, committee string) (count newest.Answer[Count], making bool, err error) {
	count, making, err = r.counts.Soon(ctx, countPatience, committee, r.now(), func(ctx context.Context) (c Count, err error) {
		if c.Stats, err = r.store.Stats(ctx, committee); err != nil {
			return c, err
		}
		c.Of, err = r.store.StatsByCommittee(ctx, committee)
		return c, err
	})
	if err != nil {
		err = fmt.Errorf("count residents: %w", err)
	}
	return count, making, err
}

// Suppressed says whether a number is not to be texted, and why.
func (r *Roster) Suppressed(ctx context.Context, number phone.Number) (Suppression, bool, error) {
	why, err := r.store.Suppressed(ctx, number)
	if err != nil {
		return "", false, fmt.Errorf("look for a stop: %w", err)
	}
	return why, why != "", nil
}

func (r *Roster) act(actor audit.Actor, action, subject, detail string) audit.Act {
	return audit.Act{Actor: actor, Action: action, Subject: subject, Detail: detail, At: r.now()}
}

// instant is now as it is kept: UTC, to the millisecond.
func (r *Roster) instant() time.Time { return r.now().UTC().Truncate(time.Millisecond) }
