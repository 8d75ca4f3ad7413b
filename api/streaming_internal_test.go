package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/audit"
	"towncrier/kv"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store/storetest"
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
	staff  *staff.Service
	key    map[string]string // of members of staff, by id
	taken  chan struct{}     // the beginning of an upload was read
	passed atomic.Int64      // seconds that have passed besides
	failed chan error        // what the handlers' reads and writes failed with
}

func newStreamingServer(t *testing.T) *streamingServer { return newPatientServer(t, shortStall) }

// newPatientServer lets a client stall for longer.
func newPatientServer(t *testing.T, stall time.Duration) *streamingServer {
	client, closeAll, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	s := &streamingServer{t: t, failed: make(chan error, 100), key: map[string]string{}, taken: make(chan struct{})}
	now := func() time.Time { return time.Now().Add(time.Duration(s.passed.Load()) * time.Second) }
	rows := storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)).Staff()
	s.staff = staff.New(rows, nil, now)
	for n := range streamsAll/streamsEach + 1 {
		id := fmt.Sprint("clerk", n)
		if _, err := s.staff.Add(t.Context(), audit.Local("test"), staff.Person{ID: id, Name: "王", Role: staff.Author}); err != nil {
			t.Fatal(err)
		}
		if s.key[id], _, err = stafftest.KeyOf(t.Context(), rows, now, id); err != nil {
			t.Fatal(err)
		}
	}
	mux, quiet := http.NewServeMux(), slog.New(slog.DiscardHandler)
	g := &gate{staff: s.staff, limits: &limiter{limits: kv.NewLimits(client), log: quiet}, problems: problems{quiet}, now: now, stall: stall,
		huma: humago.NewWithPrefix(mux, "", settings("test"))}
	type file struct{ Uploaded }
	type size struct{ Bytes int64 }
	add(g, post("/files", "upload", "Upload", public).uploads(), func(_ context.Context, _ staff.Person, in *file) (*reply[size], error) {
		n, err := io.Copy(io.Discard, in.File)
		s.note(err)
		return &reply[size]{size{n}}, err
	})
	add(g, post("/files/kept", "upload-kept", "Upload, whom a key lets in", anyStaff).uploads(), func(_ context.Context, _ staff.Person, in *file) (*reply[size], error) {
		if _, err := io.ReadFull(in.File, make([]byte, 10)); err != nil {
			return nil, err
		}
		s.taken <- struct{}{}
		n, err := io.Copy(io.Discard, in.File)
		return &reply[size]{size{n}}, err
	})
	big := func(w io.Writer) error {
		_, err := w.Write(make([]byte, 8<<20))
		s.note(err)
		return err
	}
	add(g, get("/stream", "stream", "Stream", public).streams(), func(context.Context, staff.Person, *Nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", big), nil
	})
	add(g, get("/stream/none", "stream-none", "Stream what is not there", public).streams(), func(context.Context, staff.Person, *Nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", func(io.Writer) error { return refuse(http.StatusConflict, "state", "还没有") }), nil
	})
	add(g, get("/stream/kept", "stream-kept", "Stream to whom a key lets in", anyStaff).streams(), func(context.Context, staff.Person, *Nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", big), nil
	})
	add(g, get("/stream/half", "stream-half", "Stream half of it", public).streams(), func(context.Context, staff.Person, *Nothing) (*streamed, error) {
		return streamFile("名单.csv", "text/csv", func(w io.Writer) error {
			io.WriteString(w, "手机号\r\n")
			return errors.New("the disk broke")
		}), nil
	})
	add(g, post("/ordinary", "ordinary", "Take a body", public), func(context.Context, staff.Person, *Body[size]) (*reply[Nothing], error) {
		return &reply[Nothing]{}, nil
	})
	add(g, get("/ordinary", "get-ordinary", "Answer at length", public), func(context.Context, staff.Person, *Nothing) (*reply[string], error) {
		return &reply[string]{strings.Repeat("a", 8<<20)}, nil
	})
	server := httptest.NewUnstartedServer((&observer{log: quiet}).observe(mux))
	server.Config.ReadTimeout, server.Config.WriteTimeout = serverLimit, serverLimit
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		c.(*net.TCPConn).SetWriteBuffer(64 << 10) // as app's listener
		return ctx
	}
	server.Config.ErrorLog = log.New(complaints{t}, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	s.addr = server.Listener.Addr().String()
	return s
}

