// Package inboxtest is the contract of inbox.Store: every implementation runs it.
package inboxtest

import (
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
)

// noon is when the suite files: 2023-11-13 12:00 in China.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one
// more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() inbox.Store))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() inbox.Store)
	}{
		{"a ticket comes back as it was filed", comesBack},
		{"numbers count within the civil day", numbers},
		{"unknown numbers", unknown},
		{"groups", groups},
		{"list filters", lists},
		{"find by text, dates and person", finds},
		{"counts", counts},
		{"what others proposed", proposals},
		{"open questions", openQuestions},
		{"questions that were answered or made a standard", knownQuestions},
		{"an answer reaches the whole group once", answers},
		{"a group closes once", closes},
		{"claim, tell, defer", claims},
		{"a lease that passed on", passedLease},
		{"a clock that was ahead", clockSetBack},
		{"groups with who has them", holds},
		{"notes", notes},
		{"what asks something else", separates},
		{"open again", reopens},
		{"collect", collects},
		{"a message that comes again is told the same", toldAgain},
		{"forget", forgets},
		{"empty", empties},
		{"expire", expires},
		{"a message is filed once", filedOnce},
		{"a reply by SMS is filed once", repliedOnce},
		{"an asker adds to a ticket", appends},
		{"a cancelled context changes nothing", cancelled},
		{"many processes number", concurrentNumbers},
		{"many processes claim", concurrentClaims},
		{"collect races claim", collectRacesClaim},
		{"answer races add", answerRacesAdd},
		{"one answer wins", oneAnswerWins},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

func question(from, text string) inbox.Filing {
	return inbox.Filing{From: from, Kind: inbox.Question, Text: text, At: noon}
}

// act settles a ticket.
func act(number string, at time.Time) audit.Act {
	return audit.Act{Actor: audit.Staff("wang"), Action: "ticket.test", Subject: number, At: at}
}

func add(t *testing.T, s inbox.Store, f inbox.Filing, group string) inbox.Ticket {
	t.Helper()
	ticket, err := s.Add(t.Context(), f, group, f.At.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// answered files a question and answers it.
func answered(t *testing.T, s inbox.Store, from string) inbox.Ticket {
	t.Helper()
	ticket := add(t, s, question(from, "问题"), "")
	if _, err := s.SetAnswer(t.Context(), act(ticket.Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	return ticket
}

func get(t *testing.T, s inbox.Store, number string) inbox.Ticket {
	t.Helper()
	ticket, err := s.Get(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func claim(t *testing.T, s inbox.Store, limit int, now, until time.Time) []inbox.Pending {
	t.Helper()
	claimed, err := s.ClaimUntold(t.Context(), limit, now, until)
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

func collect(t *testing.T, s inbox.Store, from string, at time.Time) []string {
	t.Helper()
	tickets, err := s.CollectFor(t.Context(), from, "", at)
	if err != nil {
		t.Fatal(err)
	}
	return numbersOf(tickets)
}

func numbersOf(tickets []inbox.Ticket) []string {
	var out []string
	for _, ticket := range tickets {
		out = append(out, ticket.Number)
	}
	return out
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %q, want %q", what, got, want)
	}
}
