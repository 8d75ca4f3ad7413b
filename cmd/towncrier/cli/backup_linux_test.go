package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a file system with room for so much.
func smallDisk(t *testing.T, bytes int64) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestBackupOntoAFullDisk fails at the copy, at the tar and at its check: it leaves nothing behind.
func TestBackupOntoAFullDisk(t *testing.T) {
	s := newShelf(t)
	file := databaseSize(t, s)
	for name, size := range map[string]int64{"the copy": file / 2, "the tar": file * 3 / 2, "its check": 2*file + 20<<10} {
		disk := smallDisk(t, size)
		saysFull(t, s.env, "backup", filepath.Join(disk, "backup.tar"))
		if left := folder(t, disk); len(left) > 0 {
			t.Errorf("%s: left behind: %q", name, left)
		}
	}
	ok(t, s.env, "backup", filepath.Join(smallDisk(t, 4*file), "backup.tar"))
}

// saysFull runs a command that must fail because there is no room.
func saysFull(t *testing.T, env []string, args ...string) {
	t.Helper()
	code, out, errs := command(t, env, "", args...)
	if code != 1 || !strings.Contains(errs, "no space left on device") && !strings.Contains(errs, "is full: make room for") {
		t.Errorf("%q: exit %d\n%s%s", args, code, out, errs)
	}
}

func databaseSize(t *testing.T, s shelf) int64 {
	t.Helper()
	info, err := os.Stat(s.cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestRestoreOntoAFullDisk leaves the database as it was.
func TestRestoreOntoAFullDisk(t *testing.T) {
	s := newShelf(t)
	disk := smallDisk(t, 2*databaseSize(t, s)+100<<10)
	data := filepath.Join(disk, "data")
	if err := os.CopyFS(data, os.DirFS(s.cfg.Data)); err != nil {
		t.Fatal(err)
	}
	filler, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer filler.Close()
	full := s
	full.cfg.Data, full.cfg.Database, full.env = data, filepath.Join(data, "towncrier.db"), s.with("TOWNCRIER_DATA="+data)
	for _, more := range []int{60, 60, 200, 200} { // kB: ever less room
		if _, err := filler.Write(make([]byte, more<<10)); err != nil {
			t.Fatal(err)
		}
		saysFull(t, full.env, "restore", s.file)
		if len(full.asides(t)) > 0 {
			t.Error("a restore that failed left something")
		}
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	if full.stands(t) {
		t.Error("a restore that failed changed the database")
	}
}
