package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sms"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
)

// A city's people, as far as the finding key is about them.
const (
	boundNumber    phone.Number = "19900000001" // with an openid
	importedNumber phone.Number = "19900000002"
	erasedNumber   phone.Number = "19900000003"
	stoppedNumber  phone.Number = "19900000004" // of nobody who is known
	strangeNumber  phone.Number = "19900000005" // on a list, of nobody who is known
	findList                    = "LAAAAAAAAAA"
	findTemplate                = "template-1"
)

// hashedColumns are those whose every value in findCity is known, so that all of it is hashed anew.
var hashedColumns = []string{"resident.phone_find", "resident.openid_find", "ticket.asker", "sms_inbound.digest", "sms_inbound.phone_find",
	"sms_stop.phone_find", "staff.phone_find"}

// findCity is a database whose finding key changes.
type findCity struct {
	kind, setting string
	master        []byte
	db            *store.DB
	bearer        string // a key of staff
}

func newFindCity(t *testing.T, kind, setting string) *findCity {
	t.Helper()
	c := &findCity{kind: kind, setting: setting, master: seal.NewKey()}
	c.open(t)
	ctx, boss := t.Context(), audit.Local("root")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	people := c.people()
	_, err := people.PutCommittee(ctx, boss, example)
	must(err)
	_, err = people.Bind(ctx, resident, boundNumber)
	must(err)
	gone, err := people.Add(ctx, boss, roster.Resident{Phone: erasedNumber})
	must(err)
	if _, err := c.imports(t, 0, importedNumber); err != nil {
		t.Fatal(err)
	}
	must(people.Erase(ctx, boss, gone.ID))
	must(people.StopSMS(ctx, stoppedNumber, roster.ViaChat))
	_, err = c.db.SMS().Keep(ctx, []sms.Element{inboundFrom(boundNumber)}, noon)
	must(err)
	rows := c.db.Broadcasts()
	_, err = rows.Subscribe(ctx, resident, findTemplate, true, noon)
	must(err)
	must(rows.CreateList(ctx, broadcast.NumberList{ID: findList, Title: "名单", CreatedAt: noon}, rotation(noon)))
	must(c.lists(t))
	file(t, c.db, resident, "路灯坏了")
	team := staff.New(c.db.Staff(), nil, func() time.Time { return noon })
	for _, id := range []string{"boss", "wang"} {
		_, err := team.Add(ctx, boss, staff.Person{ID: id, Name: id, Role: staff.Admin})
		must(err)
	}
	c.bearer, _, err = stafftest.KeyOf(ctx, c.db.Staff(), func() time.Time { return noon }, "wang")
	must(err)
	must(c.db.Staff().SetPhone(ctx, "wang", "19900000009", "staff:x", rotation(noon)))
	claim, _, err := c.db.Idempotency().Claim(ctx, "wang", "k1", "POST /x", noon, time.Minute)
	must(err)
	must(c.db.Idempotency().Complete(ctx, claim, "answer", ""))
	return c
}

func (c *findCity) open(t *testing.T) {
	t.Helper()
	db, err := store.Open(t.Context(), c.setting, newBox(t, c.master))
	if err != nil {
		t.Fatal(err)
	}
	c.db = db
	t.Cleanup(func() { db.Close() })
}

func (c *findCity) close(t *testing.T) {
	t.Helper()
	if err := c.db.Close(); err != nil {
		t.Fatal(err)
	}
}

func (c *findCity) people() *roster.Roster {
	return roster.New(roster.Config{Store: c.db.Roster(), Tickets: inbox.New(c.db.Inbox(), time.Now), Now: func() time.Time { return noon }})
}

func (c *findCity) imports(t *testing.T, nth byte, numbers ...phone.Number) (counts roster.ImportCounts, err error) {
	t.Helper()
	state, err := c.db.Roster().BeginImport(t.Context(), [32]byte{nth + 1}, rotation(noon))
	if err != nil {
		return counts, err
	}
	var rows []roster.ImportRow
	for _, n := range numbers {
		rows = append(rows, roster.ImportRow{Phone: n, Committee: example.Code, Consent: roster.Consent{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}})
	}
	slice := roster.ImportSlice{UpTo: len(rows), Rows: roster.NewImportRows(rows...)}
	err = c.db.Roster().WriteSlice(t.Context(), state.ID, slice, func(n roster.ImportCounts) { counts.Add(n) })
	return counts, err
}

