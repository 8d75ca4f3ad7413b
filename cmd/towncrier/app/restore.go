package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/store"
)

// Restoring is how a database is put back.
type Restoring struct {
	Stops        []string // copies of stops.log, beside the one that is there
	WithoutStops bool     // go on when there is none, or not all of it
	By           audit.Actor
	Say          func(string) // hears what is being done
}

// Restored is what came of it.
type Restored struct {
	store.Restored
	Backup Backup    // that was put back; zero when the database was only marked
	AsOf   time.Time // zero when a marking that was cut off went on
	Newest bool      // AsOf was not given, and is the newest that the rows know of
	Stops  []string  // copies of stops.log that were read
	Lack   string    // in what way they do not tell of all that was asked since
	Aside  string    // where the database is now that was there before, "" when there was none
	Lost   *Lost     // nil when that cannot be known
	Damage error     // why the database that was there did not open
}

// Lost is how much more the database that was there holds.
type Lost struct{ Residents, Tickets, Broadcasts, Audit int64 }

// restoringSuffix is of the folder in which a database is made ready, asideSuffix of the one that was there before.
const (
	restoringSuffix = ".restoring"
	asideSuffix     = ".before-restore-"
)

// RestoreBackup puts a backup in the place of the SQLite database that cfg names, which nobody may use meanwhile, and marks it as restored.
// Killed at any point, the place has the database from before or the one from the backup, whole and marked.
func RestoreBackup(ctx context.Context, cfg config.Config, file string, r Restoring) (done Restored, err error) {
	if !isSQLite(cfg.Database) {
		return done, errors.New("TOWNCRIER_DATABASE names a PostgreSQL server, and a backup goes into a SQLite file: use pg_restore, then run `towncrier restore --mark`")
	}
	manifest, err := manifestOf(file)
	if err != nil {
		return done, err
	}
	stops, err := r.openStops(cfg, manifest.AsOf, manifest.StopsLog)
	if err != nil {
		return done, err
	}
	defer stops.close()
	if err := os.MkdirAll(filepath.Dir(cfg.Database), 0o700); err != nil {
		return done, err
	}
	held, err := store.Hold(ctx, cfg.Database)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	leave, err := occupy(cfg.Database)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, leave(ctx)) }()
	if err := removeHalf(held.Path); err != nil {
		return done, err
	}

	ready := held.Path + restoringSuffix
	if err := os.Mkdir(ready, 0o700); err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(ready)) }()
	fresh := filepath.Join(ready, databaseName)
	r.Say("verifying the backup")
	backup, sealer, err := unpackBackup(ctx, cfg, file, fresh)
	if err != nil {
		return done, err
	}
	r.Say("applying stops and erasures after the backup, and pausing broadcasts")
	now := time.Now()
	done = Restored{Backup: backup, AsOf: backup.AsOf, Stops: stops.names, Lack: stops.lack, Damage: held.Damage}
	done.Restored, err = store.MarkRestored(ctx, fresh, sealer, store.Restore{AsOf: backup.AsOf, Stops: stops.files, By: r.By, At: now})
	if err != nil {
		return done, err
	}
	done.Lost = lost(ctx, held, backup)
	aside := held.Path + asideSuffix + now.UTC().Format("20060102T150405.000Z") // of two restores in a second each
	if err := ctx.Err(); err != nil {
		return done, err
	}
	if err := held.Replace(ctx, fresh, aside); err != nil {
		return done, err
	}
	if _, err := os.Stat(aside); err == nil {
		done.Aside = aside
	}
	return done, remember(cfg.Database)
}

// removeHalf removes what a restore that was killed left: a database that was not ready yet, and a second name of the one in its place.
func removeHalf(database string) error {
	if err := os.RemoveAll(database + restoringSuffix); err != nil {
		return err
	}
	there, err := os.Stat(database)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	beside, err := os.ReadDir(filepath.Dir(database))
	for _, entry := range beside {
		aside := filepath.Join(filepath.Dir(database), entry.Name())
		if info, look := os.Stat(aside); strings.HasPrefix(aside, database+asideSuffix) && look == nil && os.SameFile(info, there) {
			err = errors.Join(err, os.Remove(aside))
		}
	}
	return err
}

