// Package emergencytest is the contract of emergency.Store: every implementation runs it.
package emergencytest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/emergency"
)

var noon = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)

func act(action string) audit.Act {
	return audit.Act{Actor: audit.Staff("wang"), Action: action, At: noon}
}

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() emergency.Store))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() emergency.Store)
	}{
		{"comes back as it was kept", comesBack},
		{"a change that is refused changes nothing", refused},
		{"many processes change one", races},
		{"by status and page", pages},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

func one(id string, status emergency.Status, at time.Time) emergency.Emergency {
	return emergency.Emergency{
		ID: id, Version: 1, Status: status, Template: "water", Title: "停水", Fields: map[string]string{"where": "东街'\""}, Topic: "water",
		Audience: broadcast.Rule{Or: []broadcast.Rule{{Community: "东街"}, {All: true}}},
		Answer:   content.EmergencyAnswer{Title: "停水到几点", Utterances: []string{"停水到几点"}, Words: []string{"停水"}},
		Says:     content.Statement{Headline: "关于东街停水的公告", Passages: []string{"东街停水。"}, Messages: []content.DraftMessage{{Channel: "sms", Template: "t", Data: map[string]string{"a": "b"}}}},
		Hash:     []byte{1, 2, 3}, Author: "wang", DeclaredAt: at, Told: []emergency.Told{{Staff: "li", Event: emergency.Waits, State: emergency.TellSent}},
	}
}

func add(t *testing.T, s emergency.Store, e emergency.Emergency) {
	t.Helper()
	if err := s.Add(t.Context(), e, act("emergency.declare")); err != nil {
		t.Fatal(err)
	}
}

func comesBack(t *testing.T, open func() emergency.Store) {
	e := one("E1", emergency.Submitted, noon)
	add(t, open(), e)
	got, err := open().Get(t.Context(), "E1")
	if err != nil || !reflect.DeepEqual(got, e) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, e)
	}
	if _, err := open().Get(t.Context(), "E2"); !errors.Is(err, emergency.ErrNone) {
		t.Error(err)
	}
	if err := open().Add(t.Context(), e, act("emergency.declare")); err == nil {
		t.Error("an id is taken twice")
	}
}

func refused(t *testing.T, open func() emergency.Store) {
	add(t, open(), one("E1", emergency.Submitted, noon))
	no := errors.New("no")
	_, err := open().Change(t.Context(), "E1", func(e *emergency.Emergency) (audit.Act, error) {
		e.Status = emergency.Out
		return act("emergency.approve"), no
	})
	got, _ := open().Get(t.Context(), "E1")
	if !errors.Is(err, no) || got.Status != emergency.Submitted || got.Version != 1 {
		t.Errorf("%v, %+v", err, got)
	}
	if _, err := open().Change(t.Context(), "E2", nil); !errors.Is(err, emergency.ErrNone) {
		t.Error(err)
	}
}

func races(t *testing.T, open func() emergency.Store) {
	add(t, open(), one("E1", emergency.Submitted, noon))
	const n = 8
	var all sync.WaitGroup
	for i := range n {
		s := open()
		all.Go(func() {
			_, err := s.Change(t.Context(), "E1", func(e *emergency.Emergency) (audit.Act, error) {
				e.Told = append(e.Told, emergency.Told{Staff: fmt.Sprint("zhao", i)})
				return act("emergency.pause"), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := open().Get(t.Context(), "E1"); err != nil || len(got.Told) != n+1 || got.Version != n+1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func pages(t *testing.T, open func() emergency.Store) {
	s := open()
	for i, status := range []emergency.Status{emergency.Submitted, emergency.Out, emergency.Ended, emergency.Submitted} {
		add(t, s, one(fmt.Sprint("E", i), status, noon.Add(time.Duration(i/2)*time.Minute))) // two of a moment
	}
	list := func(statuses []emergency.Status, after string, limit int) (ids string) {
		t.Helper()
		all, err := s.List(t.Context(), statuses, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			ids += e.ID
		}
		return ids
	}
	for _, c := range []struct{ got, want string }{
		{list(nil, "", 9), "E3E2E1E0"}, {list(nil, "", 2), "E3E2"}, {list(nil, "E2", 2), "E1E0"},
		{list([]emergency.Status{emergency.Submitted, emergency.Out}, "", 9), "E3E1E0"}, {list([]emergency.Status{emergency.Submitted}, "E3", 9), "E0"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
