// Package kvtest starts a private Redis for tests.
package kvtest

import (
	"bufio"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"towncrier/porttest"
)

// Server is a redis-server of the test's own, on a port of loopback that it keeps, and that keeps nothing on disk.
type Server struct {
	t    testing.TB
	addr string
	args []string
	cmd  *exec.Cmd
}

// Password is what every Server asks for.
const Password = "kvtest-password"

// startWithin bounds a start on a busy machine.
const startWithin = 60 * time.Second

// Start runs a server until the test ends, with more arguments of redis-server if need be. The test fails when
// redis-server is not installed.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{t: t, addr: porttest.Hold(t), args: args}
	t.Cleanup(s.Kill)
	s.Restart()
	return s
}

// URL is the setting for kv.Open.
func (s *Server) URL() string { return fmt.Sprintf("redis://:%s@%s/0", Password, s.Addr()) }

// Addr is the server's host:port.
func (s *Server) Addr() string { return s.addr }

// Kill ends the server at once, as a power cut would. Everything in it is lost.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.cmd = nil
}

// Restart runs a killed server again, empty, on its old port.
func (s *Server) Restart() {
	s.t.Helper()
	if !s.run() {
		s.t.Fatal("redis-server does not start")
	}
}

func (s *Server) run() bool {
	s.t.Helper()
	_, port, _ := strings.Cut(s.addr, ":")
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
		"--requirepass", Password, "--dir", s.t.TempDir()}, s.args...)
	cmd := exec.Command("redis-server", args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("redis-server is needed by this test (Debian: apt-get install redis-server): %v", err)
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Ready to accept connections") {
				ready <- true
			}
		}
		close(ready)
	}()
	select {
	case ok := <-ready:
		if ok {
			s.cmd = cmd
			return true
		}
	case <-time.After(startWithin):
	}
	cmd.Process.Kill()
	cmd.Wait()
	return false
}
