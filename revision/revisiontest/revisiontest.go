// Package revisiontest is the contract of revision.Store: every implementation runs it.
package revisiontest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/revision"
)

// noon is when the suite writes.
var noon = time.Date(2026, 11, 13, 4, 0, 0, 0, time.UTC)

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one
// more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() revision.Store))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() revision.Store)
	}{
		{"nothing", nothing},
		{"the first revision keeps what was before it", first},
		{"folders come back byte for byte", bytesComeBack},
		{"revisions by page", pages},
		{"many processes append, one number each", races},
		{"a draft comes back as it was kept", draftComesBack},
		{"drafts by status and page", drafts},
		{"a committee's draft", draftOfCommittee},
		{"an import is one draft while it is open", imports},
		{"upcoming drafts are those that are submitted, and those that are tried", upcoming},
		{"a change that is refused changes nothing", refused},
		{"many processes change a draft", draftRaces},
		{"a draft is published once, as it was looked at", published},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

var town = revision.Folder{"city.yaml": []byte("name: 示例镇\n"), "notices/N1.md": []byte("---\r\nid: N1\r\n"), "matching/fillers.txt": {}}

func with(f revision.Folder, path, text string) revision.Folder {
	next := maps.Clone(f)
	next[path] = []byte(text)
	return next
}

func act() audit.Act { return audit.Act{Actor: audit.Staff("wang"), Action: "content.test", At: noon} }

// add appends a revision of f to those of s.
func add(t *testing.T, s revision.Store, f revision.Folder) revision.Revision {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	step := stepTo(head, f)
	if err := s.Append(t.Context(), step, act()); err != nil {
		t.Fatal(err)
	}
	return step.Revision
}

func stepTo(head revision.Revision, f revision.Folder) revision.Step {
	r := revision.Revision{
		Number: max(head.Number, 1) + 1, Kind: revision.Withdrawn, Folder: f.Digest(), Title: "撤回'\"公告", Notice: "N1", Next: "N2", Back: 7,
		Author: "wang", Approver: "li", At: noon,
	}
	step := revision.Step{After: head.Number, Revision: r, Folder: f}
	if head.Number == 0 {
		step.First = town
	}
	return step
}

func nothing(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	if head, err := s.Head(ctx); err != nil || head != (revision.Revision{}) {
		t.Errorf("%+v, %v", head, err)
	}
	if _, err := s.Revision(ctx, 1); !errors.Is(err, revision.ErrNoRevision) {
		t.Errorf("%v, want ErrNoRevision", err)
	}
	for _, id := range []string{"", "D", "D1", "D01", "1", "D-1", "D99999999999999999999", "x' OR 1=1"} {
		if _, err := s.Draft(ctx, id); !errors.Is(err, revision.ErrNoDraft) {
			t.Errorf("%q: %v, want ErrNoDraft", id, err)
		}
		_, err := s.ChangeDraft(ctx, id, act(), func(*revision.Draft) error { return nil })
		if !errors.Is(err, revision.ErrNoDraft) {
			t.Errorf("%q: %v, want ErrNoDraft", id, err)
		}
	}
	if _, err := s.Folder(ctx, town.Digest()); err == nil {
		t.Error("a folder that nobody kept was read")
	}
}

func first(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	next := with(town, "notices/N1.md", "撤回了")
	made := add(t, s, next)
	if made.Number != 2 {
		t.Fatalf("number %d, want 2", made.Number)
	}
	one, err := open().Revision(ctx, 1)
	if err != nil || one.Kind != revision.Taken || one.Folder != town.Digest() || !one.At.Equal(noon) {
		t.Errorf("%+v, %v", one, err)
	}
	head, err := open().Head(ctx)
	if err != nil || head != made {
		t.Errorf("%+v, want %+v, %v", head, made, err)
	}
}

func bytesComeBack(t *testing.T, open func() revision.Store) {
	s := open()
	f := with(with(town, "tables/一览.csv", "\xef\xbb\xbfname,甲\r\n\x00\xff"), "city.yaml", "name: 另一镇\n")
	add(t, s, f)
	for _, want := range []revision.Folder{town, f} {
		got, err := open().Folder(t.Context(), want.Digest())
		if err != nil || len(got.Changes(want)) > 0 {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func pages(t *testing.T, open func() revision.Store) {
	s := open()
	for i := range 5 {
		add(t, s, with(town, "city.yaml", fmt.Sprint(i)))
	}
	var got []int
	for before := 0; ; {
		page, err := s.Revisions(t.Context(), before, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			got, before = append(got, r.Number), r.Number
		}
		if len(page) < 4 {
			break
		}
	}
	if want := []int{6, 5, 4, 3, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func races(t *testing.T, open func() revision.Store) {
	const processes, each = 4, 5
	var running sync.WaitGroup
	for p := range processes {
		s := open()
		running.Go(func() {
			for n := 0; n < each; {
				head, err := s.Head(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				err = s.Append(t.Context(), stepTo(head, with(town, "city.yaml", fmt.Sprint(p, n))), act())
				switch {
				case err == nil:
					n++
				case !errors.Is(err, revision.ErrMoved):
					t.Error(err)
					return
				}
			}
		})
	}
	running.Wait()
	all, err := open().Revisions(t.Context(), 0, 100)
	if err != nil || len(all) != processes*each+1 {
		t.Fatalf("%d revisions, %v", len(all), err)
	}
	for i, r := range all {
		if r.Number != len(all)-i {
			t.Errorf("revision %d is number %d", len(all)-i, r.Number)
		}
	}
}

// draft keeps a draft that changes one file, adds one and takes one away.
func draft(t *testing.T, s revision.Store, at time.Time) revision.Draft {
	t.Helper()
	d, err := s.AddDraft(t.Context(), revision.Draft{
		Title: "改'\"稿", Status: revision.Open, Base: town.Digest(), Author: "wang", Editors: []string{"wang", "li"}, Back: 3, Reinstate: []string{"N7"},
		Changes: []revision.Change{{Path: "city.yaml", Text: []byte("name: 新镇\r\n")}, {Path: "matching/fillers.txt", Removed: true}, {Path: "notices/N2.md", Text: []byte{}}},
		Version: 1, CreatedAt: at, ChangedAt: at,
	}, town, act())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(a, b revision.Draft) bool {
	return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) && a.CreatedAt.Equal(b.CreatedAt)
}

func draftComesBack(t *testing.T, open func() revision.Store) {
	s := open()
	want := draft(t, s, noon)
	got, err := open().Draft(t.Context(), want.ID)
	if err != nil || !same(got, want) {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
	if f, err := open().Folder(t.Context(), want.Base); err != nil || len(f.Changes(town)) > 0 {
		t.Errorf("its base: %v, %v", f, err)
	}
	changed, err := s.ChangeDraft(t.Context(), want.ID, act(), func(d *revision.Draft) error {
		d.Status, d.Why, d.Hash, d.Accepted, d.Stops = revision.Submitted, "为什么", []byte{1, 2}, []string{"问"}, []string{"B1"}
		d.Changes = []revision.Change{{Path: "city.yaml", Removed: true}, {Path: "notices/N3.md", Text: []byte("三")}}
		return nil
	})
	if err != nil || changed.Version != 2 {
		t.Fatalf("version %d, %v", changed.Version, err)
	}
	if got, err := open().Draft(t.Context(), want.ID); err != nil || !same(got, changed) {
		t.Errorf("%+v, want %+v, %v", got, changed, err)
	}
}

// draftOfCommittee is found by its committee, which has one at a time.
func draftOfCommittee(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	draft(t, s, noon)
	add := func() (revision.Draft, error) {
		return s.AddDraft(ctx, revision.Draft{Title: "填报", Status: revision.Open, Base: town.Digest(), Author: "wang", Editors: []string{"wang"}, Committee: "C01", Version: 1,
			CreatedAt: noon, ChangedAt: noon}, town, act())
	}
	first, err := add()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := add(); !errors.Is(err, revision.ErrMoved) {
		t.Errorf("a second one: %v, want ErrMoved", err)
	}
	for committee, want := range map[string]int{"": 2, "C01": 1, "C02": 0} {
		if got, err := open().Drafts(ctx, nil, committee, "", 9); err != nil || len(got) != want || want == 1 && (got[0].ID != first.ID || got[0].Committee != "C01") {
			t.Errorf("of %q: %+v, %v", committee, got, err)
		}
	}
	if _, err := s.ChangeDraft(ctx, first.ID, act(), func(d *revision.Draft) error { d.Status = revision.Dropped; return nil }); err != nil {
		t.Fatal(err)
	}
	if next, err := add(); err != nil || next.ID == first.ID {
		t.Errorf("after it was dropped: %+v, %v", next, err)
	}
}

func drafts(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	var ids []string
	for i := range 5 {
		ids = append(ids, draft(t, s, noon.Add(time.Duration(i/2)*time.Minute)).ID) // two of one instant
	}
	if _, err := s.ChangeDraft(ctx, ids[1], act(), func(d *revision.Draft) error { d.Status = revision.Dropped; return nil }); err != nil {
		t.Fatal(err)
	}
	read := func(statuses ...revision.Status) (got []string) {
		for after := ""; ; {
			page, err := s.Drafts(ctx, statuses, "", after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page {
				got, after = append(got, d.ID), d.ID
			}
			if len(page) < 2 {
				return got
			}
		}
	}
	for _, c := range []struct {
		statuses []revision.Status
		want     []string
	}{
		{nil, []string{ids[4], ids[3], ids[2], ids[1], ids[0]}},
		{[]revision.Status{revision.Open}, []string{ids[4], ids[3], ids[2], ids[0]}},
		{[]revision.Status{revision.Dropped, revision.Submitted}, []string{ids[1]}},
	} {
		if got := read(c.statuses...); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.statuses, got, c.want)
		}
	}
}

func imports(t *testing.T, open func() revision.Store) {
	add := func(s revision.Store, of string) string {
		d, err := s.AddDraft(t.Context(), revision.Draft{
			Title: "换用新内容", Status: revision.Open, Base: town.Digest(), Author: "wang", Editors: []string{"wang"}, Import: of,
			Changes: []revision.Change{{Path: "city.yaml", Removed: true}}, Version: 1, CreatedAt: noon, ChangedAt: noon,
		}, town, act())
		if err != nil || len(d.Changes) != 1 || d.Import != of {
			t.Errorf("%+v, %v", d, err)
		}
		return d.ID
	}
	var running sync.WaitGroup
	ids := make([]string, 4)
	for i := range ids {
		s := open()
		running.Go(func() { ids[i] = add(s, "wang's") })
	}
	running.Wait()
	if one := slices.Compact(slices.Clone(ids)); len(one) != 1 {
		t.Errorf("one import of several processes is the drafts %v", one)
	}
	s := open()
	become := func(change func(*revision.Draft)) {
		if _, err := s.ChangeDraft(t.Context(), ids[0], act(), func(d *revision.Draft) error { change(d); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	become(func(d *revision.Draft) { d.Status = revision.Submitted })
	if again := add(s, "wang's"); again != ids[0] {
		t.Errorf("submitted, it is another: %s", again)
	}
	become(func(d *revision.Draft) { d.Status = revision.Dropped })
	if again := add(s, "wang's"); again == ids[0] {
		t.Error("a dropped draft came back")
	}
	if a, b, other := add(s, ""), add(s, ""), add(s, "li's"); a == b || other == a || other == b {
		t.Errorf("drafts that are no imports are one: %s %s %s", a, b, other)
	}
}

func upcoming(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	var ids []string
	for i := range 4 {
		ids = append(ids, draft(t, s, noon.Add(time.Duration(i)*time.Minute)).ID)
	}
	for i, status := range []revision.Status{revision.Submitted, revision.Dropped} {
		if _, err := s.ChangeDraft(ctx, ids[i], act(), func(d *revision.Draft) error { d.Status = status; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		if err := s.Tried(ctx, ids[i], noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		since time.Time
		limit int
		want  []string
	}{
		{noon.Add(time.Hour), 10, []string{ids[2], ids[0]}},
		{noon.Add(time.Hour), 1, []string{ids[2]}},
		{noon.Add(time.Hour + time.Millisecond), 10, []string{ids[0]}},
	} {
		all, err := open().Upcoming(ctx, c.since, c.limit)
		var got []string
		for _, d := range all {
			got = append(got, d.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("since %v: %v, want %v, %v", c.since, got, c.want, err)
		}
	}
	if d, err := s.Draft(ctx, ids[2]); err != nil || d.Version != 1 {
		t.Errorf("trying it made version %d, %v", d.Version, err)
	}
}

func refused(t *testing.T, open func() revision.Store) {
	s := open()
	d := draft(t, s, noon)
	no := errors.New("no")
	_, err := s.ChangeDraft(t.Context(), d.ID, act(), func(d *revision.Draft) error {
		d.Status, d.Changes = revision.Dropped, nil
		return no
	})
	if !errors.Is(err, no) {
		t.Errorf("%v", err)
	}
	if got, err := s.Draft(t.Context(), d.ID); err != nil || !same(got, d) {
		t.Errorf("%+v, want %+v, %v", got, d, err)
	}
}

func draftRaces(t *testing.T, open func() revision.Store) {
	d := draft(t, open(), noon)
	const processes, each = 4, 5
	var running sync.WaitGroup
	for range processes {
		s := open()
		running.Go(func() {
			for range each {
				_, err := s.ChangeDraft(t.Context(), d.ID, act(), func(d *revision.Draft) error { d.Back++; return nil })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	got, err := open().Draft(t.Context(), d.ID)
	if err != nil || got.Back != d.Back+processes*each || got.Version != 1+processes*each {
		t.Errorf("back %d, version %d, %v", got.Back, got.Version, err)
	}
}

func published(t *testing.T, open func() revision.Store) {
	s, ctx := open(), t.Context()
	d := draft(t, s, noon)
	next := town.With(d.Changes)
	step := stepTo(revision.Revision{}, next)
	step.Revision.Draft, step.Version = d.ID, d.Version
	if err, want := s.Append(ctx, step, act()), new(revision.StatusError); !errors.As(err, &want) {
		t.Errorf("not submitted: %v, want StatusError", err)
	}
	d, err := s.ChangeDraft(ctx, d.ID, act(), func(d *revision.Draft) error { d.Status = revision.Submitted; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append(ctx, step, act()); !errors.Is(err, revision.ErrHash) {
		t.Errorf("another version: %v, want ErrHash", err)
	}
	if head, err := s.Head(ctx); err != nil || head.Number != 0 {
		t.Fatalf("a refused revision left %+v, %v", head, err)
	}
	step.Version = d.Version
	if err := s.Append(ctx, step, act()); err != nil {
		t.Fatal(err)
	}
	got, err := open().Draft(ctx, d.ID)
	if err != nil || got.Status != revision.Done || got.Revision != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	head, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	again := stepTo(head, next)
	again.Revision.Draft, again.Version = d.ID, got.Version
	if err, want := s.Append(ctx, again, act()), new(revision.StatusError); !errors.As(err, &want) {
		t.Errorf("published again: %v, want StatusError", err)
	}
}
