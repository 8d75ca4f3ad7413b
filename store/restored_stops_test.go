package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
)

// lostCity is a database of which a copy was made, with the log beside it.
type lostCity struct {
	*testing.T
	setting, copied, log string
	master               []byte
	db                   *store.DB
	roster               *roster.Roster
	inbox                *inbox.Inbox
	asOf                 time.Time
}

func boxUnder(t testing.TB, master []byte, previous ...[]byte) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(master, previous...)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func (c *lostCity) open(setting string, sealer *seal.Sealer) {
	c.Helper()
	db, err := store.Open(c.Context(), setting, sealer, store.WithStopsLog(c.log))
	if err != nil {
		c.Fatal(err)
	}
	c.must(db.BeginStopsLog(time.Now())) // as a server does
	c.db, c.inbox = db, inbox.New(db.Inbox(), time.Now)
	c.roster = roster.New(roster.Config{Store: db.Roster(), Tickets: c.inbox, Now: time.Now})
}

func (c *lostCity) close() {
	c.Helper()
	c.must(c.db.Close())
}

func (c *lostCity) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// backUp copies the database as it stands.
func (c *lostCity) backUp() {
	c.Helper()
	c.close()
	c.asOf = time.Now()
	c.copied = storetest.Copy(c, c.setting)
	c.open(c.setting, boxUnder(c, c.master))
}

// restore puts the copy in the place of the database.
func (c *lostCity) restore(sealer *seal.Sealer, logs ...io.Reader) store.Restored {
	c.Helper()
	c.close()
	done, err := store.MarkRestored(c.Context(), c.copied, sealer, store.Restore{AsOf: c.asOf, Stops: logs, By: audit.Local("test"), At: time.Now()})
	c.must(err)
	c.setting = c.copied
	c.open(c.setting, sealer)
	return done
}

func (c *lostCity) read() io.Reader {
	c.Helper()
	all, err := os.ReadFile(c.log)
	c.must(err)
	return bytes.NewReader(all)
}

func eachLostCity(t *testing.T, test func(c *lostCity)) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			c := &lostCity{T: t, setting: fresh(t), log: filepath.Join(t.TempDir(), "stops.log"), master: seal.NewKey()}
			c.open(c.setting, boxUnder(t, c.master))
			test(c)
			c.close()
		})
	}
}

func (c *lostCity) person(n int) (phone.Number, string) {
	return phone.Number(fmt.Sprintf("1990000%04d", n)), fmt.Sprintf("oPerson-%04d", n)
}

// people are residents with a number and WeChat, who agreed to notices.
func (c *lostCity) people(from, to int) {
	c.Helper()
	for n := from; n < to; n++ {
		number, openid := c.person(n)
		_, err := c.roster.Bind(c.Context(), openid, number)
		c.must(err)
		c.must(c.roster.Prefer(c.Context(), openid, "", "", true))
	}
}

