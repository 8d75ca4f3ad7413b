package store_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

func newBox(t *testing.T, master []byte, previous ...[]byte) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(master, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func eachKind(t *testing.T, test func(t *testing.T, name, setting string)) {
	t.Helper()
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) { test(t, name, fresh(t)) })
	}
}

func file(t testing.TB, db *store.DB, from, text string) inbox.Ticket {
	t.Helper()
	ticket, err := db.Inbox().Add(t.Context(), inbox.Filing{From: from, Kind: inbox.Question, Text: text, At: noon}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func reads(t *testing.T, db *store.DB, number, want string) {
	t.Helper()
	if got, err := db.Inbox().Get(t.Context(), number); err != nil || got.Text != want {
		t.Errorf("%s: %q, %v; want %q", number, got.Text, err, want)
	}
}

func rotation(at time.Time) audit.Act { return audit.Act{Actor: audit.Local("root"), At: at} }

func rotate(t *testing.T, db *store.DB, at time.Time) store.Rotation {
	t.Helper()
	r, err := db.Keys().TakenUpAfter(0).Rotate(t.Context(), rotation(at), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// keysOf is the ring as id:values.
func keysOf(t *testing.T, db *store.DB) string {
	t.Helper()
	keys, damaged, err := db.Keys().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, k := range keys {
		all = append(all, fmt.Sprintf("%d:%d", k.ID, k.Values))
	}
	if damaged > 0 {
		all = append(all, fmt.Sprintf("damaged:%d", damaged))
	}
	return strings.Join(all, " ")
}

// TestEveryBinaryColumnIsListed keeps a new sealed column from being forgotten: rotation would lose it.
func TestEveryBinaryColumnIsListed(t *testing.T) {
	// What is no sealed value: hashes, random ids, and the ring itself.
	plain := []string{"content_file.text",
		"audit.hash", "audit_mark.hash", "audit_mark.mac", "seal_key.wrapped", "sealing.proof", "staff_key.secret",
		"ticket.asker", "ticket.phone_find", "sms_stop.phone_find", "ticket_message.message", "resident.subject", "resident.phone_find", "resident.openid_find", "suppression.phone_find", "roster_import.digest", "roster_import.passed",
		"text.subject", "text.phone_find", "sms_inbound.digest", "sms_inbound.phone_find", "idempotency.key", "idempotency.request",
		"recipient.subject", "list_number.phone_find", "number_list.digest", "staff.phone_find", "staff_invitation.mac", "delivery.address",
		"staff_login.mac", "staff_factor.hash", "staff_session.token", "staff_session.previous", "staff_session.replay", "staff_session.mac", "signin_tally.account",
		"staff_wechat.openid_find", "staff_wechat_code.code", "staff_wechat_code.openid_find", "staff_wechat_code.mac",
		"staff_wechat.proof", "signin_scan.token", "signin_scan.code", "signin_scan.openid_find", "signin_scan.login", "signin_scan.mac",
	}
	columns := map[string]string{
		"SQLite": `SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB'`,
		"PostgreSQL": `SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = current_schema() AND data_type = 'bytea'`,
	}
	eachKind(t, func(t *testing.T, name, setting string) {
		storetest.Open(t, setting, storetest.Sealer(t))
		rows, err := byHand(t, name, setting).QueryContext(t.Context(), columns[name])
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var have []string
		for rows.Next() {
			var column string
			if err := rows.Scan(&column); err != nil {
				t.Fatal(err)
			}
			have = append(have, column)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		sealed := store.SealedColumns()
		for _, column := range have {
			if slices.Contains(sealed, column) == slices.Contains(plain, column) {
				t.Errorf("%s must be listed once: in sealedColumns, or in this test as a hash", column)
			}
		}
		for _, column := range append(sealed, plain...) {
			if !slices.Contains(have, column) {
				t.Errorf("%s is listed, but no binary column of the schema", column)
			}
		}
	})
}

// sealOld is how values were sealed before there was a ring.
func sealOld(t *testing.T, master []byte, purpose, plain string) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, master, nil, "towncrier seal 1", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead.Seal(nil, nil, []byte(plain), []byte(purpose))
}

// TestDatabaseFromBeforeTheRing opens one with the key that it was sealed with, and refuses another before it keeps any.
func TestDatabaseFromBeforeTheRing(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		master := seal.NewKey()
		first, err := store.Open(t.Context(), setting, newBox(t, master))
		if err != nil {
			t.Fatal(err)
		}
		ticket := file(t, first, resident, "问题")
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		raw := byHand(t, name, setting)
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := raw.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		exec(`DELETE FROM seal_key`)
		exec(`DELETE FROM audit_mark`)
		exec(`INSERT INTO sealing (id, proof) VALUES (1, $1)`, sealOld(t, master, "sealing.proof", "towncrier"))
		exec(`UPDATE ticket SET text = $1, place = $2, asker_id = $3`, sealOld(t, master, "ticket.text", "从前的问题"),
			sealOld(t, master, "ticket.place", ""), sealOld(t, master, "ticket.asker_id", resident))

		if _, err := store.Open(t.Context(), setting, storetest.Sealer(t)); err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY") {
			t.Fatalf("another key: %v", err)
		}
		db := storetest.Open(t, setting, newBox(t, master))
		reads(t, db, ticket.Number, "从前的问题")
		if got := keysOf(t, db); got != "0:0 1:3" {
			t.Errorf("keys %s", got)
		}
		if r := rotate(t, db, noon); r.Resealed != 3 {
			t.Errorf("%+v", r)
		}
		reads(t, db, ticket.Number, "从前的问题")
		if got := keysOf(t, db); got != "0:0 1:0 2:3" {
			t.Errorf("keys %s", got)
		}
		if _, err := db.Audit().Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}

func TestRotateKeepsWhatIsFound(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		db := storetest.Open(t, setting, storetest.Sealer(t))
		ticket := file(t, db, resident, "问题")
		if _, err := db.Inbox().SetAnswer(t.Context(), audit.Act{Subject: ticket.Number, At: noon}, "王", "答复"); err != nil {
			t.Fatal(err)
		}
		rotate(t, db, noon)
		told, err := db.Inbox().CollectFor(t.Context(), resident, "", noon)
		if err != nil || len(told) != 1 || told[0].Answer != "答复" {
			t.Errorf("found by its hash: %+v, %v", told, err)
		}
	})
}

// TestUnknownKeyIsTakenUpAtOnce reads with a process that has not refreshed since another one rotated.
func TestUnknownKeyIsTakenUpAtOnce(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		master := seal.NewKey()
		db, slow := storetest.Open(t, setting, newBox(t, master)), storetest.Open(t, setting, newBox(t, master))
		rotate(t, db, noon)
		ticket := file(t, db, resident, "问题")
		reads(t, slow, ticket.Number, "问题")
		file(t, slow, resident, "再问")
		if got := keysOf(t, db); got != "0:0 1:0 2:6" {
			t.Errorf("keys %s", got)
		}
	})
}

