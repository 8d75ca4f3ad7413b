package client_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"towncrier/api/client"
)

// TestUploadIsSentAgain: a file that broke off on its way goes once more, from its beginning; one that is refused does not go at all.
func TestUploadIsSentAgain(t *testing.T) {
	file := bytes.Repeat([]byte("手机号,居委会\n"), 100_000)
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch calls++; {
		case strings.HasSuffix(r.URL.Path, "/refused"):
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"type":"urn:towncrier:problem:right","title":"Forbidden","status":403}`)
		case calls == 1:
			io.CopyN(io.Discard, r.Body, 10_000)
			panic(http.ErrAbortHandler)
		default:
			got, err := io.ReadAll(r.Body)
			if err != nil || !bytes.Equal(got, file) || r.ContentLength != int64(len(file)) || r.Header.Get("Authorization") != "Bearer tck_a" {
				t.Errorf("%d bytes came, %v, %v", len(got), err, r.Header)
			}
			io.WriteString(w, `{"id":"x"}`)
		}
	}))
	defer server.Close()
	c, err := client.New(client.Config{URL: server.URL, Key: "tck_a"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var sent int64
	var out struct{ ID string }
	if err := c.Upload(t.Context(), "/imports", bytes.NewReader(file), int64(len(file)), func(n int64) { sent = n }, &out); err != nil || out.ID != "x" || calls != 2 || sent != int64(len(file)) {
		t.Errorf("%v after %d calls, %d of %d bytes, %+v", err, calls, sent, len(file), out)
	}
	sent = 0
	err = c.Upload(t.Context(), "/refused", bytes.NewReader(file), int64(len(file)), func(n int64) { sent = n }, nil)
	if _, ok := errors.AsType[*client.RefusedError](err); !ok || sent > 0 {
		t.Errorf("refused: %v, %d bytes went", err, sent)
	}
}
