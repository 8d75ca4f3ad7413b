package sheet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// spillPrefix begins the names of folders in the system's one for temporary files; the process's id follows.
const spillPrefix = "towncrier-xlsx-"

// spillFolder makes a folder, for this user only, in which excelize keeps the parts of a workbook that are too large for
// memory, unpacked and readable. Its owner removes it; those of processes that were killed are removed here.
func spillFolder() (string, error) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), spillPrefix+"*")) // only a malformed pattern is an error
	for _, folder := range left {
		id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), spillPrefix), "-")
		if pid, err := strconv.Atoi(id); err == nil && !runs(pid) {
			os.RemoveAll(folder) // another user's cannot be: it stays
		}
	}
	return os.MkdirTemp("", fmt.Sprintf("%s%d-", spillPrefix, os.Getpid()))
}

func runs(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer process.Release()
	err = process.Signal(syscall.Signal(0)) // asks only
	return err == nil || errors.Is(err, os.ErrPermission)
}
