package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/seal"
	"towncrier/store/storetest"
)

// shelf is a closed database, a backup of it, and what was done since.
type shelf struct {
	cfg  config.Config
	env  []string
	file string // the backup: it has committee C-1
}

// newShelf adds committee C-2 after the backup.
func newShelf(t *testing.T) shelf {
	t.Helper()
	cfg := production(t, smallCity...)
	s := shelf{cfg, environOf(cfg), filepath.Join(t.TempDir(), "backup.tar")}
	addCommittee(t, s.env, "C-1")
	ok(t, s.env, "backup", s.file)
	addCommittee(t, s.env, "C-2")
	return s
}

// with is its environment with other settings.
func (s shelf) with(more ...string) []string { return append(slices.Clone(s.env), more...) }

// stands says which of the two databases is in the place.
func (s shelf) stands(t *testing.T) (fromBackup bool) {
	t.Helper()
	wantIn(t, ok(t, s.env, "audit", "verify"), "审计日志完整")
	list, log := committeesOf(t, s.env), recorded(t, s.env, audit.Filter{})
	old, restored := strings.Contains(list, "C-2"), strings.Contains(log, "database.restore")
	if !strings.Contains(list, "C-1") || old == restored {
		t.Fatalf("neither the database from before nor the restored one:\n%s%s", list, log)
	}
	return restored
}

var asideName = regexp.MustCompile(`^towncrier\.db\.before-restore-[0-9]{8}T[0-9]{6}\.[0-9]{3}Z$`)

// asides are the databases that restores set aside, when there is nothing else left of them.
func (s shelf) asides(t *testing.T) (names []string) {
	t.Helper()
	for _, name := range folder(t, s.cfg.Data) {
		switch {
		case asideName.MatchString(name):
			names = append(names, name)
		case !slices.Contains([]string{"imports", "stops.log", "towncrier.db", "towncrier.db.city", "towncrier.db.lock"}, name):
			t.Errorf("left in the data folder: %s", name)
		}
	}
	return names
}

