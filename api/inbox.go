package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

type ticketView struct {
	Number     string    `json:"number"`
	Kind       string    `json:"kind" doc:"suggestion, question, handoff, or reply: an SMS"`
	Status     string    `json:"status"`
	Text       string    `json:"text" doc:"What the resident wrote"`
	Where      string    `json:"where,omitempty" doc:"The place that a suggestion is about"`
	Topic      string    `json:"topic,omitempty" doc:"The nearest intent"`
	Phone      string    `json:"phone,omitempty" doc:"Of a reply by SMS: the number that wrote it, masked"`
	Messages   int       `json:"messages,omitempty" doc:"Of a reply by SMS: how many came from the number while the ticket was open; the text holds the first of them"`
	Group      string    `json:"group" doc:"Number of the first ticket of its like"`
	Owner      string    `json:"owner,omitempty" doc:"Who answered or closed it"`
	FiledAt    time.Time `json:"filed_at"`
	DueAt      time.Time `json:"due_at"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	ToldAt     time.Time `json:"told_at,omitzero" doc:"When the asker was told the answer"`
}

func viewTicket(t inbox.Ticket) ticketView {
	v := ticketView{t.Number, string(t.Kind), string(t.Status), t.Text, t.Where, t.Topic, "", 0, t.Group, t.Owner,
		t.FiledAt, t.DueAt, t.Answer, t.AnsweredAt, t.ClosedAt, t.ToldAt}
	if t.Kind == inbox.Reply {
		v.Messages = t.Messages
	}
	if t.Phone != "" {
		v.Phone = t.Phone.Masked()
	}
	return v
}

type listTicketsInput struct {
	Status   string `query:"status" enum:"open,answered,closed" doc:"open when neither it nor group is given"`
	Kind     string `query:"kind" enum:"suggestion,question,handoff,reply"`
	Proposed bool   `query:"proposed" doc:"Only tickets with an answer that waits for approval"`
	Group    string `query:"group" maxLength:"32" doc:"Only tickets like this first one"`
	After    string `query:"after" maxLength:"32" doc:"next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *server) listTickets(ctx context.Context, who staff.Person, in *listTicketsInput) (*reply[page[ticketView]], error) {
	tickets, err := a.Inbox.List(ctx, inbox.Filter{
		Group: in.Group, Status: inbox.Status(in.Status), Kind: inbox.Kind(in.Kind), Proposed: in.Proposed, After: in.After, Limit: in.Limit + 1})
	if errors.Is(err, inbox.ErrCursor) {
		err = badCursor()
	}
	if err != nil {
		return nil, err
	}
	out := page[ticketView]{}
	if len(tickets) > in.Limit {
		tickets = tickets[:in.Limit]
		out.Next = tickets[in.Limit-1].Number
	}
	out.Items = each(tickets, viewTicket)
	return &reply[page[ticketView]]{out}, a.record(ctx, who, "ticket.list", "", fmt.Sprintf("tickets=%d", len(tickets)))
}

type ticketInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
}

type ticketAndLike struct {
	Ticket ticketView   `json:"ticket"`
	Like   []ticketView `json:"like" nullable:"false" doc:"Others of its group: whoever answers it answers them too"`
	// Proposal waits for a second person.
	Proposal *proposedAnswerView `json:"proposal,omitempty"`
}

type proposedAnswerView struct {
	ID     string    `json:"id" doc:"Of this very text: approve takes it"`
	Answer string    `json:"answer,omitempty" doc:"Left out: it is proposed to close the tickets without an answer"`
	Owner  string    `json:"owner" doc:"Who proposes it, and may not approve it"`
	At     time.Time `json:"at"`
}

func viewProposedAnswer(p inbox.Proposal) *proposedAnswerView {
	return &proposedAnswerView{p.ID, p.Answer, p.Owner, p.At}
}

func (a *server) getTicket(ctx context.Context, who staff.Person, in *ticketInput) (*reply[ticketAndLike], error) {
	t, like, err := a.Inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := ticketAndLike{Ticket: viewTicket(t), Like: each(like, viewTicket)}
	p, err := a.Inbox.Proposal(ctx, in.Number)
	switch {
	case err == nil:
		out.Proposal = viewProposedAnswer(p)
	case !errors.Is(err, inbox.ErrProposal):
		return nil, err
	}
	return &reply[ticketAndLike]{out}, a.record(ctx, who, "ticket.read", in.Number, fmt.Sprintf("like=%d", len(like)))
}

type answerInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   struct {
		Answer string `json:"answer" minLength:"1" maxLength:"600" doc:"What the asker shall read"`
	}
}

type settledView struct {
	Tickets  int                 `json:"tickets" doc:"How many were open and are settled now"`
	Proposal *proposedAnswerView `json:"proposal,omitempty" doc:"Several people asked: nothing is sent until a second person approves this"`
}

func (a *server) answerTicket(ctx context.Context, who staff.Person, in *answerInput) (*reply[settledView], error) {
	n, err := a.Inbox.Answer(ctx, audit.Staff(who.ID), in.Number, who.Name, in.Body.Answer)
	if errors.Is(err, inbox.ErrSecond) {
		p, err := a.Inbox.Propose(ctx, audit.Staff(who.ID), in.Number, who.Name, in.Body.Answer)
		if err != nil {
			return nil, err
		}
		return &reply[settledView]{settledView{0, viewProposedAnswer(p)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[settledView]{settledView{n, nil}}, nil
}

type approveInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   struct {
		Proposal string `json:"proposal" minLength:"1" maxLength:"32" doc:"The id of the proposal that was read"`
	}
}

func (a *server) approveAnswer(ctx context.Context, who staff.Person, in *approveInput) (*reply[settledView], error) {
	n, err := a.Inbox.Approve(ctx, audit.Staff(who.ID), in.Number, in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	return &reply[settledView]{settledView{n, nil}}, nil
}

func (a *server) stopSender(ctx context.Context, who staff.Person, in *ticketInput) (*nothing, error) {
	return nil, a.Inbox.StopSender(ctx, audit.Staff(who.ID), in.Number, who.Name, func(ctx context.Context, number phone.Number) error {
		return a.Roster.Suppress(ctx, audit.Staff(who.ID), number, roster.Stopped)
	})
}

func (a *server) closeTicket(ctx context.Context, who staff.Person, in *ticketInput) (*reply[settledView], error) {
	n, err := a.Inbox.Close(ctx, audit.Staff(who.ID), in.Number, who.Name)
	if errors.Is(err, inbox.ErrSecond) {
		p, err := a.Inbox.ProposeClosing(ctx, audit.Staff(who.ID), in.Number, who.Name)
		if err != nil {
			return nil, err
		}
		return &reply[settledView]{settledView{0, viewProposedAnswer(p)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[settledView]{settledView{n, nil}}, nil
}
