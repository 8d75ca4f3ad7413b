package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
)

// dialect is all that SQLite and PostgreSQL do differently. Clauses that one of them does not need are "".
type dialect struct {
	kind       string
	migrations string // their folder
	goose      goose.Dialect
	blob       string // the type of bytes

	// embedded says that the database is a file, which the process itself reads and writes. It admits one writer at a time, so that a
	// transaction that began holds every row; others read beside it, on connections of their own.
	embedded bool

	// What a SELECT in a transaction ends in.
	lock      string // locks its rows until the transaction ends
	skip      string // the same, passing over rows that another transaction has locked
	share     string // keeps others from changing a row that the transaction goes by
	shareKey  string // keeps others from removing a row that the transaction refers to
	temporary string // how a temporary table ends

	// Locks of a number, $1, until the transaction ends.
	lockNumber      string
	lockNumberShare string
	// First in transactions that fill tables: a plan that was made while they were empty, and kept, would scan them.
	byIndex string

	// JSON as parameters and results.
	among      string // a condition on ids; %d is the number of a parameter that is a JSON array of a few hundred at most
	hasTag     string // a condition on residents r; %s is the tag
	hashes     string // $1: hex HMACs with their places; gives i and hash
	residents  string // SELECT of residents r, up to WHERE, as Roster.scan reads them
	candidates string // SELECT of residents r, up to WHERE, as scanCandidate reads them
	subjects   string // $2: hex subject ids with their places; gives i and resident columns
	plans      string // $2: places and channels in their order; gives i, k, channel, state, reason
	handles    string // $1: delivery ids with handles; gives id and handle
	addresses  string // $1: delivery ids with hex hashes; gives id and hash
	members    string // members of f.files, a JSON object; gives key and value

	// next joins, to each row so far and in that order, its rows of a table. So the plan is ours, where statistics are those of
	// a broadcast that was half as far. A state is no part of on: PostgreSQL would read all that are in it, which it takes for few.
	next func(table, alias, on string) string

	// oneOf is a condition on a column: one of the few that a query gives, which are found first.
	oneOf func(query string) string

	// Many rows in one statement.
	newcomers func([]importRow) (newcomers, error)
	swap      func(context.Context, *sql.Tx, sealedColumn, []swap) (changed int64, err error)
	rehash    func(ctx context.Context, tx *sql.Tx, before, now [][]byte) error
	// mute keeps a trigger from running, and returns the statement that has it run again.
	mute func(context.Context, *sql.Tx, trigger) (unmute string, err error)
}

var sqliteDialect = &dialect{
	kind:       "SQLite",
	migrations: "migrations/sqlite",
	goose:      goose.DialectSQLite3,
	blob:       "BLOB",
	embedded:   true,
	temporary:  " WITHOUT ROWID",

	among:      `IN (SELECT value FROM json_each($%d))`,
	hasTag:     `(r.tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(r.tags) WHERE value = %s))`,
	hashes:     `SELECT key AS i, unhex(value) AS hash FROM json_each($1)`,
	residents:  residentsSQL("json_group_array", "json_object"),
	candidates: candidatesSQL("json_group_array", "json_object", `IN (SELECT value FROM json_each($3))`),
	subjects:   `SELECT key + 1 AS i, unhex(value ->> 0) AS subject, value ->> 1 AS given FROM json_each($2)`,
	plans:      `SELECT value ->> 0 AS i, key AS k, value ->> 1 AS channel, value ->> 2 AS state, value ->> 3 AS reason FROM json_each($2)`,
	handles:    `SELECT value ->> 0 AS id, value ->> 1 AS handle FROM json_each($1)`,
	addresses:  `SELECT value ->> 0 AS id, unhex(value ->> 1) AS hash FROM json_each($1)`,
	members:    `json_each(f.files)`,

	next:  func(table, alias, on string) string { return fmt.Sprintf(` CROSS JOIN %s %s ON %s`, table, alias, on) },
	oneOf: func(query string) string { return `IN (` + query + `)` },

	newcomers: newSQLite,
	swap:      swapSQLite,
	rehash:    rehashSQLite,
	mute:      muteSQLite,
}

var postgresDialect = &dialect{
	kind:       "PostgreSQL",
	migrations: "migrations/postgres",
	goose:      goose.DialectPostgres,
	blob:       "BYTEA",
	temporary:  " ON COMMIT DROP",

	lock:            ` FOR UPDATE`,
	skip:            ` FOR UPDATE SKIP LOCKED`,
	share:           ` FOR SHARE`,
	shareKey:        ` FOR KEY SHARE`,
	lockNumber:      `SELECT pg_advisory_xact_lock($1)`,
	lockNumberShare: `SELECT pg_advisory_xact_lock_shared($1)`,
	byIndex:         `SET LOCAL enable_seqscan = off`,

	among:      `= ANY (ARRAY(SELECT jsonb_array_elements_text($%d::jsonb)::bigint))`,
	hasTag:     `(r.tags <> '[]' AND jsonb_exists(r.tags::jsonb, %s))`,
	hashes:     `SELECT ordinality - 1 AS i, decode(value, 'hex') AS hash FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY`,
	residents:  residentsSQL("json_agg", "json_build_object"),
	candidates: candidatesSQL("json_agg", "json_build_object", `IN (SELECT jsonb_array_elements_text($3::jsonb))`),
	subjects: `SELECT ordinality AS i, decode(value ->> 0, 'hex') AS subject, (value ->> 1)::bigint AS given
		FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY`,
	plans: `SELECT (value ->> 0)::bigint AS i, ordinality AS k, value ->> 1 AS channel, value ->> 2 AS state, value ->> 3 AS reason
		FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY`,
	handles:   `SELECT (value ->> 0)::bigint AS id, value ->> 1 AS handle FROM jsonb_array_elements($1::jsonb)`,
	addresses: `SELECT (value ->> 0)::bigint AS id, decode(value ->> 1, 'hex') AS hash FROM jsonb_array_elements($1::jsonb)`,
	members:   `jsonb_each_text(f.files::jsonb)`,

	// OFFSET keeps the planner out.
	next: func(table, alias, on string) string {
		return fmt.Sprintf(` CROSS JOIN LATERAL (SELECT * FROM %[1]s %[2]s WHERE %[3]s OFFSET 0) %[2]s`, table, alias, on)
	},
	oneOf: func(query string) string { return `= ANY (ARRAY(` + query + `))` },

	newcomers: newPostgres,
	swap:      swapPostgres,
	rehash:    rehashPostgres,
	mute:      mutePostgres,
}

// of says which table of a SELECT a clause that locks is about.
func of(table, clause string) string {
	return strings.Replace(clause, "FOR UPDATE", "FOR UPDATE OF "+table, 1)
}

// take runs a statement that one dialect does not need, on a number if it is about one.
func take(ctx context.Context, tx *sql.Tx, statement string, number ...any) error {
	if statement == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, statement, number...)
	return err
}
