package city

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/city/citytest"
	"towncrier/problem"
)

// fresh is a day on which every notice of the second city is before its review-by date.
var fresh = time.Date(2030, time.May, 7, 9, 0, 0, 0, time.UTC)

// town is a copy of the second city that a test may damage.
func town(t testing.TB) fstest.MapFS {
	t.Helper()
	files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// edit replaces old, which must be there, by new.
func edit(t testing.TB, files fstest.MapFS, file, old, new string) {
	t.Helper()
	if files[file] == nil || !strings.Contains(string(files[file].Data), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[file].Data), old, new, 1))}
}

// load fails the test when the folder has a fault.
func load(t testing.TB, files fs.FS, now time.Time) *City {
	t.Helper()
	c, problems := Load(files, now)
	if c == nil {
		t.Fatal(problems)
	}
	return c
}

// reloaded is what follows before when a folder is taken that may be much the same.
func reloaded(before *City, files fs.FS) (*City, problem.List) {
	l := newLive(files, func() time.Time { return fresh }, nil)
	l.current.Store(before)
	return l.load(files)
}
