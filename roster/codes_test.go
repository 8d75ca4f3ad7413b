package roster

import (
	"errors"
	"testing"
)

// TestCodesAreFair draws many codes: each digit has each value at each place about equally often.
func TestCodesAreFair(t *testing.T) {
	const draws = 60_000
	var seen [CodeDigits][10]int
	for range draws {
		code, err := newCode()
		if err != nil || len(code) != CodeDigits {
			t.Fatalf("a code of %d digits, %v", len(code), err)
		}
		for place, r := range code {
			if r < '0' || r > '9' {
				t.Fatalf("%q in a code", r)
			}
			seen[place][r-'0']++
		}
	}
	for place, counts := range seen {
		for digit, n := range counts {
			if n < 5_500 || n > 6_500 { // 6,000 expected, standard deviation 73
				t.Errorf("place %d is %d in %d of %d codes", place+1, digit, n, draws)
			}
		}
	}
}

func TestCodesOff(t *testing.T) {
	codes := NewCodes(CodesConfig{})
	if err := codes.Request(t.Context(), "o-1", "19900001234"); !errors.Is(err, ErrCodeOff) {
		t.Errorf("%v, want ErrCodeOff", err)
	}
	if _, err := codes.Confirm(t.Context(), "o-1", "123456"); !errors.Is(err, ErrCodeOff) {
		t.Errorf("%v, want ErrCodeOff", err)
	}
}
