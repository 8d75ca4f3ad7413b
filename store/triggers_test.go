package store_test

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/store"
	"towncrier/store/storetest"
)

// What the code says that the databases do by themselves is what their catalogues say, no more and no less.
func TestTriggersAreWrittenDown(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		db := storetest.Open(t, setting, storetest.Sealer(t))
		raw := byHand(t, name, setting)
		read, cascades := triggersOfSQLite, `SELECT m.name || ' goes with ' || f."table" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
			WHERE m.type = 'table' AND f.on_delete <> 'NO ACTION' ORDER BY 1`
		if name == "PostgreSQL" {
			read, cascades = triggersOfPostgres, `SELECT conrelid::regclass || ' goes with ' || confrelid::regclass FROM pg_constraint
				WHERE contype = 'f' AND confdeltype <> 'a' ORDER BY 1`
		}
		if got, want := read(t, raw), db.Triggers(); !slices.Equal(got, want) {
			t.Errorf("the triggers are\n\t%s\nwritten down are\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
		if got, want := texts(t, raw, cascades), store.Cascades(); !slices.Equal(got, want) {
			t.Errorf("the cascades are\n\t%s\nwritten down are\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

func triggersOfSQLite(t *testing.T, raw *sql.DB) (lines []string) {
	reads := regexp.MustCompile(`^CREATE TRIGGER (\w+) AFTER (.+) ON (\w+) WHEN (.+) BEGIN\s+(.+);\s+END$`)
	for _, text := range texts(t, raw, `SELECT sql FROM sqlite_schema WHERE type = 'trigger'`) {
		part := reads.FindStringSubmatch(text)
		if part == nil {
			t.Fatalf("cannot read the trigger %q", text)
		}
		lines = append(lines, store.TriggerLine(part[3], part[2], strings.ToLower(part[4]), part[5], part[1]))
	}
	slices.Sort(lines)
	return lines
}

func triggersOfPostgres(t *testing.T, raw *sql.DB) (lines []string) {
	reads := regexp.MustCompile(`^CREATE TRIGGER (\w+) AFTER (.+) ON public\.(\w+) FOR EACH ROW WHEN (.+) EXECUTE FUNCTION \w+\(\)\nBEGIN\s+(.+);\s+RETURN NULL;\s+END $`)
	plain := strings.NewReplacer("(", "", ")", "", "::text", "")
	for _, text := range texts(t, raw, `SELECT pg_get_triggerdef(g.oid) || f.prosrc FROM pg_trigger g JOIN pg_proc f ON f.oid = g.tgfoid WHERE NOT g.tgisinternal`) {
		part := reads.FindStringSubmatch(text)
		if part == nil {
			t.Fatalf("cannot read the trigger %q", text)
		}
		for event := range strings.SplitSeq(part[2], " OR ") {
			lines = append(lines, store.TriggerLine(part[3], event, strings.ToLower(plain.Replace(part[4])), part[5], part[1]))
		}
	}
	slices.Sort(lines)
	return lines
}

func texts(t *testing.T, raw *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), query)
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
