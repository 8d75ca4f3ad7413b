package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// leaver is somebody about to leave: all that leads to them, and how they leave.
type leaver struct {
	number phone.Number
	openid string
	leave  func(context.Context, *roster.Roster, leaver) error
}

// leavers is every way in which a number or an openid goes, three people each.
func leavers(t *testing.T, r *roster.Roster) (all []leaver) {
	t.Helper()
	ctx, n := t.Context(), 0
	for way, leave := range map[string]func(context.Context, *roster.Roster, leaver) error{
		"unfollow":   func(ctx context.Context, r *roster.Roster, l leaver) error { return r.Unfollow(ctx, l.openid) },
		"erase self": func(ctx context.Context, r *roster.Roster, l leaver) error { return r.EraseSelf(ctx, l.openid) },
		"erase": func(ctx context.Context, r *roster.Roster, l leaver) error {
			who, err := r.FindByPhone(ctx, l.number)
			if err != nil {
				return err
			}
			return r.Erase(ctx, audit.Staff("wang"), who.ID)
		},
		"another WeChat takes the number, and is erased": func(ctx context.Context, r *roster.Roster, l leaver) error {
			if _, err := r.Bind(ctx, l.openid+"-new", l.number); err != nil {
				return err
			}
			return r.EraseSelf(ctx, l.openid+"-new")
		},
		"another number": func(ctx context.Context, r *roster.Roster, l leaver) error {
			if _, err := r.Bind(ctx, l.openid, "19900009999"); err != nil {
				return err
			}
			return r.EraseSelf(ctx, l.openid)
		},
	} {
		for range 3 {
			n++
			l := leaver{phone.Number(fmt.Sprintf("1990008%04d", n)), fmt.Sprintf("oLeaver-%04d-94c2b1a07f6e5d", n), leave}
			if _, err := r.Bind(ctx, l.openid, l.number); err != nil {
				t.Fatal(way, err)
			}
			all = append(all, l)
		}
	}
	return all
}

