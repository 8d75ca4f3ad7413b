package broadcast_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
)

// TestStoppedIsWhatStops: what a change of the content is said to stop is what stops once it is in force, for the reason that is given then.
func TestStoppedIsWhatStops(t *testing.T) {
	for name, change := range map[string]func(*content.Notice){
		"withdrawn":  withdrawn,
		"superseded": func(n *content.Notice) { n.Status, n.SupersededBy = content.Superseded, "N2" },
		"gone":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := newCityFixture(t)
			ctx := t.Context()
			all, series := w.everywhere(), w.series(author, "0 9 * * *")
			before, after := w.lib, become(w.lib, "N1", change)
			said, err := w.service.Stopped(ctx, before, after)
			if err != nil || len(said.Broadcasts) != len(all) || len(said.IDs()) != len(all) || !slices.Contains(said.IDs(), series.ID) || slices.Contains(said.IDs(), all["draft"].ID) {
				t.Fatalf("%+v, %v", said, err)
			}
			w.lib = after
			w.ground(broadcast.Grounded{Stopped: len(said.IDs())})
			for _, b := range said.Broadcasts {
				if now := w.ok(w.store.Get(ctx, b.ID)); now.Status == broadcast.Held && !strings.HasPrefix(now.Why, b.Why) {
					t.Errorf("%s was said to stop since %s, and did since %s", b.ID, b.Why, now.Why)
				}
			}
			if again, err := w.service.Stopped(ctx, after, become(after, "N2", nil)); err != nil || len(again.IDs()) > 0 {
				t.Errorf("what is stopped already: %+v, %v", again, err)
			}
		})
	}
}

// TestStoppedByAnotherText: what was approved and has not begun stops, too, when a passage that it cites, or its template, reads otherwise.
func TestStoppedByAnotherText(t *testing.T) {
	w := newCityFixture(t)
	all, series := w.everywhere(), w.series(author, "0 9 * * *")
	before := w.lib
	reads := become(before, "N1", func(n *content.Notice) {
		n.Passages = slices.Clone(n.Passages)
		for i := range n.Passages {
			n.Passages[i].Text += "（改）"
		}
	})
	other := &content.Library{City: before.City, Notices: before.Notices, Templates: maps.Clone(before.Templates)}
	for id, template := range other.Templates {
		changed := *template
		changed.Code += "9"
		other.Templates[id] = &changed
	}
	for _, after := range []*content.Library{reads, other} {
		said, err := w.service.Stopped(t.Context(), before, after)
		want := []string{all["submitted"].ID, all["approved"].ID, all["scheduled"].ID, all["unbegun"].ID, series.ID}
		if got := said.IDs(); err != nil || len(got) != len(want) || slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(got, id) }) {
			t.Errorf("%v, want %v, %v", got, want, err)
		}
	}
	w.lib, w.now = reads, w.now.Add(2*time.Hour)
	if b := w.ok(w.service.Start(t.Context(), all["scheduled"].ID)); b.Status != broadcast.Held || !strings.HasPrefix(b.Why, "模板、短信签名或所引公告的原文在批准之后改动过") {
		t.Errorf("%s: %s", b.Status, b.Why)
	}
}
