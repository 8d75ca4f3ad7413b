package api

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"towncrier/alarm"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/emergency"
	"towncrier/feedback"
	"towncrier/imports"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/staff"
)

// tasksHandler has what waits for a person. Each domain gives its part, to whoever may do what waits.
type tasksHandler struct {
	staff      *staff.Service
	names      directory
	enrolment  *staff.Enrolment
	roster     *roster.Roster
	imports    *imports.Service
	inbox      *inbox.Inbox
	alarms     *alarm.Alarms
	feedback   *feedback.Service
	broadcasts *broadcast.Service // may be nil
	content    Content
	emergency  *emergency.Service // may be nil
	log        *slog.Logger
	now        func() time.Time
}

func (h tasksHandler) register(g *gate) {
	add(g, get("/me/tasks", "list-my-tasks", "List what waits for you, first what harms most when it waits", anyStaff), h.list)
}

// taskKind is a kind of task, and what officials read for it.
type taskKind struct{ kind, label string }

// taskKinds are in the order of the list: first what harms residents when it waits longer, then what holds up colleagues, last what is good
// to know.
var taskKinds = []taskKind{
	{"uncounted", "这一部分没有清点出来"},
	{"emergency-approve", "应急公告待审批"},
	{"emergency-stuck", "应急公告办到一半"},
	{string(broadcast.WaitEmergency), "应急群发待审批"},
	{string(broadcast.WaitConfirm), "群发待再次确认"},
	{string(broadcast.WaitHeld), "群发待他人再次确认"},
	{string(broadcast.WaitPaused), "群发已暂停"},
	{"content-undo", "公告已撤回，还可以恢复"},
	{"alarm", "警报未确认"},
	{"ticket-overdue", "留言已逾期"},
	{"ticket-today", "留言今天到期"},
	{"ticket-held", "您接手的留言到期"},
	{string(broadcast.WaitApprove), "群发待审批"},
	{string(broadcast.WaitSeries), "定期发送待审批"},
	{"content-approve", "内容稿待审批"},
	{string(broadcast.WaitSchedule), "群发已批准，还没有排期"},
	{"answer-approve", "答复待批准"},
	{"stops-undo", "撤销退订待确认"},
	{"export-fetch", "已确认的导出待取回"},
	{"export-confirm", "导出完整号码待确认"},
	{"invitation-confirm", "邀请待确认"},
	{string(broadcast.WaitReturned), "群发被退回"},
	{string(broadcast.WaitRewrite), "定期发送被退回"},
	{"content-handed-in", "居委会填报了查询表，等您核对并送审"},
	{"content-returned", "内容稿被退回"},
	{"notices-overdue", "公告已过复核日期"},
	{"import-ended", "导入已结束"},
	{"emergency-out", "应急公告还没有结束"},
	{string(broadcast.WaitToday), "群发今天发送"},
	{"feedback", "意见反馈待答复"},
	{"key-ends", "密钥快到期"},
}

// warnKeyWithin is how long before its end a key is a task: two admins have to be found meanwhile.
const warnKeyWithin = 14 * 24 * time.Hour

// mostTasks bounds the tasks of a kind that are listed one by one.
const mostTasks = 50

// list gives all that waits. A part that cannot be counted is a task of its own, and hides nothing of the others; when none can, the list fails.
func (h tasksHandler) list(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.Task]], error) {
	tasks := []wire.Task{}
	parts := h.parts()
	var faults []error
	for _, part := range parts {
		some, err := part.of(ctx, caller)
		if err != nil {
			faults = append(faults, err)
			h.log.ErrorContext(ctx, "what waits is not counted", "request", infoOf(ctx).id, "part", part.name, "err", err)
			some = []wire.Task{{Kind: "uncounted", Title: part.title, Why: "可能有要办的事没有列出：请过一会儿再看；仍然这样，请告诉管理员"}}
		}
		tasks = append(tasks, some...)
	}
	if len(faults) == len(parts) {
		return nil, faults[0]
	}
	for i := range tasks {
		tasks[i].Label = taskKinds[rankOf(tasks[i])].label
	}
	slices.SortStableFunc(tasks, func(a, b wire.Task) int { return cmp.Or(rankOf(a)-rankOf(b), a.Since.Compare(b.Since)) })
	return &reply[wire.Page[wire.Task]]{wire.Page[wire.Task]{Items: tasks}}, nil
}

