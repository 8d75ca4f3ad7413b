package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/staff"
)

// scan reads a row of staffColumns, then more.
func (s *Staff) scan(row row, more ...any) (p staff.Person, err error) {
	var sealed []byte
	err = row.Scan(append([]any{&p.ID, &p.Name, &p.Role, &p.Committee, into(&p.CreatedAt), into(&p.DisabledAt), &sealed, &p.PhoneBy}, more...)...)
	if err != nil {
		return staff.Person{}, orNotFound(err, staff.ErrNoPerson)
	}
	p.Phone, err = s.openPhone(staffPhone, p.ID, sealed)
	return p, err
}

// keyInto takes keyColumns into k.
func keyInto(k *staff.Key) []any {
	return []any{&k.ID, &k.Person, into(&k.CreatedAt), into(&k.ExpiresAt), into(&k.RevokedAt), into(&k.LastUsedAt), &k.Name}
}

// change runs do in a transaction and records act when do changed a row.
func (s *Staff) change(ctx context.Context, what string, act audit.Act, do func(*sql.Tx) (sql.Result, error)) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := do(tx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func (s *Staff) openPhone(purpose, id string, sealed []byte) (phone.Number, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.db.sealer.Open(purpose, sealed)
	if err != nil {
		return "", fmt.Errorf("the number of %s: %w", id, err)
	}
	number, ok := strings.CutPrefix(plain, id+" ")
	if !ok {
		return "", fmt.Errorf("the number of %s: %w", id, ErrSwapped)
	}
	return phone.Number(number), nil
}
