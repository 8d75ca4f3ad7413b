package porttest

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// TestHold asks for as many ports as a busy suite does: none is the held one, before its server listened and after.
func TestHold(t *testing.T) {
	held := Hold(t)
	for range 3 {
		if _, err := net.Dial("tcp", held); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatalf("nobody listens: %v, want it refused", err)
		}
		for range 5000 {
			other, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			if other.Close(); other.Addr().String() == held {
				t.Fatal("the held port was given to another")
			}
		}
		server, err := net.Listen("tcp", held)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", held)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		server.Close()
	}
}
