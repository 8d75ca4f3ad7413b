package staff

import (
	"slices"
	"testing"
)

// TestRights holds the table against what each role is for.
func TestRights(t *testing.T) {
	all := []Right{ReadResidents, WriteResidents, EraseResidents, ReadCommittees, WriteCommittees, ReadStaff, ManageStaff, ReadAudit, ReadInbox, AnswerInbox, ApproveAnswers,
		ReadAlarms, AcknowledgeAlarms, UndoStops,
		ReadBroadcasts, WriteBroadcasts, ApproveBroadcasts, ScheduleBroadcasts, SendEmergency}
	reading := []Right{ReadResidents, ReadCommittees, ReadStaff, ReadAudit, ReadInbox, ReadAlarms, ReadBroadcasts}
	for _, right := range all {
		if Auditor.May(right) != slices.Contains(reading, right) {
			t.Errorf("the auditor reads everything and changes nothing: %s", right)
		}
		if Role("").May(right) || Role("boss").May(right) {
			t.Errorf("a role that is none may %s", right)
		}
	}
	for _, c := range []struct {
		right Right
		roles []Role
	}{
		{ManageStaff, []Role{Admin}},
		{WriteCommittees, []Role{Admin}},
		{EraseResidents, []Role{Admin}},
		{WriteResidents, []Role{Admin, Committee}},
		{ReadResidents, []Role{Admin, Auditor, Committee}},
		{ReadAudit, []Role{Admin, Auditor}},
		{AnswerInbox, []Role{Author}},
		{ApproveAnswers, []Role{Author, Approver}},
		{ReadAlarms, []Role{Auditor, Admin}},
		{AcknowledgeAlarms, []Role{Admin}},
		{UndoStops, []Role{Admin}},
		{ReadBroadcasts, []Role{Author, Approver, Committee, Auditor, Admin}},
		{WriteBroadcasts, []Role{Author, Committee}},
		{ApproveBroadcasts, []Role{Approver}},
		{ScheduleBroadcasts, []Role{Author, Approver, Committee}},
		{SendEmergency, []Role{Approver}},
	} {
		for _, role := range []Role{Author, Approver, Committee, Auditor, Admin} {
			if role.May(c.right) != slices.Contains(c.roles, role) {
				t.Errorf("%s.May(%s) = %v", role, c.right, role.May(c.right))
			}
		}
	}
}

func TestCommitteeSeesItsOwn(t *testing.T) {
	chen := Person{Role: Committee, Committee: "C-1"}
	if !chen.Sees("C-1") || chen.Sees("C-2") || chen.Sees("") || (Person{Role: Committee}).Sees("") {
		t.Error("a committee sees residents that are not its own")
	}
	for _, role := range []Role{Author, Approver, Auditor, Admin} {
		if p := (Person{Role: role}); !p.Sees("C-1") || !p.Sees("") {
			t.Errorf("%s does not see every committee", role)
		}
	}
}
