package store

import "context"

// Setting is what a setting of PostgreSQL is on db's connections.
func (db *DB) Setting(ctx context.Context, name string) (value string) {
	if err := db.read.QueryRowContext(ctx, `SELECT current_setting($1)`, name).Scan(&value); err != nil {
		return err.Error()
	}
	return value
}
