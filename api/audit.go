package api

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/lookup"
	"towncrier/problem"
	"towncrier/sheet"
	"towncrier/staff"
)

type auditHandler struct {
	log    audit.Log
	names  directory
	access accessLog
}

func (h auditHandler) register(g *gate) {
	add(g, get("/audit", "list-audit", "List the audit log, newest first", staff.ReadAudit), h.list)
	add(g, get("/audit.csv", "list-audit-csv", "List the audit log as a file, newest first", staff.ReadAudit).streams(), h.file)
	add(g, get("/audit/verify", "verify-audit", "Verify that the audit log is whole and unchanged", staff.ReadAudit).readsTheLog(), h.verify)
}

type ListAuditInput struct {
	Following
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	AuditFilter
}

// AuditFilter chooses entries.
type AuditFilter struct {
	From    string `query:"from" maxLength:"32" doc:"Only entries of this day or later, as 2030-05-08. Days are China's"`
	To      string `query:"to" maxLength:"32" doc:"Only entries of this day or before"`
	Actor   string `query:"actor" maxLength:"64" doc:"Who acted: a staff id or name, or kind:name as entries have it, such as staff:wang, local:root or system:retention; resident for residents about themselves"`
	Action  string `query:"action" maxLength:"64" doc:"noun.verb, such as staff.add, or its Chinese label"`
	Subject string `query:"subject" maxLength:"64" doc:"A resident's subject id, the id or name of a member of staff, the code or name of a committee, a ticket's number, a broadcast's id"`
}

