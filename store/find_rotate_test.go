package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
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
	"towncrier/store"
	"towncrier/store/storetest"
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
	team := staff.New(c.db.Staff(), func() time.Time { return noon })
	for _, id := range []string{"boss", "wang"} {
		_, err := team.Add(ctx, boss, staff.Person{ID: id, Name: id, Role: staff.Admin})
		must(err)
	}
	c.bearer, _, err = team.Issue(ctx, boss, "wang")
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
	raw, err := sql.Open(drivers[c.kind], c.setting)
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
	team := staff.New(c.db.Staff(), func() time.Time { return noon })
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

// TestFindingKeyChanges changes the finding key twice. What was known before is found, and what was refused is refused.
func TestFindingKeyChanges(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		for round := range 2 {
			c.close(t)
			before := c.hashes(t)
			if r, err := c.rotate(t); err != nil || r.Key != 2+2*round || r.Damaged > 0 || r.Seen != r.Total || r.Seen == 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			after := c.hashes(t)
			for hash, column := range after {
				if before[hash] != "" {
					t.Errorf("%s keeps a hash under the key before", column)
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d hashes, %d before", len(after), len(before))
			}
			c.open(t)
			c.works(t)
			// Sealing keys go a day after they were superseded, finding keys never.
			if r := rotate(t, c.db, noon.Add(time.Duration(round)*48*time.Hour)); r.Key != 3+2*round || r.Deleted != round {
				t.Errorf("sealed anew: %+v", r)
			}
			c.works(t)
		}
		ctx, people := t.Context(), c.people()
		// What only hashes are left of, under the first key of three.
		for number, want := range map[phone.Number]roster.Suppression{erasedNumber: roster.Erased, stoppedNumber: roster.Stopped, boundNumber: ""} {
			if why, _, err := people.Suppressed(ctx, number); err != nil || why != want {
				t.Errorf("%s is suppressed: %q, %v, want %q", number, why, err, want)
			}
		}
		if _, err := people.Add(ctx, audit.Local("root"), roster.Resident{Phone: erasedNumber}); !errors.Is(err, roster.ErrSuppressed) {
			t.Errorf("who was erased is added: %v", err)
		}
		n, err := c.imports(t, 1, boundNumber, erasedNumber, stoppedNumber, strangeNumber)
		if err != nil || n.Erased != 1 || n.Stopped != 1 || n.Added != 2 {
			t.Errorf("imported: %+v, %v", n, err)
		}
		if stopped, err := people.FindByPhone(ctx, stoppedNumber); err != nil || !stopped.Stopped {
			t.Errorf("who stopped: %+v, %v", stopped, err)
		}
		if err := c.lists(t); err != nil {
			t.Fatal(err)
		}
		if lists, err := c.db.Broadcasts().Lists(ctx); err != nil || len(lists) != 1 || lists[0].Numbers != 3 {
			t.Errorf("the same numbers on the list again: %+v, %v", lists, err)
		}
		_, prior, err := c.db.Idempotency().Claim(ctx, "wang", "k1", "POST /x", noon, time.Minute)
		if err != nil || prior != "answer" {
			t.Errorf("a request sent again: %q, %v", prior, err)
		}
		if _, _, err := c.db.Idempotency().Claim(ctx, "wang", "k1", "POST /y", noon, time.Minute); !errors.Is(err, store.ErrKeyReused) {
			t.Errorf("another request: %v", err)
		}
		listed := c.count(t, `SELECT count(*) FROM resident r JOIN list_number l ON l.phone_find = r.phone_find`)
		subscribed := c.count(t, `SELECT count(*) FROM subscription`)
		if listed != 2 || subscribed != 1 {
			t.Errorf("%d residents on the list, want 2; %d subscriptions, want 1", listed, subscribed)
		}
		// Numbers that change still leave lists, and openids their subscriptions.
		if err := people.Unfollow(ctx, resident); err != nil {
			t.Fatal(err)
		}
		if n := c.count(t, `SELECT count(*) FROM subscription`); n != 0 {
			t.Errorf("%d subscriptions of who left", n)
		}
	})
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

// TestFindingKeyChangesAlone: neither beside an open database, nor can one be opened meanwhile.
func TestFindingKeyChangesAlone(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		if _, err := c.rotate(t); !errors.Is(err, store.ErrInUse) {
			t.Fatalf("beside an open database: %v", err)
		}
		c.works(t)
		c.close(t)
		asked := false
		_, err := store.RotateFinding(t.Context(), c.setting, newBox(t, c.master), rotation(noon), func(store.Refound) {
			if asked {
				return
			}
			asked = true
			if kind == "SQLite" { // the file cannot even be read
				if _, err := byHand(t, kind, setting).ExecContext(t.Context(), `SELECT count(*) FROM seal_key`); err == nil {
					t.Error("read while the finding key changes")
				}
				return
			}
			within, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if db, err := store.Open(within, c.setting, newBox(t, c.master)); err == nil {
				db.Close()
				t.Error("opened while the finding key changes")
			}
		})
		if err != nil || !asked {
			t.Fatal(err, asked)
		}
		c.open(t)
		c.works(t)
	})
}

// TestFindingKeyCutOffChangesNothing interrupts a change at each of its slices.
func TestFindingKeyCutOffChangesNothing(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		c.close(t)
		before := c.hashes(t)
		for slice := 1; slice < 4; slice++ {
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			_, err := store.RotateFinding(ctx, c.setting, newBox(t, c.master), rotation(noon), func(store.Refound) {
				if n++; n == slice {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("cut off at slice %d: %v", slice, err)
			}
			for hash := range c.hashes(t) {
				if before[hash] == "" {
					t.Fatal("cut off, it left a new hash")
				}
			}
		}
		c.open(t)
		c.works(t)
		c.close(t)
		if r, err := c.rotate(t); err != nil || r.Key != 2 {
			t.Fatalf("run again: %+v, %v", r, err)
		}
		c.open(t)
		c.works(t)
	})
}

