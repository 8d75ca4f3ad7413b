package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/intents"
	"towncrier/staff"
)

// ticketWorkHandler has what officials do about a ticket among themselves before it is answered.
type ticketWorkHandler struct {
	inboxHandler
	staff *staff.Service
	now   func() time.Time
}

func (h ticketWorkHandler) register(g *gate) {
	add(g, get("/inbox/groups", "list-ticket-groups", "List groups of like tickets: the open ones first the oldest, all others first the newest", staff.ReadInbox).labelled("query.status", labelOf[inbox.Status]).labelled("query.kind", labelOf[inbox.Kind]).labelled("query.due", labelOf[inbox.Due]), h.groups)
	add(g, get("/inbox/{number}/work", "get-ticket-work", "Show who has a ticket, the notes of colleagues, to whom it may be handed, and ready phrases", staff.ReadInbox), h.work)
	add(g, get("/inbox/{number}/suggestions", "suggest-answers", "Suggest answers to a ticket: what the bot says, the nearest intents, and earlier answers to like questions", staff.ReadInbox), h.suggest)
	add(g, post("/inbox/{number}/hold", "hold-ticket", "Have a ticket for ten minutes, or take it over from a colleague", staff.AnswerInbox), h.hold)
	add(g, post("/inbox/{number}/hand", "hand-ticket", "Hand a ticket to a colleague", staff.AnswerInbox), h.hand)
	add(g, post("/inbox/{number}/notes", "note-ticket", "Write a note on a ticket for colleagues", staff.AnswerInbox), repeatable(h.note, h.noted, "ticket.note"))
	add(g, post("/inbox/{number}/separate", "separate-tickets", "Take tickets that ask something else out of a ticket's group", staff.AnswerInbox), h.separate)
	add(g, post("/inbox/{number}/reopen", "reopen-ticket", "Open again a ticket that was answered or closed, with its group", staff.AnswerInbox), repeatable(h.reopen, h.settled, "ticket.reopen"))
}

