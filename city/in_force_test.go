package city

import (
	"io/fs"
	"log/slog"
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/content"
)

// TestInForceBeforeItAnswers: what broadcasts rest on is the newest revision, less what the folder withdraws, also while an earlier one answers
// here, or this program does not take it.
func TestInForceBeforeItAnswers(t *testing.T) {
	folder := town(t)
	l, problems := NewLive(folder, func() time.Time { return fresh }, slog.New(slog.DiscardHandler))
	if l == nil {
		t.Fatal(problems)
	}
	inForce := func(published ...fs.FS) map[string]*content.Notice {
		t.Helper()
		c, _, err := l.InForce(t.Context(), &shelf{published: published})
		if err != nil {
			t.Fatal(err)
		}
		return c.Library.Notices
	}
	first, next := maps.Clone(folder), maps.Clone(folder)
	edit(t, next, "notices/L1.md", "status: in_force", "status: withdrawn")
	if now := inForce(); now["L1"].Status != content.InForce {
		t.Errorf("the folder: %s", now["L1"].Status)
	}
	if now := inForce(first, next); now["L1"].Status != content.Withdrawn || now["W1"].Status != content.InForce {
		t.Errorf("a newer revision: %s, %s", now["L1"].Status, now["W1"].Status)
	}
	later := fstest.MapFS{"notices/W1.md": {Data: []byte("---\nstatus: withdrawn\n---\nof a later program")}}
	if now := inForce(first, later); now["W1"].Status != content.Withdrawn || now["L1"].Status != content.InForce {
		t.Errorf("one that this program does not take: %s, %s", now["W1"].Status, now["L1"].Status)
	}
	edit(t, folder, "notices/W1.md", "status: in_force", "status: withdrawn")
	if now := inForce(first, next, first); now["W1"].Status != content.Withdrawn || now["L1"].Status != content.InForce {
		t.Errorf("less what the folder withdraws: %s, %s", now["W1"].Status, now["L1"].Status)
	}
}
