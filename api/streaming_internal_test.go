package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/kv"
	"towncrier/staff"
)

// The limits of a server whose clients have little time, and how long a slow one takes.
const (
	serverLimit = 150 * time.Millisecond
	shortStall  = 600 * time.Millisecond
	slowTime    = 2 * serverLimit // and more: a slow client rests six times for a third of it
)

// streamingServer is the gate with an upload, a stream and two ordinary operations, behind a server with short limits.
type streamingServer struct {
	t      *testing.T
	addr   string
	failed chan error // what the handlers' reads and writes failed with
}

func newStreamingServer(t *testing.T) *streamingServer {
	client, closeAll, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	s := &streamingServer{t: t, failed: make(chan error, 10)}
	mux, log := http.NewServeMux(), slog.New(slog.DiscardHandler)
	g := &gate{limits: &limiter{limits: kv.NewLimits(client), log: log}, problems: problems{log}, now: time.Now, stall: shortStall,
		huma: humago.NewWithPrefix(mux, "", settings("test"))}
	type file struct{ uploaded }
	type size struct{ Bytes int64 }
	add(g, post("/files", "upload", "Upload", public).uploads(), func(_ context.Context, _ staff.Person, in *file) (*reply[size], error) {
		n, err := io.Copy(io.Discard, in.file)
		s.note(err)
		return &reply[size]{size{n}}, err
	})
	big := func(w io.Writer) error {
		_, err := w.Write(make([]byte, 8<<20))
		s.note(err)
		return err
	}
	add(g, get("/stream", "stream", "Stream", public).streams(), func(context.Context, staff.Person, *nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", big), nil
	})
	add(g, get("/stream/none", "stream-none", "Stream what is not there", public).streams(), func(context.Context, staff.Person, *nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", func(io.Writer) error { return refuse(http.StatusConflict, "state", "还没有") }), nil
	})
	add(g, get("/stream/half", "stream-half", "Stream half of it", public).streams(), func(context.Context, staff.Person, *nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", func(w io.Writer) error {
			io.WriteString(w, "手机号\r\n")
			return errors.New("the disk broke")
		}), nil
	})
	add(g, post("/ordinary", "ordinary", "Take a body", public), func(context.Context, staff.Person, *bodyOf[size]) (*reply[nothing], error) {
		return &reply[nothing]{}, nil
	})
	add(g, get("/ordinary", "get-ordinary", "Answer at length", public), func(context.Context, staff.Person, *nothing) (*reply[string], error) {
		return &reply[string]{strings.Repeat("a", 8<<20)}, nil
	})
	server := httptest.NewUnstartedServer((&observer{log: log}).observe(mux))
	server.Config.ReadTimeout, server.Config.WriteTimeout = serverLimit, serverLimit
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		c.(*net.TCPConn).SetWriteBuffer(64 << 10) // as app's listener
		return ctx
	}
	server.Start()
	t.Cleanup(server.Close)
	s.addr = server.Listener.Addr().String()
	return s
}

func (s *streamingServer) note(err error) {
	if err != nil {
		s.failed <- err
	}
}

// request begins a request by hand: the client decides when a byte goes and when one is taken.
func (s *streamingServer) request(method, path string, length int) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: towncrier\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", method, path, length)
	return conn
}

// answered reads an answer; of a body that broke off, what came and why.
func (s *streamingServer) answered(conn net.Conn, take func(io.Reader) error) (status int, body string, err error) {
	s.t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "", err
	}
	if take != nil {
		err = take(resp.Body)
	}
	rest, restErr := io.ReadAll(resp.Body)
	return resp.StatusCode, string(rest), errors.Join(err, restErr)
}

// slowly does a step six times, with rests that are longer together than the server's limits, and each shorter than a stall.
func slowly(step func() error) error {
	for range 6 {
		if err := step(); err != nil {
			return err
		}
		time.Sleep(slowTime / 3)
	}
	return nil
}

func TestSlowUploadIsServed(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	conn := s.request("POST", "/files", 60)
	if err := slowly(func() error { _, err := conn.Write(make([]byte, 10)); return err }); err != nil {
		t.Fatal(err)
	}
	if status, body, err := s.answered(conn, nil); status != 200 || !strings.Contains(body, "60") {
		t.Errorf("%d %s %v", status, body, err)
	}
}

func TestStalledUploadIsCut(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	conn := s.request("POST", "/files", 60)
	conn.Write(make([]byte, 10))
	start := time.Now()
	status, body, err := s.answered(conn, nil)
	if took := time.Since(start); status != 400 || !strings.Contains(body, "problem:malformed") || took < shortStall/2 {
		t.Errorf("after %s: %d %s %v", took, status, body, err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection goes on: %v", err)
	}
}

func TestUploadIsBounded(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	conn := s.request("POST", "/files", maxUpload+1)
	go func() {
		for range maxUpload>>20 + 1 {
			if _, err := conn.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}()
	if status, body, err := s.answered(conn, nil); status != 413 || !strings.Contains(body, "problem:too-large") {
		t.Errorf("%d %s %v", status, body, err)
	}
}

func TestSlowReaderIsServed(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	status, rest, err := s.answered(s.request("GET", "/stream", 0), func(body io.Reader) error {
		return slowly(func() error { _, err := io.CopyN(io.Discard, body, 1<<20); return err })
	})
	if status != 200 || len(rest) != 2<<20 || err != nil {
		t.Errorf("%d, %d bytes after the slow ones: %v", status, len(rest), err)
	}
}

func TestReaderThatStopsIsCut(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	conn := s.request("GET", "/stream", 0)
	select {
	case <-s.failed:
	case <-time.After(20 * time.Second):
		t.Fatal("the server still writes")
	}
	if _, _, err := s.answered(conn, nil); err == nil {
		t.Error("the answer looks whole")
	}
}

// TestStreamThatFails: before its first byte it is a problem as any other, after that nobody takes it for whole.
func TestStreamThatFails(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	resp, err := http.Get("http://" + s.addr + "/stream/none")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 409 || resp.Header.Get("Content-Type") != "application/problem+json" || resp.Header.Get("Content-Disposition") != "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	if status, body, err := s.answered(s.request("GET", "/stream/half", 0), nil); err == nil {
		t.Errorf("half an answer looks whole: %d %s", status, body)
	}
}

// TestOrdinaryOperationsKeepTheirLimits: a client that dawdles is cut there.
func TestOrdinaryOperationsKeepTheirLimits(t *testing.T) {
	t.Parallel()
	s := newStreamingServer(t)
	body := []byte(`{"Bytes":1}` + strings.Repeat(" ", 49))
	conn := s.request("POST", "/ordinary", len(body))
	chunks := bytes.NewReader(body)
	slowly(func() error { _, err := io.CopyN(conn, chunks, 10); return err })
	if status, text, err := s.answered(conn, nil); status == 200 {
		t.Errorf("a slow body is taken: %d %s %v", status, text, err)
	}
	_, _, err := s.answered(s.request("GET", "/ordinary", 0), func(body io.Reader) error {
		return slowly(func() error { _, err := io.CopyN(io.Discard, body, 1<<20); return err })
	})
	if err == nil {
		t.Error("a slow reader is waited for")
	}
}
