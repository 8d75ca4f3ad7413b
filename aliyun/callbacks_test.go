package aliyun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/sms"
)

const (
	testPushKey  = "key-never-shown-0123456789abcdef"
	acknowledged = `{"code":0,"msg":"接收成功"}`
)

// seen counts what Observe reports.
type seen struct {
	mu     sync.Mutex
	counts map[string]int
}

func (s *seen) observe(kind string, took time.Duration, outcome string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[kind+" "+outcome]++
}

func newCallbacks(t testing.TB, s Sink) (*Callbacks, *logs, *seen) {
	t.Helper()
	log, counts := &logs{}, &seen{counts: map[string]int{}}
	c, err := NewCallbacks(CallbackConfig{Key: testPushKey, Sink: s, Log: slog.New(slog.NewJSONHandler(log, nil)), Observe: counts.observe})
	if err != nil {
		t.Fatal(err)
	}
	return c, log, counts
}

func push(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

func TestPushesAreStoredAndAcknowledged(t *testing.T) {
	s := &sink{}
	c, log, counts := newCallbacks(t, s)
	server := httptest.NewServer(c)
	defer server.Close()
	for path, body := range map[string]string{"/sms/report/": exampleReport, "/sms/reply/": exampleReply} {
		resp, err := http.Post(server.URL+path+testPushKey, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || string(answer) != acknowledged {
			t.Errorf("%s: %d %q, %v", path, resp.StatusCode, answer, err)
		}
	}
	if len(s.receipts) != 1 || s.receipts[0].OutID != "67890" || len(s.replies) != 1 || s.replies[0].Content != "TD" {
		t.Errorf("stored %d receipts and %d replies", len(s.receipts), len(s.replies))
	}
	if want := map[string]int{"report stored": 1, "reply stored": 1}; !maps.Equal(counts.counts, want) {
		t.Errorf("observed %v, want %v", counts.counts, want)
	}
	for _, secret := range []string{testPushKey, string(testNumber), "TD", "67890"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, log)
		}
	}
}

func TestNothingPushedIsAcknowledgedWithoutTheSink(t *testing.T) {
	c, _, _ := newCallbacks(t, &sink{before: func(context.Context) error { return errors.New("asked") }})
	for _, body := range []string{"", "[]", "null"} {
		if w := push(c, "POST", "/sms/report/"+testPushKey, body); w.Code != http.StatusOK || w.Body.String() != acknowledged {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	}
}

// TestWrongKeyLooksLikeAnUnknownPath compares whole answers, on the mux that other paths of the house are on.
func TestWrongKeyLooksLikeAnUnknownPath(t *testing.T) {
	s := &sink{}
	c, log, counts := newCallbacks(t, s)
	mux := http.NewServeMux()
	mux.Handle("/sms/report/", c)
	mux.Handle("/sms/reply/", c)
	wrong := []string{"/sms/report/", "/sms/report/x", "/sms/report/" + testPushKey[1:], "/sms/report/" + testPushKey + "x",
		"/sms/report/" + testPushKey + "/", "/sms/reply/" + strings.ToUpper(testPushKey), "/sms/reply/%00"}
	for _, method := range []string{"POST", "GET", "PUT", "HEAD"} {
		unknown := push(mux, method, "/nothing/here", exampleReport)
		for _, path := range wrong {
			w := push(mux, method, path, exampleReport)
			if w.Code != unknown.Code || w.Body.String() != unknown.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(unknown.Header()) {
				t.Errorf("%s %s: %d %v %q\nunknown path: %d %v %q", method, path, w.Code, w.Header(), w.Body, unknown.Code, unknown.Header(), unknown.Body)
			}
		}
	}
	if len(s.receipts)+len(s.replies) > 0 {
		t.Error("something was stored")
	}
	if want := map[string]int{"report wrong_key": 4 * 5, "reply wrong_key": 4 * 2}; !maps.Equal(counts.counts, want) {
		t.Errorf("observed %v, want %v", counts.counts, want)
	}
	if strings.Contains(log.String(), testPushKey[1:]) {
		t.Errorf("a guess is in the log: %s", log)
	}
	if w := push(c, "POST", "/sms/other/"+testPushKey, exampleReport); w.Code != http.StatusNotFound {
		t.Errorf("another path under the right key: %d", w.Code)
	}
}

// TestThePreviousKeyOpensToo rotates the key, and tells under which of them a reply came.
func TestThePreviousKeyOpensToo(t *testing.T) {
	const next = "key-after-it-0123456789abcdefghij"
	s := &sink{}
	c, err := NewCallbacks(CallbackConfig{Key: next, Previous: testPushKey, Sink: s, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for key, status := range map[string]int{next: 200, testPushKey: 200, "key-of-nobody-0123456789abcdefgh": 404, "": 404} {
		if w := push(c, "POST", "/sms/reply/"+key, exampleReply); w.Code != status {
			t.Errorf("%s: %d, want %d", KeyID(key), w.Code, status)
		}
	}
	var via []string
	for _, r := range s.replies {
		via = append(via, r.Via)
	}
	slices.Sort(via)
	want := []string{KeyID(next), KeyID(testPushKey)}
	slices.Sort(want)
	if !slices.Equal(slices.Compact(via), want) || want[0] == want[1] {
		t.Errorf("came under %q, want %q", via, want)
	}
	if _, err := NewCallbacks(CallbackConfig{Key: next, Previous: "short", Sink: s, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a short previous key is taken")
	}
}

func TestRefusedPushes(t *testing.T) {
	s := &sink{}
	c, log, counts := newCallbacks(t, s)
	if w := push(c, "GET", "/sms/report/"+testPushKey, ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d %v", w.Code, w.Header())
	}
	long := `[{"err_msg":"` + strings.Repeat("x", maxPush) + `"}]`
	if w := push(c, "POST", "/sms/report/"+testPushKey, long); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("over the limit: %d", w.Code)
	}
	if counts.counts["report refused"] != 2 || len(s.receipts) > 0 || strings.Contains(log.String(), testPushKey) {
		t.Errorf("observed %v, stored %d, log %s", counts.counts, len(s.receipts), log)
	}
	full := "[" + strings.Repeat(exampleReport[1:len(exampleReport)-1]+",", maxPush/len(exampleReport)-1)
	full = full[:len(full)-1] + "]"
	if w := push(c, "POST", "/sms/report/"+testPushKey, full); w.Code == http.StatusRequestEntityTooLarge {
		t.Errorf("just under the limit: %d", w.Code)
	}
	if receipts, _ := readReceipts([]byte(full)); len(receipts) < 4000 {
		t.Errorf("room for %d receipts", len(receipts))
	}
}

// TestWhatIsNotStoredIsPushedAgain also holds the answer to having no number under "code", which might count as an
// acknowledgement.
func TestWhatIsNotStoredIsPushedAgain(t *testing.T) {
	for name, before := range map[string]func(context.Context) error{
		"error": func(context.Context) error { return errors.New("disk is full") },
		"panic": func(context.Context) error { panic(exampleReport) },
	} {
		s := &sink{before: before}
		c, log, counts := newCallbacks(t, s)
		w := push(c, "POST", "/sms/report/"+testPushKey, exampleReport)
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "code") || counts.counts["report failed"] != 1 {
			t.Errorf("%s: %d %q, observed %v", name, w.Code, w.Body, counts.counts)
		}
		if strings.Contains(log.String(), string(testNumber)) {
			t.Errorf("%s: a number is in the log: %s", name, log)
		}
		s.before = nil
		if w := push(c, "POST", "/sms/report/"+testPushKey, exampleReport); w.Code != http.StatusOK || len(s.receipts) != 1 {
			t.Errorf("%s: pushed again: %d, %d receipts", name, w.Code, len(s.receipts))
		}
	}
}

func TestASlowSinkIsGivenUpInTime(t *testing.T) {
	for name, heeds := range map[string]bool{"heeds its context": true, "does not": false} {
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			c, _, counts := newCallbacks(t, &sink{before: func(ctx context.Context) error {
				if heeds {
					<-ctx.Done()
					return fmt.Errorf("store: %w", ctx.Err())
				}
				<-release
				return nil
			}})
			start := time.Now()
			w := push(c, "POST", "/sms/reply/"+testPushKey, exampleReply)
			if took := time.Since(start); w.Code != http.StatusServiceUnavailable || took != pushLimit || counts.counts["reply late"] != 1 {
				t.Errorf("%s: %d after %v, observed %v", name, w.Code, took, counts.counts)
			}
		})
	}
}

