package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// inboxHandler has the tickets that officials answer.
type inboxHandler struct {
	inbox  *inbox.Inbox
	roster *roster.Roster
	access accessLog
}

func (h inboxHandler) register(g *gate) {
	add(g, get("/inbox", "list-tickets", "List tickets in the order of filing", staff.ReadInbox).labelled("query.status", labelOf[inbox.Status]).labelled("query.kind", labelOf[inbox.Kind]), h.list)
	add(g, get("/inbox/{number}", "get-ticket", "Show a ticket and its group", staff.ReadInbox), h.get)
	add(g, post("/inbox/{number}/answer", "answer-ticket", "Answer a ticket; propose the answer when several people asked", staff.AnswerInbox), repeatable(h.answer, h.settled, "ticket.answer", "ticket.propose"))
	add(g, post("/inbox/{number}/approve", "approve-answer", "Approve an answer to several people, or the closing of their tickets, that a colleague proposed", staff.ApproveAnswers), repeatable(h.approve, h.settled, "ticket.approve"))
	add(g, post("/inbox/{number}/stop", "stop-sender", "Stop texts to the number that wrote a reply by SMS, and close the ticket", staff.AnswerInbox), h.stopSender)
	add(g, post("/inbox/{number}/close", "close-ticket", "Close a ticket without an answer; propose it when several people asked", staff.AnswerInbox), repeatable(h.close, h.settled, "ticket.close", "ticket.propose"))
}

type listTicketsInput struct {
	Status   string `query:"status" enum:"open,answered,closed" doc:"open when neither it nor group is given"`
	Kind     string `query:"kind" enum:"suggestion,question,handoff,reply"`
	Proposed bool   `query:"proposed" doc:"Only tickets with an answer that waits for approval"`
	Group    string `query:"group" maxLength:"32" doc:"Only tickets like this first one"`
	After    string `query:"after" maxLength:"32" doc:"next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h inboxHandler) list(ctx context.Context, caller staff.Person, in *listTicketsInput) (*reply[wire.Page[wire.Ticket]], error) {
	tickets, err := h.inbox.List(ctx, inbox.Filter{
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
	return &reply[wire.Page[wire.Ticket]]{out}, h.access.record(ctx, caller, "ticket.list", "", fmt.Sprintf("tickets=%d", len(tickets)))
}

type ticketInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
}

type ticketBody[B any] struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   B
}

func (h inboxHandler) get(ctx context.Context, caller staff.Person, in *ticketInput) (*reply[wire.TicketGroup], error) {
	t, like, err := h.inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := wire.TicketGroup{Ticket: viewTicket(t), Like: each(like, viewTicket)}
	p, err := h.inbox.Proposal(ctx, in.Number)
	switch {
	case err == nil:
		out.Proposal = viewProposedAnswer(p)
	case !errors.Is(err, inbox.ErrProposal):
		return nil, err
	}
	return &reply[wire.TicketGroup]{out}, h.access.record(ctx, caller, "ticket.read", in.Number, fmt.Sprintf("like=%d", len(like)))
}

func (h inboxHandler) answer(ctx context.Context, caller staff.Person, in *ticketBody[wire.AnswerTicket]) (*reply[wire.SettledTickets], error) {
	n, err := h.inbox.Answer(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Answer)
	if errors.Is(err, inbox.ErrSecond) {
		return shown(proposed)(h.inbox.Propose(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Answer))
	}
	return shown(settled)(n, err)
}

func (h inboxHandler) approve(ctx context.Context, caller staff.Person, in *ticketBody[wire.ApproveAnswer]) (*reply[wire.SettledTickets], error) {
	return shown(settled)(h.inbox.Approve(ctx, audit.Staff(caller.ID), in.Number, in.Body.Proposal))
}

func (h inboxHandler) stopSender(ctx context.Context, caller staff.Person, in *ticketInput) (*nothing, error) {
	return nil, h.inbox.StopSender(ctx, audit.Staff(caller.ID), in.Number, caller.Name, func(ctx context.Context, number phone.Number) error {
		return h.roster.Suppress(ctx, audit.Staff(caller.ID), number, roster.Stopped)
	})
}

func (h inboxHandler) close(ctx context.Context, caller staff.Person, in *ticketInput) (*reply[wire.SettledTickets], error) {
	n, err := h.inbox.Close(ctx, audit.Staff(caller.ID), in.Number, caller.Name)
	if errors.Is(err, inbox.ErrSecond) {
		return shown(proposed)(h.inbox.ProposeClosing(ctx, audit.Staff(caller.ID), in.Number, caller.Name))
	}
	return shown(settled)(n, err)
}

// settled shows a proposal only while it waits.
func (h inboxHandler) settled(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.SettledTickets], error) {
	id := noted(act, "proposal")
	if id == "" {
		return shown(settled)(strconv.Atoi(noted(act, "tickets")))
	}
	p, err := h.inbox.Proposal(ctx, act.Subject)
	if err == nil && p.ID != id {
		err = inbox.ErrProposal
	}
	return shown(proposed)(p, err)
}

func settled(tickets int) wire.SettledTickets { return wire.SettledTickets{Tickets: tickets} }

func proposed(p inbox.Proposal) wire.SettledTickets {
	return wire.SettledTickets{Proposal: viewProposedAnswer(p)}
}

func viewProposedAnswer(p inbox.Proposal) *wire.ProposedAnswer {
	return &wire.ProposedAnswer{ID: p.ID, Answer: p.Answer, Owner: p.Owner, At: p.At}
}

func viewTicket(t inbox.Ticket) wire.Ticket {
	v := wire.Ticket{Number: t.Number, Kind: string(t.Kind), Status: string(t.Status), Text: t.Text, Where: t.Where, Topic: t.Topic, Group: t.Group, Owner: t.Owner,
		FiledAt: t.FiledAt, DueAt: t.DueAt, Answer: t.Answer, AnsweredAt: t.AnsweredAt, ClosedAt: t.ClosedAt, ToldAt: t.ToldAt}
	if t.Kind == inbox.Reply {
		v.Messages = t.Messages
	}
	if t.Phone != "" {
		v.Phone = t.Phone.Masked()
	}
	return v
}