// Acts on somebody after the backup, and what must hold of them after the restore.
var lostActs = []struct {
	name   string
	before func(c *lostCity, number phone.Number, openid string)
	act    func(c *lostCity, number phone.Number, openid string)
	holds  func(c *lostCity, number phone.Number, openid string)
}{
	{
		name:  "a stop by SMS",
		act:   func(c *lostCity, number phone.Number, _ string) { c.must(c.roster.StopSMS(c.Context(), number, "key")) },
		holds: stopped,
	},
	{
		name: "a stop by chat",
		act: func(c *lostCity, _ phone.Number, openid string) {
			c.must(c.roster.Prefer(c.Context(), openid, "", roster.SMS, false))
		},
		holds: stopped,
	},
	{
		name:   "a stop taken back",
		before: func(c *lostCity, number phone.Number, _ string) { c.must(c.roster.StopSMS(c.Context(), number, "key")) },
		act: func(c *lostCity, _ phone.Number, openid string) {
			c.must(c.roster.Prefer(c.Context(), openid, "", roster.SMS, true))
		},
		holds: func(c *lostCity, number phone.Number, openid string) {
			if who := c.me(openid); who.Stopped || !who.Wants("dogs", roster.SMS) || c.suppressed(number) != "" {
				c.Errorf("it does not hold: %+v, suppressed %q", who, c.suppressed(number))
			}
		},
	},
	{
		name: "a stop, a start and a stop",
		act: func(c *lostCity, _ phone.Number, openid string) {
			for _, wants := range []bool{false, true, false} {
				c.must(c.roster.Prefer(c.Context(), openid, "", roster.SMS, wants))
			}
		},
		holds: stopped,
	},
	{
		name: "a topic refused",
		act: func(c *lostCity, _ phone.Number, openid string) {
			c.must(c.roster.Prefer(c.Context(), openid, "dogs", "", false))
		},
		holds: func(c *lostCity, _ phone.Number, openid string) {
			if who := c.me(openid); who.Wants("dogs", roster.WeChat) || !who.Wants("waste", roster.WeChat) {
				c.Errorf("it does not hold: %+v", who)
			}
		},
	},
	{
		name: "an erasure at one's own wish",
		act: func(c *lostCity, _ phone.Number, openid string) {
			c.must(c.roster.EraseSelf(c.Context(), openid))
		},
		holds: erased,
	},
	{
		name: "an erasure by an official",
		act: func(c *lostCity, _ phone.Number, openid string) {
			c.must(c.roster.Erase(c.Context(), audit.Staff("wang"), c.me(openid).ID))
		},
		holds: erased,
	},
	{
		name: "an unfollow",
		before: func(c *lostCity, _ phone.Number, openid string) {
			_, err := c.inbox.File(c.Context(), inbox.Filing{Kind: inbox.Suggestion, From: openid, Text: "建议"})
			c.must(err)
		},
		act: func(c *lostCity, _ phone.Number, openid string) { c.must(c.roster.Unfollow(c.Context(), openid)) },
		holds: func(c *lostCity, _ phone.Number, openid string) {
			if _, err := c.roster.Me(c.Context(), openid); !errors.Is(err, roster.ErrNoResident) {
				c.Errorf("they follow: %v", err)
			}
			if n, err := c.db.Inbox().CountOf(c.Context(), openid); err != nil || n != 0 {
				c.Errorf("%d tickets know their asker: %v", n, err)
			}
		},
	},
	{
		name: "questions taken back by somebody who is no resident",
		before: func(c *lostCity, number phone.Number, openid string) {
			c.must(c.roster.EraseSelf(c.Context(), openid))
			_, err := c.inbox.File(c.Context(), inbox.Filing{Kind: inbox.Suggestion, From: openid, Text: "建议"})
			c.must(err)
		},
		act: func(c *lostCity, _ phone.Number, openid string) { c.must(c.inbox.Forget(c.Context(), openid)) },
		holds: func(c *lostCity, _ phone.Number, openid string) {
			if n, err := c.db.Inbox().CountOf(c.Context(), openid); err != nil || n != 0 {
				c.Errorf("%d tickets know their asker: %v", n, err)
			}
		},
	},
	{
		name: "a number given up and erased, and registered again",
		act: func(c *lostCity, number phone.Number, openid string) {
			c.must(c.roster.EraseSelf(c.Context(), openid))
			_, err := c.roster.Bind(c.Context(), openid, number)
			c.must(err)
		},
		holds: func(c *lostCity, number phone.Number, openid string) {
			if _, err := c.roster.Me(c.Context(), openid); !errors.Is(err, roster.ErrNoResident) || c.suppressed(number) != "" {
				c.Errorf("of who came back there is nothing: %v, suppressed %q", err, c.suppressed(number))
			}
		},
	},
}

func stopped(c *lostCity, number phone.Number, openid string) {
	if who := c.me(openid); !who.Stopped || who.Wants("dogs", roster.SMS) || c.suppressed(number) != roster.Stopped {
		c.Errorf("it does not hold: %+v, suppressed %q", who, c.suppressed(number))
	}
}

func erased(c *lostCity, number phone.Number, openid string) {
	if _, err := c.roster.Me(c.Context(), openid); !errors.Is(err, roster.ErrNoResident) {
		c.Errorf("there is somebody: %v", err)
	}
	if _, err := c.roster.FindByPhone(c.Context(), number); !errors.Is(err, problem.ErrNotFound) || c.suppressed(number) != roster.Erased {
		c.Errorf("there is somebody: %v, suppressed %q", err, c.suppressed(number))
	}
}

