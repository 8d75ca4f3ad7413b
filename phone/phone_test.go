package phone

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, written := range []string{
		"19900001234", " 199 0000 1234 ", "199-0000-1234", "+86 199-0000-1234", "8619900001234", "008619900001234",
		"１９９００００１２３４", "＋86 199（0000）1234", "\u202a19900001234\u202c", "\ufeff19900001234", "199 00001234",
	} {
		if got, err := Parse(written); err != nil || string(got) != "19900001234" {
			t.Errorf("Parse(%q) = %q, %v", written, string(got), err)
		}
	}
	for _, bad := range []string{
		"", "1990000123", "199000012345", "12900001234", "29900001234", "03598888888", "1990000123x", "+85219900001234",
		"1.9900001234E+10", "19900001234/19900001235", "一九九零零零零一二三四", "86199000012345",
	} {
		got, err := Parse(bad)
		if !errors.Is(err, ErrNumber) || got != "" {
			t.Errorf("Parse(%q) = %q, %v; want ErrNumber", bad, string(got), err)
		}
		if bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error repeats %q", bad)
		}
	}
}

func TestNumberPrintsMasked(t *testing.T) {
	n, err := Parse("19900001234")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%s", "%v", "%q", "%+v", "%#v", "%x"} {
		if text := fmt.Sprintf(verb, n); strings.Contains(text, "0000") || strings.Contains(text, "30303030") {
			t.Errorf("%s shows the number: %s", verb, text)
		}
		if text := fmt.Sprintf(verb, struct{ To Number }{n}); strings.Contains(text, "0000") || strings.Contains(text, "30303030") {
			t.Errorf("%s of a struct shows the number: %s", verb, text)
		}
	}
	if got := n.Masked(); got != "199****1234" {
		t.Errorf("Masked = %q", got)
	}
	if Number("").Masked() != "" || Number("123").Masked() != "" {
		t.Error("what is no number was masked")
	}
	if b, err := json.Marshal(n); err != nil || string(b) != `"19900001234"` {
		t.Errorf("JSON keeps the number for where it is sealed: %s, %v", b, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"19900001234", "+86 199-0000-1234", "１９９００００１２３４", "abc", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(string(n))
		if err != nil || again != n || len(n) != 11 {
			t.Errorf("Parse(%q) = %q, which parses to %q, %v", s, string(n), string(again), err)
		}
	})
}
