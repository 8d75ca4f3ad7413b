// Package audittest is the contract of audit.Log: every implementation runs it.
package audittest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
)

// noon is when the suite's first act happens.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// Log is one process's handle on a log under test.
type Log interface {
	audit.Log
	Record(ctx context.Context, act audit.Act) error
}

// Run runs the contract. each calls test, once an implementation, on an empty log of which every call of open is one more
// process's handle; edit runs SQL on its tables, past the log.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() Log, edit func(query string)))) {
	t.Run("entries come back", func(t *testing.T) {
		each(t, func(t *testing.T, open func() Log, _ func(string)) { comeBack(t, open()) })
	})
	t.Run("an edit is found at its place", func(t *testing.T) {
		for _, e := range edits {
			t.Run(e.name, func(t *testing.T) {
				each(t, func(t *testing.T, open func() Log, edit func(string)) { found(t, open(), edit, e) })
			})
		}
	})
	t.Run("what follows a moved head does not hide it", func(t *testing.T) { each(t, movedHead) })
	t.Run("many processes append and verify", func(t *testing.T) {
		each(t, func(t *testing.T, open func() Log, _ func(string)) { concurrent(t, open) })
	})
	t.Run("prune", func(t *testing.T) {
		each(t, func(t *testing.T, open func() Log, _ func(string)) { prunes(t, open()) })
	})
	t.Run("a noted entry proves that the end was not cut off and written anew", func(t *testing.T) { each(t, noted) })
	t.Run("prune refuses what does not hold", func(t *testing.T) { each(t, pruneRefuses) })
}

func act(n int) audit.Act {
	return audit.Act{Actor: audit.Staff("wang"), Action: "resident.change", Subject: fmt.Sprintf("s%d", n), Detail: fmt.Sprintf("n=%d", n),
		At: noon.Add(time.Duration(n) * time.Minute)}
}

// fill records n acts, numbered from 1 as their entries are.
func fill(t *testing.T, log Log, n int) {
	t.Helper()
	for i := range n {
		if err := log.Record(t.Context(), act(i+1)); err != nil {
			t.Fatal(err)
		}
	}
}

func holds(t *testing.T, log Log, seq int64) {
	t.Helper()
	if mark, err := log.Verify(t.Context(), nil); err != nil || mark.Seq != seq || seq > 0 && len(mark.Hash) != 32 {
		t.Fatalf("Verify = %d, %v; want %d", mark.Seq, err, seq)
	}
}

func broken(t *testing.T, log Log, seq int64, what audit.Damage) {
	t.Helper()
	_, err := log.Verify(t.Context(), nil)
	if b, ok := errors.AsType[*audit.Broken](err); !ok || b.Seq != seq || b.What != what {
		t.Errorf("Verify = %v; want entry %d, %s", err, seq, what)
	}
}

func list(t *testing.T, log Log, after int64, limit int, f audit.Filter) (seqs []int64) {
	t.Helper()
	entries, err := log.List(t.Context(), after, limit, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		seqs = append(seqs, e.Seq)
	}
	return seqs
}

