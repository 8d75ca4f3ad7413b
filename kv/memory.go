package kv

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// memoryPair is a connection inside the process. A write never waits: what was not read yet is kept. It takes 5 us for a
// command and its answer where loopback TCP takes 21.
func memoryPair() (near, far net.Conn) {
	a, b := newStream(), newStream()
	return &memoryConn{in: a, out: b}, &memoryConn{in: b, out: a}
}

// keptBuffer is how much of an emptied buffer is kept for the next bytes: a few messages' worth.
const keptBuffer = 16 << 10

// stream carries bytes one way.
type stream struct {
	mu       sync.Mutex
	buf      bytes.Buffer
	closed   bool
	deadline time.Time
	waiting  bool          // the reader will look again when wake says so
	wake     chan struct{} // has room for one token
	timer    *time.Timer   // the reader's, made when it first waits until a deadline
}

func newStream() *stream { return &stream{wake: make(chan struct{}, 1)} }

// signal wakes the reader, if one waits. s.mu is held.
func (s *stream) signal() {
	if s.waiting {
		s.waiting = false
		s.wake <- struct{}{}
	}
}

func (s *stream) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	s.signal()
	return s.buf.Write(p)
}

// read serves one reader at a time, as every net.Conn here has.
func (s *stream) read(p []byte) (int, error) {
	for {
		if n, err := s.take(p); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if !s.wait() {
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// take reads what is there. When nothing is, the next signal is meant for the reader.
func (s *stream) take(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := s.buf.Read(p)
	if s.buf.Len() == 0 && s.buf.Cap() > keptBuffer {
		s.buf = bytes.Buffer{}
	}
	if n == 0 && s.closed {
		return 0, io.EOF
	}
	if s.waiting = n == 0; s.waiting {
		select {
		case <-s.wake: // of a wait that ended with its deadline
		default:
		}
	}
	return n, nil
}

// wait is false when the deadline comes before a signal.
func (s *stream) wait() bool {
	s.mu.Lock()
	deadline := s.deadline
	s.mu.Unlock()
	if deadline.IsZero() {
		<-s.wake
		return true
	}
	left := time.Until(deadline)
	if s.timer == nil {
		s.timer = time.NewTimer(left)
	} else {
		s.timer.Reset(left)
	}
	defer s.timer.Stop()
	select {
	case <-s.wake:
		return true
	case <-s.timer.C:
		return false
	}
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.signal()
}

func (s *stream) setDeadline(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadline = t
	s.signal()
}

type memoryConn struct{ in, out *stream }

func (c *memoryConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *memoryConn) Write(p []byte) (int, error) { return c.out.write(p) }

func (c *memoryConn) Close() error {
	c.in.close()
	c.out.close()
	return nil
}

func (c *memoryConn) SetDeadline(t time.Time) error     { return c.SetReadDeadline(t) }
func (c *memoryConn) SetReadDeadline(t time.Time) error { c.in.setDeadline(t); return nil }
func (c *memoryConn) SetWriteDeadline(time.Time) error  { return nil } // a write never waits
func (c *memoryConn) LocalAddr() net.Addr               { return memoryAddr{} }
func (c *memoryConn) RemoteAddr() net.Addr              { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "embedded" }