// complaints are what the server says of its handlers: nothing, whatever a client does.
type complaints struct{ t *testing.T }

func (c complaints) Write(line []byte) (int, error) {
	c.t.Errorf("%s", line)
	return len(line), nil
}

func (s *streamingServer) note(err error) {
	if err != nil {
		s.failed <- err
	}
}

// request begins a request by hand: the client decides when a byte goes and when one is taken.
func (s *streamingServer) request(method, path string, length int, headers ...string) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: towncrier\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", method, path, strings.Join(headers, ""), length)
	return conn
}

// download begins the download of a member of staff, who takes none of it yet. It returns once the answer has begun.
func (s *streamingServer) download(id string) (*bufio.Reader, *http.Response) {
	s.t.Helper()
	taken := bufio.NewReader(s.request("GET", "/stream/kept", 0, "Authorization: Bearer "+s.key[id]+"\r\n"))
	resp, err := http.ReadResponse(taken, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return taken, resp
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

// TestStreamsAreFew: neither one member of staff nor all together hold more files open than there are places, and a place is given back.
func TestStreamsAreFew(t *testing.T) {
	t.Parallel()
	s := newPatientServer(t, time.Minute)
	var first *http.Response
	for n := range streamsAll {
		_, resp := s.download(fmt.Sprint("clerk", n/streamsEach))
		if resp.StatusCode != 200 {
			t.Fatalf("download %d: %d", n, resp.StatusCode)
		}
		if n == 0 {
			first = resp
		}
	}
	for id, words := range map[string]string{"clerk0": "您已有两个文件正在上传或下载", fmt.Sprint("clerk", streamsAll/streamsEach): "同事较多"} {
		_, resp := s.download(id)
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" || !strings.Contains(string(body), "problem:streams") || !strings.Contains(string(body), words) {
			t.Errorf("%s: %d %s", id, resp.StatusCode, body)
		}
	}
	if _, err := io.Copy(io.Discard, first.Body); err != nil {
		t.Fatal(err)
	}
	if _, resp := s.download("clerk0"); resp.StatusCode != 200 {
		t.Errorf("after one has ended: %d", resp.StatusCode)
	}
}

// TestStreamEndsWithItsKey: whoever is disabled while a file comes gets no more of it than what is on its way.
func TestStreamEndsWithItsKey(t *testing.T) {
	t.Parallel()
	s := newPatientServer(t, time.Minute)
	_, going := s.download("clerk0")
	_, ended := s.download("clerk1")
	upload := s.request("POST", "/files/kept", 60, "Authorization: Bearer "+s.key["clerk1"]+"\r\n")
	upload.Write(make([]byte, 10))
	<-s.taken
	if err := s.staff.Disable(t.Context(), audit.Local("test"), "clerk1", true); err != nil {
		t.Fatal(err)
	}
	s.passed.Add(int64(recheck / time.Second))
	upload.Write(make([]byte, 50))
	if status, body, _ := s.answered(upload, nil); status != 401 || !strings.Contains(body, "problem:key") {
		t.Errorf("the upload: %d %s", status, body)
	}
	if n, err := io.Copy(io.Discard, ended.Body); err == nil {
		t.Errorf("%d bytes came to the end", n)
	}
	if n, err := io.Copy(io.Discard, going.Body); err != nil || n != 8<<20 {
		t.Errorf("a colleague's: %d bytes, %v", n, err)
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

// TestFileNamesShowAllTheyHave: a title of a broadcast may hold a mark that turns the end of a name round.
func TestFileNamesShowAllTheyHave(t *testing.T) {
	f := streamFile("报告\u202egpj.\u200bexe\n.csv", "text/csv", nil)
	if f.name != "报告gpj.exe.csv" || f.Disposition != "attachment; filename*=utf-8''%E6%8A%A5%E5%91%8Agpj.exe.csv" {
		t.Errorf("%q, %s", f.name, f.Disposition)
	}
}
