package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/phone"
	"towncrier/roster"
)

// Purposes that bind sealed bytes and hashes to what they are of. The openid's are older than the table: its rows moved
// there as they were.
const (
	phoneFind      = "phone" // every hash of a number, so that residents, suppressions, texts and replies join on it
	residentPhone  = "resident.phone"
	openidFind     = "choice.resident"
	residentOpenID = "choice.resident_id"
)

// rosterLock is shared by changes of single residents and held alone by a slice of an import, on PostgreSQL. SQLite's
// one writer needs no lock.
const rosterLock = 0x746f776e63726965

// Roster implements roster.Store: each of its parts does a part of that.
type Roster struct {
	residents
	committees
	imports
	stops
	numbersExports
}

type (
	residents      struct{ db *DB }
	committees     struct{ db *DB }
	imports        struct{ db *DB }
	stops          struct{ db *DB }
	numbersExports struct{ db *DB }
)

var _ roster.Store = (*Roster)(nil)

// Roster keeps residents and committees in db.
func (db *DB) Roster() *Roster {
	return &Roster{residents{db}, committees{db}, imports{db}, stops{db}, numbersExports{db}}
}

// Find implements roster.Store.
func (s *residents) Find(ctx context.Context, key roster.Key) (roster.Resident, error) {
	row, err := s.load(ctx, s.db.read, key)
	return row.Resident, orNotFound(err, roster.ErrNoResident)
}

// load is the row that a key leads to, or sql.ErrNoRows.
func (s *residents) load(ctx context.Context, q querier, key roster.Key) (residentRow, error) {
	column, value, err := s.locate(key)
	if err != nil {
		return residentRow{}, err
	}
	return s.scan(q.QueryRowContext(ctx, s.db.residents+` WHERE r.`+column+` = $1`, value))
}

// locate is the column that a key is about. An id that is none leads nowhere.
func (s *residents) locate(key roster.Key) (column string, value []byte, err error) {
	switch {
	case key.Phone != "":
		hash := s.db.findPhone(key.Phone)
		return "phone_find", hash[:], nil
	case key.OpenID != "":
		return "openid_find", s.db.sealer.Find(openidFind, key.OpenID), nil
	}
	id, err := hex.DecodeString(key.ID)
	if err != nil || len(id) != 16 {
		return "", nil, sql.ErrNoRows
	}
	return "subject", id, nil
}

// Edit implements roster.Store.
func (s *residents) Edit(ctx context.Context, keys []roster.Key, decide func([]roster.Found) (roster.Edit, error)) error {
	scrub := false
	var at time.Time
	var later []stopLine
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.lockKeys(ctx, tx, keys); err != nil {
			return err
		}
		for _, key := range keys {
			if err := s.db.adopt(ctx, tx, key.Phone); err != nil {
				return err
			}
		}
		found := make([]roster.Found, len(keys))
		rows := make(map[string]residentRow, len(keys))
		for i, key := range keys {
			row, err := s.load(ctx, tx, key)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil {
				rows[row.ID] = row
			}
			found[i].Resident = row.Resident
			number := key.Phone
			if number == "" {
				number = row.Phone
			}
			if found[i].Suppressed, err = s.suppressed(ctx, tx, number); err != nil {
				return err
			}
		}
		edit, err := decide(found)
		if err != nil {
			return err
		}
		if scrub, err = (&residentEdit{s, tx, rows, edit}).write(ctx); err != nil {
			return err
		}
		var first []stopLine
		first, later = s.stopLines(rows, edit)
		at = time.Now() // nobody else acts on them now
		return s.db.stops.append(at, first...)
	})
	if err == nil {
		err = s.db.stops.append(at, later...)
	}
	if err == nil && scrub {
		err = s.db.scrubAfter(ctx, driver.RowsAffected(1))
	}
	return err
}

// lockKeys lets nobody else edit what the keys lead to, or put something there, until tx ends. Locks are taken in one
// order, so that nobody waits in a circle.
func (s *residents) lockKeys(ctx context.Context, tx *sql.Tx, keys []roster.Key) error {
	if s.db.embedded {
		return nil
	}
	if err := take(ctx, tx, s.db.lockNumberShare, rosterLock); err != nil {
		return err
	}
	var locks []int64
	var where []string
	var args []any
	for _, key := range keys {
		column, value, err := s.locate(key)
		if err != nil {
			continue
		}
		locks = append(locks, int64(binary.BigEndian.Uint64(value)))
		args = append(args, value)
		where = append(where, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	slices.Sort(locks)
	for _, lock := range locks {
		if err := take(ctx, tx, s.db.lockNumber, lock); err != nil {
			return err
		}
	}
	if len(where) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT id FROM resident WHERE `+strings.Join(where, " OR ")+` ORDER BY id FOR UPDATE`, args...)
	return err
}

// Suppressed implements roster.Store.
func (s *residents) Suppressed(ctx context.Context, number phone.Number) (roster.Suppression, error) {
	return s.suppressed(ctx, s.db.read, number)
}

func (s *residents) suppressed(ctx context.Context, q querier, number phone.Number) (why roster.Suppression, err error) {
	if number == "" {
		return "", nil
	}
	for _, hash := range s.db.findsPhone(number) {
		err = q.QueryRowContext(ctx, `SELECT reason FROM suppression WHERE phone_find = $1`, hash[:]).Scan(&why)
		if !errors.Is(err, sql.ErrNoRows) {
			return why, err
		}
	}
	return "", nil
}

// Stale implements roster.Store.
func (s *residents) Stale(ctx context.Context, before time.Time, limit int) (ids []string, err error) {
	err = rowsOf(s.db.read.QueryContext(ctx, `SELECT subject FROM resident r WHERE openid IS NULL AND updated_at < $1
		AND NOT EXISTS (SELECT 1 FROM consent WHERE resident = r.id AND given_at >= $1) ORDER BY id LIMIT $2`, stamp(before), limit)).each(func(row row) error {
		var subject []byte
		if err := row.Scan(&subject); err != nil {
			return err
		}
		ids = append(ids, hex.EncodeToString(subject))
		return nil
	})
	return ids, err
}
