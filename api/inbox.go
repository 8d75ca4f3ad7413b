package api

import (
	"context"
	"errors"
	"fmt"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

func viewTicket(t inbox.Ticket) wire.Ticket {
	v := wire.Ticket{Number: t.Number, Kind: string(t.Kind), Status: string(t.Status), Text: t.Text, Where: t.Where, Topic: t.Topic, Phone: "", Messages: 0, Group: t.Group, Owner: t.Owner,
		FiledAt: t.FiledAt, DueAt: t.DueAt, Answer: t.Answer, AnsweredAt: t.AnsweredAt, ClosedAt: t.ClosedAt, ToldAt: t.ToldAt}
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

func (a *server) listTickets(ctx context.Context, who staff.Person, in *listTicketsInput) (*reply[wire.Page[wire.Ticket]], error) {
	tickets, err := a.Inbox.List(ctx, inbox.Filter{
		Group: in.Group, Status: inbox.Status(in.Status), Kind: inbox.Kind(in.Kind), Proposed: in.Proposed, After: in.After, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.Ticket]{}
	if len(tickets) > in.Limit {
		tickets = tickets[:in.Limit]
		out.Next = tickets[in.Limit-1].Number
	}
	out.Items = each(tickets, viewTicket)
	return &reply[wire.Page[wire.Ticket]]{out}, a.record(ctx, who, "ticket.list", "", fmt.Sprintf("tickets=%d", len(tickets)))
}

type ticketInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
}

func viewProposedAnswer(p inbox.Proposal) *wire.ProposedAnswer {
	return &wire.ProposedAnswer{ID: p.ID, Answer: p.Answer, Owner: p.Owner, At: p.At}
}

func (a *server) getTicket(ctx context.Context, who staff.Person, in *ticketInput) (*reply[wire.TicketGroup], error) {
	t, like, err := a.Inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := wire.TicketGroup{Ticket: viewTicket(t), Like: each(like, viewTicket)}
	p, err := a.Inbox.Proposal(ctx, in.Number)
	switch {
	case err == nil:
		out.Proposal = viewProposedAnswer(p)
	case !errors.Is(err, inbox.ErrProposal):
		return nil, err
	}
	return &reply[wire.TicketGroup]{out}, a.record(ctx, who, "ticket.read", in.Number, fmt.Sprintf("like=%d", len(like)))
}

type answerInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   wire.AnswerTicket
}

func (a *server) answerTicket(ctx context.Context, who staff.Person, in *answerInput) (*reply[wire.SettledTickets], error) {
	n, err := a.Inbox.Answer(ctx, audit.Staff(who.ID), in.Number, who.Name, in.Body.Answer)
	if errors.Is(err, inbox.ErrSecond) {
		p, err := a.Inbox.Propose(ctx, audit.Staff(who.ID), in.Number, who.Name, in.Body.Answer)
		if err != nil {
			return nil, err
		}
		return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: 0, Proposal: viewProposedAnswer(p)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: n, Proposal: nil}}, nil
}

type approveInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   wire.ApproveAnswer
}

func (a *server) approveAnswer(ctx context.Context, who staff.Person, in *approveInput) (*reply[wire.SettledTickets], error) {
	n, err := a.Inbox.Approve(ctx, audit.Staff(who.ID), in.Number, in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: n, Proposal: nil}}, nil
}

func (a *server) stopSender(ctx context.Context, who staff.Person, in *ticketInput) (*nothing, error) {
	return nil, a.Inbox.StopSender(ctx, audit.Staff(who.ID), in.Number, who.Name, func(ctx context.Context, number phone.Number) error {
		return a.Roster.Suppress(ctx, audit.Staff(who.ID), number, roster.Stopped)
	})
}

func (a *server) closeTicket(ctx context.Context, who staff.Person, in *ticketInput) (*reply[wire.SettledTickets], error) {
	n, err := a.Inbox.Close(ctx, audit.Staff(who.ID), in.Number, who.Name)
	if errors.Is(err, inbox.ErrSecond) {
		p, err := a.Inbox.ProposeClosing(ctx, audit.Staff(who.ID), in.Number, who.Name)
		if err != nil {
			return nil, err
		}
		return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: 0, Proposal: viewProposedAnswer(p)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: n, Proposal: nil}}, nil
}
