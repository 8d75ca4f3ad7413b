package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"towncrier/staff"
)

// keyHashStep is the migration that puts bearer keys under a keyed hash. It has to have the ring, so it is in Go; it runs
// once, within its transaction, as the other steps do.
const keyHashStep = 11

func (m *migration) keyHashes() *goose.Migration {
	return goose.NewGoMigration(keyHashStep, &goose.GoFunc{RunTx: m.hashKeys}, nil)
}

// hashKeys makes the SHA-256 of each key's secret into the keyed hash that Key compares: the keys go on opening.
func (m *migration) hashKeys(ctx context.Context, tx *sql.Tx) error {
	type stored struct {
		k      staff.Key
		p      staff.Person
		digest []byte
	}
	all, err := collect(rowsOf(tx.QueryContext(ctx, `SELECT k.id, k.person, k.expires_at, k.setup, k.secret, s.role, s.committee
		FROM staff_key k JOIN staff s ON s.id = k.person WHERE k.revoked_at IS NULL`)), func(row row) (one stored, err error) {
		err = row.Scan(&one.k.ID, &one.k.Person, into(&one.k.ExpiresAt), &one.k.Setup, &one.digest, &one.p.Role, &one.p.Committee)
		return one, err
	})
	if err != nil || len(all) == 0 {
		return err
	}
	keys, err := keysOf(ctx, tx, `SELECT id, wrapped, 0 FROM seal_key ORDER BY id`) // of this version key 0 alone finds
	if err != nil {
		return err
	}
	if err := m.sealer.Load(keys); err != nil {
		return fmt.Errorf("%w: %w", errWrongKey, err)
	}
	for _, one := range all {
		_, err := tx.ExecContext(ctx, `UPDATE staff_key SET secret = $2 WHERE id = $1`, one.k.ID, staffKeyHash(m.sealer, one.k, one.p, one.digest))
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE staff_key SET secret = $1 WHERE revoked_at IS NOT NULL`, []byte{})
	return err
}
