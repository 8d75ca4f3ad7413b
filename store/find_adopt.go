package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"slices"

	"towncrier/phone"
)

// numberHashes are the columns that hold a number's hash, in the order in which they are written. Those of lists come before those of
// residents, whose changed numbers leave all lists.
var numberHashes = []hashColumn{
	{"list_number", "phone_find"}, {"suppression", "phone_find"}, {"text", "phone_find"}, {"sms_inbound", "phone_find"},
	{"sms_stop", "phone_find"}, {"ticket", "phone_find"}, {"resident", "phone_find"},
}

type hashColumn struct{ table, column string }

// adopt puts under the newest finding key what hashes there are of numbers under earlier ones: after RotateFinding those of numbers that
// stand nowhere sealed, such as of people who were erased. Whoever writes rows of a number, or decides by its suppression, calls it first
// in tx, so that all rows of a number are always under one key, and join.
func (db *DB) adopt(ctx context.Context, tx *sql.Tx, numbers ...phone.Number) error {
	if _, renewed := db.sealer.FindingKey(); !renewed {
		return nil
	}
	type change struct{ before, now phoneHash }
	var changes []change
	for _, number := range numbers {
		if number == "" {
			continue
		}
		all := db.findsPhone(number)
		for _, before := range all[1:] {
			changes = append(changes, change{before, all[0]})
		}
	}
	// One order for all, so that nobody waits in a circle.
	slices.SortFunc(changes, func(a, b change) int { return bytes.Compare(a.before[:], b.before[:]) })
	hashes := make([]string, len(changes))
	for i, c := range changes {
		hashes[i] = hex.EncodeToString(c.before[:])
	}
	left, err := db.heldHashes(ctx, tx, hashes)
	if err != nil {
		return err
	}
	for _, i := range left {
		for _, c := range numberHashes {
			query := `UPDATE ` + c.table + ` SET ` + c.column + ` = $1 WHERE ` + c.column + ` = $2`
			if _, err := tx.ExecContext(ctx, query, changes[i].now[:], changes[i].before[:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldHashes says which hashes, in hex, some row has.
func (db *DB) heldHashes(ctx context.Context, tx *sql.Tx, hashes []string) (which []int, err error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	query := `SELECT v.i FROM (` + db.hashes + `) v WHERE FALSE`
	for _, c := range numberHashes {
		query += ` OR EXISTS (SELECT 1 FROM ` + c.table + ` WHERE ` + c.column + ` = v.hash)`
	}
	return scalars[int](tx.QueryContext(ctx, query+` ORDER BY v.i`, jsonArray(hashes)))
}
