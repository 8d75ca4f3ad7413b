package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
)

// residentsSQL is dialect.residents: array makes a JSON array of a column's values, object a JSON object.
func residentsSQL(array, object string) string {
	return fmt.Sprintf(`SELECT r.id, r.subject, r.phone, r.phone_find, r.phone_from, r.openid, r.openid_find, COALESCE(r.committee, ''), r.community, r.place_from,
		r.tags, r.created_at, r.updated_at,
		EXISTS (SELECT 1 FROM suppression s WHERE s.phone_find = r.phone_find),
		(SELECT %[1]s(%[2]s('What', what, 'At', given_at, 'How', how, 'Basis', basis)) FROM consent WHERE resident = r.id),
		(SELECT %[1]s(%[2]s('Topic', topic, 'Channel', channel, 'Wants', wants, 'At', chosen_at)) FROM preference WHERE resident = r.id)
		FROM resident r`, array, object)
}

// residentRow is a resident and what the database alone knows of them.
type residentRow struct {
	roster.Resident
	row                       int64 // 0 when there is none
	subject                   []byte
	sealedPhone, sealedOpenID []byte
	phoneFind, openidFind     []byte
}

func (s *residents) scan(row row) (residentRow, error) {
	var r residentRow
	var tags string
	var consents, preferences sql.NullString
	err := row.Scan(&r.row, &r.subject, &r.sealedPhone, &r.phoneFind, &r.PhoneFrom, &r.sealedOpenID, &r.openidFind, &r.Committee, &r.Community, &r.PlaceFrom,
		&tags, into(&r.CreatedAt), into(&r.UpdatedAt), &r.Stopped, &consents, &preferences)
	if err != nil {
		return residentRow{}, err
	}
	r.ID = hex.EncodeToString(r.subject)
	err = errors.Join(s.open(&r), readTags(&r.Resident, tags), readConsents(&r.Resident, consents), readPreferences(&r.Resident, preferences))
	if err != nil {
		return residentRow{}, fmt.Errorf("resident %s: %w", r.ID, err)
	}
	return r, nil
}

func (s *residents) open(r *residentRow) (err error) {
	if r.sealedPhone != nil {
		number, err := s.db.ring.openOwn(residentPhone, r.sealedPhone, phoneFind, r.phoneFind)
		if err != nil {
			return err
		}
		r.Phone = phone.Number(number)
	}
	if r.sealedOpenID != nil {
		r.OpenID, err = s.db.ring.openOwn(residentOpenID, r.sealedOpenID, openidFind, r.openidFind)
	}
	return err
}

const noTags = "[]"

func readTags(r *roster.Resident, text string) error {
	if text == noTags { // as most have: not worth a decoder
		return nil
	}
	return json.Unmarshal([]byte(text), &r.Tags)
}

func tagsText(tags []string) string {
	if len(tags) == 0 {
		return noTags
	}
	text, _ := json.Marshal(tags) // texts cannot fail
	return string(text)
}

func readConsents(r *roster.Resident, text sql.NullString) error {
	var kept []struct {
		What  string       `json:"what"`
		At    int64        `json:"at"`
		How   string       `json:"how"`
		Basis roster.Basis `json:"basis"`
	}
	if !text.Valid || text.String == noTags {
		return nil
	}
	if err := json.Unmarshal([]byte(text.String), &kept); err != nil {
		return err
	}
	for _, c := range kept {
		r.Consents = append(r.Consents, roster.Consent{What: c.What, At: instant(millis(c.At)), How: c.How, Basis: c.Basis})
	}
	slices.SortFunc(r.Consents, func(a, b roster.Consent) int { return cmp.Compare(a.What, b.What) })
	return nil
}

func readPreferences(r *roster.Resident, text sql.NullString) error {
	var kept []struct {
		Topic   string         `json:"topic"`
		Channel roster.Channel `json:"channel"`
		Wants   int            `json:"wants"`
		At      int64          `json:"at"`
	}
	if !text.Valid || text.String == noTags {
		return nil
	}
	if err := json.Unmarshal([]byte(text.String), &kept); err != nil {
		return err
	}
	for _, p := range kept {
		r.Preferences = append(r.Preferences, roster.Preference{Topic: p.Topic, Channel: p.Channel, Wants: p.Wants == 1, At: instant(millis(p.At))})
	}
	slices.SortFunc(r.Preferences, func(a, b roster.Preference) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Channel, b.Channel))
	})
	return nil
}

