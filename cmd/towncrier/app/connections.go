package app

import (
	queue "container/list"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"
)

// How many connections a server holds at once. WeChat, Alibaba Cloud and offices need some dozens; each costs about 7 KiB and a file.
const (
	maxConnections = 4096
	maxPerAddress  = 64 // of one IPv4 address or one IPv6 /64; proxies and this machine, where a proxy may run, have no limit of their own
)

// Of what there were too many.
const (
	limitAll     = "all"
	limitAddress = "address"
)

// connections bounds the connections of a server. When there is no room, the one that has been idle for longest goes, of the same address
// when that is what is full; a newcomer is turned away when none is idle. It is a net.Listener, and track is its server's ConnState.
type connections struct {
	net.Listener
	most    int
	proxies []netip.Prefix
	refused func(reason string)
	log     *slog.Logger
	now     func() time.Time

	mu      sync.Mutex
	all     map[net.Conn]*connection
	of      map[netip.Prefix]int
	idle    *queue.List // of *connection, the longest idle first
	warned  time.Time
	dropped int // since warned
}

type connection struct {
	conn net.Conn
	from netip.Prefix
	idle *queue.Element // nil while a request is under way; before the first one it is idle too
}

// limitConnections bounds those of a listener. refused hears limitAll or limitAddress for each that is turned away or cut off while idle.
func limitConnections(l net.Listener, proxies []netip.Prefix, refused func(reason string), log *slog.Logger) *connections {
	return &connections{
		Listener: l, most: min(maxConnections, openFiles()/2), proxies: proxies, refused: refused, log: log, now: time.Now,
		all: map[net.Conn]*connection{}, of: map[netip.Prefix]int{}, idle: queue.New(),
	}
}

// openFiles is how many files and connections the process may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<20))
}

// Accept waits for a connection that there is room for.
func (c *connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c.admit(conn) {
			boundUnread(conn)
			return conn, nil
		}
		conn.Close()
	}
}

// boundUnread bounds what the system keeps of an answer that its client does not take. Left alone it keeps megabytes, of which a slow client takes
// a third, before anything more can be written, in longer than a deadline.
func boundUnread(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(64 << 10)
	}
}

func (c *connections) admit(conn net.Conn) bool {
	from, limited := c.origin(conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	if limited && c.of[from] >= maxPerAddress && !c.makeRoom(limitAddress, from) {
		return false
	}
	if len(c.all) >= c.most && !c.makeRoom(limitAll, netip.Prefix{}) {
		return false
	}
	fresh := &connection{conn: conn, from: from}
	fresh.idle = c.idle.PushBack(fresh)
	c.all[conn] = fresh
	c.of[from]++
	return true
}

// origin is the network that a connection counts for, and whether that has a limit.
func (c *connections) origin(conn net.Conn) (netip.Prefix, bool) {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Prefix{}, false
	}
	addr := at.Addr().Unmap().WithZone("")
	proxy := addr.IsLoopback() || slices.ContainsFunc(c.proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(addr, bits).Masked(), !proxy
}

// makeRoom closes the connection that has been idle for longest, of one origin unless that is the zero Prefix. It is false when none is idle.
func (c *connections) makeRoom(reason string, from netip.Prefix) bool {
	c.refused(reason)
	c.warn(reason)
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if idle := e.Value.(*connection); from == (netip.Prefix{}) || idle.from == from {
			c.forget(idle)
			idle.conn.Close()
			return true
		}
	}
	return false
}

// warn writes a line a minute, however many are refused.
func (c *connections) warn(reason string) {
	c.dropped++
	if now := c.now(); now.Sub(c.warned) >= time.Minute {
		c.log.Warn("too many connections: idle ones are closed, others refused; name your proxies in TOWNCRIER_TRUSTED_PROXIES",
			"limit", reason, "since", c.dropped, "most", c.most, "an_address", maxPerAddress)
		c.warned, c.dropped = now, 0
	}
}

// track is told by http.Server what its connections do.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.all[conn]
	if known == nil {
		return
	}
	switch state {
	case http.StateActive:
		if known.idle != nil {
			c.idle.Remove(known.idle)
			known.idle = nil
		}
	case http.StateIdle:
		known.idle = c.idle.PushBack(known)
	case http.StateClosed, http.StateHijacked:
		c.forget(known)
	}
}

// forget takes a connection off the books.
func (c *connections) forget(known *connection) {
	if known.idle != nil {
		c.idle.Remove(known.idle)
		known.idle = nil
	}
	delete(c.all, known.conn)
	if c.of[known.from]--; c.of[known.from] == 0 {
		delete(c.of, known.from)
	}
}

// open is how many connections there are.
func (c *connections) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}
