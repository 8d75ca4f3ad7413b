package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// heldName is a file in a folder beside a backup. A command that works in the folder holds its lock, which the kernel frees when it ends.
const heldName = "held"

// folderBeside makes a folder beside file to work in. It removes those that killed ones left, which hold copies of the whole database:
// of this file, with a lock that nobody holds.
func folderBeside(file, kind string) (folder string, remove func() error, err error) {
	if err := removeLeft(file); err != nil {
		return "", nil, err
	}
	for {
		if folder, err = os.MkdirTemp(filepath.Dir(file), filepath.Base(file)+"."+kind+"-*"); err != nil {
			return "", nil, err
		}
		lock := filepath.Join(folder, heldName)
		held, ours, err := hold(lock, os.O_CREATE)
		switch {
		case err != nil: // there are disks without locks: without the file nobody takes the folder for one that was left
			return folder, func() error { return os.RemoveAll(folder) }, os.RemoveAll(lock)
		case ours:
			return folder, func() error { return removeHeld(folder, held) }, nil
		}
		// Another, who saw the folder before it was locked, removes it.
	}
}

var folderBesideName = regexp.MustCompile(`^\.(part|check)-[0-9]+$`)

func removeLeft(file string) error {
	beside, _ := os.ReadDir(filepath.Dir(file)) // of a folder that cannot be read nothing is removed
	base := filepath.Base(file)
	for _, entry := range beside {
		kind, is := strings.CutPrefix(entry.Name(), base)
		if !is || !folderBesideName.MatchString(kind) || !entry.IsDir() {
			continue
		}
		folder := filepath.Join(filepath.Dir(file), entry.Name())
		held, free, err := hold(filepath.Join(folder, heldName), 0)
		if err != nil || !free {
			continue // it is another's: made by other means, or in use
		}
		if err := removeHeld(folder, held); err != nil {
			return fmt.Errorf("remove what a backup that was killed left: %w", err)
		}
	}
	return nil
}

// removeHeld removes a folder, its lock last: killed meanwhile it leaves what the next one removes.
func removeHeld(folder string, held *os.File) error {
	entries, err := os.ReadDir(folder)
	for _, entry := range entries {
		if entry.Name() != heldName {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, entry.Name())))
		}
	}
	return errors.Join(err, os.RemoveAll(folder), held.Close())
}

// hold takes the lock of a file. ok is false when another has it, or removed the file.
func hold(path string, create int) (held *os.File, ok bool, err error) {
	held, err = os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|create, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		var is, there os.FileInfo
		if is, err = held.Stat(); err == nil {
			if there, err = os.Lstat(path); err == nil && os.SameFile(is, there) {
				return held, true, nil
			}
		}
	}
	held.Close()
	if err == nil || errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return nil, false, fmt.Errorf("lock %s: %w", path, err)
}
