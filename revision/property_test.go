package revision_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towncrier/revision"
	"towncrier/store/storetest"
)

// TestAnySequenceLeavesARevisionThatLoads: whatever officials do in whatever order, what is in force loads without a fault, its export
// imports to the same bytes, and no revision that was ever in force has changed.
func TestAnySequenceLeavesARevisionThatLoads(t *testing.T) {
	folder := townFolder(t)
	// Each makes a database. -rapid.checks takes more, in a run of this test alone.
	if err := flag.Set("rapid.checks", "8"); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		db := storetest.Open(t, filepath.Join(dir, "towncrier.db"), storetest.Sealer(t))
		m := &machine{desk: openOn(t, db, folder), r: r, was: map[int]revision.Digest{}}
		for range rapid.IntRange(5, 25).Draw(r, "steps") {
			m.step()
			m.check(filepath.Join(dir, "export"))
		}
	})
}

// machine is officials who do anything.
type machine struct {
	*desk
	r      *rapid.T
	drafts []string
	was    map[int]revision.Digest
}

var (
	people = []string{"wang", "li", "zhao"}
	// edits are of a file: some good, some faulty on their own, some at all.
	edits = []struct{ path, text string }{
		{"notices/L1.md", ""}, {"notices/W1.md", ""},
		{"contacts.yaml", "- id: office\n  name: 示例镇办公室\n  phone: 0000-1234567\n  for: 其他事\n  source: 示例镇公告栏\n"},
		{"notices/X1.md", "---\nid: X1\nheadline: 示例\nissuer: 示例镇\npublisher: 示例镇公告栏\ndate: 2030-05-01\nyear_inferred: false\narea: 示例镇\nreview_by: 2031-05-01\nstatus: in_force\n---\n\n1. 一句话。\n"},
		{"notices/X1.md", "---\r\nid: X1\r\nheadline: 示例\r\nissuer: 示例镇\r\npublisher: 示例镇公告栏\r\ndate: 2030-05-01\r\nyear_inferred: false\r\narea: 示例镇\r\nreview_by: 2031-05-01\r\nstatus: superseded\r\nsuperseded_by: W1\r\n---\r\n\r\n1. 一句话。\r\n"},
		{"notices/X1.md", "没有开头"},
		{"intents/library.hours.yaml", "id: x"},
		{"matching/fillers.txt", ""},
		{"tables/waterpoints.csv", "name,aliases,spot,opens,source\n东头取水点,,村东,,示例\n"},
		{"tables/waterpoints.csv", "name,aliases,spot,opens,committee,source\n东头取水点,东头,村东口,全天,C01,示例\n西头取水点,,村西,,,示例\n"},
		{"questions/own.jsonl", "{\"q\":\"图书屋几点开门\"}\n"},
	}
)

func (m *machine) step() {
	ctx, who := m.Context(), rapid.SampledFrom(people).Draw(m.r, "who")
	pick := func() string {
		if len(m.drafts) == 0 {
			return "D0"
		}
		return rapid.SampledFrom(m.drafts).Draw(m.r, "draft")
	}
	notices := rapid.SampledFrom([]string{"L1", "W1", "X1", "none"})
	switch rapid.SampledFrom([]string{"issue", "issue", "issue", "draft", "put", "put", "remove", "rebase", "submit", "publish", "publish", "return", "drop", "withdraw", "reinstate", "back", "wait"}).Draw(m.r, "act") {
	case "issue": // the whole way, which single steps rarely find
		e := rapid.SampledFrom(edits).Draw(m.r, "edit")
		d, err := m.Draft(ctx, "wang", "改")
		if err != nil {
			m.r.Fatal(err)
		}
		m.Put(ctx, "wang", d.ID, e.path, []byte(e.text), m.seen(d.ID, e.path))
		if sent, err := m.Submit(ctx, "wang", d.ID, nil); err == nil {
			m.Publish(ctx, "li", d.ID, hexOf(sent.Hash))
		}
	case "draft":
		d, err := m.Draft(ctx, who, "改")
		if err == nil {
			m.drafts = append(m.drafts, d.ID)
		}
	case "put":
		e, id := rapid.SampledFrom(edits).Draw(m.r, "edit"), pick()
		m.Put(ctx, who, id, e.path, []byte(e.text), m.seen(id, e.path))
	case "remove":
		e, id := rapid.SampledFrom(edits).Draw(m.r, "edit"), pick()
		m.Remove(ctx, who, id, e.path, m.seen(id, e.path))
	case "rebase":
		e := rapid.SampledFrom(edits).Draw(m.r, "keep")
		m.Rebase(ctx, who, pick(), revision.Choice{Keep: []string{e.path}})
	case "submit":
		m.Submit(ctx, who, pick(), nil)
	case "publish":
		id := pick()
		if m.Submit(ctx, who, id, nil); rapid.Bool().Draw(m.r, "as shown") {
			if d, err := m.store.Draft(ctx, id); err == nil {
				m.Publish(ctx, rapid.SampledFrom(people).Draw(m.r, "approver"), id, hexOf(d.Hash))
			}
		}
	case "return":
		m.Return(ctx, who, pick(), "再看看")
	case "drop":
		m.Drop(ctx, who, pick())
	case "withdraw":
		m.Withdraw(ctx, who, notices.Draw(m.r, "notice"), rapid.SampledFrom([]string{"", "W1"}).Draw(m.r, "next"))
	case "reinstate":
		m.Reinstate(ctx, who, notices.Draw(m.r, "notice"))
	case "back":
		d, err := m.RollBack(ctx, who, rapid.IntRange(1, 8).Draw(m.r, "to"), []string{"L1", "W1", "X1"})
		if err == nil {
			m.drafts = append(m.drafts, d.ID)
		}
	case "wait":
		m.pass(40 * time.Minute)
	}
}

// seen is the digest of a file as a draft has it.
func (m *machine) seen(id, path string) revision.Digest {
	d, err := m.store.Draft(m.Context(), id)
	if err != nil {
		return ""
	}
	base, err := m.store.Folder(m.Context(), d.Base)
	if err != nil {
		m.r.Fatal(err)
	}
	text, ok := base.With(d.Changes)[path]
	if !ok {
		return ""
	}
	return revision.DigestOf(text)
}

func (m *machine) check(export string) {
	head, f, err := m.Head(m.Context())
	if err != nil {
		m.r.Fatal(err)
	}
	if problems := m.Judge(f.FS()); problems.Faults() > 0 {
		m.r.Fatalf("revision %d: %v", head.Number, problems.OnlyFaults())
	}
	if err := os.RemoveAll(export); err != nil {
		m.r.Fatal(err)
	}
	if err := os.CopyFS(export, f.FS()); err != nil {
		m.r.Fatal(err)
	}
	back, err := revision.Read(os.DirFS(export))
	if err != nil || back.Digest() != f.Digest() {
		m.r.Fatalf("the export is another folder: %v, %v", f.Changes(back), err)
	}
	for number := 1; number <= head.Number; number++ {
		one, err := m.store.Revision(m.Context(), number)
		if err != nil {
			m.r.Fatal(err)
		}
		if was, ok := m.was[number]; ok && was != one.Folder {
			m.r.Fatal(fmt.Sprintf("revision %d is another one by now", number))
		}
		m.was[number] = one.Folder
	}
}
