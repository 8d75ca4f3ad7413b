package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/feedback"
	"towncrier/inbox"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/unanswered"
)

const (
	// historyWorkdays is how far back a rehearsal's history goes: three weeks.
	historyWorkdays = 15
	// FewestWithHistory is how many residents it takes at least: fewer are no audience for its broadcasts.
	FewestWithHistory = 100
)

// history is what a new rehearsal of the built-in city has behind it, so that every list has something in it. The services of the domain make
// it before anything serves: with a clock that walks from three weeks ago to now, and platforms that are played here, so that nothing of
// it reaches the sandbox.
type history struct {
	clock  *walkingClock
	now    time.Time // where it ends
	people []syntheticResident
	scenes []scene

	texts     *broadcast.Service
	engine    *broadcast.Engine
	platforms *pastPlatforms
	tickets   *inbox.Inbox
	residents *roster.Roster
	questions *unanswered.Service
	revisions *revision.Service
	feedback  *feedback.Service
}

// scene is what somebody did at a time.
type scene struct {
	at time.Time
	do func(ctx context.Context) error
}

// newHistory is what is to happen. cfg tells of how many residents, and what broadcasts go by.
func newHistory(db *store.DB, folder fs.FS, lib *content.Library, cfg Config, now time.Time) *history {
	h := &history{now: now, people: syntheticResidents(lib, cfg.Residents)}
	h.clock = &walkingClock{at: h.workday(historyWorkdays, "08:30")}
	h.platforms = newPastPlatforms(h.people)
	h.texts = broadcast.NewService(broadcast.Config{
		Store: db.Broadcasts(), Content: func() *content.Library { return lib }, Now: h.clock.now,
		Sign: cfg.SMS.Sign, Price: int64(cfg.SMS.Price), Overdue: cfg.Broadcast.Overdue, Cap: cfg.Broadcast.Cap, Tolerance: float64(cfg.Broadcast.Tolerance) / 100,
	})
	h.engine = broadcast.NewEngine(broadcast.EngineConfig{
		Service: h.texts, Store: db.Broadcasts(), Providers: h.platforms.providers(), Queue: h.platforms, Log: slog.New(slog.DiscardHandler),
	})
	h.tickets = inbox.New(db.Inbox(), h.clock.now)
	h.residents = roster.New(roster.Config{Store: db.Roster(), Tickets: h.tickets, Now: h.clock.now})
	h.questions = unanswered.New(unanswered.Config{Store: db.Unanswered(), Askers: pastAskers{}, KeepFor: cfg.Retention.Questions, Now: h.clock.now})
	h.revisions = revision.NewService(revision.Config{
		Store: db.Content(), Base: func() (revision.Folder, error) { return revision.Read(folder) }, Now: h.clock.now,
	})
	h.feedback = &feedback.Service{Store: db.Feedback(), Now: h.clock.now}
	h.sends()
	h.asks()
	h.writes()
	h.says()
	slices.SortStableFunc(h.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	return h
}

// happen has everything happen, in the order of time.
func (h *history) happen(ctx context.Context) error {
	for _, s := range h.scenes {
		h.clock.to(s.at)
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("make up what happened at %s: %w", s.at.Format(time.DateTime), err)
		}
	}
	return nil
}

// at adds a scene; what would lie ahead happens just now.
func (h *history) at(when time.Time, do func(ctx context.Context) error) {
	if when.After(h.now) {
		when = h.now
	}
	h.scenes = append(h.scenes, scene{when, do})
}

// daysAgo is a time of day in the city, some days before today.
func (h *history) daysAgo(days int, clock string) time.Time {
	at, _ := time.Parse("15:04", clock) // written in this package
	y, m, d := h.now.In(broadcast.Zone).Date()
	return time.Date(y, m, d-days, at.Hour(), at.Minute(), 0, 0, broadcast.Zone)
}

// workday is a time of the nth day of work before today.
func (h *history) workday(n int, clock string) time.Time {
	days := 0
	for n > 0 {
		days++
		if d := h.daysAgo(days, clock).Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return h.daysAgo(days, clock)
}

// walkingClock is the clock of a history.
type walkingClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *walkingClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// to walks on to a time, unless that is over.
func (c *walkingClock) to(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

func (c *walkingClock) pass(d time.Duration) { c.to(c.now().Add(d)) }

// officialOf is a colleague as the domain of broadcasts knows them.
func officialOf(id, committee string) broadcast.Official {
	return broadcast.Official{ID: id, Committee: committee}
}

// nameOf is how a colleague's name is shown.
func nameOf(id string) string {
	i := slices.IndexFunc(colleagues, func(c colleague) bool { return c.id == id })
	return colleagues[i].name
}

// unfinished is there while a history is made: what a cut off one left would be sent, and is of no use.
type unfinished string

func unfinishedIn(data string) unfinished { return unfinished(filepath.Join(data, "unfinished")) }

func (u unfinished) check() error {
	if _, err := os.Stat(string(u)); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return fmt.Errorf("%s: the rehearsal was cut off while its city was made up; delete the folder to begin a new rehearsal", filepath.Dir(string(u)))
}

func (u unfinished) begin() error { return os.WriteFile(string(u), nil, 0o600) }

func (u unfinished) end() error { return os.Remove(string(u)) }
