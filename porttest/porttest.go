// Package porttest gives tests ports of loopback that nobody else is given.
package porttest

import (
	"fmt"
	"syscall"
	"testing"
)

// Hold is an address of loopback that refuses connections, and stays the test's until it ends: a port is bound without listening, so
// that the kernel gives it to nobody who asks for any port. A server that is told the address listens on it all the same, however often,
// since Go, Redis and nginx bind with SO_REUSEADDR as this does (Linux permits it while one of two listens); once it has closed,
// connections are refused again.
func Hold(t testing.TB) string {
	t.Helper()
	syscall.ForkLock.RLock() // no process that starts meanwhile inherits the socket
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
}
