package aliyun

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/phone"
	"towncrier/porttest"
	"towncrier/sms"
)

// stage is a peer that breaks off at one place. It returns once a client hung up.
type stage func(conn net.Conn)

// listen serves every connection with s and returns the address.
func listen(t *testing.T, s stage) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				s(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// after reads a request and then writes answer.
func after(answer string) stage {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.WriteString(conn, answer)
		}
	}
}

func stall(conn net.Conn) { io.Copy(io.Discard, conn) }

// callLimit is a context's whose call meets a peer that stalls. The call must have come as far as that by then, on a busy
// machine too.
const callLimit = 2 * time.Second

// TestBrokenAtEachStage is about what a failure means for a second try: before a connection stands nothing was written,
// and from then on the text may have been accepted.
func TestBrokenAtEachStage(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)

	for name, tc := range map[string]struct {
		endpoint string
		wait     time.Duration // of the context; 0 for none
		want     sms.Class
		says     string
	}{
		"refused":             {"http://" + porttest.Hold(t), 0, sms.Retry, "connection refused"},
		"no such name":        {"http://towncrier.invalid", time.Minute, sms.Retry, "no connection"},
		"untrusted":           {untrusted.URL, 0, sms.Retry, "certificate is not trusted"},
		"no TLS":              {"https://" + listen(t, after("HTTP/1.1 400 Bad Request\r\n\r\n")), 0, sms.Retry, "no connection"},
		"handshake broken":    {"https://" + listen(t, func(net.Conn) {}), 0, sms.Retry, "no connection"},
		"handshake stalls":    {"https://" + listen(t, stall), callLimit, sms.Retry, "no connection"},
		"closed at once":      {"http://" + listen(t, func(net.Conn) {}), 0, sms.InDoubt, "broke before the answer"},
		"closed when read":    {"http://" + listen(t, after("")), 0, sms.InDoubt, "broke before the answer"},
		"no answer":           {"http://" + listen(t, stall), callLimit, sms.InDoubt, "deadline"},
		"not HTTP":            {"http://" + listen(t, after("220 smtp ready\r\n")), 0, sms.InDoubt, "broke before the answer"},
		"half a header":       {"http://" + listen(t, after("HTTP/1.1 200 OK\r\nContent-Le")), 0, sms.InDoubt, "broke before the answer"},
		"half a body":         {"http://" + listen(t, after("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"Code\":\"OK\",")), 0, sms.InDoubt, "HTTP 200"},
		"body stalls":         {"http://" + listen(t, func(c net.Conn) { after("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{")(c); stall(c) }), callLimit, sms.InDoubt, "broke off"},
		"half a refusal":      {"http://" + listen(t, after("HTTP/1.1 503 Busy\r\nContent-Length: 90\r\n\r\n{\"Code\":\"Throttling\",")), 0, sms.InDoubt, "HTTP 503"},
		"half an HTTP 400":    {"http://" + listen(t, after("HTTP/1.1 400 Bad\r\nContent-Length: 90\r\n\r\n{\"Code\":")), 0, sms.Operator, "HTTP 400"},
		"empty answer":        {"http://" + listen(t, after("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), 0, sms.InDoubt, "HTTP 200"},
		"a page":              {"http://" + listen(t, after("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")), 0, sms.InDoubt, "HTTP 200"},
		"a gateway's page":    {"http://" + listen(t, after("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>")), 0, sms.InDoubt, "HTTP 502"},
		"a page, not found":   {"http://" + listen(t, after("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>")), 0, sms.Operator, "HTTP 404"},
		"gateway throttles":   {"http://" + listen(t, after("HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n")), 0, sms.Retry, "HTTP 429"},
		"code is a number":    {"http://" + listen(t, after("HTTP/1.1 500 Oops\r\nContent-Length: 12\r\n\r\n{\"Code\":500}")), 0, sms.InDoubt, "HTTP 500"},
		"client code, number": {"http://" + listen(t, after("HTTP/1.1 400 Oops\r\nContent-Length: 12\r\n\r\n{\"Code\":400}")), 0, sms.Operator, "HTTP 400"},
		"OK under HTTP 500":   {"http://" + listen(t, after("HTTP/1.1 500 Oops\r\nContent-Length: 13\r\n\r\n{\"Code\":\"OK\"}")), 0, sms.InDoubt, "HTTP 500"},
		"too long": {"http://" + listen(t, after(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n{\"Code\":\"OK\",\"Message\":\"%s\"}",
			26+2*maxAnswer, strings.Repeat("x", 2*maxAnswer)))), 0, sms.InDoubt, "HTTP 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if tc.wait > 0 {
				limited, cancel := context.WithTimeout(ctx, tc.wait)
				defer cancel()
				ctx = limited
			}
			start := time.Now()
			_, err := newClient(t, Config{Endpoint: tc.endpoint, Concurrency: 1}).Send(ctx, testText)
			e, ok := errors.AsType[*sms.Error](err)
			if !ok || e.Class != tc.want || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, want %s: %s", err, tc.want, tc.says)
			}
			if took := time.Since(start); tc.wait > 0 && tc.wait < time.Minute && took > tc.wait+5*time.Second {
				t.Errorf("took %v, the context ended after %v", took, tc.wait)
			}
			if strings.Contains(err.Error(), tc.endpoint) || strings.Contains(err.Error(), string(testNumber)) {
				t.Errorf("error shows an address or a number: %v", err)
			}
		})
	}
}

