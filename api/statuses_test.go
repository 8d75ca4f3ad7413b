package api

import (
	"regexp"
	"testing"
)

// TestDomainErrorsAreChinese: an error of a domain that the API knows is told as it is.
func TestDomainErrorsAreChinese(t *testing.T) {
	for _, s := range statuses {
		if !regexp.MustCompile(`\p{Han}`).MatchString(s.err.Error()) {
			t.Errorf("%s: %v is not Chinese", s.name, s.err)
		}
	}
}
