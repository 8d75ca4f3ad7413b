package broadcast_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towncrier/broadcast"
)

// TestWalk lets officials and time do anything, in any order: what goes on its way is always exactly what somebody approved who wrote
// nothing of it, and nothing changes without leaving its version.
func TestWalk(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	people := []broadcast.Official{author, second, approver, chief}
	inForce := w.lib
	rapid.Check(t, func(t *rapid.T) {
		w.now, w.lib = at(8, 9, 0), inForce
		stopped := false // by a notice that went; until somebody confirms it
		p := proposal()
		b, err := w.service.New(ctx, rapid.SampledFrom(people).Draw(t, "author"), p)
		if err != nil {
			t.Fatal(err)
		}
		wrote := map[string]bool{b.Author: true}
		approved, approver := "", ""
		var seen broadcast.Broadcast // by whoever approves next
		for step := range rapid.IntRange(5, 40).Draw(t, "steps") {
			by := rapid.SampledFrom(people).Draw(t, "by")
			act := rapid.SampledFrom([]string{"edit", "submit", "submit", "look", "approve", "approve", "reject", "schedule", "schedule", "start",
				"start", "whole", "confirm", "confirm", "pause", "resume", "cancel", "later", "finish", "notice", "ground"}).Draw(t, "act")
			before := b
			switch act {
			case "edit":
				edited := p
				edited.Title = fmt.Sprintf("第%d稿", step)
				edited.Emergency = rapid.Bool().Draw(t, "emergency")
				if _, err = w.service.Edit(ctx, by, b.ID, 0, edited); err == nil {
					wrote[by.ID], approved, stopped = true, "", false
				}
			case "submit":
				_, err = w.service.Submit(ctx, by, b.ID)
			case "look":
				seen, err = w.service.Get(ctx, by, b.ID)
			case "approve":
				if _, err = w.service.Approve(ctx, by, b.ID, seen.Hash); err == nil {
					approved, approver = contents(t, seen), by.ID
				}
			case "reject":
				_, err = w.service.Reject(ctx, by, b.ID, "请修改")
			case "schedule":
				_, err = w.service.Schedule(ctx, by, b.ID)
			case "start":
				_, err = w.service.Start(ctx, b.ID)
			case "whole":
				if b.Status == broadcast.Freezing && b.FrozenAt.IsZero() {
					w.frozen(b)
				}
				_, err = w.service.Whole(ctx, b.ID)
			case "confirm":
				if _, err = w.service.Confirm(ctx, by, b.ID); err == nil && (wrote[by.ID] || w.lib != inForce) {
					t.Fatalf("%s confirmed what they wrote, or what rests on nothing", by.ID)
				}
				stopped = stopped && err != nil
			case "pause":
				_, err = w.service.Pause(ctx, by, b.ID, "")
			case "resume":
				_, err = w.service.Resume(ctx, by, b.ID)
			case "cancel":
				if rapid.IntRange(0, 3).Draw(t, "really") == 0 {
					_, err = w.service.Cancel(ctx, by, b.ID, "不发了")
				}
			case "later":
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 180).Draw(t, "minutes")) * time.Minute)
			case "notice": // goes, or comes back
				if w.lib == inForce {
					w.lib = become(inForce, "N1", withdrawn)
				} else {
					w.lib = inForce
				}
			case "ground":
				before := b.Status
				if _, err = w.service.Ground(ctx); err == nil && w.lib != inForce && (before == broadcast.Scheduled || before == broadcast.Freezing || before == broadcast.Sending) {
					stopped = true
				}
			case "finish":
				err = w.service.Finish(ctx, b.ID)
			}
			known := []error{nil, broadcast.ErrState, broadcast.ErrOwn, broadcast.ErrChanged, broadcast.ErrEmergency, broadcast.ErrExpired}
			var faults broadcast.FaultsError
			if !slices.ContainsFunc(known, func(want error) bool { return errors.Is(err, want) }) && !errors.As(err, &faults) {
				t.Fatalf("%s: %v", act, err)
			}
			if b, err = w.store.Get(ctx, b.ID); err != nil {
				t.Fatal(err)
			}
			if b.Status != before.Status && b.Version == before.Version {
				t.Fatalf("%s: %s became %s, still version %d", act, before.Status, b.Status, b.Version)
			}
			if stopped && (b.Status == broadcast.Scheduled || b.Status == broadcast.Freezing || b.Status == broadcast.Sending || b.Status == broadcast.Done) {
				t.Fatalf("%s by %s: its notice went, and nobody confirmed it", b.Status, act)
			}
			switch b.Status {
			case broadcast.Approved, broadcast.Scheduled, broadcast.Held, broadcast.Freezing, broadcast.Sending, broadcast.Paused, broadcast.Done:
				if approved == "" || contents(t, b) != approved || b.Approver != approver || wrote[b.Approver] {
					t.Fatalf("%s by %s: %s\nis not what %s approved: %s", b.Status, act, contents(t, b), approver, approved)
				}
				if b.Emergency && b.Approver != chief.ID {
					t.Fatalf("an emergency approved by %s", b.Approver)
				}
			}
		}
	})
}

func contents(t *rapid.T, b broadcast.Broadcast) string {
	text, err := json.Marshal(b.Proposal())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s size=%d", text, b.Size)
}