func TestOwnTimeLimit(t *testing.T) {
	c := newClient(t, Config{Endpoint: "http://" + listen(t, stall), Timeout: time.Second})
	_, err := c.Send(t.Context(), testText)
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.InDoubt || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want in doubt", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		a := newAPI(t)
		a.answer = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/?"+r.URL.RawQuery, status)
		}
		_, err := newClient(t, Config{Endpoint: a.URL}).Send(t.Context(), testText)
		if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.Operator || e.Advice == "" {
			t.Errorf("%d: %v, want operator", status, err)
		}
	}
	if followed.Load() {
		t.Error("a redirect was followed")
	}
}

// TestALineWorksAfterAPanic sends on the one line that the SDK panicked on.
func TestALineWorksAfterAPanic(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `{"Code":500,"Message":1}`)
	}
	c := newClient(t, Config{Endpoint: a.URL, Concurrency: 1})
	if _, err := c.Send(t.Context(), testText); err == nil {
		t.Fatal("accepted")
	}
	a.answer = nil
	if handle, err := c.Send(t.Context(), testText); err != nil || handle == "" {
		t.Errorf("handle %q, %v", handle, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestNothingLeaks has the wire quote everything that it was given, in every place where it can, and searches what comes
// out: the error, its advice, and the log line that somebody makes of it.
func TestNothingLeaks(t *testing.T) {
	answers := map[string]func(r *http.Request, quoted string) (*http.Response, error){
		"error": func(r *http.Request, quoted string) (*http.Response, error) {
			return nil, errors.New("dial " + quoted)
		},
		"wrapped": func(r *http.Request, quoted string) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: quoted, Err: &net.DNSError{Err: quoted, Name: quoted}}
		},
		"panic": func(r *http.Request, quoted string) (*http.Response, error) { panic(quoted) },
		"body breaks": func(r *http.Request, quoted string) (*http.Response, error) {
			return reply(200, io.MultiReader(strings.NewReader("{"), failing{errors.New(quoted)})), nil
		},
	}
	for _, status := range []int{200, 302, 400, 403, 429, 500, 503} {
		for place, body := range map[string]string{
			"page": "<html>%s", "code": `{"Code":%q}`, "message": `{"Code":"isv.SOMETHING_NEW","Message":%q,"RequestId":%[1]q,"Recommend":%[1]q}`,
			"signature": `{"Code":"SignatureDoesNotMatch","Message":"server string to sign is: %s"}`,
			"denied":    `{"Code":"isp.RAM_PERMISSION_DENY","AccessDeniedDetail":{"x":%q}}`, "type": `{"Code":["%s"]}`,
		} {
			answers[fmt.Sprint(status, " ", place)] = func(r *http.Request, quoted string) (*http.Response, error) {
				return reply(status, strings.NewReader(fmt.Sprintf(body, quoted))), nil
			}
		}
	}
	for name, answer := range answers {
		for _, what := range []string{"url", "number", "secret"} {
			var sent http.Request
			c := newClient(t, Config{Endpoint: "http://sms.example", Concurrency: 1})
			l := <-c.sdkClients
			l.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				sent = *r
				return answer(r, map[string]string{"url": r.URL.String(), "number": string(testNumber), "secret": testSecret}[what])
			})
			c.sdkClients <- l
			_, sendErr := c.Send(t.Context(), testText)
			_, queryErr := c.QueryDetails(t.Context(), testNumber, time.Now(), "")
			_, batchErr := c.sendBatch(t.Context(), batch{testText.Template, params(testText.Params), testText.OutID, []phone.Number{testNumber, testNumber}})
			for _, err := range []error{sendErr, queryErr, batchErr} {
				e, ok := errors.AsType[*sms.Error](err)
				if !ok {
					t.Fatalf("%s: %v", name, err)
				}
				var line strings.Builder
				slog.New(slog.NewJSONHandler(&line, nil)).Error("not sent", "err", err, "whole", fmt.Sprintf("%+v %#v", *e, e.Err))
				q := sent.URL.Query()
				for _, secret := range []string{string(testNumber), testCode, testKeyID, testSecret, q.Get("Signature"),
					q.Get("SignatureNonce"), "sms.example", testSign} {
					if secret != "" && strings.Contains(line.String()+e.Advice, secret) {
						t.Errorf("%s, %s: %q shows in %s", name, what, secret, line.String())
					}
				}
			}
		}
	}
}

func reply(status int, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", Header: http.Header{"Location": {"http://sms.example/" + string(testNumber)}}, Body: io.NopCloser(body)}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