// ListTicketGroupsInput narrows the groups by their first ticket.
type ListTicketGroupsInput struct {
	Following
	Status   string `query:"status" enum:"open,answered,closed,any" default:"open"`
	Kind     string `query:"kind" enum:"suggestion,question,handoff,reply"`
	Text     string `query:"text" maxLength:"100" doc:"As of GET /inbox, in the first ticket of a group"`
	Due      string `query:"due" enum:"overdue,today" doc:"Only groups that were due before today, or are due today"`
	Held     bool   `query:"held" doc:"Only groups that you have"`
	Proposed bool   `query:"proposed" doc:"Only groups with an answer that waits for approval"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h ticketWorkHandler) groups(ctx context.Context, caller staff.Person, in *ListTicketGroupsInput) (*reply[wire.Page[wire.TicketMatter]], error) {
	f, err := h.filter(caller, &ListTicketsInput{Following: in.Following, Status: in.Status, Kind: in.Kind, Text: in.Text, Due: in.Due, Proposed: in.Proposed, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	f.Newest = f.Status != inbox.Open
	if in.Held {
		f.HeldBy = audit.Staff(caller.ID)
	}
	all, next, err := h.inbox.Groups(ctx, f, in.Text)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.TicketMatter]{Next: next, Items: each(all, func(g inbox.Group) wire.TicketMatter {
		return wire.TicketMatter{Ticket: viewTicket(g.Ticket), Tickets: g.Tickets, Proposed: g.Proposed, Hold: viewHold(caller, g.Hold)}
	})}
	return &reply[wire.Page[wire.TicketMatter]]{out}, h.access.record(ctx, caller, "ticket.list", "", fmt.Sprintf("groups=%d", len(all)))
}

func viewHold(caller staff.Person, h inbox.Hold) *wire.TicketHold {
	if h.By == "" {
		return nil
	}
	return &wire.TicketHold{Name: h.Name, Mine: h.By == audit.Staff(caller.ID), Until: h.Until}
}

func (h ticketWorkHandler) work(ctx context.Context, caller staff.Person, in *TicketInput) (*reply[wire.TicketWork], error) {
	t, _, err := h.inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	held, notes, err := h.inbox.Work(ctx, t.Group)
	if err != nil {
		return nil, err
	}
	everybody, err := h.staff.List(ctx)
	if err != nil {
		return nil, err
	}
	reach := t.Reach(h.now())
	out := wire.TicketWork{Hold: viewHold(caller, held), Reach: string(reach), ReachLabel: reach.Label(), Notes: each(notes, func(n inbox.Note) wire.TicketNote {
		return wire.TicketNote{Name: n.Name, Text: n.Text, At: n.At}
	})}
	out.Colleagues = []wire.TicketColleague{}
	for _, p := range everybody {
		if p.ID != caller.ID && mayAnswer(p) {
			out.Colleagues = append(out.Colleagues, wire.TicketColleague{ID: p.ID, Name: p.Name})
		}
	}
	out.Phrases = []string{}
	if h.drafts.live != nil {
		out.Phrases = append(out.Phrases, h.drafts.live.Current().Library.City.Phrases...)
	}
	return &reply[wire.TicketWork]{out}, nil
}

func mayAnswer(p staff.Person) bool { return p.DisabledAt.IsZero() && p.Role.May(staff.AnswerInbox) }

// nearest is how many intents and earlier answers are suggested.
const nearest = 3

func (h ticketWorkHandler) suggest(ctx context.Context, caller staff.Person, in *TicketInput) (*reply[wire.SuggestedAnswers], error) {
	t, _, err := h.inbox.Show(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	earlier, err := h.inbox.Earlier(ctx, t, nearest)
	if err != nil {
		return nil, err
	}
	out := wire.SuggestedAnswers{Nearest: []wire.NearestAnswer{}, Earlier: each(earlier, func(e inbox.Earlier) wire.EarlierAnswer {
		return wire.EarlierAnswer{Number: e.Number, Text: e.Text, Answer: e.Answer, AnsweredAt: e.AnsweredAt, Likeness: int(100*e.Likeness + 0.5)}
	})}
	if h.drafts.live != nil && t.Text != "" {
		now := h.drafts.live.Current()
		out.Bot = viewOutcome(now.Told(t.Text, h.now()))
		for _, near := range now.Matcher.Match(t.Text, intents.Context{}).Ranked {
			card, ok := now.Card(near.ID, h.now())
			if !ok || card.Source == "" || len(out.Nearest) == nearest {
				continue
			}
			out.Nearest = append(out.Nearest, wire.NearestAnswer{Intent: near.ID, Title: now.Intents[near.ID].Title, Answer: card.Body, Score: int(100*near.Score + 0.5)})
		}
	}
	return &reply[wire.SuggestedAnswers]{out}, h.access.record(ctx, caller, "ticket.read", in.Number, "suggestions")
}

func (h ticketWorkHandler) hold(ctx context.Context, caller staff.Person, in *TicketBody[wire.HoldTicket]) (*reply[wire.TicketHold], error) {
	held, err := h.inbox.Take(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Over)
	if err != nil {
		return nil, err
	}
	return &reply[wire.TicketHold]{*viewHold(caller, held)}, nil
}

func (h ticketWorkHandler) hand(ctx context.Context, caller staff.Person, in *TicketBody[wire.HandTicket]) (*reply[wire.TicketHold], error) {
	everybody, err := h.staff.List(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(everybody, func(p staff.Person) bool { return p.ID == in.Body.To && mayAnswer(p) })
	if i < 0 {
		return nil, refuse(http.StatusUnprocessableEntity, "no-colleague", badFields, faultAt("body.to", "没有这位可以答复留言的同事，请重新选择"))
	}
	held, err := h.inbox.HandOn(ctx, audit.Staff(caller.ID), in.Number, audit.Staff(in.Body.To), everybody[i].Name)
	if err != nil {
		return nil, err
	}
	return &reply[wire.TicketHold]{*viewHold(caller, held)}, nil
}

func (h ticketWorkHandler) note(ctx context.Context, caller staff.Person, in *TicketBody[wire.NoteTicket]) (*Nothing, error) {
	return nil, h.inbox.Note(ctx, audit.Staff(caller.ID), in.Number, caller.Name, in.Body.Text)
}

func (h ticketWorkHandler) noted(context.Context, staff.Person, audit.Act) (*Nothing, error) {
	return nil, nil
}

func (h ticketWorkHandler) separate(ctx context.Context, caller staff.Person, in *TicketBody[wire.SeparateTickets]) (*Nothing, error) {
	return nil, h.inbox.Separate(ctx, audit.Staff(caller.ID), in.Number, in.Body.Numbers)
}

func (h ticketWorkHandler) reopen(ctx context.Context, caller staff.Person, in *TicketInput) (*reply[wire.SettledTickets], error) {
	return shown(settled)(h.inbox.Reopen(ctx, audit.Staff(caller.ID), in.Number, caller.Name))
}
