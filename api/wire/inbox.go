package wire

import "time"

// Ticket is what a resident left for a person.
type Ticket struct {
	Number      string    `json:"number"`
	Kind        string    `json:"kind" doc:"suggestion, question, handoff, or reply: an SMS"`
	KindLabel   string    `json:"kind_label"`
	Status      string    `json:"status"`
	StatusLabel string    `json:"status_label"`
	Text        string    `json:"text" doc:"What the resident wrote"`
	Where       string    `json:"where,omitempty" doc:"The place that a suggestion is about"`
	Topic       string    `json:"topic,omitempty" doc:"The nearest intent"`
	Phone       string    `json:"phone,omitempty" doc:"Of a reply by SMS: the number that wrote it, masked"`
	Messages    int       `json:"messages,omitempty" doc:"Of a reply by SMS: how many came from the number while the ticket was open; the text holds the first of them"`
	Group       string    `json:"group" doc:"Number of the first ticket of its like"`
	Owner       string    `json:"owner,omitempty" doc:"The colleague who answered or closed it"`
	FiledAt     time.Time `json:"filed_at"`
	DueAt       time.Time `json:"due_at"`
	Answer      string    `json:"answer,omitempty"`
	AnsweredAt  time.Time `json:"answered_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	Intent      string    `json:"intent,omitempty" doc:"That a draft of content was begun with, to answer the question from now on"`
	ToldAt      time.Time `json:"told_at,omitzero" doc:"When the asker was told the answer"`
}

// TicketGroup is a ticket and those that ask the same.
type TicketGroup struct {
	Ticket Ticket   `json:"ticket"`
	Like   []Ticket `json:"like" nullable:"false" doc:"Other tickets of its group: an answer to one answers all"`
	// Proposal waits for a second person.
	Proposal *ProposedAnswer `json:"proposal,omitempty"`
}

// ProposedAnswer is an answer to several people that waits for a second person.
type ProposedAnswer struct {
	ID     string    `json:"id" doc:"Id of this version of the answer, to approve it with"`
	Answer string    `json:"answer,omitempty" doc:"Left out when it is proposed to close the tickets without an answer"`
	Owner  string    `json:"owner" doc:"The colleague who proposes it, and may not approve it"`
	At     time.Time `json:"at"`
	Mine   bool      `json:"mine,omitempty" doc:"Of a ticket that is shown: it is you who proposes it"`
}

// AnswerTicket is the body of POST /inbox/{number}/answer.
type AnswerTicket struct {
	Answer string `json:"answer" minLength:"1" doc:"The text that is sent to the asker"`
}

// SettledTickets is what answering, approving or closing did.
type SettledTickets struct {
	Tickets  int             `json:"tickets" doc:"Open tickets that are settled now"`
	Proposal *ProposedAnswer `json:"proposal,omitempty" doc:"Set when several people asked: nothing is sent until a second person approves it"`
}

// ApproveAnswer is the body of POST /inbox/{number}/approve.
type ApproveAnswer struct {
	Proposal string `json:"proposal" minLength:"1" maxLength:"32" doc:"The id of the proposal that was read"`
}

// LabelledCount is how many there are of what a word stands for.
type LabelledCount struct {
	Word  string `json:"word" doc:"As the list takes it"`
	Label string `json:"label"`
	N     int    `json:"n"`
}

// TicketCounts are the tickets that are kept.
type TicketCounts struct {
	Status   []LabelledCount `json:"status" nullable:"false"`
	Kinds    []LabelledCount `json:"kinds" nullable:"false" doc:"Of the open ones"`
	Due      []LabelledCount `json:"due" nullable:"false" doc:"Of the open ones: due before today, and today"`
	Proposed int             `json:"proposed" doc:"Groups with an answer that waits for a second person"`
}
