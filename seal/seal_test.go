package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func newBox(t testing.TB) *Sealer {
	t.Helper()
	b, err := New(NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealOpensOnlyUnderItsKeyAndPurpose(t *testing.T) {
	b := newBox(t)
	sealed := b.Seal("resident.phone", "19900001234")
	if got, err := b.Open("resident.phone", sealed); err != nil || got != "19900001234" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	if bytes.Contains(sealed, []byte("1990000")) {
		t.Error("the sealed value shows the plain one")
	}
	for name, open := range map[string]func() (string, error){
		"other purpose": func() (string, error) { return b.Open("ticket.text", sealed) },
		"other key":     func() (string, error) { return newBox(t).Open("resident.phone", sealed) },
		"one bit off": func() (string, error) {
			bad := bytes.Clone(sealed)
			bad[len(bad)-1] ^= 1
			return b.Open("resident.phone", bad)
		},
		"cut short": func() (string, error) { return b.Open("resident.phone", sealed[:8]) },
		"nothing":   func() (string, error) { return b.Open("resident.phone", nil) },
	} {
		if got, err := open(); !errors.Is(err, ErrSealed) || got != "" {
			t.Errorf("%s: Open = %q, %v; want ErrSealed", name, got, err)
		}
	}
	if bytes.Equal(sealed, b.Seal("resident.phone", "19900001234")) {
		t.Error("sealing twice gave the same bytes")
	}
}

func TestFind(t *testing.T) {
	b := newBox(t)
	if !bytes.Equal(b.Find("openid", "o1"), b.Find("openid", "o1")) {
		t.Error("Find is not stable")
	}
	if bytes.Equal(b.Find("openid", "o1"), b.Find("phone", "o1")) || bytes.Equal(b.Find("a", "b"), newBox(t).Find("a", "b")) {
		t.Error("Find does not depend on purpose and key")
	}
	if bytes.Equal(b.Find("ab", "c"), b.Find("a", "bc")) {
		t.Error("purpose and value run into each other")
	}
}

func TestParseKey(t *testing.T) {
	key := NewKey()
	if got, err := ParseKey(base64.StdEncoding.EncodeToString(key)); err != nil || !bytes.Equal(got, key) {
		t.Fatalf("ParseKey = %x, %v", got, err)
	}
	for _, bad := range []string{"secret", strings.Repeat("A", 43), base64.StdEncoding.EncodeToString(key[:31])} {
		if _, err := ParseKey(bad); err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("ParseKey(%q) = %v; want an error that does not repeat the key", bad, err)
		}
	}
}
