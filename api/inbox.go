package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/staff"
)

// inboxHandler has the tickets that officials answer.
type inboxHandler struct {
	inbox  *inbox.Inbox
	roster *roster.Roster
	drafts contentDraftHandler
	access accessLog
}

func (h inboxHandler) register(g *gate) {
	add(g, get("/inbox", "list-tickets", "List tickets in the order of filing", staff.ReadInbox).labelled("query.status", labelOf[inbox.Status]).labelled("query.kind", labelOf[inbox.Kind]).labelled("query.due", labelOf[inbox.Due]), h.list)
	add(g, get("/inbox/counts", "count-tickets", "Count tickets by status, and the open ones by kind and due date", staff.ReadInbox).impersonal(), h.counts)
	add(g, get("/inbox/{number}", "get-ticket", "Show a ticket and its group", staff.ReadInbox), h.get)
	add(g, post("/inbox/{number}/answer", "answer-ticket", "Answer a ticket; propose the answer when several people asked", staff.AnswerInbox), repeatable(h.answer, h.settled, "ticket.answer", "ticket.propose"))
	add(g, post("/inbox/{number}/approve", "approve-answer", "Approve an answer to several people, or the closing of their tickets, that a colleague proposed", staff.ApproveAnswers), repeatable(h.approve, h.settled, "ticket.approve"))
	add(g, post("/inbox/{number}/stop", "stop-sender", "Stop texts to the number that wrote a reply by SMS, and close the ticket", staff.AnswerInbox), h.stopSender)
	add(g, post("/inbox/{number}/close", "close-ticket", "Close a ticket without an answer; propose it when several people asked", staff.AnswerInbox), repeatable(h.close, h.settled, "ticket.close", "ticket.propose"))
	add(g, post("/inbox/{number}/draft", "make-standard-answer", "Begin a draft of content that answers a ticket's question from now on", staff.WriteContent), repeatable(h.draft, h.drafts.created, "content.draft"))
}

