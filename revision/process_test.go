package revision_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"towncrier/city"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// A test binary that finds these in its environment publishes, withdraws and brings back until it is killed.
const (
	childDatabase = "TOWNCRIER_TEST_DATABASE"
	childKey      = "TOWNCRIER_TEST_KEY"
)

func TestMain(m *testing.M) {
	if setting := os.Getenv(childDatabase); setting != "" {
		fmt.Fprintln(os.Stderr, publishForEver(context.Background(), setting))
		os.Exit(1)
	}
	os.Exit(storetest.Run(m))
}

// publishForEver prints the number of each revision once it is kept.
func publishForEver(ctx context.Context, setting string) error {
	key, err := base64.StdEncoding.DecodeString(os.Getenv(childKey))
	if err != nil {
		return err
	}
	sealer, err := seal.New(key)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, setting, sealer)
	if err != nil {
		return err
	}
	s := revision.NewService(revision.Config{
		Store: db.Content(), Now: time.Now, Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, time.Now()) },
		Base: func() (revision.Folder, error) { return revision.Read(os.DirFS("../testdata/littletown")) },
	})
	for n := 0; ; n++ {
		for _, act := range []func() (revision.Revision, error){
			func() (revision.Revision, error) { return publishBoth(ctx, s, n) },
			func() (revision.Revision, error) { return s.Withdraw(ctx, "zhao", "W1", "") },
			func() (revision.Revision, error) { return s.Reinstate(ctx, "li", "W1") },
		} {
			r, err := act()
			switch err {
			case nil:
				fmt.Println(r.Number)
			case revision.ErrIsWithdrawn, revision.ErrNotWithdrawn: // the one before was killed in between
			default:
				return err
			}
		}
	}
}

// publishBoth changes what a notice says and what an answer quotes of it, which must change together.
func publishBoth(ctx context.Context, s *revision.Service, n int) (revision.Revision, error) {
	_, now, err := s.Head(ctx)
	if err != nil {
		return revision.Revision{}, err
	}
	d, err := s.Draft(ctx, "wang", fmt.Sprint("改", n))
	for _, path := range []string{library, hours} {
		if err == nil {
			swap := strings.NewReplacer("1200册", "1300册", "1300册", "1200册")
			d, err = s.Put(ctx, "wang", d.ID, path, []byte(swap.Replace(string(now[path]))), revision.DigestOf(now[path]))
		}
	}
	if err == nil {
		d, err = s.Submit(ctx, "wang", d.ID, nil)
	}
	if err != nil {
		return revision.Revision{}, err
	}
	return s.Publish(ctx, "li", d.ID, hexOf(d.Hash))
}

// TestKilledInTheMiddle kills processes at any moment of publishing and withdrawing: every revision that was said to be kept is, none is half,
// and a draft is published exactly when its revision is there.
func TestKilledInTheMiddle(t *testing.T) {
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			setting, key := fresh(t), seal.NewKey()
			sealer, err := seal.New(key)
			if err != nil {
				t.Fatal(err)
			}
			db := storetest.Open(t, setting, sealer)
			d := openOn(t, db, townFolder(t))
			said := 0
			for kill := range 5 {
				child := exec.CommandContext(t.Context(), os.Args[0])
				child.Env = append(os.Environ(), childDatabase+"="+setting, childKey+"="+base64.StdEncoding.EncodeToString(key))
				child.Stderr = t.Output()
				out, err := child.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewScanner(out)
				for n := 0; lines.Scan(); n++ {
					fmt.Sscan(lines.Text(), &said)
					if n == 3 {
						time.Sleep(time.Duration(7*kill) * time.Millisecond) // somewhere in the next act
						child.Process.Kill()
					}
				}
				child.Wait()
				d.whole(said)
			}
		})
	}
}

// whole says that the database holds revisions as they were published, a number said among them.
func (d *desk) whole(said int) {
	d.Helper()
	ctx := d.Context()
	all, err := d.store.Revisions(ctx, 0, 1000)
	if err != nil || len(all) < said || said == 0 {
		d.Fatalf("%d revisions, %d was said: %v", len(all), said, err)
	}
	drafts := map[string]int{}
	for i, r := range all {
		if r.Number != len(all)-i {
			d.Fatalf("revision %d is in the place of %d", r.Number, len(all)-i)
		}
		f, err := d.store.Folder(ctx, r.Folder) // it is what its digest says, or an error
		if err != nil {
			d.Fatalf("revision %d: %v", r.Number, err)
		}
		if strings.Contains(string(f[library]), "1200册") != strings.Contains(string(f[hours]), "1200册") {
			d.Fatalf("revision %d is half", r.Number)
		}
		if r.Draft != "" {
			drafts[r.Draft] = r.Number
		}
	}
	kept, err := d.store.Drafts(ctx, nil, "", "", 1000)
	if err != nil {
		d.Fatal(err)
	}
	for _, draft := range kept {
		if (draft.Status == revision.Done) != (drafts[draft.ID] > 0) || draft.Revision != drafts[draft.ID] {
			d.Fatalf("draft %s is %s as revision %d, and revision %d is of it", draft.ID, draft.Status, draft.Revision, drafts[draft.ID])
		}
	}
	if problems := city.Check(d.inForce().FS(), d.clock()); problems.Faults() > 0 {
		d.Fatal(problems)
	}
}

// TestContentInForce is read beside a server, by whoever has no key.
func TestContentInForce(t *testing.T) {
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			setting := fresh(t)
			is := func(number int, folder revision.Folder) {
				t.Helper()
				r, f, err := store.ContentInForce(t.Context(), setting)
				if err != nil || r.Number != number || f.Digest() != folder.Digest() {
					t.Errorf("revision %d, %v, want %d", r.Number, err, number)
				}
			}
			is(0, nil)
			d := openOn(t, storetest.Open(t, setting, storetest.Sealer(t)), townFolder(t))
			is(0, nil)
			if _, err := d.Withdraw(t.Context(), "zhao", "W1", ""); err != nil {
				t.Fatal(err)
			}
			is(2, d.inForce())
		})
	}
}
