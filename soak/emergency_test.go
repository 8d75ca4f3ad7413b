package soak

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox/platform"
)

// TestEmergencyFinishesFirst lets an emergency go to everybody while an ordinary broadcast to everybody is under way at a low rate, and
// counts in the order of the platform's record: hardly any of the ordinary texts goes out among those of the emergency, and all do in the end.
func TestEmergencyFinishesFirst(t *testing.T) {
	const residents, rate = 60, 6
	for _, nodes := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d servers", nodes), func(t *testing.T) {
			t.Parallel()
			r := newBriefRun(t, only(broadcast.SMS, residents), nodes, fmt.Sprintf("TOWNCRIER_SMS_RATE=%d", rate))
			s := r.open(t)
			ordinary := release(t, s.front.addr(), s.keys)
			r.until(t, "the ordinary broadcast is under way", time.Minute, func() bool { return len(r.order(t)) > 0 })
			emergency := propose(t, s.front.addr(), s.keys, s.keys.approver, map[string]any{"emergency": true})
			r.until(t, "everybody has both", 3*time.Minute, func() bool { return len(r.order(t)) == 2*residents })

			of := map[string][]int{} // places in the order, by broadcast
			for place, outID := range r.order(t) {
				id, _, _ := strings.Cut(outID, "-")
				of[id] = append(of[id], place)
			}
			if len(of[ordinary]) != residents || len(of[emergency]) != residents {
				t.Fatalf("%d ordinary texts and %d of the emergency, want %d of each", len(of[ordinary]), len(of[emergency]), residents)
			}
			first, last := of[emergency][0], of[emergency][residents-1]
			among := last - first + 1 - residents
			t.Logf("%d ordinary texts before the emergency, %d among its own, %d behind it", first, among, 2*residents-1-last)
			if behind := 2*residents - 1 - last; among > residents/4 || behind == 0 {
				t.Errorf("%d ordinary texts among those of the emergency and %d behind, want at most %d among them", among, behind, residents/4)
			}
		})
	}
}

// order is the ids of the calls that carried the texts that the platform took, a text each, in its order.
func (r *run) order(t *testing.T) (outIDs []string) {
	t.Helper()
	sent, err := r.record.sent()
	if err != nil {
		t.Fatal(err)
	}
	var texts []platform.Entry
	for _, entries := range sent {
		texts = append(texts, entries...)
	}
	slices.SortFunc(texts, func(x, y platform.Entry) int { return cmp.Compare(x.ID, y.ID) })
	for _, e := range texts {
		outIDs = append(outIDs, e.SMS.OutID)
	}
	return outIDs
}
