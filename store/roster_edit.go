package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"towncrier/phone"
	"towncrier/roster"
)

// residentEdit is one edit of residents, within its transaction.
type residentEdit struct {
	*residents
	tx   *sql.Tx
	rows map[string]residentRow // before it, by id
	edit roster.Edit
}

// write writes the edit and says whether a number or an openid went.
func (e *residentEdit) write(ctx context.Context) (scrub bool, err error) {
	vacant := make(map[phone.Number]bool)
	for _, id := range e.edit.Remove {
		row := e.rows[id]
		if err := e.remove(ctx, row, e.edit.Into, e.edit.Acts[0].At); err != nil {
			return false, err
		}
		scrub = true
		vacant[row.Phone] = true
	}
	for _, r := range e.edit.Save {
		row, known := e.rows[r.ID]
		if known {
			vacant[row.Phone] = true
			scrub = scrub || row.Phone != "" && row.Phone != r.Phone || row.OpenID != "" && row.OpenID != r.OpenID
		}
		if err := e.save(ctx, row, r); err != nil {
			return false, err
		}
	}
	for number, why := range e.edit.Suppress {
		if err := e.suppress(ctx, number, why, e.edit.Acts[0].At); err != nil {
			return false, err
		}
		if why == roster.Erased {
			vacant[number], scrub = true, true
		}
	}
	for _, r := range e.edit.Save {
		delete(vacant, r.Phone)
	}
	for _, number := range e.edit.Vacate {
		vacant[number], scrub = true, true
	}
	delete(vacant, "")
	for number := range vacant {
		if err := e.vacate(ctx, number); err != nil {
			return false, err
		}
	}
	if e.edit.Stop != nil {
		if err := e.recordStop(ctx, e.edit.Stop); err != nil {
			return false, err
		}
	}
	if e.edit.Undone != nil {
		if err := e.recordUndone(ctx, e.edit.Undone); err != nil {
			return false, err
		}
	}
	for _, act := range e.edit.Acts {
		if err := e.db.appendAudit(ctx, e.tx, act); err != nil {
			return false, err
		}
	}
	return scrub, nil
}

func (e *residentEdit) remove(ctx context.Context, row residentRow, into string, at time.Time) error {
	if into != "" {
		to, err := hex.DecodeString(into)
		if err != nil {
			return err
		}
		if _, err := e.tx.ExecContext(ctx, `UPDATE text SET subject = $2 WHERE subject = $1`, row.subject, to); err != nil {
			return err
		}
		if err := e.db.mergeDeliveries(ctx, e.tx, row.row, to, at); err != nil {
			return err
		}
	}
	_, err := e.tx.ExecContext(ctx, `DELETE FROM resident WHERE id = $1`, row.row)
	return err
}

// save writes r over row, or adds it when there is no row.
func (e *residentEdit) save(ctx context.Context, row residentRow, r roster.Resident) error {
	if r.Committee != "" && r.Committee != row.Committee {
		var one int
		err := e.tx.QueryRowContext(ctx, `SELECT 1 FROM committee WHERE code = $1`+e.db.shareKey, r.Committee).Scan(&one)
		if err != nil {
			return orNotFound(err, roster.ErrNoCommittee)
		}
	}
	subject, err := hex.DecodeString(r.ID)
	if err != nil {
		return err
	}
	number, openid := e.seal(residentPhone, string(r.Phone), string(row.Phone), row.sealedPhone), e.seal(residentOpenID, r.OpenID, row.OpenID, row.sealedOpenID)
	var numberFind, openFind []byte
	if r.Phone != "" {
		if err := e.db.adopt(ctx, e.tx, r.Phone); err != nil {
			return err
		}
		hash := e.db.findPhone(r.Phone)
		numberFind = hash[:]
	}
	if r.OpenID != "" {
		openFind = e.db.sealer.Find(openidFind, r.OpenID)
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
	err = e.tx.QueryRowContext(ctx, query, subject, numberFind, number, string(r.PhoneFrom), openFind, openid, committee,
		r.Community, string(r.PlaceFrom), tagsText(r.Tags), stamp(r.UpdatedAt), last).Scan(&id)
	if err != nil {
		return err
	}
	if !slices.Equal(row.Consents, r.Consents) {
		if err := saveConsents(ctx, e.tx, id, r.Consents); err != nil {
			return err
		}
	}
	if !slices.Equal(row.Preferences, r.Preferences) {
		return savePreferences(ctx, e.tx, id, r.Preferences)
	}
	return nil
}

// seal seals a value; one that has not changed keeps its sealed bytes.
func (e *residentEdit) seal(purpose, value, before string, sealed []byte) []byte {
	switch value {
	case "":
		return nil
	case before:
		return sealed
	}
	return e.db.sealer.Seal(purpose, value)
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
		_, err := tx.ExecContext(ctx, `INSERT INTO preference (resident, topic, channel, wants, chosen_at) VALUES ($1, $2, $3, $4, $5)`,
			id, p.Topic, string(p.Channel), boolInt(p.Wants), stamp(p.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// vacate takes a number that has no resident any more out of the texts to it, and drops what was pushed about it.
func (e *residentEdit) vacate(ctx context.Context, number phone.Number) error {
	if err := e.db.adopt(ctx, e.tx, number); err != nil {
		return err
	}
	hash := e.db.findPhone(number)
	return vacateHash(ctx, e.tx, hash[:])
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

func (e *residentEdit) suppress(ctx context.Context, number phone.Number, why roster.Suppression, at time.Time) error {
	if err := e.db.adopt(ctx, e.tx, number); err != nil {
		return err
	}
	hash := e.db.findPhone(number)
	if why == "" {
		_, err := e.tx.ExecContext(ctx, `DELETE FROM suppression WHERE phone_find = $1`, hash[:])
		return err
	}
	return suppressHash(ctx, e.tx, hash[:], why, at)
}

func suppressHash(ctx context.Context, tx *sql.Tx, hash []byte, why roster.Suppression, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO suppression (phone_find, reason, at) VALUES ($1, $2, $3)
		ON CONFLICT (phone_find) DO UPDATE SET reason = excluded.reason, at = excluded.at WHERE suppression.reason <> 'erased'`,
		hash, string(why), stamp(at))
	return err
}

// recordStop writes down that somebody asked to stop texts.
func (e *residentEdit) recordStop(ctx context.Context, stop *roster.Stop) error {
	find := e.db.findPhone(stop.Number)
	_, err := e.tx.ExecContext(ctx, `INSERT INTO sms_stop (phone_find, phone, via, at, made) VALUES ($1, $2, $3, $4, $5)`,
		find[:], e.db.sealer.Seal(stopPhone, string(stop.Number)), stop.Via, stamp(stop.At), boolInt(stop.Made))
	return err
}

// recordUndone marks a stop as looked at by a request, which counts those that were lifted.
func (e *residentEdit) recordUndone(ctx context.Context, u *roster.Undone) error {
	result, err := e.tx.ExecContext(ctx, `UPDATE sms_stop SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL`, u.Stop, stamp(u.At))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 || !u.Lifted {
		return err
	}
	_, err = e.tx.ExecContext(ctx, `UPDATE stop_undo SET undone = undone + 1 WHERE id = $1`, u.Request)
	return err
}
