package city

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// stamp tells two states of a folder apart by the names, sizes and modification times of its files.
type stamp [sha256.Size]byte

// folders are all that a city folder is read from. Listing them by name, and not walking, follows symbolic links, as
// a volume mounted from a Kubernetes ConfigMap has them.
var folders = []string{".", "notices", "tables", "intents", "matching", "broadcasts", "emergencies", "questions"}

func stampOf(fsys fs.FS) stamp {
	h := sha256.New()
	for _, dir := range folders {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			fmt.Fprintf(h, "%s unreadable\n", dir)
			continue
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				continue // editors keep their own files beside
			}
			name := path.Join(dir, e.Name())
			info, err := fs.Stat(fsys, name)
			if err != nil {
				fmt.Fprintf(h, "%q unreadable\n", name)
				continue
			}
			if !info.IsDir() {
				fmt.Fprintf(h, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	var s stamp
	h.Sum(s[:0])
	return s
}