func (c *lostCity) me(openid string) roster.Resident {
	c.Helper()
	who, err := c.roster.Me(c.Context(), openid)
	c.must(err)
	return who
}

func (c *lostCity) suppressed(number phone.Number) roster.Suppression {
	c.Helper()
	why, err := c.db.Roster().Suppressed(c.Context(), number)
	c.must(err)
	return why
}

// TestStopsOutliveARestore does everything to people that stops.log is for, after a backup, and puts the backup back; also when the key of
// the hashes was renewed meanwhile, and the master key.
func TestStopsOutliveARestore(t *testing.T) {
	for name, renew := range map[string]func(c *lostCity, key []byte) (master []byte, restoring *seal.Sealer){
		"same keys": func(c *lostCity, key []byte) ([]byte, *seal.Sealer) { return key, boxUnder(c, key) },
		"a renewed finding key": func(c *lostCity, key []byte) ([]byte, *seal.Sealer) {
			c.close()
			sealer := boxUnder(c, key)
			_, err := store.RotateFinding(c.Context(), c.setting, sealer, audit.Act{Actor: audit.Local("test"), At: time.Now()}, nil)
			c.must(err)
			c.open(c.setting, sealer)
			return key, boxUnder(c, key)
		},
		"a renewed finding key and a renewed master": func(c *lostCity, key []byte) ([]byte, *seal.Sealer) {
			c.close()
			_, err := store.RotateFinding(c.Context(), c.setting, boxUnder(c, key), audit.Act{Actor: audit.Local("test"), At: time.Now()}, nil)
			c.must(err)
			fresh := seal.NewKey()
			c.open(c.setting, boxUnder(c, fresh, key))
			return fresh, boxUnder(c, fresh, key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachLostCity(t, func(c *lostCity) {
				n := len(lostActs)
				c.people(0, 2*n)
				for half := range 2 {
					for i, a := range lostActs {
						if a.before != nil {
							number, openid := c.person(half*n + i)
							a.before(c, number, openid)
						}
					}
				}
				c.backUp()
				stranger, strangerErased := phone.Number("19900009998"), phone.Number("19900009999")
				for i, a := range lostActs {
					number, openid := c.person(i)
					a.act(c, number, openid)
				}
				c.must(c.roster.StopSMS(c.Context(), stranger, "key"))
				_, restoring := renew(c, c.master)
				for i, a := range lostActs {
					number, openid := c.person(n + i)
					a.act(c, number, openid)
				}
				c.must(c.roster.Suppress(c.Context(), audit.Staff("wang"), strangerErased, roster.Erased))
				done := c.restore(restoring, c.read())
				for half := range 2 {
					for i, a := range lostActs {
						number, openid := c.person(half*n + i)
						c.Run(fmt.Sprintf("%s, %d", a.name, half), func(t *testing.T) {
							one := *c
							one.T = t
							a.holds(&one, number, openid)
						})
					}
				}
				if c.suppressed(stranger) != roster.Stopped || c.suppressed(strangerErased) != roster.Erased {
					c.Errorf("of numbers that nobody knows one is %q and one %q", c.suppressed(stranger), c.suppressed(strangerErased))
				}
				if done.Lines == 0 || done.Stopped == 0 || done.Started == 0 || done.Erased == 0 {
					c.Errorf("%+v", done)
				}
				_, err := c.db.Audit().Verify(c.Context(), nil)
				c.must(err)
			})
		})
	}
}

// TestWhatWasDoneBeforeABackupStays applies a log that also tells of what the backup knows.
func TestWhatWasDoneBeforeABackupStays(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 3)
		number, openid := c.person(0)
		c.must(c.roster.EraseSelf(c.Context(), openid))
		c.people(0, 1) // they came back
		_, follower := c.person(1)
		c.must(c.roster.Unfollow(c.Context(), follower))
		c.people(1, 2)
		_, choosy := c.person(2)
		c.must(c.roster.Prefer(c.Context(), choosy, "dogs", "", false))
		c.must(c.roster.Prefer(c.Context(), choosy, "dogs", "", true))
		c.backUp()
		c.restore(boxUnder(c, c.master), c.read())
		for _, openid := range []string{openid, follower, choosy} {
			if who := c.me(openid); who.Phone == "" || !who.Wants("dogs", roster.SMS) {
				c.Errorf("%s: %+v", openid, who)
			}
		}
		if why := c.suppressed(number); why != "" {
			c.Errorf("it is suppressed: %s", why)
		}
	})
}

