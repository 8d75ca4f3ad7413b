package api

import (
	"context"
	"encoding/hex"
	"net/http"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

// official is who as broadcasts know them.
func official(who staff.Person) broadcast.Official {
	by := broadcast.Official{ID: who.ID, Emergency: who.Role.May(staff.SendEmergency), Residents: who.Role.May(staff.ReadResidents)}
	if who.Role.NeedsOwnCommittee() {
		by.Committee = who.Committee
		if by.Committee == "" {
			by.Committee = " " // no committee's code has a blank: they see nothing
		}
	}
	return by
}

type listBroadcastsInput struct {
	After     string `query:"after" maxLength:"32" doc:"next of the page before"`
	Limit     int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Status    string `query:"status" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired"`
	Committee string `query:"committee" maxLength:"32" doc:"Code"`
	Series    string `query:"series" maxLength:"32"`
	Author    string `query:"author" maxLength:"32" doc:"Staff id"`
}

func (a *server) listBroadcasts(ctx context.Context, who staff.Person, in *listBroadcastsInput) (*reply[wire.Page[wire.Broadcast]], error) {
	f := broadcast.Filter{Status: broadcast.Status(in.Status), Committee: in.Committee, Series: in.Series, Author: in.Author}
	found, next, err := a.Broadcasts.List(ctx, official(who), f, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Broadcast]]{wire.Page[wire.Broadcast]{Items: a.viewBroadcasts(ctx, found), Next: next}}, nil
}

type broadcastInput struct {
	ID string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
}

func (a *server) getBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Find(ctx, official(who), in.ID))
}

// shown is the answer of an act on a broadcast: the broadcast as it is after it.
func (a *server) shown(ctx context.Context) func(broadcast.Broadcast, error) (*reply[wire.Broadcast], error) {
	return func(b broadcast.Broadcast, err error) (*reply[wire.Broadcast], error) {
		if err != nil {
			return nil, err
		}
		v := a.viewBroadcast(ctx, b)
		if !b.Status.Over() && b.BegunAt.IsZero() {
			for _, f := range a.Broadcasts.Lint(b) {
				if f.Warning {
					v.Warnings = append(v.Warnings, viewFault(f))
				}
			}
		}
		return &reply[wire.Broadcast]{v}, nil
	}
}

type createBroadcastInput struct {
	Body wire.CreateBroadcast
}

func (a *server) createBroadcast(ctx context.Context, who staff.Person, in *createBroadcastInput) (*created[wire.Broadcast], error) {
	p, err := proposalOf(in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	if in.Body.Draft != "" {
		d := a.Broadcasts.Content().Drafts[in.Body.Draft]
		if d == nil {
			return nil, refuse(http.StatusUnprocessableEntity, "no-draft", "the city keeps no such draft: "+wire.Prefix+"/drafts and `towncrier broadcast drafts` list them",
				faultAt("body.draft", "want the id of a draft"))
		}
		p = over(fromDraft(d), p)
	}
	if err := a.mayChoose(who, "body.proposal.audience", tagsOf(p.Audience)...); err != nil {
		return nil, err
	}
	b, err := a.Broadcasts.New(ctx, official(who), p)
	if err != nil {
		return nil, err
	}
	return &created[wire.Broadcast]{wire.Prefix + "/broadcasts/" + b.ID, a.viewBroadcast(ctx, b)}, nil
}

type changeBroadcastInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body wire.ChangeBroadcast
}

func (a *server) changeBroadcast(ctx context.Context, who staff.Person, in *changeBroadcastInput) (*reply[wire.Broadcast], error) {
	p, err := proposalOf(in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	if err := a.mayChoose(who, "body.proposal.audience", tagsOf(p.Audience)...); err != nil {
		return nil, err
	}
	return a.shown(ctx)(a.Broadcasts.Edit(ctx, official(who), in.ID, in.Body.Version, p))
}

type submitBroadcastInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body *wire.Acceptance
}

func (a *server) submitBroadcast(ctx context.Context, who staff.Person, in *submitBroadcastInput) (*reply[wire.Broadcast], error) {
	done, err := a.counting.begin(who.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	var accept []string
	if in.Body != nil {
		accept = in.Body.Accept
	}
	return a.shown(ctx)(a.Broadcasts.Submit(ctx, official(who), in.ID, accept...))
}

type approveBroadcastInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body wire.Approval
}

func sumOf(y wire.Approval) []byte {
	sum, _ := hex.DecodeString(y.Hash) // the pattern lets nothing else in
	return sum
}

func (a *server) approveBroadcast(ctx context.Context, who staff.Person, in *approveBroadcastInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Approve(ctx, official(who), in.ID, sumOf(in.Body), in.Body.Accept...))
}

type whyInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body wire.Reason
}

func (a *server) rejectBroadcast(ctx context.Context, who staff.Person, in *whyInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Reject(ctx, official(who), in.ID, in.Body.Why))
}

func (a *server) scheduleBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Schedule(ctx, official(who), in.ID))
}

func (a *server) confirmBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Confirm(ctx, official(who), in.ID))
}

// pauseInput asks for no reason: whoever stops a mistake has no time for it.
type pauseInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body *wire.OptionalReason
}

func (a *server) pauseBroadcast(ctx context.Context, who staff.Person, in *pauseInput) (*reply[wire.Broadcast], error) {
	why := ""
	if in.Body != nil {
		why = in.Body.Why
	}
	return a.shown(ctx)(a.Broadcasts.Pause(ctx, official(who), in.ID, why))
}

func (a *server) resumeBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Resume(ctx, official(who), in.ID))
}

func (a *server) cancelBroadcast(ctx context.Context, who staff.Person, in *whyInput) (*reply[wire.Broadcast], error) {
	return a.shown(ctx)(a.Broadcasts.Cancel(ctx, official(who), in.ID, in.Body.Why))
}

func (a *server) resendBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Resent], error) {
	n, err := a.Broadcasts.Resend(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	shown, label := broadcast.People(n)
	return &reply[wire.Resent]{wire.Resent{Recipients: shown, Label: label}}, nil
}

func (a *server) fallbackBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.FellBack], error) {
	n, err := a.Broadcasts.Fallback(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	shown, label := broadcast.People(n)
	return &reply[wire.FellBack]{wire.FellBack{Recipients: shown, Label: label}}, nil
}
