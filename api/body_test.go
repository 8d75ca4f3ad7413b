package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzBody holds that what the gate lets pass is one JSON value that reads the same way whoever reads it.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,"b",true]}`, `{"a":1,"A":2}`, `{"ſ":1,"s":2}`, `{"K":1,"k":2}`, `"\u0000"`, `[null]`, `{"a":{}}x`, "\xff",
		`"\ud800"`, strings.Repeat("[", 20), `{"__proto__":{}}`, "\ufeff{}", `1e9999`, `{"a"}`, `{,}`, `[1,]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		got, no := readBody(httptest.NewRecorder(), r, true)
		if no != nil {
			if no.Status < 400 || no.Status > 499 || len(got) > 0 {
				t.Fatalf("refused with %d and %q", no.Status, got)
			}
			return
		}
		body = bytes.TrimPrefix(body, []byte("\ufeff")) // a mark in front is no part of it
		if !bytes.Equal(got, body) {
			t.Fatalf("%q was read as %q", body, got)
		}
		if again, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(again, body) {
			t.Fatalf("read again: %q, %v", again, err)
		}
		if len(body) > 0 && (!json.Valid(body) || !utf8.Valid(body) || len(body) > maxBody) {
			t.Fatalf("%q passed", body)
		}
		var m map[string]any
		if json.Unmarshal(body, &m) == nil {
			for a := range m {
				for b := range m {
					if a != b && strings.EqualFold(a, b) {
						t.Fatalf("%q passed: %q and %q are one field", body, a, b)
					}
				}
			}
		}
	})
}
