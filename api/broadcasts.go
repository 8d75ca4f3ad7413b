package api

import (
	"context"
	"net/http"
	"strconv"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/staff"
)

// broadcastHandler has the broadcasts, from a draft to the end.
type broadcastHandler struct {
	broadcasts *broadcast.Service
	views      broadcastViews
	tags       tagRights
	counting   *counting
}

func (h broadcastHandler) register(g *gate) {
	const (
		read, write       = staff.ReadBroadcasts, staff.WriteBroadcasts
		approve, schedule = staff.ApproveBroadcasts, staff.ScheduleBroadcasts
	)
	add(g, get("/broadcasts", "list-broadcasts", "List broadcasts, newest first", read).impersonal().labelled("query.status", labelOf[broadcast.Status]), h.list)
	add(g, get("/broadcasts/counts", "count-broadcasts", "Count broadcasts by status", read).impersonal(), h.counts)
	add(g, post("/broadcasts", "create-broadcast", "Draft a broadcast", write).withProposal(), repeatable(h.create, h.created, "broadcast.new"))
	add(g, post("/broadcasts/{id}/copy", "copy-broadcast", "Draft a broadcast that says what this one says", write), repeatable(h.copy, h.created, "broadcast.new"))
	add(g, get("/broadcasts/{id}", "get-broadcast", "Show a broadcast", read).impersonal(), h.get)
	add(g, get("/broadcasts/{id}/texts", "list-broadcast-texts", "Show what residents read, finished, on each channel", read).impersonal(), h.texts)
	add(g, put("/broadcasts/{id}", "change-broadcast", "Replace the content of a broadcast; it becomes a draft and loses its approval", write).withProposal(), repeatable(h.change, h.changed, "broadcast.edit"))
	add(g, del("/broadcasts/{id}", "delete-broadcast", "Delete a draft that you wrote, for good", write), repeatable(h.delete, nothingShown, "broadcast.delete"))
	add(g, post("/broadcasts/{id}/submit", "submit-broadcast", "Submit a broadcast for approval", write).countsResidents(), repeatable(h.submit, h.changed, "broadcast.submit"))
	add(g, post("/broadcasts/{id}/approve", "approve-broadcast", "Approve this exact version, identified by its hash", approve), repeatable(h.approve, h.changed, "broadcast.approve"))
	add(g, post("/broadcasts/{id}/reject", "reject-broadcast", "Reject a broadcast, which returns it to its author as a draft", approve), repeatable(h.reject, h.changed, "broadcast.reject"))
	add(g, post("/broadcasts/{id}/schedule", "schedule-broadcast", "Schedule an approved broadcast for its approved time", schedule), repeatable(h.schedule, h.changed, "broadcast.schedule"))
	add(g, post("/broadcasts/{id}/confirm", "confirm-broadcast", "Confirm a broadcast that is on hold", approve), repeatable(h.confirm, h.changed, "broadcast.confirm"))
	add(g, post("/broadcasts/{id}/pause", "pause-broadcast", "Pause a broadcast", schedule), repeatable(h.pause, h.changed, "broadcast.pause"))
	add(g, post("/broadcasts/{id}/resume", "resume-broadcast", "Resume a paused broadcast", schedule), repeatable(h.resume, h.changed, "broadcast.resume"))
	add(g, post("/broadcasts/{id}/cancel", "cancel-broadcast", "Cancel a broadcast", schedule), repeatable(h.cancel, h.changed, "broadcast.cancel"))
	add(g, post("/broadcasts/{id}/resend", "resend-broadcast", "Resend to recipients who certainly received nothing", schedule), repeatable(h.resend, h.resent, "broadcast.resend"))
	add(g, post("/broadcasts/{id}/fallback", "fallback-broadcast", "Use the next channel for recipients whose delivery is unknown", schedule), repeatable(h.fallback, h.fellBack, "broadcast.fallback"))
}

type BroadcastInput struct {
	ID string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
}

// CountedInput is a broadcast of which something is counted.
type CountedInput struct {
	BroadcastInput
	Soon
}

type BroadcastBody[B any] struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body B
}

func (h broadcastHandler) get(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Find(ctx, official(caller), in.ID))
}

func (h broadcastHandler) texts(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Page[wire.MessageText]], error) {
	return listed(func(t broadcast.MessageText) wire.MessageText {
		return wire.MessageText{Channel: string(t.Channel), Label: t.Channel.Label(), Text: t.Text, URL: t.URL}
	})(h.broadcasts.Finished(ctx, official(caller), in.ID))
}