// TestABodyThatStalls writes half a push and waits for the answer.
func TestABodyThatStalls(t *testing.T) {
	s := &sink{}
	c, _, counts := newCallbacks(t, s)
	server := httptest.NewServer(c)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	fmt.Fprintf(conn, "POST /sms/report/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", testPushKey, len(exampleReport), exampleReport[:40])
	answer := make([]byte, 12)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 503" {
		t.Errorf("%q, %v", answer, err)
	}
	if took := time.Since(start); took < pushLimit || took > pushLimit+30*time.Second { // without a limit it takes for ever
		t.Errorf("answered after %v", took)
	}
	if len(s.receipts) > 0 || counts.counts["report failed"] != 1 {
		t.Errorf("half a push: %d stored, observed %v", len(s.receipts), counts.counts)
	}
}

// TestTheDeadlineIsOfOnePush pushes over one connection for longer than one push may take.
func TestTheDeadlineIsOfOnePush(t *testing.T) {
	s := &sink{before: func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pushLimit / 6):
			return nil
		}
	}}
	c, _, _ := newCallbacks(t, s)
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(c)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	for range 7 {
		resp, err := server.Client().Post(server.URL+"/sms/report/"+testPushKey, "application/json", strings.NewReader(exampleReport))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("answered %d", resp.StatusCode)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestNewCallbacksWantsAKeyThatNobodyGuesses(t *testing.T) {
	for _, key := range []string{"", "short", strings.Repeat("x", 31), strings.Repeat("x", 32) + "/", strings.Repeat("键", 32)} {
		_, err := NewCallbacks(CallbackConfig{Key: key, Sink: &sink{}, Log: slog.New(slog.DiscardHandler)})
		if err == nil || key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("key of %d bytes: %v", len(key), err)
		}
	}
	if _, err := NewCallbacks(CallbackConfig{Key: testPushKey}); err == nil {
		t.Error("made without a sink")
	}
}

func TestPushesAtOnce(t *testing.T) {
	s := &sink{}
	c, _, counts := newCallbacks(t, s)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			push(c, "POST", "/sms/report/"+testPushKey, fmt.Sprintf(`[{"out_id":"%d"},{"out_id":"%d"}]`, 2*i, 2*i+1))
		})
	}
	all.Wait()
	ids := map[string]bool{}
	for _, r := range s.receipts {
		ids[r.OutID] = true
	}
	if len(ids) != 100 || counts.counts["report stored"] != 50 {
		t.Errorf("%d of 100 receipts, observed %v", len(ids), counts.counts)
	}
	if slices.ContainsFunc(s.receipts, func(r sms.Receipt) bool { return r.Raw == "" }) {
		t.Error("a receipt without what was pushed")
	}
}
