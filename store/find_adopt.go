package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"slices"

	"towncrier/phone"
	"towncrier/seal"
)

// numberHashes are the columns that hold a number's hash, in the order in which they are written. Those of lists come before those of
// residents, whose changed numbers leave all lists.
var numberHashes = []hashColumn{
	{"list_number", "phone_find"}, {"suppression", "phone_find"}, {"text", "phone_find"}, {"sms_inbound", "phone_find"},
	{"sms_stop", "phone_find"}, {"ticket", "phone_find"}, {"resident", "phone_find"},
}

type hashColumn struct{ table, column string }

// phoneHash is the first half of a number's HMAC: 128 bits are twice what tells all numbers apart, and every index of a
// million residents is 16 MB smaller.
type phoneHash [16]byte

// numberIndex finds rows by the hashes of their numbers.
type numberIndex struct {
	sealer    *seal.Sealer
	hashesSQL string // see dialect.hashes
}

// findPhone is what a number is found by: in residents, suppressions, texts and replies alike.
func (x numberIndex) findPhone(number phone.Number) phoneHash {
	return phoneHash(x.sealer.Find(phoneFind, string(number)))
}

// findsPhone is what findPhone made under each finding key, the newest first.
func (x numberIndex) findsPhone(number phone.Number) []phoneHash {
	var all []phoneHash
	for _, hash := range x.sealer.Finds(phoneFind, string(number)) {
		all = append(all, phoneHash(hash[:len(phoneHash{})]))
	}
	return all
}

// adopt puts under the newest finding key what hashes there are of numbers under earlier ones: after RotateFinding those of numbers that
// stand nowhere sealed, such as of people who were erased. A function that writes rows of a number, or decides by its suppression, calls it first
// in tx, so that all rows of a number are always under one key, and join.
func (x numberIndex) adopt(ctx context.Context, tx *sql.Tx, numbers ...phone.Number) error {
	if _, renewed := x.sealer.FindingKey(); !renewed {
		return nil
	}
	type change struct{ before, now phoneHash }
	var changes []change
	for _, number := range numbers {
		if number == "" {
			continue
		}
		all := x.findsPhone(number)
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
	left, err := x.heldHashes(ctx, tx, hashes)
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
func (x numberIndex) heldHashes(ctx context.Context, tx *sql.Tx, hashes []string) (which []int, err error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	query := `SELECT v.i FROM (` + x.hashesSQL + `) v WHERE FALSE`
	for _, c := range numberHashes {
		query += ` OR EXISTS (SELECT 1 FROM ` + c.table + ` WHERE ` + c.column + ` = v.hash)`
	}
	return scalars[int](tx.QueryContext(ctx, query+` ORDER BY v.i`, jsonArray(hashes)))
}
