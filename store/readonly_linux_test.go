package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"towncrier/store"
	"towncrier/store/storetest"
)

// TestOpenInReadOnlyFolder looks at the file system as a user who may not write there: root may everywhere, so when it
// runs the tests, this thread gives that up for a moment.
func TestOpenInReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o555); err != nil {
		t.Fatal(err)
	}
	used := filepath.Join(dir, "used")
	path := filepath.Join(used, "towncrier.db")
	sealer := storetest.Sealer(t)
	db, err := store.Open(t.Context(), path, sealer)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{path: 0o666, used: 0o555, dir: 0o755, filepath.Dir(dir): 0o755} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(empty, "towncrier.db"), "must be writable"},
		{filepath.Join(empty, "new", "towncrier.db"), "make the database's folder"},
		{path, "must be writable"},
	} {
		db, err := store.Open(t.Context(), c.path, sealer)
		if err == nil {
			db.Close()
			t.Errorf("%s: opened", c.path)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
}
