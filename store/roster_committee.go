package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"towncrier/audit"
	"towncrier/roster"
)

// Committees implements roster.Store.
func (s *committees) Committees(ctx context.Context) ([]roster.Committee, error) {
	return readCommittees(ctx, s.db.read, "")
}

// Committee implements roster.Store.
func (s *committees) Committee(ctx context.Context, code string) (roster.Committee, error) {
	if code == "" {
		return roster.Committee{}, roster.ErrNoCommittee
	}
	found, err := readCommittees(ctx, s.db.read, code)
	if err == nil && len(found) == 0 {
		err = roster.ErrNoCommittee
	}
	if err != nil {
		return roster.Committee{}, err
	}
	return found[0], nil
}

// readCommittees reads the one with a code, or all for "", by code.
func readCommittees(ctx context.Context, q querier, code string) (all []roster.Committee, err error) {
	byCode := make(map[string]*roster.Committee)
	err = rowsOf(q.QueryContext(ctx, `SELECT c.code, c.name, c.street, c.area, COALESCE(m.name, '')
		FROM committee c LEFT JOIN community m ON m.committee = c.code
		WHERE $1 = '' OR c.code = $1`, code)).each(func(row row) error {
		var c roster.Committee
		var community string
		if err := row.Scan(&c.Code, &c.Name, &c.Street, &c.Area, &community); err != nil {
			return err
		}
		if byCode[c.Code] == nil {
			byCode[c.Code] = &c
		}
		if community != "" {
			byCode[c.Code].Communities = append(byCode[c.Code].Communities, community)
		}
		return nil
	})
	for _, c := range byCode {
		slices.Sort(c.Communities)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b roster.Committee) int { return cmp.Compare(a.Code, b.Code) })
	return all, err
}

// PutCommittee implements roster.Store.
func (s *committees) PutCommittee(ctx context.Context, c roster.Committee, act audit.Act) (created bool, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var code string
		err := tx.QueryRowContext(ctx, `INSERT INTO committee (code, name, street, area) VALUES ($1, $2, $3, $4)
			ON CONFLICT (code) DO NOTHING RETURNING code`, c.Code, c.Name, c.Street, c.Area).Scan(&code)
		created = err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if !created {
			if err := tx.QueryRowContext(ctx, `SELECT code FROM committee WHERE code = $1`+s.db.lock, c.Code).Scan(&code); err != nil {
				return err
			}
			before, err := readCommittees(ctx, tx, c.Code)
			if err != nil {
				return err
			}
			if b := before[0]; b.Name == c.Name && b.Street == c.Street && b.Area == c.Area && slices.Equal(b.Communities, c.Communities) {
				return nil
			}
			_, err = tx.ExecContext(ctx, `UPDATE committee SET name = $2, street = $3, area = $4 WHERE code = $1`, c.Code, c.Name, c.Street, c.Area)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM community WHERE committee = $1`, c.Code); err != nil {
				return err
			}
		}
		for _, name := range c.Communities {
			if _, err := tx.ExecContext(ctx, `INSERT INTO community (committee, name) VALUES ($1, $2)`, c.Code, name); err != nil {
				return err
			}
		}
		if created {
			act.Detail += " new=yes"
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return created, err
}

// DeleteCommittee implements roster.Store. Its lock makes it wait for residents and staff who are just being put there.
func (s *committees) DeleteCommittee(ctx context.Context, code string, act audit.Act) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		var found string
		err := tx.QueryRowContext(ctx, `SELECT code FROM committee WHERE code = $1`+s.db.lock, code).Scan(&found)
		if err != nil {
			return orNotFound(err, roster.ErrNoCommittee)
		}
		var used bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM resident WHERE committee = $1)
			OR EXISTS (SELECT 1 FROM staff WHERE committee = $1 AND disabled_at IS NULL)`, code).Scan(&used); err != nil {
			return err
		}
		if used {
			return roster.ErrInUse
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM committee WHERE code = $1`, code); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
}