type ListTicketsInput struct {
	Following
	Status   string `query:"status" enum:"open,answered,closed,any" doc:"open when neither it nor group is given"`
	Kind     string `query:"kind" enum:"suggestion,question,handoff,reply"`
	Text     string `query:"text" maxLength:"100" doc:"Only tickets that hold it: in what the resident wrote, the place or the answer. The texts are sealed at rest, so up to 2000 tickets are looked through a request: a page may hold few, or none, and have a next all the same"`
	Due      string `query:"due" enum:"overdue,today" doc:"Only tickets that were due before today, or are due today"`
	DueBy    string `query:"due_by" maxLength:"32" doc:"Only tickets that are due on this day or before, as 2030-05-08. Days are China's"`
	From     string `query:"filed_from" maxLength:"32" doc:"Only tickets that were filed on this day or later"`
	To       string `query:"filed_to" maxLength:"32" doc:"Only tickets that were filed on this day or before"`
	Mine     bool   `query:"mine" doc:"Only tickets that you answered or closed yourself, or proposed how"`
	Proposed bool   `query:"proposed" doc:"Only tickets with an answer that waits for approval"`
	Group    string `query:"group" maxLength:"32" doc:"Only tickets like this first one"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h inboxHandler) list(ctx context.Context, caller staff.Person, in *ListTicketsInput) (*reply[wire.Page[wire.Ticket]], error) {
	f, err := h.filter(caller, in)
	if err != nil {
		return nil, err
	}
	tickets, next, err := h.inbox.Find(ctx, f, in.Text)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.Ticket]{Items: each(tickets, viewTicket), Next: next}
	return &reply[wire.Page[wire.Ticket]]{out}, h.access.record(ctx, caller, "ticket.list", "", fmt.Sprintf("tickets=%d", len(tickets)))
}

func (h inboxHandler) filter(caller staff.Person, in *ListTicketsInput) (f inbox.Filter, err error) {
	f = inbox.Filter{Group: in.Group, Status: inbox.Status(in.Status), Kind: inbox.Kind(in.Kind), Proposed: in.Proposed, After: in.After, Limit: in.Limit}
	if phone.In(in.Text) { // it would stand in logs of addresses
		return f, refuse(http.StatusUnprocessableEntity, "invalid", "不能用手机号查找", faultAt("query.text", "不能是手机号，请改用留言里的字词"))
	}
	if in.Mine {
		f.By, f.ByName = audit.Staff(caller.ID), caller.Name
	}
	if f.FiledFrom, f.FiledBefore, err = daysOf("query.filed_from", in.From, "query.filed_to", in.To); err != nil {
		return f, err
	}
	if _, f.DueBefore, err = daysOf("", "", "query.due_by", in.DueBy); err != nil || in.Due == "" {
		return f, err
	}
	if in.DueBy != "" {
		return f, refuse(http.StatusUnprocessableEntity, "invalid", "期限条件重复", faultAt("query.due_by", "不能和due一起用，请只写一个"))
	}
	return h.inbox.DueOn(f, inbox.Due(in.Due)), nil
}

func (h inboxHandler) counts(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.TicketCounts], error) {
	return shown(viewTicketCounts)(h.inbox.Counts(ctx))
}

func viewTicketCounts(c inbox.Counts) wire.TicketCounts {
	out := wire.TicketCounts{Proposed: c.Proposed}
	for _, s := range []inbox.Status{inbox.Open, inbox.Answered, inbox.Closed} {
		out.Status = append(out.Status, wire.LabelledCount{Word: string(s), Label: s.Label(), N: c.Statuses[s]})
	}
	for _, k := range []inbox.Kind{inbox.Suggestion, inbox.Question, inbox.Handoff, inbox.Reply} {
		out.Kinds = append(out.Kinds, wire.LabelledCount{Word: string(k), Label: k.Label(), N: c.Kinds[k]})
	}
	out.Due = []wire.LabelledCount{
		{Word: string(inbox.Overdue), Label: inbox.Overdue.Label(), N: c.Overdue}, {Word: string(inbox.DueToday), Label: inbox.DueToday.Label(), N: c.Today},
	}
	return out
}

type TicketInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
}

type TicketBody[B any] struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   B
}

func (h inboxHandler) get(ctx context.Context, caller staff.Person, in *TicketInput) (*reply[wire.TicketGroup], error) {
	t, like, err := h.inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := wire.TicketGroup{Ticket: viewTicket(t), Like: each(like, viewTicket)}
	p, err := h.inbox.Proposal(ctx, in.Number)
	switch {
	case err == nil:
		out.Proposal = viewProposedAnswer(p)
		out.Proposal.Mine = p.Actor == audit.Staff(caller.ID)
	case !errors.Is(err, inbox.ErrProposal):
		return nil, err
	}
	return &reply[wire.TicketGroup]{out}, h.access.record(ctx, caller, "ticket.read", in.Number, fmt.Sprintf("like=%d", len(like)))
}

func (h inboxHandler) answer(ctx context.Context, caller staff.Person, in *TicketBody[wire.AnswerTicket]) (*reply[wire.SettledTickets], error) {
	n, err := h.inbox.Answer(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Answer)
	if errors.Is(err, inbox.ErrSecond) {
		return shown(proposed)(h.inbox.Propose(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Answer))
	}
	return shown(settled)(n, err)
}

func (h inboxHandler) approve(ctx context.Context, caller staff.Person, in *TicketBody[wire.ApproveAnswer]) (*reply[wire.SettledTickets], error) {
	return shown(settled)(h.inbox.Approve(ctx, audit.Staff(caller.ID), in.Number, in.Body.Proposal))
}

func (h inboxHandler) stopSender(ctx context.Context, caller staff.Person, in *TicketInput) (*Nothing, error) {
	return nil, h.inbox.StopSender(ctx, audit.Staff(caller.ID), in.Number, caller.Name, func(ctx context.Context, number phone.Number) error {
		return h.roster.Suppress(ctx, audit.Staff(caller.ID), number, roster.Stopped)
	})
}

func (h inboxHandler) close(ctx context.Context, caller staff.Person, in *TicketInput) (*reply[wire.SettledTickets], error) {
	n, err := h.inbox.Close(ctx, audit.Staff(caller.ID), in.Number, caller.Name)
	if errors.Is(err, inbox.ErrSecond) {
		return shown(proposed)(h.inbox.ProposeClosing(ctx, audit.Staff(caller.ID), in.Number, caller.Name))
	}
	return shown(settled)(n, err)
}

// draft begins with what was asked, line by line, by all who asked alike, and what an official answered.
func (h inboxHandler) draft(ctx context.Context, caller staff.Person, in *TicketInput) (*created[wire.ContentDraft], error) {
	t, like, err := h.inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	var questions []string
	for _, one := range append([]inbox.Ticket{t}, like...) {
		questions = append(questions, strings.Split(one.Text, "\n")...)
	}
	intent := "asked." + t.Group
	d, err := h.drafts.answering(ctx, caller, intent, questions, t.Answer)
	begun, again := errors.AsType[*revision.BegunError](err)
	if err == nil || again && begun.Draft.ID != "" && t.Intent != intent {
		if noted := h.inbox.Standard(ctx, audit.Staff(caller.ID), in.Number, intent); noted != nil {
			err = noted
		}
	}
	return createdAt(contentDraftPath)(h.drafts.show(ctx, d, err))
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
	v := wire.Ticket{Number: t.Number, Kind: string(t.Kind), KindLabel: t.Kind.Label(), Status: string(t.Status), StatusLabel: t.Status.Label(), Text: t.Text, Where: t.Where, Topic: t.Topic, Group: t.Group, Owner: t.Owner,
		FiledAt: t.FiledAt, DueAt: t.DueAt, Answer: t.Answer, AnsweredAt: t.AnsweredAt, ClosedAt: t.ClosedAt, ToldAt: t.ToldAt, Intent: t.Intent}
	if t.Kind == inbox.Reply {
		v.Messages = t.Messages
	}
	if t.Phone != "" {
		v.Phone = t.Phone.Masked()
	}
	return v
}
