package console

import (
	"context"
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/staff"
)

type ticketView struct {
	Number     string    `json:"number"`
	Kind       string    `json:"kind"`
	Status     string    `json:"status"`
	Text       string    `json:"text" doc:"What the resident wrote"`
	Where      string    `json:"where,omitempty" doc:"The place that a suggestion is about"`
	Topic      string    `json:"topic,omitempty" doc:"The nearest intent"`
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
	return ticketView{t.Number, string(t.Kind), string(t.Status), t.Text, t.Where, t.Topic, t.Group, t.Owner,
		t.FiledAt, t.DueAt, t.Answer, t.AnsweredAt, t.ClosedAt, t.ToldAt}
}

type listTicketsInput struct {
	Status string `query:"status" enum:"open,answered,closed" doc:"open when neither it nor group is given"`
	Kind   string `query:"kind" enum:"suggestion,question,handoff"`
	Group  string `query:"group" maxLength:"32" doc:"Only tickets like this first one"`
	After  string `query:"after" maxLength:"32" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *api) listTickets(ctx context.Context, _ staff.Person, in *listTicketsInput) (*reply[page[ticketView]], error) {
	tickets, err := a.Inbox.List(ctx, inbox.Filter{
		Group: in.Group, Status: inbox.Status(in.Status), Kind: inbox.Kind(in.Kind), After: in.After, Limit: in.Limit + 1})
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
	return &reply[page[ticketView]]{out}, nil
}

type ticketInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
}

type ticketAndLike struct {
	Ticket ticketView   `json:"ticket"`
	Like   []ticketView `json:"like" nullable:"false" doc:"Others of its group: whoever answers it answers them too"`
}

func (a *api) getTicket(ctx context.Context, _ staff.Person, in *ticketInput) (*reply[ticketAndLike], error) {
	t, like, err := a.Inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &reply[ticketAndLike]{ticketAndLike{viewTicket(t), each(like, viewTicket)}}, nil
}

type answerInput struct {
	Number string `path:"number" pattern:"^[0-9]{8}-[0-9]{4,6}$" patternDescription:"a ticket's number"`
	Body   struct {
		Answer string `json:"answer" minLength:"1" maxLength:"600" doc:"What the asker shall read"`
	}
}

type settledView struct {
	Tickets int `json:"tickets" doc:"How many were open and are settled now"`
}

func (a *api) answerTicket(ctx context.Context, who staff.Person, in *answerInput) (*reply[settledView], error) {
	n, err := a.Inbox.Answer(ctx, audit.Staff(who.ID), in.Number, who.Name, in.Body.Answer)
	if err != nil {
		return nil, err
	}
	return &reply[settledView]{settledView{n}}, nil
}

func (a *api) closeTicket(ctx context.Context, who staff.Person, in *ticketInput) (*reply[settledView], error) {
	n, err := a.Inbox.Close(ctx, audit.Staff(who.ID), in.Number, who.Name)
	if err != nil {
		return nil, err
	}
	return &reply[settledView]{settledView{n}}, nil
}
