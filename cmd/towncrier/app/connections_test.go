package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// addressListener is a listener whose clients come from the addresses that they name in turn.
type addressListener struct {
	net.Listener
	mu   sync.Mutex
	from []string // by the order of their arrival
}

type connFrom struct {
	net.Conn
	from net.Addr
}

func (c connFrom) RemoteAddr() net.Addr { return c.from }

func (l *addressListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	from := l.from[0]
	l.from = l.from[1:]
	return connFrom{conn, net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(from), 40000))}, nil
}

// lockedLog is a log that several goroutines write.
type lockedLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedLog) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedLog) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// crowdedServer is one to which many connect.
type crowdedServer struct {
	t       *testing.T
	on      *addressListener
	limited *connections
	log     *lockedLog
	hold    chan struct{} // lets /slow answer
	reached chan struct{} // hears of each request to /slow
}

func newCrowdedServer(t *testing.T, most int, proxies ...netip.Prefix) *crowdedServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &crowdedServer{t: t, on: &addressListener{Listener: l}, log: &lockedLog{}, hold: make(chan struct{}), reached: make(chan struct{}, maxPerAddress)}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.limited = limitConnections(s.on, proxies, newMetrics().refuseConnection, log)
	s.limited.most = most
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { s.reached <- struct{}{}; <-s.hold })
	server := newServer(mux, s.limited, log)
	go server.Serve(s.limited)
	t.Cleanup(func() { server.Close() })
	return s
}

// connect opens one from an address.
func (s *crowdedServer) connect(from string) net.Conn {
	s.t.Helper()
	s.on.mu.Lock()
	s.on.from = append(s.on.from, from)
	s.on.mu.Unlock()
	conn, err := net.Dial("tcp", s.on.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

// asks says whether a connection is served.
func asks(conn net.Conn, path string) bool {
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: towncrier\r\n\r\n", path)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// busy is a connection whose request is under way.
func (s *crowdedServer) busy(from string) net.Conn {
	s.t.Helper()
	conn := s.connect(from)
	fmt.Fprint(conn, "GET /slow HTTP/1.1\r\nHost: towncrier\r\n\r\n")
	<-s.reached
	return conn
}

// TestIdleConnectionsMakeRoom: many that ask nothing keep nobody out.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	s := newCrowdedServer(t, 20)
	var idle []net.Conn
	for i := range 200 {
		conn := s.connect(fmt.Sprintf("203.0.113.%d", i))
		if i%2 == 0 && !asks(conn, "/") { // some asked once, some never do
			t.Fatalf("connection %d is not served", i)
		}
		idle = append(idle, conn)
	}
	if !asks(s.connect("198.51.100.1"), "/") {
		t.Error("the next one is not served")
	}
	if n := s.limited.open(); n > 20 {
		t.Errorf("%d are open, want at most 20", n)
	}
	if asks(idle[0], "/") {
		t.Error("the one that is idle for longest was kept")
	}
	if n := strings.Count(s.log.String(), "too many connections"); n != 1 {
		t.Errorf("%d lines in the log, want one a minute:\n%s", n, s.log)
	}
}

// TestOneAddressHasItsShare: one address cannot take what is everybody's, however its connections look.
func TestOneAddressHasItsShare(t *testing.T) {
	for name, c := range map[string]struct {
		from   func(i int) string
		proxy  string
		served bool
	}{
		"an address":        {func(int) string { return "203.0.113.7" }, "", false},
		"an IPv6 network":   {func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) }, "", false},
		"a mapped address":  {func(int) string { return "::ffff:203.0.113.7" }, "", false},
		"a proxy":           {func(int) string { return "203.0.113.7" }, "203.0.113.0/24", true},
		"this machine":      {func(int) string { return "127.0.0.1" }, "", true},
		"several addresses": {func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var proxies []netip.Prefix
			if c.proxy != "" {
				proxies = append(proxies, netip.MustParsePrefix(c.proxy))
			}
			s := newCrowdedServer(t, 100, proxies...)
			for i := range maxPerAddress {
				s.busy(c.from(i))
			}
			if got := asks(s.connect(c.from(maxPerAddress)), "/"); got != c.served {
				t.Errorf("one more is served: %t, want %t", got, c.served)
			}
			if !asks(s.connect("198.51.100.1"), "/") {
				t.Error("another address is not served")
			}
			close(s.hold)
		})
	}
}
