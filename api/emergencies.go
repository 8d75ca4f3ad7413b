package api

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/content"
	"towncrier/emergency"
	"towncrier/intents"
	"towncrier/problem"
	"towncrier/staff"
)

// emergencyHandler has what cannot wait: one act declares it, one approves it, one ends it.
type emergencyHandler struct {
	emergencies *emergency.Service
	live        *city.Live
	broadcasts  *broadcast.Service
	views       broadcastViews
	tags        tagRights
	staff       *staff.Service
	counting    *counting
	stops       consequences
}

func (h emergencyHandler) register(g *gate) {
	const read, write, publish, pause, end = staff.ReadEmergencies, staff.WriteContent, staff.PublishContent, staff.ApproveBroadcasts, staff.WithdrawContent
	add(g, get("/emergencies/templates", "list-emergency-templates", "List the city's templates for emergencies, with their fields", read).impersonal(), h.templates)
	add(g, get("/emergencies", "list-emergencies", "List emergencies, newest first", read).labelled("query.status", labelOf[emergency.Status]), h.list)
	add(g, get("/emergencies/{id}", "get-emergency", "Show exactly what an emergency publishes, answers and sends", read).countsResidents(), h.get)
	add(g, post("/emergencies/preview", "preview-emergency", "Show what declaring an emergency would publish, answer and send; nothing is kept", write).countsResidents(), h.preview)
	add(g, post("/emergencies", "declare-emergency", "Declare an emergency: notice, answer and broadcast of a template, for one approval", write).countsResidents(), repeatable(h.declare, h.declared, "emergency.declare"))
	add(g, post("/emergencies/{id}/approve", "approve-emergency", "Approve an emergency by its hash: it is published and sent", publish).countsResidents(), h.approve)
	add(g, post("/emergencies/{id}/pause", "pause-emergency", "Pause sending an emergency", pause), h.pause)
	add(g, post("/emergencies/{id}/resume", "resume-emergency", "Go on sending a paused emergency", pause).countsResidents(), h.resume)
	add(g, get("/emergencies/{id}/end", "preview-emergency-end", "Show what ending an emergency would withdraw, stop and send", read).countsResidents(), h.lookAtEnd)
	add(g, post("/emergencies/{id}/end", "end-emergency", "End an emergency: withdraw its notice, stop sending, and say that it is over", end).countsResidents(), h.end)
	add(g, post("/emergencies/{id}/drop", "drop-emergency", "Drop an emergency that waits for approval", end), repeatable(h.drop, h.dropped, "emergency.drop"))
}

func (h emergencyHandler) templates(context.Context, staff.Person, *Nothing) (*reply[wire.Page[wire.EmergencyTemplate]], error) {
	all := h.live.Current().Library.Emergencies
	return listed(func(id string) wire.EmergencyTemplate {
		t := all[id]
		return wire.EmergencyTemplate{ID: t.ID, Title: t.Title, Fields: each(t.Fields, func(f content.EmergencyField) wire.EmergencyField {
			v := wire.EmergencyField{ID: f.ID, Label: f.Label, Kind: f.Kind, Optional: f.Optional, Unsaid: f.Unsaid, Example: f.Sample}
			if f.Kind == content.TextField {
				v.Max = f.Max
			}
			return v
		})}
	})(slices.Sorted(maps.Keys(all)), nil)
}

