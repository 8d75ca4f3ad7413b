package soak

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/imports/importstest"
	"towncrier/porttest"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store/storetest"
)

// maxServerMemory is what a server takes at most, imports included.
const maxServerMemory = 256 << 10 // KiB, as Linux counts

// slowLine is a file that goes a piece at a time.
type slowLine struct {
	*os.File
	every time.Duration
}

func (s slowLine) Read(p []byte) (int, error) {
	time.Sleep(s.every)
	return s.File.Read(p[:min(len(p), 16<<10)])
}

// importServer is a server process that takes imports, and can be killed.
type importServer struct {
	t       *testing.T
	dir     string
	env     []string
	addr    string
	process *exec.Cmd
	ended   <-chan struct{}
	peak    int // KiB of memory, of all its processes
}

func newImportServer(t *testing.T) *importServer {
	s := &importServer{t: t, dir: t.TempDir(), addr: porttest.Hold(t)}
	for _, folder := range []string{"data", "tmp"} {
		if err := os.Mkdir(filepath.Join(s.dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	key := seal.NewKey()
	database := filepath.Join(s.dir, "data", "towncrier.db")
	s.env = append([]string{"TOWNCRIER_LISTEN=" + s.addr, "TOWNCRIER_DATA=" + filepath.Join(s.dir, "data"), "TOWNCRIER_KEY=" + encoded(key),
		"TOWNCRIER_WECHAT_API=http://127.0.0.1:1", "TMPDIR=" + filepath.Join(s.dir, "tmp")}, accounts...)
	s.start()
	t.Cleanup(s.kill)
	sealer, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, database, sealer)
	people := roster.New(roster.Config{Store: db.Roster(), Now: time.Now})
	for _, c := range importstest.Committees {
		if _, err := people.PutCommittee(t.Context(), audit.Local("test"), c); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := staff.New(db.Staff(), nil, time.Now).Add(t.Context(), audit.Local("test"), staff.Person{ID: "admin", Name: "管理员", Role: staff.Admin}); err != nil {
		t.Fatal(err)
	}
	bearer, _, err := stafftest.KeyOf(t.Context(), db.Staff(), time.Now, "admin")
	if err != nil {
		t.Fatal(err)
	}
	s.env = append(s.env, "KEY="+bearer)
	return s
}

func (s *importServer) start() {
	s.t.Helper()
	binary, err := build()
	if err != nil {
		s.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.process = exec.Command(binary, "serve")
	s.process.Env, s.process.Stdout, s.process.Stderr = s.env, log, log
	if s.ended, err = launch(s.process); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get("http://" + s.addr + "/healthz"); err == nil {
			resp.Body.Close()
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			s.t.Fatalf("it does not serve:\n%s", text)
		}
	}
}

// measure notes the most memory that the process had.
func (s *importServer) measure() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return s.peak // no Linux
	}
	if found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); found != nil {
		n, _ := strconv.Atoi(string(found[1]))
		s.peak = max(s.peak, n)
	}
	return s.peak
}

func (s *importServer) kill() {
	s.measure()
	s.process.Process.Signal(syscall.SIGKILL)
	<-s.ended
}

func (s *importServer) bearer() string {
	_, key, _ := strings.Cut(s.env[len(s.env)-1], "=")
	return key
}

