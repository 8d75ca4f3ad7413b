package cli

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/store"
)

// environOf is the environment of commands on a server's database.
func environOf(cfg config.Config) []string {
	return []string{"TOWNCRIER_DATA=" + cfg.Data, "TOWNCRIER_KEY=" + keyText(cfg), smallCity[0]}
}

var ticketForm = regexp.MustCompile(`编号是([0-9-]+)`)

// suggest leaves a suggestion, in a chat, and returns the ticket's number that the resident read.
func suggest(t *testing.T, p weChatPusher, addr, who string) string {
	t.Helper()
	var reply string
	for i, text := range []string{"我要提意见", "演示路的路灯坏了", "演示路", "确认"} {
		reply = p.push(t, addr, message(who, i+1, text))
	}
	found := ticketForm.FindStringSubmatch(reply)
	if found == nil {
		t.Fatalf("no ticket: %q", reply)
	}
	return found[1]
}

// addCommittee is one act that is audited.
func addCommittee(t *testing.T, env []string, code string) {
	t.Helper()
	onDatabase(t, env, func(db *store.DB) {
		people := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: time.Now})
		if _, err := people.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: code, Name: "示例社区居委会" + code}); err != nil {
			t.Fatal(err)
		}
	})
}

// committeesOf lists the codes of a database's committees.
func committeesOf(t *testing.T, env []string) (codes string) {
	t.Helper()
	onDatabase(t, env, func(db *store.DB) {
		all, err := db.Roster().Committees(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			codes += c.Code + "\n"
		}
	})
	return codes
}

// hasTickets fails unless the database has each of them.
func hasTickets(t *testing.T, env, numbers []string) {
	t.Helper()
	for _, number := range numbers {
		onDatabase(t, env, func(db *store.DB) {
			if k, err := db.Inbox().Get(t.Context(), number); err != nil || k.Text != "演示路的路灯坏了" {
				t.Errorf("%s: %q, %v", number, k.Text, err)
			}
		})
	}
}

