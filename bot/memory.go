package bot

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// memorySessions bounds MemorySessions: beyond it the conversation that was silent longest is forgotten.
const memorySessions = 100_000

// MemorySessions keeps conversations in this process only. Safe for concurrent use.
type MemorySessions struct {
	limit time.Duration
	now   func() time.Time

	mu     sync.Mutex
	byFrom map[string]*list.Element
	recent *list.List // of *session, the latest saved in front
}

type session struct {
	from    string
	state   State
	expires time.Time
}

// NewMemorySessions forgets a conversation limit after its last message.
func NewMemorySessions(limit time.Duration, now func() time.Time) *MemorySessions {
	return &MemorySessions{limit: limit, now: now, byFrom: map[string]*list.Element{}, recent: list.New()}
}

// Load returns the zero State for a conversation that is unknown or over.
func (m *MemorySessions) Load(_ context.Context, from string) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byFrom[from]
	if !ok || !m.now().Before(e.Value.(*session).expires) {
		return State{}, nil
	}
	return e.Value.(*session).state, nil
}

// Save starts the conversation's time limit anew.
func (m *MemorySessions) Save(_ context.Context, from string, s State) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.remove(from)
	m.byFrom[from] = m.recent.PushFront(&session{from, s, now.Add(m.limit)})
	for last := m.recent.Back(); last != nil; last = m.recent.Back() {
		old := last.Value.(*session)
		if m.recent.Len() <= memorySessions && now.Before(old.expires) {
			return nil
		}
		m.remove(old.from)
	}
	return nil
}

// Delete forgets one conversation at once.
func (m *MemorySessions) Delete(_ context.Context, from string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(from)
	return nil
}

func (m *MemorySessions) remove(from string) {
	if e, ok := m.byFrom[from]; ok {
		m.recent.Remove(e)
		delete(m.byFrom, from)
	}
}
