package store_test

import (
	"regexp"
	"testing"

	"towncrier/store/storetest"
)

// TestFreshIsAsMigrated holds the databases that most tests begin with against those that take every step of the schema themselves.
func TestFreshIsAsMigrated(t *testing.T) {
	rows, differs := regexp.MustCompile(`(?m)^INSERT .*`), regexp.MustCompile(`'[^']*'|\d{10,}`) // keys, marks and instants
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			var dumps [2]string
			for i, setting := range []string{fresh(t), unmade[name](t)} {
				storetest.Open(t, setting, storetest.Sealer(t)).Close()
				dumps[i] = rows.ReplaceAllStringFunc(storetest.Dump(t, setting), func(row string) string { return differs.ReplaceAllString(row, "?") })
			}
			if dumps[0] != dumps[1] {
				t.Errorf("a fresh database is\n%s\nand a migrated one\n%s", dumps[0], dumps[1])
			}
		})
	}
}
