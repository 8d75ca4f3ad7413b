package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

type auditHandler struct{ log audit.Log }

func (h auditHandler) register(g *gate) {
	add(g, get("/audit", "list-audit", "List the audit log, newest first", staff.ReadAudit), h.list)
	add(g, get("/audit/verify", "verify-audit", "Verify that the audit log is whole and unchanged", staff.ReadAudit), h.verify)
}

type listAuditInput struct {
	After   string `query:"after" maxLength:"20" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Actor   string `query:"actor" maxLength:"64"`
	Action  string `query:"action" maxLength:"64"`
	Subject string `query:"subject" maxLength:"64" doc:"A resident's subject id, a staff id, a committee's code, a ticket's number"`
}

func (h auditHandler) list(ctx context.Context, _ staff.Person, in *listAuditInput) (*reply[wire.Page[wire.AuditEntry]], error) {
	after, err := numberAfter(in.After)
	if err != nil {
		return nil, err
	}
	entries, err := h.log.List(ctx, after, in.Limit+1, audit.Filter{Actor: audit.Actor(in.Actor), Action: in.Action, Subject: in.Subject})
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.AuditEntry]{}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Next = strconv.FormatInt(entries[in.Limit-1].Seq, 10)
	}
	out.Items = each(entries, viewEntry)
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

func viewEntry(e audit.Entry) wire.AuditEntry {
	return wire.AuditEntry{Seq: e.Seq, At: e.At, Actor: string(e.Actor), Action: e.Action, Subject: e.Subject, Detail: e.Detail, Origin: e.Origin, Hash: hex.EncodeToString(e.Hash)}
}
