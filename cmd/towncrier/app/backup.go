package app

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/seal"
	"towncrier/store"
)

// Backup is a backup that was looked at: it can be restored.
type Backup struct {
	Manifest
	File       string        `json:"file"`
	FileBytes  int64         `json:"file_bytes"`
	FileSHA256 string        `json:"file_sha256"`
	Audit      *audit.Broken `json:"-"` // where its audit log does not verify; nil when it does
}

// MakeBackup copies the SQLite database that cfg names into a new file, while a server uses it or not, and verifies the file as CheckBackup
// does. It fails leaving nothing behind; what a killed one left, the next of the same file removes. say hears what is being done.
func MakeBackup(ctx context.Context, cfg config.Config, file, version string, say func(string)) (b Backup, err error) {
	if !isSQLite(cfg.Database) {
		return b, fmt.Errorf("`towncrier backup` copies SQLite files, and TOWNCRIER_DATABASE names a PostgreSQL server: use pg_dump, such as " +
			"`pg_dump --format=custom --file=towncrier.dump \"$TOWNCRIER_DATABASE\"`; after pg_restore run `towncrier restore --mark`")
	}
	if err := missed(cfg.Database); err != nil {
		return b, err
	}
	if err := newFile(file); err != nil {
		return b, err
	}
	folder, remove, err := folderBeside(file, "part")
	if err != nil {
		return b, fmt.Errorf("a backup is made in a folder beside it: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()

	say("copying the database")
	m := Manifest{Format: backupFormat, Towncrier: version, City: cityName(cfg)}
	database, written := filepath.Join(folder, databaseName), filepath.Join(folder, "backup.tar")
	if m.StopsLog, err = markStops(cfg.StopsLog()); err != nil {
		return b, fmt.Errorf("stops.log: %w", err)
	}
	if m.AsOf, err = store.CopyTo(ctx, cfg.Database, database); err != nil {
		return b, err
	}
	if m.Holds, err = store.ContentsOf(ctx, database); err != nil {
		return b, err
	}
	if err := writeFile(written, m, database); err != nil {
		return b, err
	}
	if err := os.Remove(database); err != nil {
		return b, err
	}
	say("verifying the backup")
	if b, err = CheckBackup(ctx, cfg, written); err != nil {
		return b, fmt.Errorf("the backup could not be restored, and was not kept: %w", err)
	}
	if err := newFile(file); err != nil { // made meanwhile
		return b, err
	}
	if err := os.Rename(written, file); err != nil {
		return b, err
	}
	b.File = file
	return b, syncFolder(filepath.Dir(file))
}

func markStops(log string) (*store.StopsMark, error) {
	file, err := openFile(log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mark, err := store.MarkStops(file)
	return mark, errors.Join(err, file.Close())
}

// newFile fails when there is something at path.
func newFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder: name a new file in it", path)
	}
	return fmt.Errorf("%s exists, and no backup is overwritten: name a new file", path)
}

func writeFile(path string, m Manifest, database string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := writeBackup(file, m, database); err != nil {
		return errors.Join(fmt.Errorf("write the backup: %w", err), file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// cityName is what the content calls the city, "" when it cannot be read: a backup must not wait for that.
func cityName(cfg config.Config) string {
	folder, _ := ContentOf(cfg)
	library, _ := content.Load(folder)
	return library.City.Area
}

// CheckBackup verifies a backup: its checksums, that it opens with the key, and that what it holds is whole. It unpacks the database in a
// folder beside the file, which it removes.
func CheckBackup(ctx context.Context, cfg config.Config, file string) (b Backup, err error) {
	folder, remove, err := folderBeside(file, "check")
	if err != nil {
		return b, fmt.Errorf("a backup is unpacked beside it to be checked: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	b, _, err = unpackBackup(ctx, cfg, file, filepath.Join(folder, databaseName))
	return b, err
}

// unpackBackup unpacks a backup's database to path, verifies it, and migrates it. sealer has its keys.
func unpackBackup(ctx context.Context, cfg config.Config, file, path string) (b Backup, sealer *seal.Sealer, err error) {
	if sealer, err = seal.New(cfg.Key, cfg.KeyPrevious); err != nil {
		return b, nil, fmt.Errorf("TOWNCRIER_KEY (key): %w", err)
	}
	if b, err = unpack(file, path); err != nil {
		return b, nil, fmt.Errorf("%s: %w", file, err)
	}
	if newest := store.NewestSchema(); b.Holds.Schema > newest {
		return b, nil, fmt.Errorf("%s: it has schema version %d, made by towncrier %s; this towncrier knows up to %d: use that version or a newer one",
			file, b.Holds.Schema, b.Towncrier, newest)
	}
	if err := store.Undamaged(ctx, path); err != nil {
		return b, nil, fmt.Errorf("%s: %w", file, err)
	}
	holds, err := store.ContentsOf(ctx, path)
	if err != nil {
		return b, nil, fmt.Errorf("%s: %w", file, err)
	}
	if !reflect.DeepEqual(holds, b.Holds) {
		return b, nil, fmt.Errorf("%s: %w (%s says what %s does not hold)", file, errDifferent, manifestName, databaseName)
	}
	db, err := store.Open(ctx, path, sealer, store.WithoutStopsLog())
	if err != nil {
		return b, nil, fmt.Errorf("%s: %w", file, err)
	}
	_, err = db.Audit().Verify(ctx, nil)
	if broken, is := errors.AsType[*audit.Broken](err); is {
		b.Audit, err = broken, nil
	}
	return b, sealer, errors.Join(err, db.Close())
}

// manifestOf reads what a backup says of itself, and no more.
func manifestOf(file string) (m Manifest, err error) {
	from, err := openFile(file)
	if err != nil {
		return m, err
	}
	defer from.Close()
	if m, _, err = readManifest(tar.NewReader(from)); err != nil {
		return m, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

func unpack(file, path string) (b Backup, err error) {
	from, err := openFile(file)
	if err != nil {
		return b, err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return b, err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return b, err
	}
	b = Backup{File: file, FileBytes: info.Size()}
	b.Manifest, b.FileSHA256, err = readBackup(from, info.Size(), to)
	if err == nil {
		err = to.Sync()
	}
	return b, errors.Join(err, to.Close())
}
