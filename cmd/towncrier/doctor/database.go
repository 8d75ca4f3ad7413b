package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"towncrier/store"
)

// Database looks at the database beside a server or without one, and changes nothing in it. setting is the one that names it.
func Database(setting string, look func(ctx context.Context) (store.Glance, error)) Check {
	return Check{"database", "the database", one(func(ctx context.Context) Finding {
		g, err := look(ctx)
		switch {
		case err != nil:
			return fault("", err.Error(), "set "+setting+" to the city's database, and TOWNCRIER_KEY to its key; let this user read and write it")
		case g.Marking:
			return fault("", "the database is being put back from a backup", "run `towncrier restore` once more: it goes on")
		case g.ReadOnly:
			return fault("", "the database takes no writes", "let this user write the file and its folder; of PostgreSQL name the primary, not a standby")
		case g.Schema > g.Newest:
			return fault("", fmt.Sprintf("the database has schema version %d, this towncrier knows up to %d", g.Schema, g.Newest), "run the newer towncrier that migrated it")
		case g.Missing:
			return ok("", "there is no database yet: `towncrier serve` makes it")
		case g.Schema == 0:
			return ok("", "the database is empty: `towncrier serve` makes its tables")
		case g.Schema < g.Newest:
			return ok("", fmt.Sprintf("the database has schema version %d; `towncrier serve` brings it to %d: make a backup before", g.Schema, g.Newest))
		}
		return ok("", fmt.Sprintf("the database can be read and opens with the key, schema version %d", g.Schema))
	})}
}

// StopsLog looks whether the file can be written in which every stop is written down once more.
func StopsLog(path string) Check {
	return Check{"stops-log", "stops.log", one(func(context.Context) Finding {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return ok("", "there is no "+path+" yet: `towncrier serve` begins it")
		case err != nil:
			return fault("", fmt.Sprintf("nobody can stop texts: %v", err), "let this user write it; it stands in TOWNCRIER_DATA, or beside the SQLite file")
		}
		file.Close()
		return ok("", path+" can be written")
	})}
}
