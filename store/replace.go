package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Held is the place of a SQLite file that this process holds alone, so that another file can be put there.
type Held struct {
	// Path is where it stands, symbolic links followed as SQLite does.
	Path string
	db   *connections // nil when there is no database that opens
	// Damage is why the file that is there does not open, nil when it does or when there is none.
	Damage error
}

// Hold takes the place of the SQLite file at path until Close: it is ErrInUse when anybody has the database open, and meanwhile nobody
// can open it. A file that is missing, empty or damaged is held as well; it is for the caller to see that nobody makes one there.
func Hold(ctx context.Context, path string) (*Held, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database file: %w", err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	h := &Held{Path: path}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return h, nil
	case err != nil:
		return nil, fmt.Errorf("database file: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("database file %s is a folder: name a file in it", path)
	case info.Size() == 0:
		return h, nil
	}
	h.db, err = openAlone(ctx, path)
	if err = wrapDamage(err); errors.Is(err, ErrDamaged) {
		h.Damage, err = err, nil
	}
	return h, err
}

// Contents counts what the database that is there holds: false when that cannot be known.
func (h *Held) Contents(ctx context.Context) (Contents, bool) {
	if h.db == nil {
		return Contents{}, false
	}
	c, err := contents(ctx, h.db.write)
	return c, err == nil
}

// Replace puts the closed database file fresh, in the same folder, into the place. The file that was there is kept at aside, its journal
// folded in, and nothing is there when there was none. Killed at any point the place has one of the two, whole. Only a damaged file,
// with what stands beside it, is moved away before.
func (h *Held) Replace(ctx context.Context, fresh, aside string) error {
	if err := h.setAside(ctx, aside); err != nil {
		return fmt.Errorf("set the database aside as %s: %w (or move it away by hand, with the files beside it, and run this again)", aside, err)
	}
	if err := syncFolder(filepath.Dir(h.Path)); err != nil { // or a power cut could keep the second name only
		return err
	}
	if err := os.Rename(fresh, h.Path); err != nil {
		return fmt.Errorf("put the database in its place: %w", err)
	}
	return syncFolder(filepath.Dir(h.Path))
}

func (h *Held) setAside(ctx context.Context, aside string) error {
	if h.db != nil {
		// In this mode there is no journal beside the file, and the connection goes on holding it.
		var mode string
		if err := h.db.write.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode); err != nil {
			return err
		}
		if mode != "delete" {
			return fmt.Errorf("its journal stays in mode %s", mode)
		}
		return os.Link(h.Path, aside)
	}
	for _, part := range []string{"", "-wal", "-journal"} {
		if err := os.Rename(h.Path+part, aside+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close lets others open what is there.
func (h *Held) Close() error {
	if h.db == nil {
		return nil
	}
	return h.db.write.Close()
}

// syncFolder makes the names in a folder last.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