func comeBack(t *testing.T, log Log) {
	holds(t, log, 0)
	fill(t, log, 5)
	special := audit.Act{Actor: audit.Local("root"), Action: "staff.add", Subject: "s3", At: noon.Add(time.Hour)}
	if err := log.Record(t.Context(), special); err != nil {
		t.Fatal(err)
	}
	holds(t, log, 6)
	entries, err := log.List(t.Context(), 0, 10, audit.Filter{})
	if err != nil || len(entries) != 6 || entries[0].Act != special || entries[5].Act != act(1) || len(entries[0].Hash) != 32 {
		t.Fatalf("List = %+v, %v", entries, err)
	}
	for name, c := range map[string]struct {
		after int64
		limit int
		f     audit.Filter
		want  []int64
	}{
		"a page":          {0, 2, audit.Filter{}, []int64{6, 5}},
		"the next page":   {5, 2, audit.Filter{}, []int64{4, 3}},
		"behind the last": {1, 2, audit.Filter{}, nil},
		"by actor":        {0, 10, audit.Filter{Actor: audit.Local("root")}, []int64{6}},
		"by action":       {0, 2, audit.Filter{Action: "resident.change"}, []int64{5, 4}},
		"by subject":      {0, 10, audit.Filter{Subject: "s3"}, []int64{6, 3}},
		"by all, after":   {6, 10, audit.Filter{Actor: audit.Staff("wang"), Action: "resident.change", Subject: "s3"}, []int64{3}},
		"from an instant": {0, 10, audit.Filter{From: act(5).At, Actor: act(5).Actor}, []int64{5}},
		"before one":      {0, 10, audit.Filter{Before: act(3).At}, []int64{2, 1}},
		"nobody":          {0, 10, audit.Filter{Actor: "staff:' OR 1=1 --"}, nil},
	} {
		if got := list(t, log, c.after, c.limit, c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// edits are what somebody with the database's password, but without the key, can do to six entries.
var edits = []struct {
	name    string
	queries []string
	seq     int64
	what    audit.Damage
}{
	{"actor", []string{`UPDATE audit SET actor = 'staff:li' WHERE seq = 3`}, 3, audit.Changed},
	{"action", []string{`UPDATE audit SET action = 'resident.erase' WHERE seq = 3`}, 3, audit.Changed},
	{"subject", []string{`UPDATE audit SET subject = 's4' WHERE seq = 3`}, 3, audit.Changed},
	{"detail", []string{`UPDATE audit SET detail = '' WHERE seq = 6`}, 6, audit.Changed},
	{"whence", []string{`UPDATE audit SET origin = 'address=192.0.2.1' WHERE seq = 6`}, 6, audit.Changed},
	{"time", []string{`UPDATE audit SET at = at + 1 WHERE seq = 1`}, 1, audit.Changed},
	{"hash", []string{`UPDATE audit SET hash = (SELECT hash FROM audit a WHERE a.seq = 2) WHERE seq = 4`}, 4, audit.Changed},
	{"text moved between fields", []string{`UPDATE audit SET subject = 's', detail = '3' || detail WHERE seq = 3`}, 3, audit.Changed},
	{"two swapped", []string{`UPDATE audit SET seq = -seq WHERE seq IN (2, 5)`, `UPDATE audit SET seq = 7 + seq WHERE seq < 0`}, 2, audit.Changed},
	{"deleted", []string{`DELETE FROM audit WHERE seq = 3`}, 3, audit.Missing},
	{"the first deleted", []string{`DELETE FROM audit WHERE seq = 1`}, 1, audit.Missing},
	{"deleted and closed up", []string{`DELETE FROM audit WHERE seq = 3`, `UPDATE audit SET seq = -seq WHERE seq > 3`,
		`UPDATE audit SET seq = -seq - 1 WHERE seq < 0`}, 3, audit.Changed},
	{"put in", []string{`UPDATE audit SET seq = -seq WHERE seq >= 3`, `UPDATE audit SET seq = 1 - seq WHERE seq < 0`,
		`INSERT INTO audit SELECT 3, actor, action, 's9', detail, at, hash, origin FROM audit WHERE seq = 2`}, 3, audit.Added},
	{"put in at the end", []string{`INSERT INTO audit SELECT 7, actor, action, 's9', detail, at, hash, origin FROM audit WHERE seq = 6`}, 7, audit.Added},
	{"put in before the first", []string{`INSERT INTO audit SELECT 0, actor, action, 's9', detail, at, hash, origin FROM audit WHERE seq = 1`}, 0, audit.Added},
	{"put in below zero", []string{`INSERT INTO audit SELECT -9, actor, action, 's9', detail, at, hash, origin FROM audit WHERE seq = 1`}, -9, audit.Added},
	{"the tail cut", []string{`DELETE FROM audit WHERE seq >= 5`}, 5, audit.Cut},
	{"everything deleted", []string{`DELETE FROM audit`}, 1, audit.Cut},
	{"the tail cut and the head moved", []string{`DELETE FROM audit WHERE seq >= 5`,
		`UPDATE audit_mark SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4) WHERE name = 'head'`}, 4, audit.Moved},
	{"the head taken out", []string{`DELETE FROM audit_mark WHERE name = 'head'`}, 6, audit.Moved},
	{"the first deleted and the anchor moved", []string{
		`UPDATE audit_mark SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2) WHERE name = 'anchor'`,
		`DELETE FROM audit WHERE seq <= 2`}, 3, audit.Moved},
	{"the head as the anchor", []string{`DELETE FROM audit`, `DELETE FROM audit_mark WHERE name = 'anchor'`,
		`INSERT INTO audit_mark SELECT 'anchor', seq, hash, mac FROM audit_mark`}, 7, audit.Moved},
}

func found(t *testing.T, log Log, edit func(string), e struct {
	name    string
	queries []string
	seq     int64
	what    audit.Damage
}) {
	fill(t, log, 6)
	holds(t, log, 6)
	for _, query := range e.queries {
		edit(query)
	}
	broken(t, log, e.seq, e.what)
}

// movedHead goes on after the tail was cut and the head moved to fit: entries written since must not make it whole.
func movedHead(t *testing.T, open func() Log, edit func(string)) {
	log := open()
	fill(t, log, 6)
	edit(`DELETE FROM audit WHERE seq >= 5`)
	edit(`UPDATE audit_mark SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4) WHERE name = 'head'`)
	fill(t, log, 3)
	broken(t, log, 5, audit.Changed)
	if got := list(t, log, 0, 10, audit.Filter{}); len(got) != 7 {
		t.Errorf("acts went unrecorded: %v", got)
	}
}

func concurrent(t *testing.T, open func() Log) {
	const processes, each = 4, 25
	var all sync.WaitGroup
	for i := range processes {
		log := open()
		all.Go(func() {
			for n := range each {
				if err := log.Record(t.Context(), act(i*each+n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	log := open()
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		default:
		}
		if _, err := log.Verify(t.Context(), nil); err != nil {
			t.Errorf("while others append: %v", err)
			break
		}
	}
	<-done
	holds(t, log, processes*each)
}

// noted has somebody cut the tail off, put the head's old mark back, and go on: the log holds, and the note does not.
func noted(t *testing.T, open func() Log, edit func(string)) {
	log := open()
	fill(t, log, 2)
	edit(`CREATE TABLE kept AS SELECT * FROM audit_mark`)
	early := head(t, log, 2)
	fill(t, log, 1)
	late := head(t, log, 3)
	for _, mark := range []audit.Mark{early, late} {
		if err := log.Holds(t.Context(), mark); err != nil {
			t.Errorf("an untouched log does not hold %d: %v", mark.Seq, err)
		}
	}
	edit(`DELETE FROM audit WHERE seq > 2`)
	edit(`DELETE FROM audit_mark`)
	edit(`INSERT INTO audit_mark SELECT * FROM kept`)
	notHeld := func(mark audit.Mark) {
		t.Helper()
		err := log.Holds(t.Context(), mark)
		if b, ok := errors.AsType[*audit.Broken](err); !ok || b.Seq != mark.Seq || b.What != audit.Other {
			t.Errorf("Holds %d = %v; want that it is not as noted", mark.Seq, err)
		}
	}
	holds(t, log, 2)
	notHeld(late)
	if err := log.Record(t.Context(), act(9)); err != nil {
		t.Fatal(err)
	}
	holds(t, log, 3)
	notHeld(late)
	if err := log.Holds(t.Context(), early); err != nil {
		t.Errorf("what was noted before the cut: %v", err)
	}
	edit(`UPDATE audit_mark SET seq = 9 WHERE name = 'head'`)
	if b, ok := errors.AsType[*audit.Broken](second(log.Head(t.Context()))); !ok || b.What != audit.Moved {
		t.Error("a head that was changed by hand is noted")
	}
}

func second[T any](_ T, err error) error { return err }

func head(t *testing.T, log Log, seq int64) audit.Mark {
	t.Helper()
	mark, err := log.Head(t.Context())
	if err != nil || mark.Seq != seq {
		t.Fatalf("Head = %d, %v; want %d", mark.Seq, err, seq)
	}
	again, err := audit.ParseMark(mark.String())
	if err != nil || again.Seq != mark.Seq || string(again.Hash) != string(mark.Hash) {
		t.Fatalf("ParseMark of %s: %v", mark, err)
	}
	return mark
}
