package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestBodiesThatAreNoUTF8 names what a body seems to be written in, also where its bytes are UTF-8 by accident, as 通知 in GBK is.
func TestBodiesThatAreNoUTF8(t *testing.T) {
	for body, want := range map[string]string{
		"{\"title\":\"\xcd\xa8\xd6\xaa\"}":              "GBK",
		"{\"title\":\"\xb9\xab\xb8\xe6\"}":              "GBK",
		"\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00": "UTF-16",
		"{\x00\"\x00a\x00\"\x00:\x001\x00}\x00":         "UTF-16",
		"{\"title\":\"a\xffb\"}":                        "不是有效的 UTF-8",
		"{\"title\":\"a\x00b\"}":                        "NUL",
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		_, err := readBody(httptest.NewRecorder(), r, true)
		refused, _ := errors.AsType[*problemDetails](err)
		if refused == nil || refused.Status != http.StatusBadRequest || len(refused.Errors) != 1 || !strings.Contains(refused.Errors[0].Message, want) {
			t.Errorf("%q: %+v, want a refusal that says %s", body, err, want)
		}
	}
}

// FuzzBody holds that what the gate lets pass is one JSON value that reads the same way whoever reads it.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,"b",true]}`, `{"a":1,"A":2}`, `{"ſ":1,"s":2}`, `{"K":1,"k":2}`, `"\u0000"`, `[null]`, `{"a":{}}x`, "\xff",
		`"\ud800"`, strings.Repeat("[", 20), `{"__proto__":{}}`, "\ufeff{}", `1e9999`, `{"a"}`, `{,}`, `[1,]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		got, err := readBody(httptest.NewRecorder(), r, true)
		if err != nil {
			if refused, ok := errors.AsType[*problemDetails](err); !ok || refused.Status < 400 || refused.Status > 499 || len(got) > 0 {
				t.Fatalf("refused with %v and %q", err, got)
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
