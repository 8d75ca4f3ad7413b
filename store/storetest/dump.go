package storetest

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Dump is a database as SQL text, which Load reads into an empty one.
func Dump(t testing.TB, setting string) string {
	t.Helper()
	if strings.Contains(setting, "://") {
		return dumpPostgres(t, setting)
	}
	return dumpSQLite(t, setting)
}

// dumpPostgres leaves to pg_dump what it does well, and takes out what only its own version or psql understands.
func dumpPostgres(t testing.TB, setting string) string {
	t.Helper()
	program, err := find("pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), program, "--inserts", "--no-owner", "--no-privileges", "--dbname="+setting).Output()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "--") && !strings.HasPrefix(line, "SET ") && !strings.HasPrefix(line, `\`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func dumpSQLite(t testing.TB, setting string) string {
	t.Helper()
	db, err := sql.Open("sqlite", setting)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	schema := func(kinds string) {
		for _, create := range column(t, db, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type IN (`+kinds+`) ORDER BY rowid`) {
			b.WriteString(create + ";\n")
		}
	}
	schema(`'table'`)
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid`) {
		if table == "sqlite_sequence" {
			b.WriteString("DELETE FROM sqlite_sequence;\n")
		}
		values := column(t, db, `SELECT group_concat('quote("' || name || '")', ' || '', '' || ') FROM pragma_table_info('`+table+`')`)[0]
		for _, row := range column(t, db, `SELECT `+values+` FROM "`+table+`" ORDER BY 1`) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", table, row)
		}
	}
	schema(`'index', 'trigger'`)
	return b.String()
}

func column(t testing.TB, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Load fills an empty database with what Dump made.
func Load(t testing.TB, setting, text string) {
	t.Helper()
	if strings.Contains(setting, "://") {
		conn, err := pgx.Connect(t.Context(), setting)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if _, err := conn.Exec(t.Context(), text, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(setting), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", setting)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "BEGIN;\n"+text+"COMMIT;"); err != nil {
		t.Fatal(err)
	}
}
