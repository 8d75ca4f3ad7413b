package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/staff"
)

var _ staff.InvitationStore = (*Staff)(nil)

// Purposes that bind sealed and hashed bytes to their column.
const (
	staffPhone      = "staff.phone"
	invitationPhone = "staff_invitation.phone"
	invitationMAC   = "staff_invitation"
)

const invitationColumns = `id, person, issued_by, confirmed_by, in_person, phone, phone_by, issued_at, confirmed_at, opened_at, revoked_at, expires_at`

func (s *Staff) scanInvitation(row row, more ...any) (staff.Invitation, error) {
	var i staff.Invitation
	var sealed []byte
	err := row.Scan(append([]any{&i.ID, &i.Person, &i.IssuedBy, &i.ConfirmedBy, &i.InPerson, &sealed, &i.PhoneBy,
		into(&i.IssuedAt), into(&i.ConfirmedAt), into(&i.OpenedAt), into(&i.RevokedAt), into(&i.ExpiresAt)}, more...)...)
	if err != nil {
		return staff.Invitation{}, orNotFound(err, staff.ErrNoPerson)
	}
	i.Phone, err = s.openPhone(invitationPhone, i.ID, sealed)
	return i, err
}

// sealPhone seals a number together with the id of the row that it belongs to: in another row it does not open.
func (s *Staff) sealPhone(purpose, id string, number phone.Number) []byte {
	if number == "" {
		return nil
	}
	return s.db.sealer.Seal(purpose, id+" "+string(number))
}

// issuedMAC covers what is decided when an invitation is issued, confirmedMAC what is decided after it. An invitation that
// somebody wrote into the database, or confirmed there, does not open.
func (s *Staff) issuedMAC(i staff.Invitation, digest []byte) []byte {
	return s.db.sealer.Find(invitationMAC, issuedMessage(i, digest))
}

func issuedMessage(i staff.Invitation, digest []byte) string {
	return strings.Join([]string{
		i.ID, i.Person, string(i.IssuedBy), strconv.FormatInt(i.ExpiresAt.UnixMilli(), 10), hex.EncodeToString(digest),
	}, "\x00")
}

func (s *Staff) confirmedMAC(i staff.Invitation, issued []byte) []byte {
	if i.ConfirmedAt.IsZero() {
		return issued
	}
	return s.db.sealer.Find(invitationMAC, confirmedMessage(i, issued))
}

func confirmedMessage(i staff.Invitation, issued []byte) string {
	return strings.Join([]string{
		string(i.ConfirmedBy), strconv.FormatInt(i.ConfirmedAt.UnixMilli(), 10), strconv.FormatBool(i.InPerson), string(i.Phone), string(i.PhoneBy), hex.EncodeToString(issued),
	}, "\x00")
}

// opens says whether mac is an invitation's for a secret's digest. The finding key may have changed since it was issued, or confirmed.
func (s *Staff) opens(i staff.Invitation, digest, mac []byte) bool {
	message := issuedMessage(i, digest)
	if i.ConfirmedAt.IsZero() {
		return s.db.sealer.Found(invitationMAC, message, mac)
	}
	return slices.ContainsFunc(s.db.sealer.Finds(invitationMAC, message), func(issued []byte) bool {
		return s.db.sealer.Found(invitationMAC, confirmedMessage(i, issued), mac)
	})
}

