package store

import (
	"fmt"
	"slices"
)

// Triggers are the lines of triggers for a database: table, event, condition, effect, name.
func (db *DB) Triggers() (lines []string) {
	for _, t := range triggers {
		name := t.postgres
		if db.embedded {
			name = t.sqlite
		}
		lines = append(lines, TriggerLine(t.table, t.event, t.when, t.does, name))
	}
	slices.Sort(lines)
	return lines
}

// TriggerLine writes a trigger down.
func TriggerLine(table, event, when, does, name string) string {
	return fmt.Sprintf("%s: after %s on %s, when %s: %s", name, event, table, when, does)
}

// Cascades are the lines of cascades.
func Cascades() (lines []string) {
	for _, c := range cascades {
		lines = append(lines, c.table+" goes with "+c.with)
	}
	return lines
}