// TestDamagedStopsLog reads logs that are not as they were written.
func TestDamagedStopsLog(t *testing.T) {
	c := &lostCity{T: t, setting: storetest.SQLite(t), log: filepath.Join(t.TempDir(), "stops.log"), master: seal.NewKey()}
	c.open(c.setting, boxUnder(t, c.master))
	c.people(0, 2)
	c.backUp()
	first, firstOpen := c.person(0)
	c.must(c.roster.StopSMS(t.Context(), first, "key"))
	whole, err := os.ReadFile(c.log)
	c.must(err)

	// An editor saved the file without its last end of a line, and a stop was written behind it.
	c.must(os.WriteFile(c.log, bytes.TrimSuffix(whole, []byte("\n")), 0o600))
	c.must(c.roster.StopSMS(t.Context(), "19900009999", "key"))
	edited, err := os.ReadFile(c.log)
	c.must(err)

	// A process died while it wrote a line: the next one goes on behind it.
	torn := append(bytes.Clone(whole), whole[:len(whole)/2]...)
	c.must(os.WriteFile(c.log, torn, 0o600))
	second, secondOpen := c.person(1)
	c.must(c.roster.StopSMS(t.Context(), second, "key"))
	after, err := os.ReadFile(c.log)
	c.must(err)

	mark := func(log []byte, sealer *seal.Sealer) error {
		_, err := store.MarkRestored(t.Context(), storetest.Copy(t, c.copied), sealer, store.Restore{AsOf: c.asOf, Stops: []io.Reader{bytes.NewReader(log)},
			By: audit.Local("test"), At: time.Now()})
		return err
	}
	lines := strings.SplitAfter(string(whole), "\n")
	damaged := strings.Replace(string(after), lines[2], strings.Replace(lines[2], " stop ", " start ", 1), 1)
	for name, err := range map[string]error{
		"a line in the middle":       mark([]byte(damaged), boxUnder(t, c.master)),
		"of another city":            mark(whole, boxUnder(t, seal.NewKey())),
		"without its key's own line": mark([]byte(strings.ReplaceAll(string(after), " key ", " kex ")), boxUnder(t, c.master)),
	} {
		if err == nil || name != "of another city" && !errors.Is(err, store.ErrStopsLog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := mark([]byte(damaged), boxUnder(t, c.master)); err == nil || !strings.Contains(err.Error(), "line 3 of") {
		t.Errorf("the damaged line is not named: %v", err)
	}
	if err := mark(torn, boxUnder(t, c.master)); err != nil {
		t.Errorf("a torn end: %v", err)
	}
	if err := mark(nil, boxUnder(t, c.master)); err != nil {
		t.Errorf("an empty log: %v", err)
	}
	copied := c.copied
	c.copied = storetest.Copy(t, copied)
	c.restore(boxUnder(t, c.master), bytes.NewReader(edited))
	stopped(c, first, firstOpen)
	c.copied = copied
	c.restore(boxUnder(t, c.master), bytes.NewReader(after))
	stopped(c, first, firstOpen)
	stopped(c, second, secondOpen)
	c.close()
}

// TestStopsLogOfSeveralProcesses has processes write at once, and the file moved away meanwhile.
func TestStopsLogOfSeveralProcesses(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.backUp()
		const processes, stops = 3, 20
		number := func(p, i int) phone.Number { return phone.Number(fmt.Sprintf("199000%02d%03d", p, i)) }
		var all sync.WaitGroup
		for p := range processes {
			all.Go(func() {
				db, err := store.Open(c.Context(), c.setting, boxUnder(c, c.master), store.WithStopsLog(c.log))
				if err != nil {
					c.Error(err)
					return
				}
				r := roster.New(roster.Config{Store: db.Roster(), Tickets: db.Inbox(), Now: time.Now})
				for i := range stops {
					if err := r.StopSMS(c.Context(), number(p, i), "key"); err != nil {
						c.Error(err)
					}
				}
				if err := db.Close(); err != nil {
					c.Error(err)
				}
			})
		}
		all.Wait()
		moved := c.read()
		c.must(os.Rename(c.log, c.log+".1"))
		c.must(c.roster.StopSMS(c.Context(), "19900009999", "key"))
		if info, err := os.Stat(c.log); err != nil || info.Mode().Perm() != 0o600 {
			c.Errorf("%v, %v", info, err)
		}
		done := c.restore(boxUnder(c, c.master), c.read(), moved)
		if done.Stopped != processes*stops+1 {
			c.Errorf("%d stops, want %d", done.Stopped, processes*stops+1)
		}
		for p := range processes {
			for i := range stops {
				if c.suppressed(number(p, i)) != roster.Stopped {
					c.Fatalf("stop %d of process %d is lost", i, p)
				}
			}
		}
	})
}