// TestProcessThatHasNotRefreshed writes under a superseded key: others read it, and it is never deleted under such a value.
func TestProcessThatHasNotRefreshed(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		master := seal.NewKey()
		db, slow := storetest.Open(t, setting, newBox(t, master)), storetest.Open(t, setting, newBox(t, master))
		rotate(t, db, noon)
		ticket := file(t, slow, resident, "问题")
		reads(t, db, ticket.Number, "问题")
		if got := keysOf(t, db); got != "0:0 1:3 2:0" {
			t.Errorf("keys %s", got)
		}
		if r := rotate(t, db, noon.Add(48*time.Hour)); r.Resealed != 3 || r.Deleted != 1 || r.Key != 3 {
			t.Errorf("%+v", r)
		}
		reads(t, db, ticket.Number, "问题")
	})
}

func TestSupersededKeysGoAfterADay(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		master := seal.NewKey()
		db := storetest.Open(t, setting, newBox(t, master))
		ticket := file(t, db, resident, "问题")
		now := time.Now() // key 1 was made now
		for i, c := range []struct {
			after time.Duration
			want  string
		}{
			{time.Minute, "0:0 1:0 2:3"},
			{24 * time.Hour, "0:0 1:0 2:0 3:3"},               // key 1 was superseded a minute too late
			{24*time.Hour + 2*time.Minute, "0:0 2:0 3:0 4:3"}, // key 2 was superseded two minutes ago
			{72 * time.Hour, "0:0 4:0 5:3"},
		} {
			rotate(t, db, now.Add(c.after))
			if got := keysOf(t, db); got != c.want {
				t.Errorf("rotation %d: keys %s, want %s", i+1, got, c.want)
			}
		}
		raw := byHand(t, name, setting)
		if _, err := raw.ExecContext(t.Context(), `UPDATE ticket SET place = text`); err != nil {
			t.Fatal(err)
		}
		if r := rotate(t, db, now.Add(200*time.Hour)); r.Damaged != 1 || r.Deleted != 0 {
			t.Errorf("with a value that opens under no key: %+v", r)
		}
		if got := keysOf(t, db); got != "0:0 4:0 5:0 6:2 damaged:1" {
			t.Errorf("keys %s", got)
		}
		if _, err := db.Inbox().Get(t.Context(), ticket.Number); err == nil {
			t.Error("a damaged value was read")
		}
		entries, err := db.Audit().List(t.Context(), 0, 100, audit.Filter{Action: "key.rotate", Actor: audit.Local("root")})
		if err != nil || len(entries) != 2*5 {
			t.Errorf("%d entries, %v; want the beginning and the end of 5 rotations", len(entries), err)
		}
	})
}