// crowd are residents who stay: enough that rows and index entries have moved between pages.
func crowd(t *testing.T, db *store.DB, r *roster.Roster, from, upTo int) {
	t.Helper()
	s := db.Roster()
	state, err := s.BeginImport(t.Context(), [32]byte{byte(from / 1000)}, audit.Act{Actor: audit.Local("test"), Action: "roster.import", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	var rows []roster.ImportRow
	for n := from; n < upTo; n++ {
		rows = append(rows, roster.ImportRow{Phone: phone.Number(fmt.Sprintf("1990000%04d", n)), Committee: example.Code,
			Consent: roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}})
	}
	slice := roster.ImportSlice{UpTo: len(rows), Rows: roster.NewImportRows(rows...)}
	if err := s.WriteSlice(t.Context(), state.ID, slice, func(roster.ImportCounts) {}); err != nil {
		t.Fatal(err)
	}
	for n := from; n < from+200; n++ {
		if err := r.Prefer(t.Context(), fmt.Sprintf("oCrowd-%04d-1a07f6e5d382910", n), "", "", true); err != nil {
			t.Fatal(err)
		}
	}
}

// shadows are the sealed bytes and hashes by which people are kept now, but for suppressions.
func shadows(t *testing.T, raw *sql.DB) map[string]string {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), `SELECT 'phone', phone FROM resident UNION ALL SELECT 'openid', openid FROM resident
		UNION ALL SELECT 'openid_find', openid_find FROM resident UNION ALL SELECT 'phone_find', phone_find FROM resident
		UNION ALL SELECT 'text.phone_find', phone_find FROM text UNION ALL SELECT 'element', element FROM sms_inbound`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := make(map[string]string) // the column, by what is in it
	for rows.Next() {
		var column string
		var b []byte
		if err := rows.Scan(&column, &b); err != nil {
			t.Fatal(err)
		}
		if b != nil {
			found[string(b)] = column
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// listed are the hashes that suppressions keep.
func listed(t *testing.T, raw *sql.DB) map[string]bool {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), `SELECT phone_find FROM suppression`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := make(map[string]bool)
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		found[string(b)] = true
	}
	return found
}

// texted keeps a text to everybody and a reply from them.
func texted(t *testing.T, raw *sql.DB) {
	t.Helper()
	raw.SetMaxOpenConns(1)
	raw.ExecContext(t.Context(), `PRAGMA secure_delete = 1`) // as the store's own connection; an error on PostgreSQL
	for _, query := range []string{
		`INSERT INTO text (out_id, subject, phone_find, kind, template, state, created_at)
			SELECT 'out-' || id, subject, phone_find, 'code', 'SMS_1', 'delivered', 1 FROM resident WHERE phone_find IS NOT NULL`,
		`INSERT INTO sms_inbound (digest, kind, handle, phone_find, element, received_at, due_at)
			SELECT subject, 'reply', '', phone_find, phone, 1, 1 FROM resident WHERE phone_find IS NOT NULL`,
	} {
		if _, err := raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLeaversLeaveNoByte lets people leave in every way, among others who stay, and searches every byte that is kept: the
// database's files, or all values of all tables.
func TestLeaversLeaveNoByte(t *testing.T) {
	everything := map[string]func(*testing.T, string, *sql.DB) []byte{
		"SQLite":     func(t *testing.T, path string, _ *sql.DB) []byte { return files(t, path) },
		"PostgreSQL": func(t *testing.T, _ string, raw *sql.DB) []byte { return values(t, raw) },
	}
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting := fresh(t)
			db, raw := storetest.Open(t, setting, storetest.Sealer(t)), byHand(t, name, setting)
			clock := noon
			r := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: func() time.Time { return clock }})
			if _, err := r.PutCommittee(t.Context(), put.Actor, example); err != nil {
				t.Fatal(err)
			}
			crowd(t, db, r, 0, 3000)
			all := leavers(t, r)
			crowd(t, db, r, 3000, 6000)
			texted(t, raw)
			before := shadows(t, raw)
			for _, l := range all {
				if err := l.leave(t.Context(), r, l); err != nil {
					t.Fatal(err)
				}
			}
			// Retention: of all who did not follow, the last that came stay.
			clock = noon.AddDate(2, 0, 0)
			n, err := r.Expire(t.Context(), noon.AddDate(1, 0, 0), 30)
			if err != nil || n != 30 {
				t.Fatal(n, err)
			}
			after, suppressed := shadows(t, raw), listed(t, raw)
			kept := everything[name](t, setting, raw)
			gone := 0
			for shadow, column := range before {
				switch {
				case after[shadow] != "" || suppressed[shadow]:
					if !bytes.Contains(kept, []byte(shadow)) {
						t.Fatal("the test does not see what stays")
					}
				case bytes.Contains(kept, []byte(shadow)):
					t.Errorf("a %s is still kept", column)
				default:
					gone++
				}
			}
			if gone < 30*2+len(all)*3 {
				t.Errorf("only %d traces are gone", gone)
			}
			for _, l := range all {
				for _, plain := range []string{string(l.number), l.openid} {
					if bytes.Contains(kept, []byte(plain)) {
						t.Errorf("%s is kept in the clear", plain[:4])
					}
				}
			}
		})
	}
}

// values is every value of every table, by SQL.
func values(t *testing.T, raw *sql.DB) (all []byte) {
	t.Helper()
	var tables []string
	rows, err := raw.QueryContext(t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	for _, table := range tables {
		var text sql.NullString
		if err := raw.QueryRowContext(t.Context(), `SELECT string_agg(t::text, ' ') FROM `+table+` t`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text.String...)
	}
	return unhexed(all)
}

// unhexed adds the bytes of every \x literal to a text.
func unhexed(text []byte) []byte {
	out := bytes.Clone(text)
	for _, part := range bytes.Split(text, []byte(`\x`))[1:] {
		end := bytes.IndexFunc(part, func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r && r <= 'f') })
		if end < 0 {
			end = len(part)
		}
		b := make([]byte, end/2)
		if _, err := hex.Decode(b, part[:end/2*2]); err == nil {
			out = append(out, b...)
		}
	}
	return out
}
