package bot

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemorySessionsForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemorySessions(30*time.Minute, time.Now)
		save := func() {
			if err := m.Save(t.Context(), "a", State{Version: stateVersion, Topics: []string{"x"}}); err != nil {
				t.Fatal(err)
			}
		}
		topic := func() string {
			s, err := m.Load(t.Context(), "a")
			if err != nil {
				t.Fatal(err)
			}
			return s.topic()
		}
		save()
		time.Sleep(29 * time.Minute)
		if topic() != "x" {
			t.Error("forgotten before its time")
		}
		save()
		time.Sleep(29 * time.Minute)
		if topic() != "x" {
			t.Error("a message does not start the limit anew")
		}
		time.Sleep(time.Minute)
		if topic() != "" {
			t.Error("remembered at its limit")
		}
		save()
		if err := m.Delete(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if topic() != "" {
			t.Error("remembered after Delete")
		}
	})
}

func TestMemorySessionsAreBounded(t *testing.T) {
	now := time.Unix(0, 0)
	m := NewMemorySessions(time.Hour, func() time.Time { return now })
	for i := range memorySessions + 10 {
		if err := m.Save(t.Context(), fmt.Sprint(i), State{Helped: true}); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.byFrom) != memorySessions || m.recent.Len() != memorySessions {
		t.Errorf("%d kept, want %d", len(m.byFrom), memorySessions)
	}
	if s, _ := m.Load(t.Context(), "0"); s.Helped {
		t.Error("the oldest conversation is still there")
	}
	if s, _ := m.Load(t.Context(), fmt.Sprint(memorySessions+9)); !s.Helped {
		t.Error("the newest conversation is gone")
	}
	now = now.Add(2 * time.Hour)
	if err := m.Save(t.Context(), "new", State{}); err != nil {
		t.Fatal(err)
	}
	if len(m.byFrom) != 1 {
		t.Errorf("%d kept after all but one are over, want 1", len(m.byFrom))
	}
}
