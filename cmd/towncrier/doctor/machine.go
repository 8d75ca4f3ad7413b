package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const mib = 1 << 20

// Folder is one that must have room.
type Folder struct {
	Path   string
	For    string // what is kept there
	Little uint64 // bytes below which it should be given room
	Least  uint64 // bytes below which what is kept there cannot go on; 0 for none
}

// fewFiles is how many more files a file system must have room for: backups, journals and logs need some.
const fewFiles = 1000

// Room looks at the free space of folders, and at the files that they can still take.
func Room(folders ...Folder) Check {
	return Check{"disk", "room on the disk", func(context.Context) (found []Finding) {
		for _, f := range folders {
			found = append(found, f.look())
		}
		return found
	}}
}

func (f Folder) look() Finding {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(existing(f.Path), &disk); err != nil {
		return unchecked(f.Path, "its free space cannot be read: "+err.Error(), "see that the folder is there and mounted, and look with `df`")
	}
	free := disk.Bavail * uint64(disk.Bsize)
	switch {
	case free < f.Least:
		return fault(f.Path, fmt.Sprintf("%d MiB are free on the disk of %s, for %s", free/mib, f.Path, f.For), "make room there: at least "+size(f.Little))
	case free < f.Little:
		return warning(f.Path, fmt.Sprintf("%d MiB are free on the disk of %s, for %s", free/mib, f.Path, f.For), "make room there: at least "+size(f.Little))
	case disk.Files > 0 && disk.Ffree < fewFiles:
		return warning(f.Path, fmt.Sprintf("the disk of %s has room for %d more files only", f.Path, disk.Ffree), "delete what is not needed there, or make a file system with more inodes")
	}
	return ok(f.Path, fmt.Sprintf("%s are free on the disk of %s", size(free), f.Path))
}

// existing is a folder, or the nearest one above it that is there: it is made when the server starts.
func existing(path string) string {
	for {
		_, err := os.Stat(path)
		above := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || above == path {
			return path
		}
		path = above
	}
}

func size(bytes uint64) string {
	if bytes >= 1024*mib {
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1024*mib))
	}
	return fmt.Sprintf("%d MiB", bytes/mib)
}

// Limits looks at what the machine lets the process have: files for as many connections as are planned, and memory.
func Limits(connections int, memory uint64) Check {
	return Check{"limits", "the process's limits", func(context.Context) []Finding {
		return []Finding{files(connections), memoryOf("/sys/fs/cgroup/memory.max", memory)}
	}}
}

// files are what connections take, as many again for what they cause.
func files(connections int) Finding {
	const of = "files"
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return unchecked(of, "the limit of open files cannot be read: "+err.Error(), "look with `ulimit -n` as the user of the server")
	}
	if most := limit.Cur; most < 2*uint64(connections) {
		return warning(of, fmt.Sprintf("the process may have %d files open, so that it takes %d connections and not %d", most, most/2, connections),
			fmt.Sprintf("raise the limit to %d: LimitNOFILE= of systemd, ulimits of a container", 4*connections))
	}
	return ok(of, fmt.Sprintf("the process may have %d files open", limit.Cur))
}

// memoryOf reads the limit of the process's control group, where there is one.
func memoryOf(file string, least uint64) Finding {
	const of = "memory"
	text, err := os.ReadFile(file)
	limit, bad := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	switch {
	case err != nil || bad != nil: // there is no control group, or it says max
		return ok(of, "no limit is set to the process's memory")
	case limit < least:
		return warning(of, fmt.Sprintf("the process may have %d MiB of memory", limit/mib), fmt.Sprintf("give it at least %d MiB", least/mib))
	}
	return ok(of, fmt.Sprintf("the process may have %d MiB of memory", limit/mib))
}