// TestKilledChangeOfTheFindingKey kills a process that changes the finding key: nothing has changed, and the next does all of it.
func TestKilledChangeOfTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		c.close(t)
		before := c.hashes(t)
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childDatabase+"="+setting, childKey+"="+base64.StdEncoding.EncodeToString(c.master), childRotates+"=1")
		child.Stderr = t.Output()
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Error(err)
		}
		child.Process.Kill()
		child.Wait()
		if after := c.hashes(t); !maps.Equal(before, after) {
			t.Error("killed, it left other hashes")
		}
		if r, err := c.rotate(t); err != nil || r.Key != 2 {
			t.Fatalf("run again: %+v, %v", r, err)
		}
		c.open(t)
		c.works(t)
	})
}

// TestProcessFromBeforeIsTurnedAway takes a process's connections to PostgreSQL away, as a restart of the server does, and changes the
// finding key before it comes back: it must not write a hash by the old one.
func TestProcessFromBeforeIsTurnedAway(t *testing.T) {
	c := newFindCity(t, "PostgreSQL", storetest.Postgres(t))
	for {
		c.count(t, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		_, err := c.rotate(t)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrInUse) { // it had connected again
			t.Fatal(err)
		}
	}
	for range 50 { // more than it has connections
		if _, err := c.people().Add(t.Context(), audit.Local("root"), roster.Resident{Phone: importedNumber}); err == nil || errors.Is(err, roster.ErrPhoneTaken) {
			t.Fatalf("written by a process from before: %v", err)
		}
	}
	c.open(t)
	c.works(t)
}

// TestCallsOutliveTheFindingKey: a delivery in doubt is still asked about under the number that it went to, and receipts find theirs.
func TestCallsOutliveTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		who, err := c.people().FindByPhone(t.Context(), boundNumber)
		if err != nil {
			t.Fatal(err)
		}
		calls := make(map[broadcast.Channel]broadcast.Claimed)
		for id, channel := range map[string]broadcast.Channel{"B1": broadcast.SMS, "B2": broadcast.Template} {
			rows := c.db.Broadcasts()
			freezeOn(t, rows, id, channel, who.ID)
			_, err := rows.Change(t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
				b.Status = broadcast.Sending
				return []audit.Act{put}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			chunk := broadcast.Chunk{Broadcast: id, Channel: channel, To: 1 << 40}
			call, err := rows.Claim(t.Context(), chunk, broadcast.ClaimRows, noon, noon.Add(time.Minute))
			if err != nil || len(call.Letters) != 1 {
				t.Fatal(call, err)
			}
			doubt := broadcast.Settled{Delivery: call.Letters[0].Delivery, Claim: call.ID, Outcome: broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt", Wait: time.Minute}}
			if err := rows.Settle(t.Context(), []broadcast.Settled{doubt}, noon); err != nil {
				t.Fatal(err)
			}
			calls[channel] = call
		}
		c.close(t)
		if _, err := c.rotate(t); err != nil {
			t.Fatal(err)
		}
		c.open(t)
		rows := c.db.Broadcasts()
		for channel, call := range calls {
			found, err := rows.Doubts(t.Context(), channel, noon.Add(time.Minute), noon.Add(2*time.Minute), 9)
			if err != nil || len(found) != 1 || found[0].Gone || found[0].Delivery != call.Letters[0].Delivery {
				t.Errorf("%s: in doubt: %d, %v", channel, len(found), err)
			}
			l := call.Letters[0]
			receipt := broadcast.Receipt{Channel: channel, State: broadcast.Delivered, Handle: "h-" + string(channel), Code: "DELIVERED", Phone: l.Phone, OpenID: l.OpenID}
			if channel == broadcast.SMS {
				receipt.OutID = call.OutID
			}
			if matched, err := rows.Receipts(t.Context(), []broadcast.Receipt{receipt}, noon.Add(time.Minute)); err != nil || !matched[0] {
				t.Errorf("%s: a receipt finds nothing: %v", channel, err)
			}
		}
	})
}

// TestInvitationsOutliveTheFindingKey has one issued before the change, one confirmed after it, and both opened after the next.
func TestInvitationsOutliveTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		rows := func() *store.Staff { return c.db.Staff() }
		i := staff.Invitation{ID: "iiiiiiiiii", Person: "boss", IssuedBy: audit.Staff("wang"), IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		digest := []byte("digest")
		if err := rows().Invite(t.Context(), i, digest, 0, rotation(noon)); err != nil {
			t.Fatal(err)
		}
		holds := func(when string) {
			t.Helper()
			if _, err := rows().InvitationOf(t.Context(), i.ID, digest); err != nil {
				t.Errorf("%s: %v", when, err)
			}
			if _, err := rows().InvitationOf(t.Context(), i.ID, []byte("other")); !errors.Is(err, staff.ErrNotFound) {
				t.Errorf("%s, with another secret: %v", when, err)
			}
		}
		change := func() {
			t.Helper()
			c.close(t)
			if _, err := c.rotate(t); err != nil {
				t.Fatal(err)
			}
			c.open(t)
		}
		change()
		holds("issued")
		i.ConfirmedBy, i.ConfirmedAt, i.InPerson = audit.Staff("zhao"), noon, true
		if err := rows().Confirm(t.Context(), i, rotation(noon)); err != nil {
			t.Fatal(err)
		}
		change()
		holds("confirmed")
	})
}