// taskPart is what one domain says of what waits. Its name is for the log, its title for officials.
type taskPart struct {
	name, title string
	of          func(context.Context, staff.Person) ([]wire.Task, error)
}

func (h tasksHandler) parts() []taskPart {
	return []taskPart{
		{"broadcasts", "群发", h.ofBroadcasts}, {"series", "定期发送", h.ofSeries}, {"alarms", "警报", h.ofAlarms},
		{"tickets", "留言", h.ofTickets}, {"held", "接手的留言", h.ofHeld}, {"answers", "待批准的答复", h.ofAnswers}, {"undos", "撤销退订", h.ofUndos},
		{"exports", "导出", h.ofExports}, {"invitations", "邀请", h.ofInvitations}, {"keys", "密钥", h.ofKeys},
		{"drafts", "内容稿", h.ofContentDrafts}, {"withdrawals", "撤回的公告", h.ofWithdrawals}, {"notices", "过了复核日期的公告", h.ofNotices},
		{"emergencies", "应急公告", h.ofEmergencies}, {"imports", "导入", h.ofImports}, {"feedback", "意见反馈", h.ofFeedback},
	}
}

func rankOf(t wire.Task) int {
	return slices.IndexFunc(taskKinds, func(k taskKind) bool { return k.kind == t.Kind })
}

func (h tasksHandler) ofBroadcasts(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if h.broadcasts == nil {
		return nil, nil
	}
	all, err := h.broadcasts.WaitingFor(ctx, official(caller), caller.Role.May(staff.ApproveBroadcasts), caller.Role.May(staff.ScheduleBroadcasts))
	return each(all, func(w broadcast.Waiting) wire.Task {
		t := wire.Task{Kind: string(w.Wait), ID: w.ID, Title: w.Title, Since: cmp.Or(w.ReturnedAt, w.UpdatedAt), Why: w.Why}
		if w.Wait == broadcast.WaitToday {
			t.Why = w.GoesAt().In(broadcast.Zone).Format("15:04") + "起发送"
		}
		return t
	}), err
}

func (h tasksHandler) ofSeries(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if h.broadcasts == nil || !caller.Role.May(staff.ReadBroadcasts) {
		return nil, nil
	}
	all, err := h.broadcasts.SeriesWaitingFor(ctx, official(caller), caller.Role.May(staff.ApproveBroadcasts))
	return each(all, func(w broadcast.WaitingSeries) wire.Task {
		return wire.Task{Kind: string(w.Wait), ID: w.ID, Title: w.Proposal.Title, Since: w.UpdatedAt, Why: cmp.Or(w.Why, w.Schedule())}
	}), err
}

func (h tasksHandler) ofAlarms(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.AcknowledgeAlarms) {
		return nil, nil
	}
	all, err := h.alarms.List(ctx)
	all = slices.DeleteFunc(all, func(a alarm.Alarm) bool { return !a.AckedAt.IsZero() || a.OnlyBy(audit.Staff(caller.ID)) })
	return each(all, func(a alarm.Alarm) wire.Task {
		return wire.Task{Kind: "alarm", ID: string(a.Kind), Since: a.Since, Why: a.Detail, N: a.Count}
	}), err
}

// ofFeedback is counted, of what others gave: a page lists it.
func (h tasksHandler) ofFeedback(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.AnswerFeedback) {
		return nil, nil
	}
	n, since, err := h.feedback.Waiting(ctx, caller.ID)
	if err != nil || n == 0 {
		return nil, err
	}
	return []wire.Task{{Kind: "feedback", Since: since, N: n}}, nil
}

// ofTickets are counted: the inbox lists them.
func (h tasksHandler) ofTickets(ctx context.Context, caller staff.Person) (tasks []wire.Task, err error) {
	if !caller.Role.May(staff.AnswerInbox) {
		return nil, nil
	}
	counts, err := h.inbox.Counts(ctx)
	if counts.Overdue > 0 {
		tasks = append(tasks, wire.Task{Kind: "ticket-overdue", Since: counts.OverdueSince, N: counts.Overdue})
	}
	if counts.Today > 0 {
		tasks = append(tasks, wire.Task{Kind: "ticket-today", N: counts.Today})
	}
	return tasks, err
}

