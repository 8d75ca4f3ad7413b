package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/emergency"
	"towncrier/staff"
)

// ofEmergencies are those that somebody else approves, those that do not go on, and those that somebody has to end.
func (h tasksHandler) ofEmergencies(ctx context.Context, caller staff.Person) (tasks []wire.Task, err error) {
	if h.emergency == nil || !caller.Role.May(staff.WithdrawContent) {
		return nil, nil
	}
	all, err := h.emergency.Store.List(ctx, []emergency.Status{emergency.Submitted, emergency.Approved, emergency.Out, emergency.Ending}, "", mostTasks)
	for _, e := range all {
		t := wire.Task{ID: e.ID, Title: e.Says.Headline, Since: e.ChangedAt, Why: e.Why}
		switch {
		case e.Status == emergency.Submitted && caller.Role.May(staff.PublishContent) && e.Author != caller.ID:
			t.Kind = "emergency-approve"
		case e.Status == emergency.Submitted:
			continue
		case e.Status == emergency.Out:
			t.Kind = "emergency-out"
		default:
			t.Kind = "emergency-stuck"
		}
		tasks = append(tasks, t)
	}
	return tasks, err
}