// Invite implements staff.InvitationStore.
func (s *Staff) Invite(ctx context.Context, i staff.Invitation, digest []byte, only staff.InviteOnly, act audit.Act) error {
	return s.change(ctx, "invite staff", act, func(tx *sql.Tx) (sql.Result, error) {
		p, err := s.lockPerson(ctx, tx, i.Person)
		if err != nil {
			return nil, err
		}
		if err := s.inviteOnly(ctx, tx, i, only); err != nil {
			return nil, err
		}
		if err := s.phoneFree(ctx, tx, i.Person, i.Phone); err != nil {
			return nil, err
		}
		if err := endInvitations(ctx, tx, i.IssuedAt, i.Person); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `INSERT INTO staff_invitation
			(id, person, issued_by, issued_at, confirmed_by, confirmed_at, in_person, phone, phone_by, expires_at, mac, role)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			i.ID, i.Person, string(i.IssuedBy), stamp(i.IssuedAt), string(i.ConfirmedBy), stamp(i.ConfirmedAt), boolInt(i.InPerson),
			s.sealPhone(invitationPhone, i.ID, i.Phone), string(i.PhoneBy), stamp(i.ExpiresAt), s.confirmedMAC(i, s.issuedMAC(i, digest)), string(p.Role))
	})
}

func (s *Staff) inviteOnly(ctx context.Context, tx *sql.Tx, i staff.Invitation, only staff.InviteOnly) error {
	switch only {
	case staff.DuringSetup:
		if n, err := activated(ctx, tx); err != nil || n >= staff.SetupNeeds {
			return orElse(err, staff.ErrSetupOver)
		}
	case staff.WithoutPeers:
		var peers int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM staff s WHERE s.role = 'admin' AND s.disabled_at IS NULL AND s.id <> $1
			AND (EXISTS (SELECT 1 FROM staff_key k WHERE k.person = s.id AND k.revoked_at IS NULL AND k.expires_at > $2)
				OR EXISTS (SELECT 1 FROM staff_login l WHERE l.person = s.id))`,
			i.Person, stamp(i.IssuedAt)).Scan(&peers)
		if err != nil || peers >= staff.SetupNeeds {
			return orElse(err, staff.ErrOthersCan)
		}
	}
	return nil
}

// phoneFree refuses a number that another member of staff has.
func (s *Staff) phoneFree(ctx context.Context, tx *sql.Tx, person string, number phone.Number) error {
	if number == "" {
		return nil
	}
	var other string
	err := tx.QueryRowContext(ctx, `SELECT id FROM staff WHERE phone_find = $1 AND id <> $2`, s.db.sealer.Find(staffPhone, string(number)), person).Scan(&other)
	switch {
	case err == nil:
		return staff.ErrPhoneTaken
	case errors.Is(err, sql.ErrNoRows):
		return nil
	}
	return err
}

// endInvitations revokes a person's invitations that could still be opened.
func endInvitations(ctx context.Context, tx *sql.Tx, at time.Time, person string) error {
	_, err := tx.ExecContext(ctx, `UPDATE staff_invitation SET revoked_at = $1, mac = $2
		WHERE person = $3 AND revoked_at IS NULL AND opened_at IS NULL`, stamp(at), []byte{}, person)
	return err
}