func millis(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: true} }

// List implements roster.Store. A cursor is the place of the last row in the order of registration.
func (s *residents) List(ctx context.Context, f roster.Filter, after string, limit int) (residents []roster.Resident, next string, err error) {
	last, err := cursor(after, problem.ErrCursor)
	if err != nil {
		return nil, "", err
	}
	where, args := s.where(f)
	args = append(args, last, limit+1)
	query := fmt.Sprintf(`%s WHERE %s r.id > $%d ORDER BY r.id LIMIT $%d`, s.db.residents, where, len(args)-1, len(args))
	rows, err := collect(rowsOf(s.db.read.QueryContext(ctx, query, args...)), s.scan)
	rows, next = page(rows, limit, func(r residentRow) int64 { return r.row })
	for _, r := range rows {
		residents = append(residents, r.Resident)
	}
	return residents, next, err
}

// where is the conditions of a filter, each followed by AND.
func (s *residents) where(f roster.Filter) (conditions string, args []any) {
	var b strings.Builder
	add := func(condition string, value any) {
		args = append(args, value)
		fmt.Fprintf(&b, condition+" AND ", len(args))
	}
	if f.Committee != "" {
		add(`r.committee = $%d`, f.Committee)
	}
	if f.Community != "" {
		add(`r.community = $%d`, f.Community)
	}
	if f.Tag != "" {
		add(fmt.Sprintf(s.db.hasTag, "$%d"), f.Tag)
	}
	if f.Consent != "" {
		add(`EXISTS (SELECT 1 FROM consent c WHERE c.resident = r.id AND c.what = $%d)`, f.Consent)
	}
	if !f.UpdatedSince.IsZero() {
		add(`r.updated_at >= $%d`, stamp(f.UpdatedSince))
	}
	for _, has := range []struct {
		column string
		want   *bool
	}{{"r.phone", f.HasPhone}, {"r.openid", f.HasWeChat}} {
		switch {
		case has.want == nil:
		case *has.want:
			b.WriteString(has.column + " IS NOT NULL AND ")
		default:
			b.WriteString(has.column + " IS NULL AND ")
		}
	}
	return b.String(), args
}

// statsQuery counts residents by committee, of all or of one. A committee is NULL, or "", for residents of none.
const statsQuery = `SELECT coalesce(r.committee, ''), count(*), count(r.phone), count(r.openid),
		count(CASE WHEN r.phone IS NOT NULL AND r.openid IS NOT NULL THEN 1 END), count(c.what),
		count(CASE WHEN s.phone_find IS NOT NULL OR EXISTS (SELECT 1 FROM preference p
			WHERE p.resident = r.id AND p.topic = '' AND p.channel IN ('', 'sms') AND p.wants = 0) THEN 1 END)
	FROM resident r
	LEFT JOIN consent c ON c.resident = r.id AND c.what = 'notices'
	LEFT JOIN suppression s ON s.phone_find = r.phone_find
	WHERE $1 = '' OR r.committee = $1
	GROUP BY coalesce(r.committee, '')`

// StatsByCommittee implements roster.Store.
func (s *residents) StatsByCommittee(ctx context.Context, committee string) (map[string]roster.Stats, error) {
	all := map[string]roster.Stats{}
	_, err := collect(rowsOf(s.db.scan.QueryContext(ctx, statsQuery, committee)), func(row row) (code string, err error) {
		var n roster.Stats
		err = row.Scan(&code, &n.Residents, &n.Phone, &n.WeChat, &n.Both, &n.Consented, &n.Stopped)
		all[code] = n
		return code, err
	})
	return all, err
}

// Stats implements roster.Store.
func (s *residents) Stats(ctx context.Context, committee string) (n roster.Stats, err error) {
	all, err := s.StatsByCommittee(ctx, committee)
	if err != nil {
		return roster.Stats{}, err
	}
	for _, one := range all {
		n.Residents += one.Residents
		n.Phone += one.Phone
		n.WeChat += one.WeChat
		n.Both += one.Both
		n.Consented += one.Consented
		n.Stopped += one.Stopped
	}
	err = s.db.scan.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM committee WHERE $1 = '' OR code = $1),
		(SELECT count(*) FROM suppression WHERE $1 = '')`, committee).Scan(&n.Committees, &n.Suppressed)
	return n, err
}
