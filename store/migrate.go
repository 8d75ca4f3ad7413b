package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// The schema, one folder a database and one file a step. A step that was released never changes, and the number of a new one is above
// every released one's: a database that went on without it is refused.
//
//go:embed migrations
var migrations embed.FS

// migration brings the schema of a database up to date.
type migration struct{ *connections }

// run brings the schema up to date. Processes that start at once take turns on PostgreSQL (an advisory lock, asked
// for each second for a minute). On SQLite they race, and the version's unique index lets one win each step whole.
func (m *migration) run(ctx context.Context) error {
	written, err := writtenSteps(m.dialect.migrations)
	if err != nil {
		return wrap("migrate", err)
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithGoMigrations(append(written, codedSteps()...)...),
	}
	if !m.embedded {
		turns, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return wrap("migrate", err)
		}
		options = append(options, goose.WithSessionLocker(turns))
	}
	provider, err := goose.NewProvider(m.goose, m.write, nil, options...)
	if err != nil {
		return wrap("migrate", err)
	}
	for {
		before, known, err := provider.GetVersions(ctx)
		if err != nil {
			return wrap("migrate", err)
		}
		if before > known {
			return fmt.Errorf("the database has schema version %d, this towncrier knows up to %d: run the newer towncrier that migrated it",
				before, known)
		}
		if err := m.gapless(ctx, provider.ListSources(), before); err != nil {
			return err
		}
		if before == known {
			return nil
		}
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
		if after, _, look := provider.GetVersions(ctx); look != nil || after <= before {
			return fmt.Errorf("migrate from schema version %d: %w", before, errors.Join(err, look))
		} // else another process took this step: go on from there
	}
}

// gapless fails when the database went on to a version without a step below it. A step that is taken late may undo what came after it,
// so that is left to a person.
func (m *migration) gapless(ctx context.Context, steps []*goose.Source, version int64) error {
	taken, err := scalars[int64](m.write.QueryContext(ctx, `SELECT version_id FROM `+goose.DefaultTablename+` WHERE is_applied`))
	if err != nil {
		return wrap("migrate", err)
	}
	var missing []string
	for _, step := range steps {
		if step.Version < version && !slices.Contains(taken, step.Version) {
			missing = append(missing, strconv.FormatInt(step.Version, 10))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the database has schema version %d, and lacks %s below it, which this towncrier needs: a towncrier that "+
			"did not have those steps yet migrated it; put back a backup of before that, and start this one", version, strings.Join(missing, ", "))
	}
	return nil
}

// NewestSchema is the version of SQLite's schema that Open migrates to.
func NewestSchema() (version int64) {
	files, _ := fs.ReadDir(migrations, "migrations/sqlite") // it is embedded
	for _, file := range files {
		if step, err := goose.NumericComponent(file.Name()); err == nil {
			version = max(version, step)
		}
	}
	for _, step := range codedSteps() {
		version = max(version, step.Version)
	}
	return version
}

// writtenSteps are those in SQL. A database takes all statements of a file at once; goose, which could read the files itself, would look for
// the end of each with four MiB of memory a line.
func writtenSteps(folder string) (steps []*goose.Migration, err error) {
	files, err := fs.ReadDir(migrations, folder)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(migrations, path.Join(folder, file.Name()))
		if err != nil {
			return nil, err
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, up)
			return err
		}}, nil))
	}
	return steps, nil
}

// codedSteps are those that take more than SQL.
func codedSteps() []*goose.Migration { return []*goose.Migration{broadcastsFound()} }