// noteStops makes a stops.log where there is none, of a stop long ago.
func noteStops(t *testing.T, cfg config.Config) {
	t.Helper()
	const stop = "1 2020-01-05T03:00:00Z stop 0123456789ab p00 -"
	file, err := os.OpenFile(filepath.Join(cfg.Data, "stops.log"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return
	}
	if err == nil {
		_, err = fmt.Fprintf(file, "%s %08x\n", stop, crc32.ChecksumIEEE([]byte(stop)))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// folder lists what is in a folder, by name.
func folder(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// serveProcess serves in a process of its own, and returns where it listens.
func serveProcess(t *testing.T, cfg config.Config) (addr string, kill func()) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "serve")
	child.Env = append(goodEnv(environOf(cfg)...), "TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1", runProgram+"=1")
	log, err := child.StderrPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill = func() { child.Process.Kill(); child.Wait() }
	t.Cleanup(kill)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if found := regexp.MustCompile(`msg=serving addr=(\S+)`).FindStringSubmatch(lines.Text()); found != nil {
			go io.Copy(io.Discard, log)
			return found[1], kill
		}
	}
	t.Fatal("the server ended")
	return "", nil
}

// TestBackupHoldsWhatWasAnswered is the fault that a copy of the file had: five tickets and 22 entries of the audit log, answered after the
// journal was folded in last, were not in it, and nobody saw that. They survive a backup beside the server, the server's death, and a restore.
func TestBackupHoldsWhatWasAnswered(t *testing.T) {
	cfg := production(t, smallCity...)
	env := environOf(cfg)
	addr, kill := serveProcess(t, cfg)
	addCommittee(t, env, "C-0")
	foldJournal(t, cfg.Database)
	p := newPlatform(t, cfg)
	var tickets []string
	for i := range 5 {
		tickets = append(tickets, suggest(t, p, addr, fmt.Sprintf("oBACKUP-%d", i)))
	}
	for i := range 22 {
		addCommittee(t, env, fmt.Sprintf("C-%d", i+1))
	}
	_, noted, _ := strings.Cut(ok(t, env, "audit", "verify"), "--noted ")
	noted = strings.TrimSpace(noted)
	file := filepath.Join(t.TempDir(), "backup.tar")
	said := ok(t, env, "backup", file)
	wantIn(t, said, "backed up to "+file, "tickets     5\n", "whole, the newest is "+noted+"\n", "neither TOWNCRIER_KEY")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	if beside := folder(t, filepath.Dir(file)); len(beside) != 1 {
		t.Errorf("left beside the backup: %q", beside)
	}
	bytes, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wantIn(t, said, fmt.Sprintf("SHA-256     %x\n", sha256.Sum256(bytes)))
	wantIn(t, ok(t, env, "restore", "--check", file), "this backup can be restored", "tickets     5\n", noted)

	lost := suggest(t, p, addr, "oBACKUP-later")
	kill()
	said = ok(t, env, "restore", file)
	wantIn(t, said, "restored: "+file, " tickets 1,", "Start the server now")
	hasTickets(t, env, tickets)
	onDatabase(t, env, func(db *store.DB) {
		if _, err := db.Inbox().Get(t.Context(), lost); !errors.Is(err, inbox.ErrNoTicket) {
			t.Errorf("%s: %v", lost, err)
		}
	})
	ok(t, env, "audit", "verify", "--noted", noted)
	aside := regexp.MustCompile(`\S+\.before-restore-\S+?Z`).FindString(said)
	hasTickets(t, append(env, "TOWNCRIER_DATABASE="+aside), append(tickets, lost))
	r := serve(t, cfg)
	if reply := p.push(t, r.addr, message("oBACKUP-after", 1, smallQuestion)); !strings.Contains(reply, smallAnswer) {
		t.Errorf("after the restore a resident reads %q", reply)
	}
}

// foldJournal empties the journal of a database.
func foldJournal(t *testing.T, path string) {
	t.Helper()
	execute(t, path, `PRAGMA wal_checkpoint(TRUNCATE)`)
}

// TestBackupBesideAServer makes backups while residents write and colleagues work: each holds what was answered before it began.
func TestBackupBesideAServer(t *testing.T) {
	cfg := production(t, smallCity...)
	env := environOf(cfg)
	r, p := serve(t, cfg), newPlatform(t, cfg)
	answered := make(chan string, 10_000)
	ctx, end := context.WithCancel(t.Context())
	var residents sync.WaitGroup
	for i := range 2 {
		residents.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				answered <- suggest(t, p, r.addr, fmt.Sprintf("oBESIDE-%d-%d", i, n))
			}
		})
	}
	defer residents.Wait()
	defer end()
	var before []string
	dir := t.TempDir()
	for n := range 3 {
		for more := 5 + len(answered); more > 0; more-- {
			before = append(before, <-answered)
		}
		addCommittee(t, env, fmt.Sprintf("C-%d", n))
		file := filepath.Join(dir, fmt.Sprintf("%d.tar", n))
		var b app.Backup
		if err := json.Unmarshal([]byte(ok(t, env, "backup", "--json", file)), &b); err != nil || b.File != file {
			t.Fatalf("%+v, %v", b, err)
		}
		data := t.TempDir()
		takeOut(t, file, filepath.Join(data, "towncrier.db"))
		copied := append(slices.Clone(env), "TOWNCRIER_DATA="+data)
		kept := column(t, filepath.Join(data, "towncrier.db"), `SELECT number FROM ticket`)
		for _, number := range before {
			if !slices.Contains(kept, number) {
				t.Errorf("backup %d lacks %s, which a resident read before", n, number)
			}
		}
		hasTickets(t, copied, before[len(before)-1:])
		wantIn(t, ok(t, copied, "audit", "verify"), "审计日志完整", "--noted "+b.Holds.AuditHead)
	}
}

// TestBackupOfABroadcast makes backups while a broadcast goes out: the counts of each are those of its rows.
func TestBackupOfABroadcast(t *testing.T) {
	o := openOffice(t)
	cfg := o.cfg
	o.sendNow(t)
	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg.Config)}
	dir := t.TempDir()
	underWay := 0
	for n := 0; underWay < 3; n++ {
		file, database := filepath.Join(dir, fmt.Sprintf("%d.tar", n)), filepath.Join(dir, fmt.Sprintf("%d.db", n))
		ok(t, env, "backup", file)
		takeOut(t, file, database)
		if countsHold(t, database, cfg.Config) {
			underWay++
		} else if n == 200 {
			t.Fatal("no broadcast went out")
		}
	}
}

// sendNow has a broadcast go out at once.
func (o office) sendNow(t *testing.T) (id string) {
	t.Helper()
	id = wrote(t, ok(t, o.author, "broadcast", "new", "--from", "civility", "--window", allDay, "--json")).ID
	ok(t, o.author, "broadcast", "submit", id)
	var status wire.Report
	if err := json.Unmarshal([]byte(ok(t, o.approver, "broadcast", "status", id, "--json")), &status); err != nil {
		t.Fatal(err)
	}
	ok(t, o.approver, "broadcast", "approve", id, "--hash", status.Broadcast.Hash)
	ok(t, o.author, "broadcast", "schedule", id)
	return id
}

// countsHold says whether a broadcast was under way, and fails unless its tally counts its rows.
func countsHold(t *testing.T, database string, cfg config.Config) (underWay bool) {
	t.Helper()
	db, err := store.Open(t.Context(), database, boxOf(t, cfg))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := db.Broadcasts()
	for _, id := range column(t, database, `SELECT id FROM broadcast`) {
		tally, err := rows.Tally(t.Context(), id)
		recount, err2 := rows.Recount(t.Context(), id)
		if err != nil || err2 != nil || !slices.Equal(tally, recount) {
			t.Errorf("broadcast %s: the tally says %v, the rows are %v, %v, %v", id, tally, recount, err, err2)
		}
		for _, c := range tally {
			underWay = underWay || c.State == "accepted" || c.State == "sending"
		}
	}
	return underWay
}

