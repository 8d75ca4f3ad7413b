package audittest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
)

// later is when the suite prunes.
var later = noon.Add(800 * 24 * time.Hour)

func pruning(at time.Time) audit.Act { return audit.Act{Actor: audit.System("retention"), At: at} }

func prunes(t *testing.T, log Log) {
	const old = 2500 // several slices
	for i := range old {
		if err := log.Record(t.Context(), act(i)); err != nil {
			t.Fatal(err)
		}
	}
	young := act(0)
	young.At = later.Add(-audit.MinRetention)
	for range 3 {
		if err := log.Record(t.Context(), young); err != nil {
			t.Fatal(err)
		}
	}
	var calls, last, total int64
	_, err := log.Verify(t.Context(), func(done, all int64) { calls, last, total = calls+1, done, all })
	if err != nil || calls < 3 || last != old+3 || total != old+3 {
		t.Errorf("progress: %d calls, %d of %d, %v", calls, last, total, err)
	}
	if n, err := log.Prune(t.Context(), later.Add(time.Millisecond-audit.MinRetention), pruning(later)); !errors.Is(err, audit.ErrRetention) || n != 0 {
		t.Fatalf("younger than a year: %d, %v", n, err)
	}
	for range 2 { // the second finds nothing to do
		if _, err := log.Prune(t.Context(), later.Add(-audit.MinRetention), pruning(later)); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, log, old+3+3) // each slice is recorded
	if got := list(t, log, 0, 10, audit.Filter{}); !slices.Equal(got, []int64{old + 6, old + 5, old + 4, old + 3, old + 2, old + 1}) {
		t.Errorf("left: %v", got)
	}
	if got := list(t, log, 0, 10, audit.Filter{Action: "audit.prune", Actor: audit.System("retention")}); len(got) != 3 {
		t.Errorf("recorded %d slices, want 3", len(got))
	}
	fill(t, log, 2)
	holds(t, log, old+8)
}

func pruneRefuses(t *testing.T, open func() Log, edit func(string)) {
	log := open()
	fill(t, log, 6)
	edit(`UPDATE audit SET detail = '' WHERE seq = 3`)
	n, err := log.Prune(t.Context(), noon.Add(time.Hour), pruning(later))
	if b, ok := errors.AsType[*audit.Broken](err); !ok || b.Seq != 3 || n != 0 {
		t.Errorf("Prune = %d, %v; want entry 3", n, err)
	}
	broken(t, log, 3, audit.Changed)
}