func (s *importServer) client() *client.Client {
	s.t.Helper()
	c, err := client.New(client.Config{URL: "http://" + s.addr, Key: s.bearer()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

func (s *importServer) call(method, path string, body any) (i wire.Import) {
	s.t.Helper()
	call(s.t, "http://"+s.addr, s.bearer(), method, path, body, &i)
	return i
}

// until asks often at first, when something is about to begin, and later as often as a key may.
func (s *importServer) until(id string, met func(wire.Import) bool) wire.Import {
	s.t.Helper()
	pause := 20 * time.Millisecond
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(pause) {
		pause = min(pause+pause/10, 500*time.Millisecond)
		i := s.call("GET", "/imports/"+id, nil)
		if met(i) {
			return i
		}
		if i.State == "failed" || time.Now().After(deadline) {
			s.t.Fatalf("%s %s", i.State, i.Problem)
		}
	}
}

// readable looks for a resident's number in every file that the server has.
func (s *importServer) readable(when string) {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // it went meanwhile
		}
		if content, err := os.ReadFile(path); err == nil && personal.Match(content) {
			s.t.Errorf("%s: a number can be read in %s", when, strings.TrimPrefix(path, s.dir))
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestSoakImport uploads a roster with 37 kinds of faults over a slow line, looks at what is said of it, mends it, imports the good rows while
// the server is killed, and the mended ones after that: everybody is there once, in 256 MiB, and no number can be read anywhere.
func TestSoakImport(t *testing.T) {
	rows, share, slow := 20_000, 200, time.Second
	if *full {
		rows, share, slow = 200_000, 400, time.Minute
	}
	if len(importstest.Faults) != 37 {
		t.Fatalf("%d kinds of faults", len(importstest.Faults))
	}
	s := newImportServer(t)
	file := importstest.WriteRoster(t, filepath.Join(t.TempDir(), "roster.xlsx"), rows, share)

	began := time.Now()
	i := s.upload(file.Path, slow)
	t.Logf("uploaded in %s", time.Since(began))
	began = time.Now()
	i = s.until(i.ID, func(i wire.Import) bool { return i.State == "judged" })
	t.Logf("judged in %s, %d MiB at the peak", time.Since(began), s.measure()>>10)
	if i.Rows != rows || i.Bad != len(file.Bad) || i.Faults != len(file.Bad) {
		t.Errorf("%d rows, %d bad, %d faults; want %d, %d and as many", i.Rows, i.Bad, i.Faults, rows, len(file.Bad))
	}
	s.readable("while the file is there")
	s.checkFaults(i, file)
	bad := s.badRows(i)

	began = time.Now()
	s.call("POST", "/imports/"+i.ID+"/start", wire.StartImport{Rows: "good"})
	s.until(i.ID, func(i wire.Import) bool { return i.Written > 0 })
	s.kill()
	s.start()
	i = s.until(i.ID, func(i wire.Import) bool { return i.State == "done" })
	t.Logf("imported in %s, going on from row %d of %d", time.Since(began), i.Resumed, i.Good)
	if i.Resumed == 0 || *i.Counts != (wire.ImportCounts{Added: rows - len(file.Bad)}) {
		t.Errorf("resumed at %d: %+v; want %d added", i.Resumed, *i.Counts, rows-len(file.Bad))
	}

	mended := filepath.Join(t.TempDir(), "mended.csv")
	if err := os.WriteFile(mended, mend(t, bad, rows), 0o600); err != nil {
		t.Fatal(err)
	}
	again := s.upload(mended, 0)
	again = s.until(again.ID, func(i wire.Import) bool { return i.State == "judged" })
	if again.Bad > 0 || again.Good != len(file.Bad) {
		t.Errorf("mended: %d good, %d bad: %v", again.Good, again.Bad, again.FaultKinds)
	}
	s.call("POST", "/imports/"+again.ID+"/start", wire.StartImport{Rows: "all"})
	again = s.until(again.ID, func(i wire.Import) bool { return i.State == "done" })
	if *again.Counts != (wire.ImportCounts{Added: len(file.Bad)}) {
		t.Errorf("mended: %+v", *again.Counts)
	}

	for _, one := range []wire.Import{i, again} {
		if _, err := s.client().Call(t.Context(), http.MethodDelete, "/imports/"+one.ID, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "data", "imports", "*", "*.*")); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
	s.readable("after its life")
	if peak := s.measure(); peak > maxServerMemory {
		t.Errorf("%d MiB at the peak, at most %d", peak>>10, maxServerMemory>>10)
	} else {
		t.Logf("%d MiB at the peak", peak>>10)
	}
}

// upload sends a file in about so long.
func (s *importServer) upload(path string, within time.Duration) (i wire.Import) {
	s.t.Helper()
	file, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		s.t.Fatal(err)
	}
	pieces := info.Size()/(16<<10) + 1
	line := slowLine{file, within / time.Duration(pieces)}
	if err := s.client().Upload(s.t.Context(), "/imports?"+url.Values{"kind": {"residents"}, "name": {"花名册"}}.Encode(), line, info.Size(), nil, &i); err != nil {
		s.t.Fatal(err)
	}
	return i
}

// checkFaults holds what is said, cell by cell, against what was written; and no answer holds a number.
func (s *importServer) checkFaults(i wire.Import, file importstest.Roster) {
	s.t.Helper()
	seen, after := 0, ""
	for last := 0; ; {
		var page wire.Page[wire.ImportFault]
		call(s.t, "http://"+s.addr, s.bearer(), "GET", "/imports/"+i.ID+"/faults?limit=1000&after="+after, nil, &page)
		for _, fault := range page.Items {
			wrong, expected := file.Bad[fault.Cell]
			if !expected || fault.Kind != wrong.Kind || !strings.Contains(fault.Text, wrong.Says) || personal.MatchString(fault.Text) || fault.Row < last || !strings.HasSuffix(fault.Cell, strconv.Itoa(fault.Row)) {
				s.t.Errorf("%+v, want %q", fault, wrong.Says)
			}
			last = fault.Row
			seen++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if seen != len(file.Bad) {
		s.t.Errorf("%d faults are listed, want %d", seen, len(file.Bad))
	}
}

func (s *importServer) badRows(i wire.Import) []byte {
	s.t.Helper()
	var out bytes.Buffer
	if err := s.client().Download(s.t.Context(), http.MethodGet, "/imports/"+i.ID+"/bad-rows", &out); err != nil {
		s.t.Fatal(err)
	}
	return out.Bytes()
}

// mend puts right what is wrong in a file of bad rows: each becomes a resident of its own, beyond the first many.
func mend(t *testing.T, bad []byte, many int) []byte {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(bad, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for n := 0; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			row = append(row[:2:2], "居民", fmt.Sprint(19900000000+many+n), "demo-1", "", "幸福苑", "独居", "同意", "2023-11-13", "纸质", "接收通知", "是")
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return out.Bytes()
}