// lists puts numbers on the list: again, they change nothing.
func (c *findCity) lists(t *testing.T) error {
	return c.db.Broadcasts().AddNumbers(t.Context(), findList, []phone.Number{boundNumber, erasedNumber, strangeNumber}, rotation(noon))
}

func (c *findCity) rotate(t *testing.T) (store.Refound, error) {
	t.Helper()
	return store.RotateFinding(t.Context(), c.setting, newBox(t, c.master), rotation(noon), nil)
}

// hashes are the values of hashedColumns.
func (c *findCity) hashes(t *testing.T) map[string]string {
	t.Helper()
	setting := c.setting
	if c.kind == "SQLite" {
		setting += "?_pragma=busy_timeout(5000)" // of a change that was cut off, the connection closes a moment later
	}
	raw, err := sql.Open(drivers[c.kind], setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	found := make(map[string]string)
	for _, name := range hashedColumns {
		table, column, _ := strings.Cut(name, ".")
		all, err := raw.QueryContext(t.Context(), fmt.Sprintf(`SELECT %[2]s FROM %[1]s WHERE %[2]s IS NOT NULL`, table, column))
		if err != nil {
			t.Fatal(err)
		}
		for all.Next() {
			var hash []byte
			if err := all.Scan(&hash); err != nil {
				t.Fatal(err)
			}
			found[string(hash)] = name
		}
		if err := errors.Join(all.Err(), all.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// works says what no longer holds of what newFindCity wrote. Everything that it asks leaves the city as it was.
func (c *findCity) works(t *testing.T) {
	t.Helper()
	ctx, people := t.Context(), c.people()
	byNumber, err := people.FindByPhone(ctx, boundNumber)
	if err != nil || byNumber.OpenID != resident {
		t.Errorf("by number: %+v, %v", byNumber, err)
	}
	if me, err := people.Me(ctx, resident); err != nil || me.ID != byNumber.ID {
		t.Errorf("by openid: %+v, %v", me, err)
	}
	if _, err := people.Add(ctx, audit.Local("root"), roster.Resident{Phone: importedNumber}); !errors.Is(err, roster.ErrPhoneTaken) {
		t.Errorf("a number twice: %v", err)
	}
	if _, err := people.Bind(ctx, resident, boundNumber); err != nil {
		t.Errorf("bound again: %v", err)
	}
	if n, err := c.db.Inbox().CountOf(ctx, resident); err != nil || n != 1 {
		t.Errorf("%d tickets, %v", n, err)
	}
	team := staff.New(c.db.Staff(), nil, func() time.Time { return noon })
	if p, _, err := team.Authenticate(ctx, c.bearer); err != nil || p.ID != "wang" {
		t.Errorf("a key of staff: %v", err)
	}
	if err := c.db.Staff().SetPhone(ctx, "boss", "19900000009", "staff:x", rotation(noon)); !errors.Is(err, staff.ErrPhoneTaken) {
		t.Errorf("a number of staff twice: %v", err)
	}
	if n, err := c.db.SMS().Keep(ctx, []sms.Element{inboundFrom(boundNumber)}, noon); err != nil || n != 0 {
		t.Errorf("a reply pushed again: %d kept, %v", n, err)
	}
	if _, err := c.db.Audit().Verify(ctx, nil); err != nil {
		t.Error(err)
	}
}

func inboundFrom(number phone.Number) sms.Element {
	return sms.Element{Reply: &sms.Reply{Phone: number, Raw: `{"phone_number":"` + string(number) + `"}`}}
}

func (c *findCity) count(t *testing.T, query string) (n int) {
	t.Helper()
	raw, err := sql.Open(drivers[c.kind], c.setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if err := raw.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