func (h auditHandler) list(ctx context.Context, caller staff.Person, in *ListAuditInput) (*reply[wire.Page[wire.AuditEntry]], error) {
	after, err := numberAfter(in.After)
	if err != nil {
		return nil, err
	}
	f, err := h.filter(ctx, caller, in.AuditFilter)
	if err != nil {
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

func (h auditHandler) filter(ctx context.Context, caller staff.Person, in AuditFilter) (f audit.Filter, err error) {
	action, known := audit.ActionOf(in.Action)
	if in.Action != "" && !known {
		return f, invalid("query.action", "没有这种操作：请写审计日志里显示的操作，如“添加工作人员”，或 staff.add")
	}
	f.Action = action
	if f.Actor, err = h.actor(ctx, caller, in.Actor); err != nil {
		return f, err
	}
	if f.Subject, err = h.subject(ctx, in.Subject); err != nil {
		return f, err
	}
	f.From, f.Before, err = daysOf("query.from", in.From, "query.to", in.To)
	return f, err
}

// chosen is a filter in the words of a detail.
func chosen(f audit.Filter) (text string) {
	for _, c := range []struct{ key, value string }{{"since", dayOf(f.From)}, {"before", dayOf(f.Before)}, {"actor", string(f.Actor)}, {"action", f.Action}, {"subject", f.Subject}} {
		if c.value != "" {
			text += " " + c.key + "=" + c.value
		}
	}
	return text
}

func dayOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(broadcast.Zone).Format(time.DateOnly)
}

type AuditFileInput struct{ AuditFilter }

// file writes all that list shows, and nothing else. That it was asked for is on record before it is given out.
func (h auditHandler) file(ctx context.Context, caller staff.Person, in *AuditFileInput) (*streamed, error) {
	f, err := h.filter(ctx, caller, in.AuditFilter)
	if err == nil {
		err = h.access.record(ctx, caller, "audit.export", "", "format="+sheet.CSV+chosen(f))
	}
	if err != nil {
		return nil, err
	}
	return tableFile("audit", sheet.CSV, func(yield func([]string, error) bool) {
		more := yield([]string{"序号", "时间", "操作", "谁", "账号", "关于", "编号", "详情", "来自", "校验值"}, nil)
		view := h.view(ctx)
		for after := int64(0); more; {
			entries, err := h.log.List(ctx, after, filePage, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := 0; i < len(entries) && more; i++ {
				more = yield(auditRow(view(entries[i])), nil)
			}
			if len(entries) < filePage {
				return
			}
			after = entries[len(entries)-1].Seq
		}
	}), nil
}

func auditRow(e wire.AuditEntry) []string {
	return []string{strconv.FormatInt(e.Seq, 10), fileTime(e.At), e.ActionLabel, cmp.Or(e.ActorName, e.Actor), e.Actor, e.SubjectName, e.Subject, e.DetailLabel, e.Origin, e.Hash}
}

// actor is whom the caller calls by a staff id or name, or as entries have it.
func (h auditHandler) actor(ctx context.Context, caller staff.Person, said string) (audit.Actor, error) {
	actor := audit.Named(said)
	kind, name, ok := strings.Cut(string(actor), ":")
	switch {
	case !ok:
		return actor, nil
	case actor.StaffID() != "":
		id, err := h.names.colleague(ctx, caller, "actor", name)
		return audit.Staff(id), err
	}
	if some, err := h.log.List(ctx, 0, 1, audit.Filter{Actor: actor}); err != nil || len(some) > 0 {
		return actor, err
	}
	return "", &problem.Invalid{Field: "actor", Reason: "审计日志里没有" + lookup.Quoted(kind+":"+name) + "的操作：请写工作人员的账号或姓名，或照日志里的写法，如 local:root"}
}

// subject is the id or code of what the caller calls by it, or by the name of a member of staff or a committee.
func (h auditHandler) subject(ctx context.Context, said string) (string, error) {
	if said == "" {
		return "", nil
	}
	people, err := h.names.staff.List(ctx)
	if err != nil {
		return "", err
	}
	committees, err := h.names.roster.Committees(ctx)
	if err != nil {
		return "", err
	}
	known := broadcast.CommitteeNames(committees)
	known.What, known.All = "对象", append(known.All, staffNames(people).All...)
	id, err := found(known.Open(), "subject", said)
	if err != nil || id != said || slices.ContainsFunc(known.All, func(n lookup.Named) bool { return n.Code == id }) {
		return id, err
	}
	if some, err := h.log.List(ctx, 0, 1, audit.Filter{Subject: said}); err != nil || len(some) > 0 {
		return said, err
	}
	return "", &problem.Invalid{Field: "subject", Reason: "审计日志里没有关于" + lookup.Quoted(said) + "的记录：请核对编号，工作人员和居委会也可以写名称"}
}

type VerifyAuditInput struct {
	Noted []string `query:"noted,explode" maxItems:"20" doc:"SEQ:HASH of an entry that was noted elsewhere, and must still be there"`
}

// verify answers 200 for a broken log too: the question was answered.
func (h auditHandler) verify(ctx context.Context, _ staff.Person, in *VerifyAuditInput) (*reply[wire.AuditProof], error) {
	noted := make([]audit.Mark, len(in.Noted))
	for i, text := range in.Noted {
		var err error
		if noted[i], err = audit.ParseMark(text); err != nil {
			return nil, invalid("query.noted", "应写成“序号:校验值”，照上次核对时显示的写，校验值有64位")
		}
	}
	mark, err := h.log.Verify(ctx, nil)
	for _, mark := range noted {
		if err == nil {
			err = h.log.Holds(ctx, mark)
		}
	}
	if errors.Is(err, audit.ErrPruned) {
		return nil, invalid("query.noted", "这一条已过保存期，不能再核对：请换较新的一条")
	}
	if broken, ok := errors.AsType[*audit.Broken](err); ok {
		return &reply[wire.AuditProof]{wire.AuditProof{BrokenAt: broken.Seq, Fault: fmt.Sprintf("第%d条，%s", broken.Seq, broken.What.Label())}}, nil
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
			Subject: e.Subject, Detail: e.Detail, DetailLabel: detailLabel(e.Detail), Origin: e.Origin, Hash: hex.EncodeToString(e.Hash)}
		switch kind, _, _ := strings.Cut(e.Action, "."); kind {
		case "staff":
			v.SubjectName = people[e.Subject]
		case "committee", "roster":
			v.SubjectName = committees[e.Subject]
		}
		return v
	}
}