// ofHeld are the groups of tickets that the caller has, and that are due.
func (h tasksHandler) ofHeld(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.AnswerInbox) {
		return nil, nil
	}
	now := h.now().In(broadcast.Zone)
	all, _, err := h.inbox.Groups(ctx, inbox.Filter{Status: inbox.Open, HeldBy: audit.Staff(caller.ID), HeldAt: now,
		DueBefore: time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location()), Limit: mostTasks}, "")
	return each(all, func(g inbox.Group) wire.Task {
		return wire.Task{Kind: "ticket-held", ID: g.Number, Since: g.DueAt, Why: "应在" + g.DueAt.In(broadcast.Zone).Format("1月2日") + "以前答复"}
	}), err
}

// ofImports are the caller's that ended lately.
func (h tasksHandler) ofImports(_ context.Context, caller staff.Person) (tasks []wire.Task, _ error) {
	for _, i := range h.imports.List(caller.ID) {
		if !i.EndedAt.IsZero() {
			tasks = append(tasks, wire.Task{Kind: "import-ended", ID: i.ID, Title: i.Name, Since: i.EndedAt, Why: i.State.Label()})
		}
	}
	return tasks, nil
}

func (h tasksHandler) ofAnswers(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.ApproveAnswers) {
		return nil, nil
	}
	all, err := h.inbox.Proposed(ctx, audit.Staff(caller.ID), mostTasks)
	return each(all, func(p inbox.Proposed) wire.Task {
		return wire.Task{Kind: "answer-approve", ID: p.Ticket, Title: cmp.Or(p.Proposal.Answer, "不答复，直接关闭"), Since: p.Proposal.At, Why: p.Proposal.Owner + "拟稿", Proposal: p.Proposal.ID}
	}), err
}

func (h tasksHandler) ofUndos(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.UndoStops) {
		return nil, nil
	}
	all, err := h.roster.UndosFor(ctx, audit.Staff(caller.ID))
	return each(all, func(u roster.Undo) wire.Task {
		return wire.Task{Kind: "stops-undo", ID: u.ID, Since: u.AskedAt, Why: u.Why}
	}), err
}

func (h tasksHandler) ofExports(ctx context.Context, caller staff.Person) (tasks []wire.Task, err error) {
	if !caller.Role.May(staff.ExportResidents) {
		return nil, nil
	}
	all, err := h.roster.NumbersExports(ctx)
	for _, e := range all {
		state, own := e.State(h.now()), e.AskedBy == audit.Staff(caller.ID)
		switch {
		case state == roster.ExportWaiting && !own:
			tasks = append(tasks, wire.Task{Kind: "export-confirm", ID: e.ID, Since: e.AskedAt, Why: e.Why})
		case state == roster.ExportConfirmed && own:
			until := e.ConfirmedAt.Add(roster.NumbersExportFor).In(broadcast.Zone).Format("15:04")
			tasks = append(tasks, wire.Task{Kind: "export-fetch", ID: e.ID, Since: e.ConfirmedAt, Why: "请在" + until + "以前取回文件，过时须重新申请"})
		}
	}
	return tasks, err
}

func (h tasksHandler) ofInvitations(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.ManageStaff) {
		return nil, nil
	}
	people := h.names.people(ctx)
	all, err := h.enrolment.Invitations(ctx)
	all = slices.DeleteFunc(all, func(i staff.Invitation) bool {
		return i.State(h.now()) != staff.Issued || i.IssuedBy == audit.Staff(caller.ID) || i.Person == caller.ID
	})
	return each(all, func(i staff.Invitation) wire.Task {
		return wire.Task{Kind: "invitation-confirm", ID: i.ID, Title: cmp.Or(people[i.Person], i.Person), Since: i.IssuedAt, Why: "24小时内有效"}
	}), err
}

func (h tasksHandler) ofKeys(ctx context.Context, caller staff.Person) (tasks []wire.Task, err error) {
	keys, err := h.staff.Keys(ctx, caller.ID)
	for _, k := range keys {
		left := k.ExpiresAt.Sub(h.now())
		if k.ID == infoOf(ctx).origin.Key && left < warnKeyWithin {
			tasks = append(tasks, wire.Task{Kind: "key-ends", ID: k.ID, Title: k.Name,
				Why: fmt.Sprintf("还剩%d天，请一位管理员邀请您，另一位确认，再启用新密钥", int(left/(24*time.Hour)))})
		}
	}
	return tasks, err
}