// TestStopByAClockThatIsBehind: a start was written by one server, and the stop after it by another, whose clock is behind.
func TestStopByAClockThatIsBehind(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 1)
		number, openid := c.person(0)
		c.must(c.roster.StopSMS(c.Context(), number, "key"))
		c.backUp()
		c.must(c.roster.Prefer(c.Context(), openid, "", roster.SMS, true))
		before, err := os.ReadFile(c.log)
		c.must(err)
		c.must(c.roster.Prefer(c.Context(), openid, "", roster.SMS, false))
		after, err := os.ReadFile(c.log)
		c.must(err)
		log := string(before)
		for _, line := range strings.Split(strings.TrimSpace(strings.TrimPrefix(string(after), log)), "\n") {
			fields := strings.Split(line, " ")
			at, err := time.Parse(time.RFC3339Nano, fields[1])
			c.must(err)
			fields[1] = at.Add(-2 * time.Second).Format(time.RFC3339Nano)
			text := strings.Join(fields[:len(fields)-1], " ")
			log += fmt.Sprintf("%s %08x\n", text, crc32.ChecksumIEEE([]byte(text)))
		}
		c.restore(boxUnder(c, c.master), strings.NewReader(log))
		stopped(c, number, openid)
	})
}

// TestStopByReplyOutlivesARestore has replies pushed after a backup, by residents and by a number that nobody knows, and the server die
// before they are done.
func TestStopByReplyOutlivesARestore(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 3)
		c.backUp()
		texts := sms.New(sms.Config{Store: c.db.SMS(), Stops: c.roster, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		stops, openid := c.person(0)
		asks, asking := c.person(1)
		returns, returned := c.person(2)
		const stranger phone.Number = "19900009999"
		push := []sms.Reply{{Phone: stops, Content: "TD", Raw: "1"}, {Phone: asks, Content: "停车收费吗", Raw: "2"}, {Phone: returns, Content: "退订", Raw: "3"},
			{Phone: stranger, Content: "T", Raw: "4"}, {Content: "T", Raw: "5"}}
		c.must(texts.TakeReplies(c.Context(), push[2:3]))
		if done, err := texts.Process(c.Context()); err != nil || done.Stops != 1 {
			c.Fatalf("%+v, %v", done, err)
		}
		c.must(c.roster.Prefer(c.Context(), returned, "", roster.SMS, true))

		c.must(os.Rename(c.log, c.log+".1"))
		c.must(os.Mkdir(c.log, 0o700)) // nobody can write there
		if err := texts.TakeReplies(c.Context(), push); err == nil || !strings.Contains(err.Error(), store.StopsLogName) {
			c.Errorf("a push is taken that cannot be written down: %v", err)
		}
		if kept, err := c.db.SMS().Claim(c.Context(), 10, time.Now(), time.Now()); err != nil || len(kept) > 0 {
			c.Errorf("%d of its replies are kept, %v", len(kept), err)
		}
		c.must(os.Remove(c.log))
		c.must(os.Rename(c.log+".1", c.log))
		c.must(texts.TakeReplies(c.Context(), push))
		c.must(texts.TakeReplies(c.Context(), push)) // the provider did not hear the answer

		log, err := os.ReadFile(c.log)
		c.must(err)
		for _, number := range []phone.Number{stops, returns, stranger} {
			if strings.Contains(string(log), string(number)) {
				c.Error("the log names a number")
			}
		}
		if done := c.restore(boxUnder(c, c.master), bytes.NewReader(log)); done.Stopped != 3 || done.Started != 1 {
			c.Errorf("%+v: want 3 stops and a start", done)
		}
		stopped(c, stops, openid)
		if c.suppressed(stranger) != roster.Stopped {
			c.Error("a number that nobody knows may be texted")
		}
		for number, openid := range map[phone.Number]string{asks: asking, returns: returned} {
			if who := c.me(openid); who.Stopped || c.suppressed(number) != "" {
				c.Errorf("it is stopped: %+v, suppressed %q", who, c.suppressed(number))
			}
		}
	})
}