type ListEmergenciesInput struct {
	Following
	Status []string `query:"status,explode" enum:"submitted,approved,out,ending,ended,dropped"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h emergencyHandler) list(ctx context.Context, _ staff.Person, in *ListEmergenciesInput) (*reply[wire.Page[wire.Emergency]], error) {
	if in.After != "" {
		if _, err := h.emergencies.Store.Get(ctx, in.After); errors.Is(err, problem.ErrNotFound) {
			return nil, problem.ErrCursor
		}
	}
	all, err := h.emergencies.Store.List(ctx, each(in.Status, func(s string) emergency.Status { return emergency.Status(s) }), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	names := h.names(ctx, all...)
	page := wire.Page[wire.Emergency]{Items: each(all, func(e emergency.Emergency) wire.Emergency { return h.named(ctx, names, emergency.Sight{Emergency: e}) })}
	if len(all) == in.Limit {
		page.Next = all[len(all)-1].ID
	}
	return &reply[wire.Page[wire.Emergency]]{page}, nil
}

type EmergencyInput struct {
	ID string `path:"id" pattern:"^E[A-Z2-7]{10}$" patternDescription:"E and 10 letters and digits"`
}

type EmergencyBody[B any] struct {
	ID   string `path:"id" pattern:"^E[A-Z2-7]{10}$" patternDescription:"E and 10 letters and digits"`
	Body B
}

func (h emergencyHandler) get(ctx context.Context, caller staff.Person, in *EmergencyInput) (*reply[wire.Emergency], error) {
	return h.look(ctx, caller, in.ID)
}

// look shows one as it stands. Who counts at the same time as others sees it without counts: an emergency does not wait for them.
func (h emergencyHandler) look(ctx context.Context, caller staff.Person, id string) (*reply[wire.Emergency], error) {
	if done, err := h.counting.begin(caller.ID); err == nil {
		defer done()
	}
	return shown(func(s emergency.Sight) wire.Emergency { return h.view(ctx, s) })(h.emergencies.Look(ctx, official(caller), id))
}

// draft is what a caller who may write all of it filled in.
func (h emergencyHandler) draft(caller staff.Person, in wire.DeclareEmergency) (d emergency.Draft, err error) {
	if !caller.Role.May(staff.WriteBroadcasts) {
		return d, refuse(http.StatusForbidden, "right", Lacks(caller.Role, staff.WriteBroadcasts))
	}
	d = emergency.Draft{Template: in.Template, Fields: in.Fields, Audience: ruleOf(in.Audience)}
	return d, h.tags.mayChoose(caller, "body.audience", tagsOf(d.Audience)...)
}

func (h emergencyHandler) preview(ctx context.Context, caller staff.Person, in *Body[wire.DeclareEmergency]) (*reply[wire.Emergency], error) {
	d, err := h.draft(caller, in.Body)
	if err != nil {
		return nil, err
	}
	shown, err := h.show(ctx)(h.emergencies.Preview(ctx, official(caller), d))
	if err == nil { // nothing is kept by these
		shown.Body.ID, shown.Body.Says.Notice, shown.Body.Ends.Notice = "", "", ""
	}
	return shown, err
}

func (h emergencyHandler) declare(ctx context.Context, caller staff.Person, in *Body[wire.DeclareEmergency]) (*created[wire.Emergency], error) {
	d, err := h.draft(caller, in.Body)
	if err != nil {
		return nil, err
	}
	return createdAt(emergencyPath)(h.show(ctx)(h.emergencies.Declare(ctx, official(caller), d)))
}

func emergencyPath(e wire.Emergency) string { return "/emergencies/" + e.ID }

func (h emergencyHandler) declared(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Emergency], error) {
	return createdAt(emergencyPath)(h.look(ctx, caller, act.Subject))
}

// show answers with what a service returned. A template that is not there is a fault of the field that names it.
func (h emergencyHandler) show(ctx context.Context) func(emergency.Sight, error) (*reply[wire.Emergency], error) {
	return func(s emergency.Sight, err error) (*reply[wire.Emergency], error) {
		if errors.Is(err, content.ErrNoEmergencyTemplate) {
			return nil, refuse(http.StatusUnprocessableEntity, "no-template", err.Error(), faultAt("body.template", "应写模板的编号或名称"))
		}
		return shown(func(s emergency.Sight) wire.Emergency { return h.view(ctx, s) })(s, err)
	}
}

func (h emergencyHandler) approve(ctx context.Context, caller staff.Person, in *EmergencyBody[wire.ApproveEmergency]) (*reply[wire.Emergency], error) {
	for _, right := range []staff.Right{staff.ApproveBroadcasts, staff.SendEmergency} {
		if !caller.Role.May(right) {
			return nil, refuse(http.StatusForbidden, "right", Lacks(caller.Role, right))
		}
	}
	_, err := h.emergencies.Approve(ctx, official(caller), in.ID, in.Body.Hash)
	return h.after(ctx, caller, in.ID, err)
}

// after shows one after an act on it.
func (h emergencyHandler) after(ctx context.Context, caller staff.Person, id string, err error) (*reply[wire.Emergency], error) {
	if err != nil {
		return nil, err
	}
	return h.look(ctx, caller, id)
}

func (h emergencyHandler) pause(ctx context.Context, caller staff.Person, in *EmergencyBody[*wire.OptionalReason]) (*reply[wire.Emergency], error) {
	why := ""
	if in.Body != nil {
		why = in.Body.Why
	}
	_, err := h.emergencies.Pause(ctx, official(caller), in.ID, why)
	return h.after(ctx, caller, in.ID, err)
}

func (h emergencyHandler) resume(ctx context.Context, caller staff.Person, in *EmergencyInput) (*reply[wire.Emergency], error) {
	_, err := h.emergencies.Resume(ctx, official(caller), in.ID)
	return h.after(ctx, caller, in.ID, err)
}

func (h emergencyHandler) lookAtEnd(ctx context.Context, caller staff.Person, in *EmergencyInput) (*reply[wire.EmergencyEnd], error) {
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	s, err := h.emergencies.LookAtEnd(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	out := wire.EmergencyEnd{ID: s.ID, Ends: h.statement(h.ends(s.Emergency), s.EndID())}
	out.Answers = each(citing(s.Before, s.ID), func(in *intents.Intent) wire.StoppedAnswer { return wire.StoppedAnswer{ID: in.ID, Title: in.Title} })
	if s.Clear != nil {
		sends := h.views.estimate(*s.Clear)
		out.Sends = &sends
	}
	if out.ContentStops, err = h.stops.of(ctx, caller, s.Before, s.After); err != nil {
		return nil, err
	}
	for i, b := range out.Broadcasts {
		if b.ID == s.Broadcast {
			out.Broadcasts[i].Why = emergency.OverWhy
		}
	}
	return &reply[wire.EmergencyEnd]{out}, nil
}

func (h emergencyHandler) end(ctx context.Context, caller staff.Person, in *EmergencyInput) (*reply[wire.Emergency], error) {
	_, err := h.emergencies.End(ctx, official(caller), in.ID)
	if err == nil {
		h.stops.takeEffect(ctx)
	}
	return h.after(ctx, caller, in.ID, err)
}

func (h emergencyHandler) drop(ctx context.Context, caller staff.Person, in *EmergencyBody[wire.Reason]) (*reply[wire.Emergency], error) {
	_, err := h.emergencies.Drop(ctx, official(caller), in.ID, in.Body.Why)
	return h.after(ctx, caller, in.ID, err)
}

func (h emergencyHandler) dropped(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Emergency], error) {
	return h.look(ctx, caller, act.Subject)
}

func (h emergencyHandler) names(ctx context.Context, of ...emergency.Emergency) knownNames {
	return h.views.names(ctx, each(of, func(e emergency.Emergency) broadcast.Proposal {
		return broadcast.Proposal{Topic: e.Topic, Audience: e.Audience}
	})...)
}

func (h emergencyHandler) view(ctx context.Context, s emergency.Sight) wire.Emergency {
	return h.named(ctx, h.names(ctx, s.Emergency), s)
}

func (h emergencyHandler) named(ctx context.Context, names knownNames, s emergency.Sight) wire.Emergency {
	e := s.Emergency
	person := func(id string) string { return names.people[id] }
	v := wire.Emergency{
		ID: e.ID, Status: string(e.Status), StatusLabel: e.Status.Label(), Why: e.Why, Template: e.Template, Title: e.Title,
		Audience: viewRule(e.Audience), AudienceLabel: names.Audience(broadcast.Proposal{Audience: e.Audience}),
		Says: h.statement(e.Says, e.ID), Ends: h.statement(h.ends(e), e.EndID()), Utterances: append([]string{}, e.Answer.Utterances...),
		Worse: append([]string{}, e.Worse...), Warnings: append([]string{}, e.Warnings...), Hash: hex.EncodeToString(e.Hash),
		Author: e.Author, AuthorName: person(e.Author), Approver: e.Approver, ApproverName: person(e.Approver), PausedBy: e.PausedBy, PausedByName: person(e.PausedBy),
		EndedBy: e.EndedBy, EndedByName: person(e.EndedBy), DeclaredAt: e.DeclaredAt, ApprovedAt: e.ApprovedAt, EndedAt: e.EndedAt, Revision: e.Revision,
		Broadcast: h.sent(ctx, e.Broadcast), AllClear: h.sent(ctx, e.AllClear), Told: h.told(ctx, e, names.people), Untold: s.Untold,
		Fields: each(slices.Sorted(maps.Keys(e.Fields)), func(id string) wire.EmergencyValue {
			return wire.EmergencyValue{ID: id, Label: e.Labels[id], Value: e.Fields[id]}
		}),
	}
	if s.Sends.Texts != nil {
		sends := h.views.estimate(s.Sends)
		v.Sends = &sends
	}
	return v
}

// ends is what is said when it is over, with the time once that is known.
func (h emergencyHandler) ends(e emergency.Emergency) content.Statement {
	if e.EndedAt.IsZero() {
		return e.Ends
	}
	return e.Ends.Over(e.EndedAt.In(h.live.Current().Zone()))
}

// whenOver are the places where the time stands at which it is over.
var whenOver = regexp.MustCompile(`\{ended[^{}]*\}`)

func (h emergencyHandler) statement(s content.Statement, notice string) wire.EmergencyStatement {
	read := func(text string) string {
		return whenOver.ReplaceAllString(strings.ReplaceAll(strings.TrimSpace(text), "{ended.day}", "{结束日期}"), "{结束时间}")
	}
	v := wire.EmergencyStatement{Notice: notice, Headline: s.Headline, Issuer: s.Issuer, Answer: read(s.Answer), Passages: []wire.Passage{}}
	for i, text := range s.Passages {
		v.Passages = append(v.Passages, wire.Passage{Number: i + 1, Text: read(text)})
	}
	messages := each(s.Messages, func(m content.DraftMessage) broadcast.Message {
		return broadcast.Message{Channel: broadcast.Channel(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL}
	})
	texts := h.broadcasts.Texts(broadcast.Broadcast{Messages: messages})
	v.Texts = each(messages, func(m broadcast.Message) wire.MessageText {
		return wire.MessageText{Channel: string(m.Channel), Label: m.Channel.Label(), Text: read(texts[m.Channel]), URL: m.URL}
	})
	return v
}

// sent is where a broadcast stands; nil before it is there.
func (h emergencyHandler) sent(ctx context.Context, id string) *wire.EmergencyBroadcast {
	if id == "" {
		return nil
	}
	b, err := h.broadcasts.Store.Get(ctx, id)
	if err != nil {
		return nil
	}
	return &wire.EmergencyBroadcast{ID: b.ID, Status: string(b.Status), StatusLabel: b.Status.Label(), Why: b.Why}
}

func (h emergencyHandler) told(ctx context.Context, e emergency.Emergency, names people) []wire.EmergencyTold {
	numbers := map[string]string{}
	if len(e.Told) > 0 {
		all, _ := h.staff.List(ctx) // whoever cannot be read is shown without a number
		for _, p := range all {
			if p.Phone != "" {
				numbers[p.ID] = p.Phone.Masked()
			}
		}
	}
	return each(e.Told, func(t emergency.Told) wire.EmergencyTold {
		return wire.EmergencyTold{Staff: t.Staff, StaffName: names[t.Staff], Phone: numbers[t.Staff], Event: string(t.Event), EventLabel: t.Event.Label(), State: string(t.State), StateLabel: t.State.Label()}
	})
}