func boxOf(t *testing.T, cfg config.Config) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(cfg.Key)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// takeOut unpacks a backup's database.
func takeOut(t *testing.T, file, database string) {
	t.Helper()
	from, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for archive := tar.NewReader(from); ; {
		header, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		if header.Name != "towncrier.db" {
			continue
		}
		bytes, err := io.ReadAll(archive)
		if err == nil {
			err = os.WriteFile(database, bytes, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
}

// TestBackupRefuses what it cannot do well, and leaves nothing behind.
func TestBackupRefuses(t *testing.T) {
	cfg := production(t, smallCity...)
	env := environOf(cfg)
	addCommittee(t, env, "C-1")
	dir := t.TempDir()
	there := filepath.Join(dir, "there.tar")
	if err := os.WriteFile(there, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := append(slices.Clone(env), "TOWNCRIER_KEY="+keyText(config.Config{Key: seal.NewKey()}))
	file := filepath.Join(dir, "new.tar")
	refuses(t, env, 1, "exists, and no backup is overwritten", "backup", there)
	refuses(t, env, 1, "is a folder", "backup", dir)
	refuses(t, env, 1, "no such file or directory", "backup", filepath.Join(dir, "none", "new.tar"))
	refuses(t, env, 2, "backup FILE", "backup")
	refuses(t, other, 1, "TOWNCRIER_KEY", "backup", file)
	refuses(t, append(slices.Clone(env), "TOWNCRIER_DATA="+t.TempDir()), 1, "no such file or directory", "backup", file)
	refuses(t, append(slices.Clone(env), "TOWNCRIER_DATABASE=postgres://u@127.0.0.1/x"), 1, "pg_dump", "backup", file)
	if names := folder(t, dir); !slices.Equal(names, []string{"there.tar"}) {
		t.Errorf("left behind: %q", names)
	}
	if kept, err := os.ReadFile(there); err != nil || string(kept) != "keep me" {
		t.Errorf("the file that was there holds %q, %v", kept, err)
	}
}

// TestBackupOfAChangedAuditLog is kept, and said to be what it is: there may be no better one.
func TestBackupOfAChangedAuditLog(t *testing.T) {
	cfg := production(t, smallCity...)
	env := environOf(cfg)
	addCommittee(t, env, "C-1")
	execute(t, cfg.Database, `UPDATE audit SET actor = 'local:nobody'`)
	file := filepath.Join(t.TempDir(), "new.tar")
	for _, args := range [][]string{{"backup", file}, {"restore", "--check", file}} {
		code, out, errs := command(t, env, "", args...)
		if code != 1 || !strings.Contains(out, "changed by hand: entry 1") || !strings.Contains(errs, "the audit log in "+file+" does not hold") {
			t.Errorf("%q: exit %d\n%s%s", args, code, out, errs)
		}
	}
}

// TestBackupOfAnEarlierSchema does not migrate the database: a newer towncrier can make the copy that leads back to the one before.
func TestBackupOfAnEarlierSchema(t *testing.T) {
	cfg := production(t, smallCity...)
	env := environOf(cfg)
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	raw := openRaw(t, cfg.Database)
	steps, err := goose.NewProvider(goose.DialectSQLite3, raw, os.DirFS("../../../store/migrations/sqlite"))
	if err == nil {
		_, err = steps.UpTo(t.Context(), 7)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "new.tar")
	var b app.Backup
	if err := json.Unmarshal([]byte(ok(t, env, "backup", "--json", file)), &b); err != nil || b.Holds.Schema != 7 {
		t.Fatalf("%+v, %v", b, err)
	}
	if now := column(t, cfg.Database, `SELECT max(version_id) FROM goose_db_version`); now[0] != "7" {
		t.Errorf("the database was migrated to schema version %s", now)
	}
	noteStops(t, cfg)
	wantIn(t, ok(t, env, "restore", file), "restored: ")
	if now := column(t, cfg.Database, `SELECT max(version_id) FROM goose_db_version`); now[0] != fmt.Sprint(store.NewestSchema()) {
		t.Errorf("restored, it has schema version %s", now)
	}
}

// openRaw opens a SQLite file past the store.
func openRaw(t *testing.T, database string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return raw
}

func execute(t *testing.T, database, query string) {
	t.Helper()
	raw := openRaw(t, database)
	if _, err := raw.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	raw.Close()
}

// column reads the first column of a query, as text.
func column(t *testing.T, database, query string) (values []string) {
	t.Helper()
	raw := openRaw(t, database)
	defer raw.Close()
	rows, err := raw.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}