// TestRestoreRefuses what is no whole backup that opens: it says what is wrong, and the database stays as it is.
func TestRestoreRefuses(t *testing.T) {
	s := newShelf(t)
	good, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(name string, text []byte) string {
		path := filepath.Join(t.TempDir(), name+".tar")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flipped := func(at int) string {
		text := bytes.Clone(good)
		text[at] ^= 1
		return changed(fmt.Sprintf("flipped-%d", at), text)
	}
	cases := []struct {
		file, want string
		env        []string
	}{
		{filepath.Join(t.TempDir(), "none.tar"), "no such file", s.env},
		{t.TempDir(), "is a directory", s.env},
		{changed("text", []byte(strings.Repeat("告示", 5000))), "it is no backup", s.env},
		{changed("zeros", make([]byte, 1<<16)), "it is no backup", s.env},
		{rebuilt(t, s.file, `"format": 1`, `"format": 2`, ""), "it has format 2, made by towncrier test; this towncrier reads format 1", s.env},
		{rebuilt(t, s.file, `"residents": `, `"residents": 9`, ""), "it is damaged", s.env},
		{rebuilt(t, s.file, "", "", `DROP TABLE goose_db_version`), "goose_db_version", s.env},
		{sparse(t, s.file), "it is damaged", s.env},
		{rebuilt(t, s.file, `"schema": `, `"schema": 9`, ""), "made by towncrier test; this towncrier knows up to", s.env},
		{rebuilt(t, s.file, "", "", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`), "says what towncrier.db does not hold", s.env},
		{rebuilt(t, s.file, "", "", `PRAGMA foreign_keys = 0; INSERT INTO community (committee, name) VALUES ('C-none', '示例小区')`), "damaged", s.env},
		{s.file, "TOWNCRIER_KEY", s.with("TOWNCRIER_KEY=" + keyText(config.Config{Key: seal.NewKey()}))},
		{s.file, "pg_restore", s.with("TOWNCRIER_DATABASE=postgres://u@127.0.0.1/x")},
	}
	for _, at := range partsOfTar(t, s.file) { // of each of the three files
		cases = append(cases, []struct {
			file, want string
			env        []string
		}{{flipped(at.header), "it is ", s.env}, {flipped(at.first), "it is damaged", s.env}, {flipped(at.last), "it is damaged", s.env},
			{changed("cut", good[:at.header+100]), "it is ", s.env}, {changed("cut", good[:at.last]), "it is ", s.env}}...)
	}
	for _, c := range cases {
		for _, args := range [][]string{{"restore", c.file}, {"restore", "--check", c.file}} {
			if len(args) == 3 && strings.Contains(c.want, "pg_") {
				continue // a backup can be checked anywhere
			}
			refuses(t, c.env, 1, c.want, args...)
		}
	}
	for args, want := range map[string]string{
		"":                         "no FILE is given",
		"--mark " + s.file:         "--mark takes no FILE",
		s.file + " --as-of now":    "--as-of is for --mark",
		"--mark --as-of yesterday": "is no time",
		s.file + " other.tar":      "2 arguments",
	} {
		refuses(t, s.env, exitUsage, want, append([]string{"restore"}, strings.Fields(args)...)...)
	}
	refuses(t, s.env, exitUsage, "is in the future", "restore", "--mark", "--as-of", "2999-01-01 00:00:00")

	refuses(t, s.env, 1, "is yet to come", "restore", rebuilt(t, s.file, `"as_of": "20`, `"as_of": "29`, ""))
	log := filepath.Join(s.cfg.Data, "stops.log")
	stops, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(log, 0); err != nil { // as a copy leaves it for which there was no room
		t.Fatal(err)
	}
	refuses(t, s.env, 1, "stops.log is empty: without all of it", "restore", s.file)
	refuses(t, s.env, 1, "stops.log is empty", "restore", s.file, "--without-stops", "--stops", log)
	refuses(t, s.env, 1, "is a directory", "restore", s.file, "--stops", s.cfg.Data)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, s.env, 1, "is no regular file", "restore", s.file, "--stops", pipe)
	refuses(t, s.env, 1, "is no regular file", "restore", pipe)
	refuses(t, s.env, 1, "is no regular file", "restore", "--check", pipe)
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	refuses(t, s.env, 1, "would be written to again", "restore", s.file)
	refuses(t, s.env, 1, "no such file", "restore", s.file, "--stops", filepath.Join(t.TempDir(), "none.log"))
	if err := os.WriteFile(log, stops, 0o600); err != nil {
		t.Fatal(err)
	}
	r := serve(t, s.cfg)
	refuses(t, s.env, 1, "stop every `towncrier serve`", "restore", s.file)
	refuses(t, s.env, 1, "", "restore", "--mark")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if s.stands(t) || len(s.asides(t)) > 0 {
		t.Error("a restore that was refused changed the database")
	}
	if beside := folder(t, filepath.Dir(s.file)); len(beside) != 1 {
		t.Errorf("left beside the backup: %q", beside)
	}
	ok(t, s.env, "restore", s.file)
	if !s.stands(t) || len(s.asides(t)) != 1 {
		t.Error("the backup was not restored in the end")
	}
}

// TestRestoreRefusesPartOfTheLog has a stops.log lost after the backup, so that a new one begins, and put back as it was before, or cut.
func TestRestoreRefusesPartOfTheLog(t *testing.T) {
	cfg := rehearsalOf(t)
	r := rehearse(t, cfg)
	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg.Config)}
	log := filepath.Join(filepath.Dir(cfg.Database), "stops.log")
	read := func() []byte {
		t.Helper()
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(log, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	begun := read()
	r.bind(t)
	r.act(t, `"kind":"text","text":"退订"`)
	r.said(t, "好的，不再给您发通知")
	atBackup := read()
	if !strings.Contains(string(begun), " key ") || len(atBackup) == len(begun) {
		t.Fatalf("the log began with %q, and is %q after a stop", begun, atBackup)
	}
	file := filepath.Join(t.TempDir(), "backup.tar")
	ok(t, env, "backup", file)
	r.act(t, `"kind":"text","text":"删除我的信息"`)
	r.said(t, "回复“确认删除”")
	r.act(t, `"kind":"text","text":"确认删除"`)
	r.said(t, "您的信息已经删除")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	whole := read()

	cut := bytes.LastIndexByte(bytes.TrimSuffix(atBackup, []byte("\n")), '\n') + 1
	for _, text := range map[string][]byte{"an old copy": begun, "cut at the end of a line": atBackup[:cut], "cut within a line": atBackup[:len(atBackup)-3]} {
		write(text)
		refuses(t, env, 1, log+" was cut, or is an old copy", "restore", file)
	}
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	ok(t, env, "audit", "verify") // any command begins a new one
	refuses(t, env, 1, log+" was cut, or is an old copy", "restore", file)
	old := rebuilt(t, file, `"as_of": "20`, `"as_of": "19`, "")
	refuses(t, env, 1, log+" is kept since "+time.Now().UTC().Format("2006-01-02T"), "restore", old)
	wantIn(t, ok(t, env, "restore", old, "--without-stops"), "Applied lines of stops.log: 0.", "stops.log is not complete")

	wantIn(t, ok(t, env, "restore", file, "--stops", keep(t, whole)), ", erasures 1. (")
	write(begun)
	wantIn(t, ok(t, env, "restore", file, "--stops", keep(t, whole)), ", erasures 1. (")
	write(whole)
	if said := ok(t, env, "restore", file); !strings.Contains(said, ", erasures 1. (") || strings.Contains(said, "not complete") {
		t.Errorf("with the whole log:\n%s", said)
	}
	write(atBackup)
	wantIn(t, ok(t, env, "restore", file), ", erasures 0. (")
}

// keep writes a file of its own.
func keep(t *testing.T, text []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "copy.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// part is where a file stands in a tar.
type part struct{ header, first, last int }

func partsOfTar(t *testing.T, file string) (all []part) {
	t.Helper()
	from, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	for archive := tar.NewReader(from); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		at, err := from.Seek(0, io.SeekCurrent)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part{int(at) - 512, int(at), int(at+header.Size) - 1})
	}
}

// rebuilt is a backup whose manifest, or database, says something else, with checksums that match.
func rebuilt(t *testing.T, file, old, new, query string) string {
	t.Helper()
	database := filepath.Join(t.TempDir(), "towncrier.db")
	takeOut(t, file, database)
	if query != "" {
		execute(t, database, query)
	}
	rows, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := partsOfTar(t, file)[0]
	manifest := regexp.MustCompile(`"sha256": "[0-9a-f]+"`).ReplaceAllString(string(text[p.first:p.last+1]), fmt.Sprintf(`"sha256": "%x"`, sha256.Sum256(rows)))
	manifest = regexp.MustCompile(`"bytes": [0-9]+`).ReplaceAllString(manifest, fmt.Sprintf(`"bytes": %d`, len(rows)))
	manifest = strings.Replace(manifest, old, new, 1)
	var built bytes.Buffer
	archive := tar.NewWriter(&built)
	for _, f := range [][2]string{{"manifest.json", manifest}, {"towncrier.db", string(rows)},
		{"SHA256SUMS", fmt.Sprintf("%x  manifest.json\n%x  towncrier.db\n", sha256.Sum256([]byte(manifest)), sha256.Sum256(rows))}} {
		if err := archive.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rebuilt.tar")
	if err := os.WriteFile(path, built.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sparse is a backup whose database is said to be a terabyte of nothing.
func sparse(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := partsOfTar(t, file)[0]
	const huge = "1099511627776"
	manifest := regexp.MustCompile(`"bytes": [0-9]+`).ReplaceAllString(string(text[p.first:p.last+1]), `"bytes": `+huge)
	var built bytes.Buffer
	archive := tar.NewWriter(&built)
	if err := archive.WriteHeader(&tar.Header{Name: "manifest.json", Size: int64(len(manifest)), Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(archive, manifest); err != nil {
		t.Fatal(err)
	}
	if err := archive.Flush(); err != nil {
		t.Fatal(err)
	}
	// Go writes no sparse files: it is an extended header, and a map of the parts that are not zeros.
	record := func(key, value string) string {
		n := len(key) + len(value) + 4
		for len(fmt.Sprintf("%d %s=%s\n", n, key, value)) != n {
			n++
		}
		return fmt.Sprintf("%d %s=%s\n", n, key, value)
	}
	extended := record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") + record("GNU.sparse.name", "towncrier.db") + record("GNU.sparse.realsize", huge)
	parts := "1\n0\n0\n"
	for _, f := range []struct {
		kind byte
		text string
	}{{'x', extended}, {'0', parts}} {
		header := make([]byte, 512)
		copy(header, "sparse")
		copy(header[100:], "0000600\x000000000\x000000000\x00")
		size := len(f.text)
		if f.kind == '0' {
			size = 512
		}
		copy(header[124:], fmt.Sprintf("%011o\x0000000000000\x00        %c", size, f.kind))
		copy(header[257:], "ustar\x0000")
		sum := 0
		for _, b := range header {
			sum += int(b)
		}
		copy(header[148:], fmt.Sprintf("%06o\x00 ", sum))
		built.Write(header)
		built.Write(append([]byte(f.text), make([]byte, 512-len(f.text))...))
	}
	built.Write(make([]byte, 1024))
	path := filepath.Join(t.TempDir(), "sparse.tar")
	if err := os.WriteFile(path, built.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRestoreWhereThereIsNoDatabase: on a new machine, and where what is left of the database does not open.
func TestRestoreWhereThereIsNoDatabase(t *testing.T) {
	for name, left := range map[string]func(s *shelf) error{
		"a new machine": func(s *shelf) error { return os.RemoveAll(s.cfg.Data) },
		"a lost file":   func(s *shelf) error { return os.Remove(s.cfg.Database) },
		"an empty file": func(s *shelf) error { return os.Truncate(s.cfg.Database, 0) },
		"a damaged one": func(s *shelf) error {
			return os.WriteFile(s.cfg.Database, []byte(strings.Repeat("告示", 5000)), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			if err := left(&s); err != nil {
				t.Fatal(err)
			}
			args := []string{"restore", s.file}
			want := "Applied lines of stops.log: 0."
			if name == "a new machine" {
				refuses(t, s.env, 1, "would be written to again", args...)
				args, want = append(args, "--without-stops"), "there is no stops.log"
			}
			said := ok(t, s.env, args...)
			wantIn(t, said, "restored: ", want)
			if strings.Contains(said, "cannot be opened") != (name == "a damaged one") {
				t.Errorf("it says:\n%s", said)
			}
			if !s.stands(t) {
				t.Error("the backup was not restored")
			}
			if kept := len(s.asides(t)); (kept == 1) != (name == "a damaged one" || name == "an empty file") {
				t.Errorf("%d databases were set aside", kept)
			}
			if info, err := os.Stat(s.cfg.Data); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the data folder: %v, %v", info, err)
			}
		})
	}
}

// TestKilledRestore kills restores ever later: the place has the database from before or the restored one, whole, and the next restore
// leaves nothing of the one that was killed.
func TestKilledRestore(t *testing.T) {
	s := newShelf(t)
	saved := filepath.Join(t.TempDir(), "saved")
	if err := os.CopyFS(saved, os.DirFS(s.cfg.Data)); err != nil {
		t.Fatal(err)
	}
	restore := func(killAfter time.Duration) (ended error) {
		t.Helper()
		if err := os.RemoveAll(s.cfg.Data); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(s.cfg.Data, os.DirFS(saved)); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0], "restore", s.file)
		child.Env = append(s.with(), runProgram+"=1")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(killAfter, func() { child.Process.Kill() })
		defer timer.Stop()
		return child.Wait()
	}
	began := time.Now()
	err := restore(time.Hour)
	whole := time.Since(began)
	if err != nil || !s.stands(t) {
		t.Fatalf("not killed: %v", err)
	}
	killed, replaced := 0, 0
	const times = 20
	for n := range times {
		after := whole * time.Duration(n) / times
		if restore(after) == nil {
			continue
		}
		killed++
		wanted := 1
		if s.stands(t) {
			replaced++
			wanted = 2
		}
		ok(t, s.env, "restore", s.file)
		if !s.stands(t) {
			t.Error("run again it did not restore")
		}
		if kept := s.asides(t); len(kept) != wanted {
			t.Errorf("killed after %s, there are %q", after, kept)
		}
	}
	t.Logf("killed %d times, %d of them when the database was in its place", killed, replaced)
	if killed < 5 {
		t.Errorf("it was killed only %d times before it had ended", killed)
	}
}

// TestRestoreThroughALink: the database stands on another disk, where SQLite keeps its journal, too.
func TestRestoreThroughALink(t *testing.T) {
	s := newShelf(t)
	disk := t.TempDir()
	if err := os.Rename(s.cfg.Database, filepath.Join(disk, "city.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(disk, "city.db"), s.cfg.Database); err != nil {
		t.Fatal(err)
	}
	ok(t, s.env, "restore", s.file)
	if !s.stands(t) || len(s.asides(t)) > 0 {
		t.Error("the backup was not restored behind the link")
	}
	if names := folder(t, disk); len(names) != 2 || !strings.HasPrefix(names[1], "city.db.before-restore-") {
		t.Errorf("on the disk are %q", names)
	}
	if info, err := os.Lstat(s.cfg.Database); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link: %v, %v", info, err)
	}
}

// TestRestoreAfterOneThatWasKilled finds a database that was not ready yet, and a second name of the one in its place.
func TestRestoreAfterOneThatWasKilled(t *testing.T) {
	s := newShelf(t)
	if err := os.Mkdir(s.cfg.Database+".restoring", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.cfg.Database+".restoring", "towncrier.db"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(s.cfg.Database, s.cfg.Database+".before-restore-20260105T030000Z"); err != nil {
		t.Fatal(err)
	}
	ok(t, s.env, "restore", s.file)
	if kept := s.asides(t); !s.stands(t) || len(kept) != 1 || strings.Contains(kept[0], "20260105") {
		t.Errorf("set aside: %q", kept)
	}
}

// TestInterruptedBackupAndRestoreLeaveNothing ends them, as Ctrl-C does, at each thing that they say they do.
func TestInterruptedBackupAndRestoreLeaveNothing(t *testing.T) {
	s := newShelf(t)
	dir := t.TempDir()
	for text, args := range map[string][]string{
		"copying":       {"backup", filepath.Join(dir, "backup.tar")},
		"verifying":     {"backup", filepath.Join(dir, "backup.tar")},
		"verifying the": {"restore", s.file},
		"applying":      {"restore", s.file},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		code := Execute(ctx, "test", args, s.env, strings.NewReader(""), &out, interruptAt{&errs, text, cancel})
		cancel()
		if code != exitLeft || !strings.HasSuffix(errs.String(), "towncrier: interrupted\n") || out.Len() > 0 {
			t.Errorf("%q at %s: exit %d\n%s%s", args, text, code, &out, &errs)
		}
	}
	if left := folder(t, dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if left := folder(t, filepath.Dir(s.file)); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
	if s.stands(t) || len(s.asides(t)) > 0 {
		t.Error("an interrupted restore changed something")
	}
}

// TestKilledBackupIsTidiedUp kills a backup and a check: the next of the same file removes the copies that they left, and nothing that somebody
// works in or that has another name.
func TestKilledBackupIsTidiedUp(t *testing.T) {
	s := newShelf(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup.tar")
	left := func(pattern string) []string {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	kill := func(pattern string, args ...string) { // once there is a copy
		t.Helper()
		for range 50 {
			child := exec.Command(os.Args[0], args...)
			child.Env = append(s.with(), runProgram+"=1")
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { child.Wait(); close(ended) }()
			for running := true; running; {
				if len(left(pattern)) > 0 {
					child.Process.Kill()
				}
				select {
				case <-ended:
					running = false
				case <-time.After(time.Millisecond):
				}
			}
			if len(left(pattern)) > 0 {
				return
			}
			if args[0] == "backup" {
				os.Remove(file)
			}
		}
		t.Fatalf("%q was not killed in time", args)
	}
	kill("backup.tar.part-*/towncrier.db", "backup", file)
	others := []string{"backup.tar.part-1", "backup.tar.part-x", "other.tar.part-1"} // no lock is in the first
	for _, other := range others {
		if err := os.Mkdir(filepath.Join(dir, other), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range others[1:] {
		if err := os.WriteFile(filepath.Join(dir, other, "held"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ok(t, s.env, "backup", file)
	others = append([]string{"backup.tar"}, others...)
	if names := folder(t, dir); !slices.Equal(names, others) {
		t.Errorf("after a backup there are %q, want %q", names, others)
	}
	kill("backup.tar.check-*/towncrier.db", "restore", "--check", file)

	busy := filepath.Join(dir, "backup.tar.check-2")
	if err := os.Mkdir(busy, 0o700); err != nil {
		t.Fatal(err)
	}
	held, err := os.Create(filepath.Join(busy, "held"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ok(t, s.env, "restore", "--check", file)
	others = append(others, "backup.tar.check-2")
	slices.Sort(others)
	if names := folder(t, dir); !slices.Equal(names, others) {
		t.Errorf("after a check there are %q, want %q", names, others)
	}
	held.Close()
	ok(t, s.env, "restore", "--check", file)
	if names := folder(t, dir); slices.Contains(names, "backup.tar.check-2") {
		t.Errorf("nobody works in it, and it is left: %q", names)
	}
}

// TestRestoredBroadcastWaits restores a backup of the middle of a broadcast: nothing goes out before somebody confirms it.
func TestRestoredBroadcastWaits(t *testing.T) {
	o := openOffice(t)
	env := []string{"TOWNCRIER_DATABASE=" + o.cfg.Database, "TOWNCRIER_KEY=" + keyText(o.cfg.Config)}
	id := o.sendNow(t)
	until(t, "it goes out", func() bool {
		return len(column(t, o.cfg.Database, `SELECT 1 FROM delivery WHERE state = 'accepted' OR state = 'delivered'`)) > 0
	})
	file := filepath.Join(t.TempDir(), "backup.tar")
	ok(t, env, "backup", file)
	if err := o.stop(); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, env, "restore", file), "  towncrier broadcast resume "+id+"\n", "Deliveries in doubt: ")
	r := rehearse(t, o.cfg)
	author := r.as(t, "author")
	wantIn(t, ok(t, author, "broadcast", "status", id), "已暂停", "数据库已恢复到", "broadcast resume "+id)
	wantIn(t, ok(t, author, "broadcast", "resume", id), "发送中")
}

// TestRestoredCityForgetsAgain restores a backup in which a resident is still known who had everything deleted since.
func TestRestoredCityForgetsAgain(t *testing.T) {
	cfg := rehearsalOf(t)
	r := rehearse(t, cfg)
	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg.Config)}
	r.bind(t)
	const residents = `SELECT count(*) FROM resident`
	before := column(t, cfg.Database, residents)
	file := filepath.Join(t.TempDir(), "backup.tar")
	ok(t, env, "backup", file)
	r.act(t, `"kind":"text","text":"删除我的信息"`)
	r.said(t, "回复“确认删除”")
	r.act(t, `"kind":"text","text":"确认删除"`)
	r.said(t, "您的信息已经删除")
	after := column(t, cfg.Database, residents)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, env, "restore", file), ", erasures 1. ("+filepath.Join(filepath.Dir(cfg.Database), "stops.log"))
	if now := column(t, cfg.Database, residents); !slices.Equal(now, after) || slices.Equal(now, before) {
		t.Errorf("restored, %s residents are known; %s were before the erasure, %s after it", now, before, after)
	}
}

// TestRestoreUnderAnEarlierKey: the master key was changed since the backup.
func TestRestoreUnderAnEarlierKey(t *testing.T) {
	s := newShelf(t)
	fresh := keyText(config.Config{Key: seal.NewKey()})
	refuses(t, s.with("TOWNCRIER_KEY="+fresh), 1, "TOWNCRIER_KEY", "restore", s.file)
	both := s.with("TOWNCRIER_KEY="+fresh, "TOWNCRIER_KEY_PREVIOUS="+keyText(s.cfg))
	ok(t, both, "restore", s.file)
	wantIn(t, ok(t, both, "audit", "verify"), "审计日志完整")
}

// TestRestoreOnPostgres puts a database back by pg_dump and pg_restore, and marks it.
func TestRestoreOnPostgres(t *testing.T) {
	from, to := storetest.Postgres(t), storetest.Postgres(t)
	dump, restore := postgresTool(t, "pg_dump"), postgresTool(t, "pg_restore")
	cfg := production(t, smallCity...)
	env := append(environOf(cfg), "TOWNCRIER_DATABASE="+from)
	served := cfg
	served.Database = from
	if err := serve(t, served).stop(); err != nil {
		t.Fatal(err)
	}
	addCommittee(t, env, "C-1")
	_, noted, _ := strings.Cut(ok(t, env, "audit", "verify"), "--noted ")
	file := filepath.Join(t.TempDir(), "towncrier.dump")
	refuses(t, env, 1, "pg_dump --format=custom", "backup", file)
	run(t, dump, "--format=custom", "--file="+file, from)
	addCommittee(t, env, "C-2")
	run(t, restore, "--no-owner", "--dbname="+to, file)

	env = append(env, "TOWNCRIER_DATABASE="+to)
	other := storetest.Open(t, to, boxOf(t, cfg))
	refuses(t, env, 1, "the database is in use", "restore", "--mark", "--without-stops")
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(cfg.Data, "stops.log")
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // looking at the database begins no log
		refuses(t, env, 1, "stops.log is not there: without all of it", "restore", "--mark")
	}
	refuses(t, env, 1, log+".1 is kept since ", "restore", "--mark", "--as-of", "2026-01-05 03:00:00", "--stops", log+".1")
	if err := os.Rename(log+".1", log); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, env, "restore", "--mark"), " (the time of its newest row)", "Applied lines of stops.log: 0.", "There was no broadcast to pause",
		"disabled after the backup are valid again", "exports of numbers", "told once more")
	if list := committeesOf(t, env); !strings.Contains(list, "C-1") || strings.Contains(list, "C-2") {
		t.Errorf("restored:\n%s", list)
	}
	wantIn(t, recorded(t, env, audit.Filter{}), "database.restore")
	ok(t, env, "audit", "verify", "--noted", strings.TrimSpace(noted))
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// postgresTool is a program of PostgreSQL's clients, of the version of the tests' server.
func postgresTool(t *testing.T, name string) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed: it comes with PostgreSQL, which `make test` installs", name)
	}
	return path
}
