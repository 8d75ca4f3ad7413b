package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

type auditHandler struct {
	log   audit.Log
	names directory
}

func (h auditHandler) register(g *gate) {
	add(g, get("/audit", "list-audit", "List the audit log, newest first", staff.ReadAudit), h.list)
	add(g, get("/audit/verify", "verify-audit", "Verify that the audit log is whole and unchanged", staff.ReadAudit), h.verify)
}

type listAuditInput struct {
	Following
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	From    string `query:"from" maxLength:"32" doc:"Only entries of this day or later, as 2030-05-08. Days are China's"`
	To      string `query:"to" maxLength:"32" doc:"Only entries of this day or before"`
	Actor   string `query:"actor" maxLength:"64" doc:"Who acted: a staff id, or kind:name as entries have it, such as staff:wang, local:root or system:retention; resident for residents about themselves"`
	Action  string `query:"action" maxLength:"64" doc:"noun.verb, such as staff.add, or its Chinese label"`
	Subject string `query:"subject" maxLength:"64" doc:"A resident's subject id, a staff id, a committee's code, a ticket's number, a broadcast's id"`
}

func (h auditHandler) list(ctx context.Context, _ staff.Person, in *listAuditInput) (*reply[wire.Page[wire.AuditEntry]], error) {
	after, err := numberAfter(in.After)
	if err != nil {
		return nil, err
	}
	action, known := audit.ActionOf(in.Action)
	if in.Action != "" && !known {
		return nil, invalid("query.action", "没有这种操作：请写审计日志里显示的操作，如“添加工作人员”，或 staff.add")
	}
	f := audit.Filter{Actor: audit.Named(in.Actor), Action: action, Subject: in.Subject}
	if f.From, f.Before, err = daysOf("query.from", in.From, "query.to", in.To); err != nil {
		return nil, err
	}
	entries, err := h.log.List(ctx, after, in.Limit+1, f)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.AuditEntry]{}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Next = strconv.FormatInt(entries[in.Limit-1].Seq, 10)
	}
	out.Items = each(entries, h.view(ctx))
	return &reply[wire.Page[wire.AuditEntry]]{out}, nil
}

// verify answers 200 for a broken log too: the question was answered.
func (h auditHandler) verify(ctx context.Context, _ staff.Person, _ *nothing) (*reply[wire.AuditProof], error) {
	mark, err := h.log.Verify(ctx, nil)
	if broken, ok := errors.AsType[*audit.Broken](err); ok {
		return &reply[wire.AuditProof]{wire.AuditProof{BrokenAt: broken.Seq, Fault: fmt.Sprintf("第%d条：%s", broken.Seq, broken.What.Label())}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.AuditProof]{wire.AuditProof{Whole: true, Entries: mark.Seq, Hash: hex.EncodeToString(mark.Hash)}}, nil
}

// view shows an entry with the names of those whom it is about: staff, a committee.
func (h auditHandler) view(ctx context.Context) func(audit.Entry) wire.AuditEntry {
	people, committees := h.names.people(ctx), h.names.committees(ctx)
	return func(e audit.Entry) wire.AuditEntry {
		v := wire.AuditEntry{Seq: e.Seq, At: e.At, Actor: string(e.Actor), ActorName: people.actor(e.Actor), Action: e.Action, ActionLabel: audit.Label(e.Action),
			Subject: e.Subject, Detail: e.Detail, Origin: e.Origin, Hash: hex.EncodeToString(e.Hash)}
		switch kind, _, _ := strings.Cut(e.Action, "."); kind {
		case "staff":
			v.SubjectName = people[e.Subject]
		case "committee", "roster":
			v.SubjectName = committees[e.Subject]
		}
		return v
	}
}