// lost compares the database that was there with the backup.
func lost(ctx context.Context, held *store.Held, backup Backup) *Lost {
	was, known := held.Contents(ctx)
	if !known {
		return nil
	}
	more := func(was, is int64) int64 { return max(0, was-is) }
	return &Lost{more(was.Residents, backup.Holds.Residents), more(was.Tickets, backup.Holds.Tickets),
		more(was.Broadcasts, backup.Holds.Broadcasts), more(was.Audit, backup.Holds.Audit)}
}

// MarkRestored marks a database that was put back by other means as it stood at asOf: pg_restore, or a snapshot of a disk. The zero time is
// the newest instant that its rows know.
func MarkRestored(ctx context.Context, cfg config.Config, asOf time.Time, r Restoring) (done Restored, err error) {
	leave, err := occupy(cfg.Database)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, leave(ctx)) }()
	done.Newest = asOf.IsZero()
	if done.Newest {
		if asOf, err = lastInstant(ctx, cfg); err != nil {
			return done, err
		}
	}
	stops, err := r.openStops(cfg, asOf, nil)
	if err != nil {
		return done, err
	}
	defer stops.close()
	sealer, err := seal.New(cfg.Key, cfg.KeyPrevious)
	if err != nil {
		return done, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	done.AsOf, done.Stops, done.Lack = asOf, stops.names, stops.lack
	done.Restored, err = store.MarkRestored(ctx, cfg.Database, sealer, store.Restore{AsOf: asOf, Stops: stops.files, By: r.By, At: time.Now()})
	return done, err
}

// lastInstant is zero when a marking was begun: it goes on with its own.
func lastInstant(ctx context.Context, cfg config.Config) (at time.Time, err error) {
	db, _, err := OpenDatabase(ctx, cfg, store.WithoutStopsLog())
	if errors.Is(err, store.ErrMarking) {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	at, err = db.LastInstant(ctx)
	return at, errors.Join(err, db.Close())
}

// stopFiles are copies of stops.log that are open.
type stopFiles struct {
	names []string
	files []io.Reader
	lack  string // in what way they do not tell of all
	close func()
}

// openStops opens the stops.log that is there and those that were named. A marking that was cut off, of which asOf is zero, began with them.
func (r Restoring) openStops(cfg config.Config, asOf time.Time, mark *store.StopsMark) (s stopFiles, err error) {
	var files []*os.File
	s.close = func() {
		for _, file := range files {
			file.Close()
		}
	}
	beside := cfg.StopsLog()
	what := "is not there"
	for i, name := range append([]string{beside}, r.Stops...) {
		file, err := openLog(name)
		if i == 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if i == 0 && errors.Is(err, errEmptyLog) {
			what = errEmptyLog.Error()
			continue
		}
		if err != nil {
			s.close()
			return s, fmt.Errorf("stops.log: %w", err)
		}
		files, s.names, s.files = append(files, file), append(s.names, name), append(s.files, file)
	}
	named := beside
	if len(files) > 0 {
		named = strings.Join(s.names, ", ")
		if what, err = lack(files, asOf, mark); err != nil {
			s.close()
			return s, err
		}
	}
	if what != "" && !r.WithoutStops {
		s.close()
		return s, fmt.Errorf("%s %s: without all of it residents who stopped texts or were erased after %s, when the backup was made, would be "+
			"written to again. Put it back or name a copy with --stops FILE; when it is lost for good, or nobody stopped yet, --without-stops goes on with what there is",
			named, what, asOf.Format(time.RFC3339))
	}
	s.lack = what
	return s, nil
}

// lack reads logs, and says in what way they do not tell of all that was asked since a backup.
func lack(files []*os.File, asOf time.Time, mark *store.StopsMark) (what string, err error) {
	if asOf.IsZero() {
		return "", nil
	}
	var logs []io.Reader
	for _, file := range files {
		logs = append(logs, file)
	}
	what, err = store.StopsCover(logs, asOf, mark)
	for _, file := range files {
		_, fault := file.Seek(0, io.SeekStart)
		err = errors.Join(err, fault)
	}
	return what, err
}

// errEmptyLog is of a file that a copy left which found no room: the log begins with a key, and is never empty.
var errEmptyLog = errors.New("is empty")

func openLog(name string) (*os.File, error) {
	file, err := openFile(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() == 0 {
		err = fmt.Errorf("%s %w", name, errEmptyLog)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
