package store

import (
	"context"
	"errors"
	"fmt"
)

// errWrongKey is better said at start than as a row that cannot be opened, one by one.
var errWrongKey = errors.New("the key (TOWNCRIER_KEY) is not the one that this database's rows were sealed with: start with that key")

const keyProof = "towncrier"

// checkKey seals a word at first, and demands ever after that it opens.
func (db *DB) checkKey(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, `INSERT INTO sealing (id, proof) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`,
		db.box.Seal("sealing.proof", keyProof))
	if err != nil {
		return fmt.Errorf("check the key: %w", err)
	}
	var proof []byte
	if err := db.write.QueryRowContext(ctx, `SELECT proof FROM sealing WHERE id = 1`).Scan(&proof); err != nil {
		return fmt.Errorf("check the key: %w", err)
	}
	if word, err := db.box.Open("sealing.proof", proof); err != nil || word != keyProof {
		return errWrongKey
	}
	return nil
}
