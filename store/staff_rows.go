package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// change runs do in a transaction and records act when do changed a row. Before do, who acts must still be allowed to.
func (s *Staff) change(ctx context.Context, what string, act audit.Act, do func(*sql.Tx) (sql.Result, error)) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.mayStill(ctx, tx, act); err != nil {
			return err
		}
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

// own are acts of members of staff in their own affairs, whatever their role.
var own = []string{"staff.activate", "staff.phone", "login.set"}

// mayStill makes changes of staff take turns, and refuses one by somebody who was disabled or got another role since their request was let
// in: what that ended they would make anew.
func (s *Staff) mayStill(ctx context.Context, tx *sql.Tx, act audit.Act) error {
	if err := s.lockAdmins(ctx, tx); err != nil {
		return err
	}
	id, isStaff := strings.CutPrefix(string(act.Actor), string(audit.Staff("")))
	if !isStaff {
		return nil
	}
	p, err := s.scan(tx.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff s WHERE s.id = $1`, id))
	if errors.Is(err, staff.ErrNoPerson) || err == nil && (!p.DisabledAt.IsZero() || !p.Role.May(staff.ManageStaff) && !slices.Contains(own, act.Action)) {
		err = staff.ErrActor
	}
	return err
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