func (h broadcastHandler) create(ctx context.Context, caller staff.Person, in *Body[wire.CreateBroadcast]) (*created[wire.Broadcast], error) {
	p, err := proposalOf(in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	if in.Body.Draft != "" {
		d := h.broadcasts.Content().Drafts[in.Body.Draft]
		if d == nil {
			return nil, refuse(http.StatusUnprocessableEntity, "no-draft", "没有这份底稿：可用的底稿见底稿列表",
				faultAt("body.draft", "应写底稿的编号"))
		}
		p = withDefaults(p, fromDraft(d))
	}
	if err := h.tags.mayAddress(caller, p.Audience); err != nil {
		return nil, err
	}
	return createdAt(broadcastPath)(shown(h.view(ctx))(h.broadcasts.New(ctx, official(caller), p)))
}

func (h broadcastHandler) copy(ctx context.Context, caller staff.Person, in *BroadcastInput) (*created[wire.Broadcast], error) {
	b, err := h.broadcasts.Find(ctx, official(caller), in.ID)
	if err == nil {
		err = h.tags.mayAddress(caller, b.Audience)
	}
	if err != nil {
		return nil, err
	}
	return createdAt(broadcastPath)(shown(h.view(ctx))(h.broadcasts.Copy(ctx, official(caller), in.ID)))
}

func (h broadcastHandler) change(ctx context.Context, caller staff.Person, in *BroadcastBody[wire.ChangeBroadcast]) (*reply[wire.Broadcast], error) {
	p, err := proposalOf(in.Body.Proposal)
	if err != nil {
		return nil, err
	}
	if err := h.tags.mayAddress(caller, p.Audience); err != nil {
		return nil, err
	}
	return shown(h.view(ctx))(h.broadcasts.Edit(ctx, official(caller), in.ID, in.Body.Version, p))
}

func (h broadcastHandler) delete(ctx context.Context, caller staff.Person, in *BroadcastInput) (*Nothing, error) {
	return nil, h.broadcasts.Delete(ctx, official(caller), in.ID)
}

func (h broadcastHandler) submit(ctx context.Context, caller staff.Person, in *BroadcastBody[*wire.Acceptance]) (*reply[wire.Broadcast], error) {
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	var accept []string
	if in.Body != nil {
		accept = in.Body.Accept
	}
	return shown(h.view(ctx))(h.broadcasts.Submit(ctx, official(caller), in.ID, accept...))
}

func (h broadcastHandler) approve(ctx context.Context, caller staff.Person, in *BroadcastBody[wire.Approval]) (*reply[wire.Broadcast], error) {
	b, err := h.broadcasts.Get(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	return shown(h.view(ctx))(h.broadcasts.Approve(ctx, official(caller), in.ID, broadcast.NamedHash(b.Hash, in.Body.Hash), in.Body.Accept...))
}

func (h broadcastHandler) reject(ctx context.Context, caller staff.Person, in *BroadcastBody[wire.Reason]) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Reject(ctx, official(caller), in.ID, in.Body.Why))
}

func (h broadcastHandler) schedule(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Schedule(ctx, official(caller), in.ID))
}

func (h broadcastHandler) confirm(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Confirm(ctx, official(caller), in.ID))
}

// pause asks for no reason: an official who stops a mistake has no time to write one.
func (h broadcastHandler) pause(ctx context.Context, caller staff.Person, in *BroadcastBody[*wire.OptionalReason]) (*reply[wire.Broadcast], error) {
	why := ""
	if in.Body != nil {
		why = in.Body.Why
	}
	return shown(h.view(ctx))(h.broadcasts.Pause(ctx, official(caller), in.ID, why))
}

func (h broadcastHandler) resume(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Resume(ctx, official(caller), in.ID))
}

func (h broadcastHandler) cancel(ctx context.Context, caller staff.Person, in *BroadcastBody[wire.Reason]) (*reply[wire.Broadcast], error) {
	return shown(h.view(ctx))(h.broadcasts.Cancel(ctx, official(caller), in.ID, in.Body.Why))
}

// changed shows a broadcast as it is after an act on it.
func (h broadcastHandler) changed(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Broadcast], error) {
	return h.get(ctx, caller, &BroadcastInput{act.Subject})
}

func (h broadcastHandler) created(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Broadcast], error) {
	return createdAt(broadcastPath)(shown(h.view(ctx))(h.broadcasts.Find(ctx, official(caller), act.Subject)))
}

func (h broadcastHandler) resend(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Resent], error) {
	return shown(viewResent)(h.broadcasts.Resend(ctx, official(caller), in.ID))
}

func (h broadcastHandler) resent(_ context.Context, _ staff.Person, act audit.Act) (*reply[wire.Resent], error) {
	return shown(viewResent)(notedRecipients(act), nil)
}

func (h broadcastHandler) fallback(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.FellBack], error) {
	return shown(viewFellBack)(h.broadcasts.Fallback(ctx, official(caller), in.ID))
}

func (h broadcastHandler) fellBack(_ context.Context, _ staff.Person, act audit.Act) (*reply[wire.FellBack], error) {
	return shown(viewFellBack)(notedRecipients(act), nil)
}

// notedRecipients is a count that an audit entry notes. Few are noted as few, and shown alike.
func notedRecipients(act audit.Act) int {
	n, err := strconv.Atoi(noted(act, "recipients"))
	if err != nil {
		return 1
	}
	return n
}

// view shows a broadcast with its warnings, while they can still be heeded.
func (h broadcastHandler) view(ctx context.Context) func(broadcast.Broadcast) wire.Broadcast {
	return func(b broadcast.Broadcast) wire.Broadcast {
		v := h.views.broadcast(ctx, b)
		if b.Status.Over() || !b.BegunAt.IsZero() {
			return v
		}
		v.Warnings = viewWarnings(h.broadcasts.Lint(b))
		return v
	}
}

// viewWarnings shows what is worth a look and refuses nothing.
func viewWarnings(faults []broadcast.Fault) (warnings []wire.BroadcastFault) {
	for _, f := range faults {
		if f.Warning {
			warnings = append(warnings, viewFault(f))
		}
	}
	return warnings
}

func broadcastPath(b wire.Broadcast) string { return "/broadcasts/" + b.ID }

func viewResent(n int) wire.Resent {
	count, label := broadcast.People(n)
	return wire.Resent{Recipients: count, Label: label}
}

func viewFellBack(n int) wire.FellBack {
	count, label := broadcast.People(n)
	return wire.FellBack{Recipients: count, Label: label}
}
