package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// citySuffix is of the file beside a SQLite database that remembers that there was one.
const citySuffix = ".city"

// isSQLite says whether a setting names a file.
func isSQLite(database string) bool { return !strings.Contains(database, "://") }

// missed fails when a SQLite file is missing or empty and was not before: a folder that was not mounted, or a restore that went
// wrong, must not become a new city in silence, in which nobody has stopped anything.
func missed(database string) error {
	if !isSQLite(database) {
		return nil
	}
	if _, err := os.Stat(database + citySuffix); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	what := "is empty"
	info, err := os.Stat(database)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		what = "is missing"
	case err != nil:
		return err
	case info.Size() > 0:
		return nil
	}
	return fmt.Errorf("%s %s, and held a city before: put it back from a backup; or, to start a new city with no residents, "+
		"no stops and no audit log, delete %s", database, what, database+citySuffix)
}

// remember notes that a SQLite file holds a city.
func remember(database string) error {
	if !isSQLite(database) {
		return nil
	}
	const text = "Beside this file stands the database of a city. While this file is here, towncrier does not start without that database.\n"
	file, err := os.OpenFile(database+citySuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// occupy takes the lock of a SQLite file for a server: with an embedded queue of its own a second one would do everything twice.
// Commands need no lock. The kernel frees it when the process ends, however that is.
func occupy(database string) (leave func(context.Context) error, err error) {
	if !isSQLite(database) {
		return func(context.Context) error { return nil }, nil
	}
	file, err := os.OpenFile(database+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file.Name())
		file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		return nil, fmt.Errorf("another towncrier serves from %s (process %s): stop it, or name another folder in TOWNCRIER_DATA; "+
			"for several servers of one city set TOWNCRIER_DATABASE=postgres://… and TOWNCRIER_REDIS", database, strings.TrimSpace(string(holder)))
	}
	if err := file.Truncate(0); err == nil {
		fmt.Fprintf(file, "%d\n", os.Getpid()) // for the message above; the lock itself is what counts
	}
	return func(context.Context) error { return file.Close() }, nil
}