// TestStopsCover looks at logs that tell of all that was asked since a backup, and at some that do not.
func TestStopsCover(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		began := time.Now()
		begun, err := os.ReadFile(c.log) // when the server started
		c.must(err)
		c.people(0, 2)
		first, _ := c.person(0)
		c.must(c.roster.StopSMS(c.Context(), first, "key"))
		file, err := os.Open(c.log)
		c.must(err)
		mark, err := store.MarkStops(file)
		c.must(errors.Join(err, file.Close()))
		asOf := time.Now()
		second, _ := c.person(1)
		c.must(c.roster.StopSMS(c.Context(), second, "key"))
		whole, err := os.ReadFile(c.log)
		c.must(err)
		c.must(os.Remove(c.log))
		c.close()
		c.open(c.setting, boxUnder(c, c.master))
		regrown, err := os.ReadFile(c.log)
		c.must(err)

		for _, l := range []struct {
			name string
			logs [][]byte
			asOf time.Time
			mark *store.StopsMark
			lack string
		}{
			{"the whole log", [][]byte{whole}, asOf, mark, ""},
			{"it and a new one", [][]byte{regrown, whole}, asOf, mark, ""},
			{"without a mark", [][]byte{begun}, asOf, nil, ""},
			{"an old copy", [][]byte{begun}, asOf, mark, "lacks the line that stood last in it"},
			{"an old copy and a new log", [][]byte{begun, regrown}, asOf, mark, "lacks the line that stood last in it"},
			{"a new log", [][]byte{regrown}, began.Add(-time.Hour), nil, "is kept since " + began.UTC().Format("2006-01-02T")},
			{"nothing", [][]byte{nil}, asOf, nil, "holds no line"},
		} {
			var logs []io.Reader
			for _, log := range l.logs {
				logs = append(logs, bytes.NewReader(log))
			}
			lack, err := store.StopsCover(logs, l.asOf, l.mark)
			if err != nil || (lack == "") != (l.lack == "") || !strings.Contains(lack, l.lack) {
				c.Errorf("%s: %q, %v; want %q", l.name, lack, err, l.lack)
			}
		}
	})
}

// TestNothingIsDoneWithoutTheLog refuses a stop that cannot be written down once more.
func TestNothingIsDoneWithoutTheLog(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		c.people(0, 1)
		number, openid := c.person(0)
		c.must(os.RemoveAll(c.log))
		c.must(os.Mkdir(c.log, 0o700)) // nobody can write there
		for _, act := range []func(context.Context) error{
			func(ctx context.Context) error { return c.roster.StopSMS(ctx, number, "key") },
			func(ctx context.Context) error { return c.roster.EraseSelf(ctx, openid) },
			func(ctx context.Context) error { return c.roster.Prefer(ctx, openid, "dogs", "", false) },
		} {
			if err := act(c.Context()); err == nil || !strings.Contains(err.Error(), store.StopsLogName) {
				c.Errorf("%v", err)
			}
		}
		if who := c.me(openid); who.Stopped || !who.Wants("dogs", roster.SMS) {
			c.Errorf("it is half done: %+v", who)
		}
		c.must(os.Remove(c.log))
		c.must(c.roster.StopSMS(c.Context(), number, "key"))
		stopped(c, number, openid)
	})
}
