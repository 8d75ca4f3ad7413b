package store_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
	"towncrier/store/storetest"
)

const (
	forgedID     = "aaaaaaaaaa"
	forgedSecret = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	forgedBearer = "tck_" + forgedID + "_" + forgedSecret
)

// TestKeysWrittenByHandOpenNothing is what somebody with the database's password tries: no row that they write opens.
func TestKeysWrittenByHandOpenNothing(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		db := storetest.Open(t, setting, storetest.Sealer(t))
		raw := byHand(t, name, setting)
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := raw.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		s := staff.New(db.Staff(), nil, func() time.Time { return noon })
		boss := audit.Local("root")
		key := func(id string, role staff.Role) string {
			t.Helper()
			if _, err := s.Add(t.Context(), boss, staff.Person{ID: id, Name: id, Role: role}); err != nil {
				t.Fatal(err)
			}
			bearer, _, err := stafftest.KeyOf(t.Context(), db.Staff(), func() time.Time { return noon }, id)
			if err != nil {
				t.Fatal(err)
			}
			return bearer
		}
		refused := func(what, bearer string) {
			t.Helper()
			if p, _, err := s.Authenticate(t.Context(), bearer); !errors.Is(err, staff.ErrKey) {
				t.Errorf("%s opens for %s: %v", what, p.ID, err)
			}
		}
		key("boss", staff.Admin)
		digest := sha256.Sum256([]byte(forgedSecret))
		exec(`INSERT INTO staff_key (id, person, secret, created_at, expires_at) VALUES ($1, 'boss', $2, 1, 99999999999999)`, forgedID, digest[:])
		refused("a key written by hand", forgedBearer)
		wang := key("wang", staff.Author)
		exec(`UPDATE staff SET role = 'admin' WHERE id = 'wang'`)
		refused("the key of somebody made an admin by hand", wang)
		exec(`UPDATE staff SET role = 'author' WHERE id = 'wang'`)
		exec(`UPDATE staff_key SET expires_at = expires_at + 1 WHERE person = 'wang'`)
		refused("a key made to last by hand", wang)
		exec(`UPDATE staff_key SET expires_at = expires_at - 1, person = 'boss' WHERE person = 'wang'`)
		refused("a key given to another by hand", wang)
		exec(`UPDATE staff_key SET person = 'wang' WHERE id = $1`, strings.Split(wang, "_")[1])
		if p, _, err := s.Authenticate(t.Context(), wang); err != nil || p.ID != "wang" {
			t.Fatalf("the key itself: %v", err)
		}
		if err := s.Revoke(t.Context(), boss, strings.Split(wang, "_")[1]); err != nil {
			t.Fatal(err)
		}
		exec(`UPDATE staff_key SET revoked_at = NULL`)
		refused("a revoked key taken back by hand", wang)

		enrol := staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), Now: func() time.Time { return noon }})
		activation, inv, err := enrol.Invite(t.Context(), "boss", "boss")
		if err != nil {
			t.Fatal(err)
		}
		exec(`UPDATE staff_invitation SET confirmed_by = 'staff:wang', confirmed_at = issued_at, in_person = 1 WHERE id = $1`, inv.ID)
		if _, _, _, err := enrol.Open(t.Context(), activation, "", ""); !errors.Is(err, staff.ErrNoInvitation) {
			t.Errorf("an invitation confirmed by hand: %v", err)
		}
	})
}

// TestStaffNumbersSwappedByHandAreRefused has two people's sealed numbers exchanged, hashes and all.
func TestStaffNumbersSwappedByHandAreRefused(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		db := storetest.Open(t, setting, storetest.Sealer(t))
		for i, id := range []string{"li", "wang"} {
			if err := db.Staff().Add(t.Context(), staff.Person{ID: id, Name: id, Role: staff.Author, CreatedAt: noon}, audit.Act{At: noon}); err != nil {
				t.Fatal(err)
			}
			if err := db.Staff().SetPhone(t.Context(), id, []phone.Number{"19900000001", "19900000002"}[i], "staff:x", audit.Act{At: noon}); err != nil {
				t.Fatal(err)
			}
		}
		raw := byHand(t, name, setting)
		sealed := map[string][]byte{"li": nil, "wang": nil}
		for id := range sealed {
			var b []byte
			if err := raw.QueryRowContext(t.Context(), `SELECT phone FROM staff WHERE id = $1`, id).Scan(&b); err != nil {
				t.Fatal(err)
			}
			sealed[id] = b
		}
		for id, other := range map[string]string{"li": "wang", "wang": "li"} {
			if _, err := raw.ExecContext(t.Context(), `UPDATE staff SET phone = $2 WHERE id = $1`, id, sealed[other]); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range []string{"li", "wang"} {
			if p, err := db.Staff().Get(t.Context(), id); !errors.Is(err, store.ErrSwapped) || p.Phone != "" || strings.Contains(err.Error(), "1990000") {
				t.Errorf("%s: %v, %v", id, p.Phone, err)
			}
		}
	})
}

// TestKeysFromBeforeInvitationsEnd migrates a database in which one person could make keys, which were kept as SHA-256.
func TestKeysFromBeforeInvitationsEnd(t *testing.T) {
	for name, folder := range map[string]struct {
		dialect goose.Dialect
		name    string
	}{"SQLite": {goose.DialectSQLite3, "sqlite"}, "PostgreSQL": {goose.DialectPostgres, "postgres"}} {
		t.Run(name, func(t *testing.T) {
			setting, sealer := unmade[name](t), storetest.Sealer(t)
			if name == "SQLite" {
				if err := os.MkdirAll(filepath.Dir(setting), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			raw := byHand(t, name, setting)
			steps, err := goose.NewProvider(folder.dialect, raw, os.DirFS("migrations/"+folder.name))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := steps.UpTo(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
			exec := func(query string, args ...any) {
				t.Helper()
				if _, err := raw.ExecContext(t.Context(), query, args...); err != nil {
					t.Fatal(err)
				}
			}
			exec(`INSERT INTO staff (id, name, role, committee, created_at, disabled_at) VALUES ('boss', '张', 'admin', '', 1, NULL), ('gone', '王', 'author', '', 1, 2)`)
			secrets := map[string]string{"bbbbbbbbbb": "boss", "cccccccccc": "gone", "dddddddddd": "boss"}
			for id, person := range secrets {
				digest := sha256.Sum256([]byte(forgedSecret))
				exec(`INSERT INTO staff_key (id, person, secret, created_at) VALUES ($1, $2, $3, 1)`, id, person, digest[:])
			}
			exec(`UPDATE staff_key SET revoked_at = 3 WHERE id = 'dddddddddd'`)
			storetest.Open(t, setting, sealer)
			db := storetest.Open(t, setting, sealer)
			s := staff.New(db.Staff(), nil, time.Now)
			if keys, err := s.Keys(t.Context(), "boss"); err != nil || len(keys) != 2 || keys[0].RevokedAt.IsZero() || keys[1].RevokedAt.IsZero() {
				t.Errorf("%+v, %v", keys, err)
			}
			if err := s.Enable(t.Context(), audit.Local("root"), "gone"); err != nil {
				t.Fatal(err)
			}
			for id := range secrets {
				exec(`UPDATE staff_key SET revoked_at = NULL WHERE id = $1`, id)
				if _, _, err := s.Authenticate(t.Context(), "tck_"+id+"_"+forgedSecret); !errors.Is(err, staff.ErrKey) {
					t.Errorf("an ended key from before, opened by hand: %v", err)
				}
			}
		})
	}
}
