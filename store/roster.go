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

// rosterLock is shared by whoever changes single residents and held alone by a slice of an import, on PostgreSQL. SQLite's
// one writer needs no lock.
const rosterLock = 0x746f776e63726965

// Roster implements roster.Store.
type Roster struct{ db *DB }

var _ roster.Store = (*Roster)(nil)

// Roster keeps residents and committees in db.
func (db *DB) Roster() *Roster { return &Roster{db} }

// phoneHash is the first half of a number's HMAC: 128 bits are twice what tells all numbers apart, and every index of a
// million residents is 16 MB smaller.
type phoneHash [16]byte

// findPhone is what a number is found by: in residents, suppressions, texts and replies alike.
func (db *DB) findPhone(number phone.Number) phoneHash {
	return phoneHash(db.sealer.Find(phoneFind, string(number)))
}

// findsPhone is what findPhone made under each finding key, the newest first.
func (db *DB) findsPhone(number phone.Number) []phoneHash {
	var all []phoneHash
	for _, hash := range db.sealer.Finds(phoneFind, string(number)) {
		all = append(all, phoneHash(hash[:len(phoneHash{})]))
	}
	return all
}

// Find implements roster.Store.
func (s *Roster) Find(ctx context.Context, key roster.Key) (roster.Resident, error) {
	row, err := s.load(ctx, s.db.read, key)
	return row.Resident, orNotFound(err, roster.ErrNoResident)
}

// load is the row that a key leads to, or sql.ErrNoRows.
func (s *Roster) load(ctx context.Context, q querier, key roster.Key) (residentRow, error) {
	column, value, err := s.locate(key)
	if err != nil {
		return residentRow{}, err
	}
	return s.scan(q.QueryRowContext(ctx, s.db.residents+` WHERE r.`+column+` = $1`, value))
}

