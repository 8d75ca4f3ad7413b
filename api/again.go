package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/staff"
	"towncrier/store"
)

// doing is what an operation does for whoever asks.
type doing[I, O any] = func(ctx context.Context, who staff.Person, in *I) (*O, error)

// again makes an operation that one transaction does, and one of the actions records in the audit log, safe to repeat under its
// Idempotency-Key. When the process died after that transaction and before the answer was kept, a repeat does nothing: shown
// answers it, from what was recorded and from how things stand now.
//
// An operation that bears to run twice, because what it does in several transactions goes on where it was cut off, is registered
// without it.
func again[I, O any](a *server, do doing[I, O], shown func(ctx context.Context, who staff.Person, act audit.Act) (*O, error), actions ...string) doing[I, O] {
	return func(ctx context.Context, who staff.Person, in *I) (*O, error) {
		claim := visitOf(ctx).claim
		switch {
		case claim == nil:
			return do(ctx, who, in)
		case claim.Done == nil:
			return do(store.WithClaim(ctx, claim, actions...), who, in)
		}
		out, err := shown(ctx, who, *claim.Done)
		if err != nil {
			if p := a.problem(ctx, err); p.Status != http.StatusNotFound {
				return nil, p
			}
			return nil, keySpent() // it is gone since
		}
		return out, nil
	}
}

// noted is what an audit entry's detail says of name, as in name=value.
func noted(act audit.Act, name string) string {
	for _, word := range strings.Fields(act.Detail) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

// nothingShown answers a repeat of what has no answer.
func nothingShown(context.Context, staff.Person, audit.Act) (*nothing, error) { return nil, nil }

func (a *server) residentAdded(ctx context.Context, who staff.Person, act audit.Act) (*created[wire.Resident], error) {
	r, err := a.residentChanged(ctx, who, act)
	if err != nil {
		return nil, err
	}
	return &created[wire.Resident]{wire.Prefix + "/residents/" + r.Body.ID, r.Body}, nil
}

func (a *server) residentChanged(ctx context.Context, who staff.Person, act audit.Act) (*reply[wire.Resident], error) {
	r, err := a.Roster.Get(ctx, act.Subject)
	if err == nil {
		err = mine(who)(r)
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{a.viewOne(ctx, who, r)}, nil
}

func (a *server) committeePut(ctx context.Context, _ staff.Person, act audit.Act) (*putCommitteeOutput, error) {
	c, err := a.Roster.Committee(ctx, act.Subject)
	if err != nil {
		return nil, absentCommittee(err)
	}
	out := &putCommitteeOutput{http.StatusOK, viewCommittee(c)}
	if noted(act, "new") == "yes" {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (a *server) staffAdded(ctx context.Context, _ staff.Person, act audit.Act) (*created[wire.Person], error) {
	p, err := a.person(ctx, act.Subject)
	if err != nil {
		return nil, err
	}
	return &created[wire.Person]{wire.Prefix + "/staff/" + p.Body.ID, p.Body}, nil
}

func (a *server) staffChanged(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Person], error) {
	return a.person(ctx, act.Subject)
}

func (a *server) phoneRegistered(ctx context.Context, who staff.Person, _ audit.Act) (*reply[wire.PhoneStatus], error) {
	p, err := a.Staff.Get(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.PhoneStatus]{wire.PhoneStatus{Status: "registered", Phone: p.Phone.Masked()}}, nil
}

func (a *server) invitationConfirmed(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Invitation], error) {
	all, err := a.Enrolment.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.ID == noted(act, "invitation") {
			return &reply[wire.Invitation]{a.viewInvitation(i)}, nil
		}
	}
	return nil, errAbsent
}

func (a *server) undoAsked(ctx context.Context, _ staff.Person, act audit.Act) (*created[wire.Undo], error) {
	u, err := a.Roster.Undo(ctx, noted(act, "undo"))
	if err != nil {
		return nil, err
	}
	return &created[wire.Undo]{wire.Prefix + "/stops/undo/" + u.ID, viewUndo(u)}, nil
}

// ticketsSettled shows a proposal only while it waits.
func (a *server) ticketsSettled(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.SettledTickets], error) {
	id := noted(act, "proposal")
	if id == "" {
		n, err := strconv.Atoi(noted(act, "tickets"))
		return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: n, Proposal: nil}}, err
	}
	p, err := a.Inbox.Proposal(ctx, act.Subject)
	if err == nil && p.ID != id {
		err = inbox.ErrProposal
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.SettledTickets]{wire.SettledTickets{Tickets: 0, Proposal: viewProposedAnswer(p)}}, nil
}

func (a *server) broadcastMade(ctx context.Context, who staff.Person, act audit.Act) (*created[wire.Broadcast], error) {
	b, err := a.Broadcasts.Find(ctx, official(who), act.Subject)
	if err != nil {
		return nil, err
	}
	return &created[wire.Broadcast]{wire.Prefix + "/broadcasts/" + b.ID, a.viewBroadcast(ctx, b)}, nil
}

func (a *server) broadcastChanged(ctx context.Context, who staff.Person, act audit.Act) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Find(ctx, official(who), act.Subject))
}

// testTried refuses to send a test a second time: whether the first went out is not known.
func (a *server) testTried(context.Context, staff.Person, audit.Act) (*reply[wire.Tested], error) {
	return nil, refuse(http.StatusConflict, "test-unknown", "上次请求中断，测试消息可能已经发出：请先查看手机。如需再发，请换用新的 Idempotency-Key")
}

func (a *server) resent(_ context.Context, _ staff.Person, act audit.Act) (*reply[wire.Resent], error) {
	shown, label := broadcast.People(recipientsOf(act))
	return &reply[wire.Resent]{wire.Resent{Recipients: shown, Label: label}}, nil
}

func (a *server) wentOn(_ context.Context, _ staff.Person, act audit.Act) (*reply[wire.FellBack], error) {
	shown, label := broadcast.People(recipientsOf(act))
	return &reply[wire.FellBack]{wire.FellBack{Recipients: shown, Label: label}}, nil
}

// recipientsOf is a count that an audit entry notes. Few are noted as few, and shown alike.
func recipientsOf(act audit.Act) int {
	n, err := strconv.Atoi(noted(act, "recipients"))
	if err != nil {
		return 1
	}
	return n
}

func (a *server) seriesMade(ctx context.Context, who staff.Person, act audit.Act) (*created[wire.Series], error) {
	s, err := a.Broadcasts.GetSeries(ctx, official(who), act.Subject)
	if err != nil {
		return nil, err
	}
	return &created[wire.Series]{wire.Prefix + "/series/" + s.ID, a.viewSeries(ctx, s)}, nil
}

func (a *server) seriesChanged(ctx context.Context, who staff.Person, act audit.Act) (*reply[wire.Series], error) {
	return a.shownSeries(ctx)(a.Broadcasts.GetSeries(ctx, official(who), act.Subject))
}
