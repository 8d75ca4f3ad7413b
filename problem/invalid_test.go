package problem

import (
	"errors"
	"fmt"
	"testing"
)

// TestADomainSaysWhatIsNotFound: what a domain has no such thing of is told from its text, and known as one error everywhere.
func TestADomainSaysWhatIsNotFound(t *testing.T) {
	noTicket, noKey := NotFound("no ticket has this number"), NotFound("no such key")
	err := fmt.Errorf("answer a ticket: %w", noTicket)
	if !errors.Is(err, ErrNotFound) || !errors.Is(err, noTicket) || errors.Is(err, noKey) || err.Error() != "answer a ticket: no ticket has this number" {
		t.Error(err)
	}
}
