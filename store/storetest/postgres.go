package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startWithin bounds initdb and the first connection on a busy machine.
const startWithin = 60 * time.Second

var errMissing = errors.New("PostgreSQL is not installed: run `apt-get install postgresql` (make test does it), or put initdb and postgres on PATH")

// postgres is a server that listens on a socket in a folder of its own, so it needs no free port.
type postgres struct {
	dir  string
	args []string
	attr *syscall.SysProcAttr
	halt func() // ends the process at once: nothing is written any more
	end  func() // halts, and removes everything
}

// started starts the one server of this test binary, at its first use, and leaves in stop how to end it.
var started = sync.OnceValues(func() (*postgres, error) {
	s, err := start()
	if err == nil {
		stop <- s.end
	}
	return s, err
})

var stop = make(chan func(), 1)

// Run runs a package's tests, stops what they started, and returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	select {
	case end := <-stop:
		end()
	default:
	}
	return code
}

func (s *postgres) url(database string) string {
	q := url.Values{"host": {s.dir}, "sslmode": {"disable"}}
	return "postgres://towncrier@/" + database + "?" + q.Encode()
}

// name is the database that a URL of url names.
func (s *postgres) name(url string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(url, "postgres://towncrier@/"), "?")
	return name
}

// start makes a server, with more arguments of postgres if need be.
func start(more ...string) (_ *postgres, err error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	server, err := find("postgres")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "towncrier-pg-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	attr, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	data := filepath.Join(dir, "data")
	init := exec.CommandContext(ctx, initdb, "-D", data, "-U", "towncrier", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
	init.Dir, init.SysProcAttr = dir, attr
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	// Durability is not what these tests are about; everything else is as it ships.
	s := &postgres{dir: dir, attr: attr, args: append([]string{server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200"}, more...)}
	s.end = func() {
		s.halt()
		os.RemoveAll(dir)
	}
	return s, s.run(ctx)
}

// run starts the server on what it keeps, and waits until it answers.
func (s *postgres) run(ctx context.Context) error {
	run := exec.Command(s.args[0], s.args[1:]...)
	var log bytes.Buffer
	run.Dir, run.SysProcAttr, run.Stdout, run.Stderr = s.dir, s.attr, &log, &log
	ended, err := supervise(run)
	if err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.halt = func() {
		run.Process.Signal(syscall.SIGQUIT) // immediate shutdown, as when it crashes
		<-ended
	}
	if err := s.ready(ctx, ended); err != nil {
		s.halt()
		return fmt.Errorf("postgres does not answer: %w\n%s", err, log.String())
	}
	return nil
}

// Server is a PostgreSQL of a test's own, which may crash.
type Server struct{ *postgres }

// Start runs a server until the test ends. What it has committed outlives a crash.
func Start(t testing.TB) Server {
	t.Helper()
	s, err := start("-c", "synchronous_commit=on")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.end() })
	if err := s.exec(t.Context(), "CREATE DATABASE towncrier"); err != nil {
		t.Fatal(err)
	}
	return Server{s}
}

// URL is the setting of its one database.
func (s Server) URL() string { return s.url("towncrier") }

// Crash ends the server at once.
func (s Server) Crash() { s.halt() }

// Restart runs it again, and waits until it has recovered.
func (s Server) Restart(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startWithin)
	defer cancel()
	if err := s.run(ctx); err != nil {
		t.Fatal(err)
	}
}

// supervise starts cmd and closes ended when it has ended. The thread that starts it lives as long as it does, because
// the kernel takes the death of that thread for the parent's (see mortal).
func supervise(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	done, launched := make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		launched <- err
		if err == nil {
			cmd.Wait()
		}
		close(done)
	}()
	return done, <-launched
}

func (s *postgres) ready(ctx context.Context, ended <-chan struct{}) error {
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ended:
			return errors.New("it has ended")
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// find looks where Debian keeps the newest server's programs, then on PATH.
func find(program string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return found[len(found)-1], nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", errMissing
	}
	return path, nil
}

// unprivileged gives dir to a user that PostgreSQL agrees to run as: it refuses to run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := mortal()
	if os.Geteuid() != 0 {
		return attr, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user to run it as: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, int(uid), int(gid))
}
