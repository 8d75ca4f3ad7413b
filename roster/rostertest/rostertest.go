// Package rostertest is the contract of roster.Choices: every implementation runs it.
package rostertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"towncrier/roster"
)

// Choices runs the contract on an empty store of which every call of open is one more process's handle.
func Choices(t *testing.T, open func() roster.Choices) {
	at := time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)
	s, other := open(), open()
	expect := func(from string, wants, known bool) {
		t.Helper()
		gotWants, gotKnown, err := other.Wants(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		if gotWants != wants || gotKnown != known {
			t.Fatalf("wants %v, known %v; want %v, %v", gotWants, gotKnown, wants, known)
		}
	}
	set := func(from string, wants bool, at time.Time) {
		t.Helper()
		if err := s.Set(t.Context(), from, wants, at); err != nil {
			t.Fatal(err)
		}
	}
	expect("o-1", false, false)
	set("o-1", true, at)
	expect("o-1", true, true)
	set("o-1", false, at) // in the same millisecond: what was recorded last counts
	expect("o-1", false, true)
	expect("o-2", false, false)
	set("o-2", true, at)
	if err := s.Forget(t.Context(), "o-1"); err != nil {
		t.Fatal(err)
	}
	expect("o-1", false, false)
	expect("o-2", true, true)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Set(ctx, "o-2", false, at); !errors.Is(err, context.Canceled) {
		t.Errorf("Set with a cancelled context: %v", err)
	}
	if _, _, err := s.Wants(ctx, "o-2"); !errors.Is(err, context.Canceled) {
		t.Errorf("Wants with a cancelled context: %v", err)
	}
	if err := s.Forget(ctx, "o-2"); !errors.Is(err, context.Canceled) {
		t.Errorf("Forget with a cancelled context: %v", err)
	}
	expect("o-2", true, true)
}