// locate is the column that a key is about. An id that is none leads nowhere.
func (s *Roster) locate(key roster.Key) (column string, value []byte, err error) {
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
func (s *Roster) Edit(ctx context.Context, keys []roster.Key, decide func([]roster.Found) (roster.Edit, error)) error {
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
		if scrub, err = s.apply(ctx, tx, rows, edit); err != nil {
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
func (s *Roster) lockKeys(ctx context.Context, tx *sql.Tx, keys []roster.Key) error {
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

// apply writes an edit of rows and says whether a number or an openid went.
func (s *Roster) apply(ctx context.Context, tx *sql.Tx, rows map[string]residentRow, edit roster.Edit) (scrub bool, err error) {
	vacant := make(map[phone.Number]bool)
	for _, id := range edit.Remove {
		row := rows[id]
		if err := s.remove(ctx, tx, row, edit.Into, edit.Acts[0].At); err != nil {
			return false, err
		}
		scrub = true
		vacant[row.Phone] = true
	}
	for _, r := range edit.Save {
		row, known := rows[r.ID]
		if known {
			vacant[row.Phone] = true
			scrub = scrub || row.Phone != "" && row.Phone != r.Phone || row.OpenID != "" && row.OpenID != r.OpenID
		}
		if err := s.save(ctx, tx, row, r); err != nil {
			return false, err
		}
	}
	for number, why := range edit.Suppress {
		if err := s.suppress(ctx, tx, number, why, edit.Acts[0].At); err != nil {
			return false, err
		}
		if why == roster.Erased {
			vacant[number], scrub = true, true
		}
	}
	for _, r := range edit.Save {
		delete(vacant, r.Phone)
	}
	for _, number := range edit.Vacate {
		vacant[number], scrub = true, true
	}
	delete(vacant, "")
	for number := range vacant {
		if err := s.vacate(ctx, tx, number); err != nil {
			return false, err
		}
	}
	if edit.Stop != nil {
		if err := s.recordStop(ctx, tx, edit.Stop); err != nil {
			return false, err
		}
	}
	if edit.Undone != nil {
		if err := s.recordUndone(ctx, tx, edit.Undone); err != nil {
			return false, err
		}
	}
	for _, act := range edit.Acts {
		if err := s.db.appendAudit(ctx, tx, act); err != nil {
			return false, err
		}
	}
	return scrub, nil
}

func (s *Roster) remove(ctx context.Context, tx *sql.Tx, row residentRow, into string, at time.Time) error {
	if into != "" {
		to, err := hex.DecodeString(into)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE text SET subject = $2 WHERE subject = $1`, row.subject, to); err != nil {
			return err
		}
		if err := s.db.mergeDeliveries(ctx, tx, row.row, to, at); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM resident WHERE id = $1`, row.row)
	return err
}

// save writes r over row, or adds it when there is no row.
func (s *Roster) save(ctx context.Context, tx *sql.Tx, row residentRow, r roster.Resident) error {
	if r.Committee != "" && r.Committee != row.Committee {
		var one int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM committee WHERE code = $1`+s.db.shareKey, r.Committee).Scan(&one)
		if err != nil {
			return orNotFound(err, roster.ErrNoCommittee)
		}
	}
	subject, err := hex.DecodeString(r.ID)
	if err != nil {
		return err
	}
	number, openid := s.seal(residentPhone, string(r.Phone), string(row.Phone), row.sealedPhone), s.seal(residentOpenID, r.OpenID, row.OpenID, row.sealedOpenID)
	var numberFind, openFind []byte
	if r.Phone != "" {
		if err := s.db.adopt(ctx, tx, r.Phone); err != nil {
			return err
		}
		hash := s.db.findPhone(r.Phone)
		numberFind = hash[:]
	}
	if r.OpenID != "" {
		openFind = s.db.sealer.Find(openidFind, r.OpenID)
	}
	committee := sql.NullString{String: r.Committee, Valid: r.Committee != ""}
	query := `INSERT INTO resident
		(subject, phone_find, phone, phone_from, openid_find, openid, committee, community, place_from, tags, updated_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`
	last := any(stamp(r.CreatedAt))
	if row.row != 0 {
		query = `UPDATE resident SET subject = $1, phone_find = $2, phone = $3, phone_from = $4, openid_find = $5, openid = $6,
			committee = $7, community = $8, place_from = $9, tags = $10, updated_at = $11 WHERE id = $12 RETURNING id`
		last = row.row
	}
	var id int64
	err = tx.QueryRowContext(ctx, query, subject, numberFind, number, string(r.PhoneFrom), openFind, openid, committee,
		r.Community, string(r.PlaceFrom), tagsText(r.Tags), stamp(r.UpdatedAt), last).Scan(&id)
	if err != nil {
		return err
	}
	if !slices.Equal(row.Consents, r.Consents) {
		if err := saveConsents(ctx, tx, id, r.Consents); err != nil {
			return err
		}
	}
	if !slices.Equal(row.Preferences, r.Preferences) {
		return savePreferences(ctx, tx, id, r.Preferences)
	}
	return nil
}

// seal seals a value; one that has not changed keeps its sealed bytes.
func (s *Roster) seal(purpose, value, before string, sealed []byte) []byte {
	switch value {
	case "":
		return nil
	case before:
		return sealed
	}
	return s.db.sealer.Seal(purpose, value)
}

func saveConsents(ctx context.Context, tx *sql.Tx, id int64, consents []roster.Consent) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM consent WHERE resident = $1`, id); err != nil {
		return err
	}
	for _, c := range consents {
		_, err := tx.ExecContext(ctx, `INSERT INTO consent (resident, what, given_at, how, basis) VALUES ($1, $2, $3, $4, $5)`,
			id, c.What, stamp(c.At), c.How, string(c.Basis))
		if err != nil {
			return err
		}
	}
	return nil
}

func savePreferences(ctx context.Context, tx *sql.Tx, id int64, preferences []roster.Preference) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM preference WHERE resident = $1`, id); err != nil {
		return err
	}
	for _, p := range preferences {
		wants := 0
		if p.Wants {
			wants = 1
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO preference (resident, topic, channel, wants, chosen_at) VALUES ($1, $2, $3, $4, $5)`,
			id, p.Topic, string(p.Channel), wants, stamp(p.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// vacate takes a number that has no resident any more out of the texts to it, and drops what was pushed about it.
func (s *Roster) vacate(ctx context.Context, tx *sql.Tx, number phone.Number) error {
	if err := s.db.adopt(ctx, tx, number); err != nil {
		return err
	}
	hash := s.db.findPhone(number)
	return vacateHash(ctx, tx, hash[:])
}

func vacateHash(ctx context.Context, tx *sql.Tx, hash []byte) error {
	for _, query := range []string{
		`UPDATE text SET phone_find = NULL WHERE phone_find = $1`,
		`DELETE FROM sms_inbound WHERE phone_find = $1`,
		`DELETE FROM sms_stop WHERE phone_find = $1`,
		`UPDATE ticket SET phone_find = NULL, phone = NULL WHERE phone_find = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, hash); err != nil {
			return err
		}
	}
	return nil
}

func (s *Roster) suppress(ctx context.Context, tx *sql.Tx, number phone.Number, why roster.Suppression, at time.Time) error {
	if err := s.db.adopt(ctx, tx, number); err != nil {
		return err
	}
	hash := s.db.findPhone(number)
	if why == "" {
		_, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE phone_find = $1`, hash[:])
		return err
	}
	return suppressHash(ctx, tx, hash[:], why, at)
}

func suppressHash(ctx context.Context, tx *sql.Tx, hash []byte, why roster.Suppression, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO suppression (phone_find, reason, at) VALUES ($1, $2, $3)
		ON CONFLICT (phone_find) DO UPDATE SET reason = excluded.reason, at = excluded.at WHERE suppression.reason <> 'erased'`,
		hash, string(why), stamp(at))
	return err
}

// Suppressed implements roster.Store.
func (s *Roster) Suppressed(ctx context.Context, number phone.Number) (roster.Suppression, error) {
	return s.suppressed(ctx, s.db.read, number)
}

func (s *Roster) suppressed(ctx context.Context, q querier, number phone.Number) (why roster.Suppression, err error) {
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
func (s *Roster) Stale(ctx context.Context, before time.Time, limit int) (ids []string, err error) {
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