func TestMasterKeyChanges(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		old, current := seal.NewKey(), seal.NewKey()
		first := storetest.Open(t, setting, newBox(t, old))
		ticket := file(t, first, resident, "问题")
		refuses := func(sealer *seal.Sealer) {
			t.Helper()
			if db, err := store.Open(t.Context(), setting, sealer); err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY") {
				if err == nil {
					db.Close()
				}
				t.Errorf("opened under a master that the ring is not wrapped under: %v", err)
			}
		}
		refuses(newBox(t, current))
		refuses(newBox(t, current, seal.NewKey()))
		db := storetest.Open(t, setting, newBox(t, current, nil, old))
		reads(t, db, ticket.Number, "问题")
		second := file(t, db, resident, "再问")
		reads(t, first, second.Number, "再问") // a process that runs under the old one
		rotate(t, db, noon)
		refuses(newBox(t, old))
		after := storetest.Open(t, setting, newBox(t, current))
		reads(t, after, ticket.Number, "问题")
		reads(t, after, second.Number, "再问")
		if err := after.Inbox().Forget(t.Context(), resident); err != nil { // found by the hash made under the old master
			t.Fatal(err)
		}
		if got := keysOf(t, after); got != "0:0 1:0 2:4" {
			t.Errorf("keys %s", got)
		}
	})
}

func TestRotationLeavesNoOldByteInTheFile(t *testing.T) {
	path := storetest.SQLite(t)
	db := storetest.Open(t, path, storetest.Sealer(t))
	for n := range 700 {
		file(t, db, resident, fmt.Sprintf("问题%d", n))
	}
	values := func() (all [][]byte) {
		rows, err := byHand(t, "SQLite", path).QueryContext(t.Context(), `SELECT text FROM ticket UNION ALL SELECT asker_id FROM ticket`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		return all
	}
	before := values()
	rotate(t, db, noon)
	raw := files(t, path)
	for _, b := range values() {
		if !bytes.Contains(raw, b) {
			t.Fatal("the test does not see the rows")
		}
	}
	for _, b := range before {
		if bytes.Contains(raw, b) {
			t.Fatalf("%x is still in the file", b[:8])
		}
	}
}
