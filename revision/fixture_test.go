package revision_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/city"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/store"
	"towncrier/store/storetest"
)

// desk is a Service over a real store and the second city's folder.
type desk struct {
	*testing.T
	*revision.Service
	store *store.Content

	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T) *desk {
	return openOn(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)), townFolder(t))
}

func townFolder(t *testing.T) revision.Folder {
	t.Helper()
	f, err := revision.Read(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func openOn(t *testing.T, db *store.DB, folder revision.Folder) *desk {
	d := &desk{T: t, store: db.Content(), now: time.Date(2030, time.May, 7, 1, 0, 0, 0, time.UTC)}
	d.Service = revision.NewService(revision.Config{
		Store: d.store, Base: func() (revision.Folder, error) { return folder, nil }, Now: d.clock,
		Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, d.clock()) },
	})
	return d
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// draft begins a draft of wang's.
func (d *desk) draft(title string) revision.Draft {
	d.Helper()
	made, err := d.Draft(d.Context(), "wang", title)
	if err != nil {
		d.Fatal(err)
	}
	return made
}

// replace changes a file of a draft as by would: by what is in it now.
func (d *desk) replace(by, id, path, old, new string) revision.Draft {
	d.Helper()
	text := string(d.text(id, path))
	if !strings.Contains(text, old) {
		d.Fatalf("%s does not hold %q", path, old)
	}
	changed, err := d.Put(d.Context(), by, id, path, []byte(strings.Replace(text, old, new, 1)), revision.DigestOf([]byte(text)))
	if err != nil {
		d.Fatal(err)
	}
	return changed
}

// text is a file as the draft has it.
func (d *desk) text(id, path string) []byte {
	d.Helper()
	draft, err := d.store.Draft(d.Context(), id)
	if err != nil {
		d.Fatal(err)
	}
	base, err := d.store.Folder(d.Context(), draft.Base)
	if err != nil {
		d.Fatal(err)
	}
	return base.With(draft.Changes)[path]
}

func (d *desk) submit(id string) revision.Draft {
	d.Helper()
	sent, err := d.Submit(d.Context(), "wang", id, nil)
	if err != nil {
		d.Fatal(err)
	}
	return sent
}

// publish has wang submit and li publish.
func (d *desk) publish(id string) revision.Revision {
	d.Helper()
	sent := d.submit(id)
	r, err := d.Publish(d.Context(), "li", id, hexOf(sent.Hash))
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// inForce is the folder that answers now.
func (d *desk) inForce() revision.Folder {
	d.Helper()
	_, f, err := d.Head(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	return f
}