// Confirm implements staff.InvitationStore.
func (s *Staff) Confirm(ctx context.Context, i staff.Invitation, act audit.Act) error {
	return s.change(ctx, "confirm an invitation", act, func(tx *sql.Tx) (sql.Result, error) {
		var issued []byte
		err := tx.QueryRowContext(ctx, `SELECT mac FROM staff_invitation
			WHERE id = $1 AND confirmed_at IS NULL AND revoked_at IS NULL AND opened_at IS NULL AND expires_at > $2`+s.db.lock, i.ID, stamp(i.ConfirmedAt)).Scan(&issued)
		if err != nil {
			return nil, orNotFound(err, staff.ErrSettled)
		}
		if err := s.phoneFree(ctx, tx, i.Person, i.Phone); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE staff_invitation SET confirmed_by = $2, confirmed_at = $3, in_person = $4, phone = $5, phone_by = $6, mac = $7 WHERE id = $1`,
			i.ID, string(i.ConfirmedBy), stamp(i.ConfirmedAt), boolInt(i.InPerson), s.sealPhone(invitationPhone, i.ID, i.Phone), string(i.PhoneBy), s.confirmedMAC(i, issued))
	})
}

// Invitation implements staff.InvitationStore.
func (s *Staff) Invitation(ctx context.Context, id string) (staff.Invitation, error) {
	i, err := s.scanInvitation(s.db.read.QueryRowContext(ctx, `SELECT `+invitationColumns+` FROM staff_invitation WHERE id = $1`, id))
	return i, wrap("get an invitation", err)
}

// InvitationOf implements staff.InvitationStore.
func (s *Staff) InvitationOf(ctx context.Context, id string, digest []byte) (staff.Invitation, error) {
	var mac []byte
	i, err := s.scanInvitation(s.db.read.QueryRowContext(ctx, `SELECT `+invitationColumns+`, mac FROM staff_invitation WHERE id = $1`, id), &mac)
	if err == nil && !s.opens(i, digest, mac) {
		err = staff.ErrNoPerson
	}
	return i, wrap("get an invitation", err)
}

// Invitations implements staff.InvitationStore.
func (s *Staff) Invitations(ctx context.Context, limit int) ([]staff.Invitation, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+invitationColumns+` FROM staff_invitation ORDER BY issued_at DESC, id LIMIT $1`, limit)),
		func(row row) (staff.Invitation, error) { return s.scanInvitation(row) })
	return all, wrap("list invitations", err)
}

// Open implements staff.InvitationStore.
func (s *Staff) Open(ctx context.Context, i staff.Invitation, k staff.Key, digest []byte, act audit.Act) error {
	return s.change(ctx, "open an invitation", act, func(tx *sql.Tx) (sql.Result, error) {
		if err := s.markOpened(ctx, tx, i); err != nil {
			return nil, err
		}
		if _, err := endKeys(ctx, tx, i.OpenedAt, `person = $3`, i.Person); err != nil {
			return nil, err
		}
		return s.addKey(ctx, tx, k, digest)
	})
}

// markOpened uses an invitation up, and registers the number that proved its person.
func (s *Staff) markOpened(ctx context.Context, tx *sql.Tx, i staff.Invitation) error {
	result, err := tx.ExecContext(ctx, `UPDATE staff_invitation SET opened_at = $2, mac = $3
		WHERE id = $1 AND confirmed_at IS NOT NULL AND opened_at IS NULL AND revoked_at IS NULL AND expires_at > $2`, i.ID, stamp(i.OpenedAt), []byte{})
	if err := orWhenNone(result, err, staff.ErrNoInvitation); err != nil || i.Phone == "" {
		return err
	}
	_, err = s.setPhone(ctx, tx, i.Person, i.Phone, i.PhoneBy)
	return err
}

// Withdraw implements staff.InvitationStore.
func (s *Staff) Withdraw(ctx context.Context, id string, at time.Time, act audit.Act) error {
	return s.change(ctx, "withdraw an invitation", act, func(tx *sql.Tx) (sql.Result, error) {
		result, err := tx.ExecContext(ctx, `UPDATE staff_invitation SET revoked_at = $2, mac = $3
			WHERE id = $1 AND opened_at IS NULL AND revoked_at IS NULL AND expires_at > $2`, id, stamp(at), []byte{})
		return result, orWhenNone(result, err, staff.ErrSettled)
	})
}

// SetPhone implements staff.InvitationStore.
func (s *Staff) SetPhone(ctx context.Context, person string, number phone.Number, by audit.Actor, act audit.Act) error {
	return s.change(ctx, "register a number", act, func(tx *sql.Tx) (sql.Result, error) {
		if _, err := s.lockPerson(ctx, tx, person); err != nil {
			return nil, err
		}
		return s.setPhone(ctx, tx, person, number, by)
	})
}

func (s *Staff) setPhone(ctx context.Context, tx *sql.Tx, person string, number phone.Number, by audit.Actor) (sql.Result, error) {
	if err := s.phoneFree(ctx, tx, person, number); err != nil {
		return nil, err
	}
	return tx.ExecContext(ctx, `UPDATE staff SET phone = $2, phone_find = $3, phone_by = $4 WHERE id = $1`,
		person, s.sealPhone(staffPhone, person, number), s.db.sealer.Find(staffPhone, string(number)), string(by))
}
