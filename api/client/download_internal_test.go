package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// downloading is a client of a server that answers every request with serve.
func downloading(t *testing.T, serve http.HandlerFunc) *Client {
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	c, err := New(Config{URL: server.URL, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestDownloadThatStopsComing(t *testing.T) {
	done := make(chan struct{})
	c := downloading(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		<-done
	})
	t.Cleanup(func() { close(done) }) // before the server is closed
	c.stall = 50 * time.Millisecond
	var file bytes.Buffer
	err := c.Download(t.Context(), http.MethodGet, "/residents.csv", &file)
	if _, ok := errors.AsType[*NoAnswerError](err); !ok || !strings.Contains(err.Error(), "stopped coming") || !Temporary(err) {
		t.Errorf("%v", err)
	}
}

// TestDownloadIsAskedForAgain when it was too early; one that is given once is not.
func TestDownloadIsAskedForAgain(t *testing.T) {
	var asked atomic.Int64
	c := downloading(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%2 == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, `{"type":"urn:towncrier:problem:rate","status":429}`)
			return
		}
		io.WriteString(w, "whole")
	})
	var file bytes.Buffer
	if err := c.Download(t.Context(), http.MethodGet, "/residents.csv", &file); err != nil || file.String() != "whole" {
		t.Errorf("%q, %v", &file, err)
	}
	err := c.Download(t.Context(), http.MethodPost, "/exports/x/file", io.Discard)
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Problem.Status != 429 || asked.Load() != 3 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}
