package staff

import "slices"

// What a role may do.
const (
	ReadResidents   Right = "residents.read" // numbers are always masked
	WriteResidents  Right = "residents.write"
	EraseResidents  Right = "residents.erase"
	ExportResidents Right = "residents.export" // numbers in full: one admin requests the export, another confirms it, and the first fetches the file once
	ReadCommittees  Right = "committees.read"
	WriteCommittees Right = "committees.write"
	ReadStaff       Right = "staff.read"
	ManageStaff     Right = "staff.manage"
	ReadAudit       Right = "audit.read"
	ReadSettings    Right = "settings.read" // all in force, masked; what broadcasts go by everybody sees
	ReadInbox       Right = "inbox.read"
	AnswerInbox     Right = "inbox.answer"
	ApproveAnswers  Right = "inbox.approve" // to several askers, that a colleague proposed

	ReadAlarms        Right = "alarms.read"
	AcknowledgeAlarms Right = "alarms.acknowledge"
	AnswerFeedback    Right = "feedback.answer"
	UndoStops         Right = "stops.undo" // of texts, when replies were forged: one asks, another confirms

	ReadBroadcasts     Right = "broadcasts.read"
	WriteBroadcasts    Right = "broadcasts.write"    // and series, lists of numbers, test sends
	ApproveBroadcasts  Right = "broadcasts.approve"  // what others wrote: approval and confirmation
	ScheduleBroadcasts Right = "broadcasts.schedule" // let go what is approved; pause, resume, cancel, resend
	SendEmergency      Right = "broadcasts.emergency"
	ReadEmergencies    Right = "emergencies.read" // before they go out, too

	ReadContent     Right = "content.read"
	WriteContent    Right = "content.write"    // drafts; nothing is in force by them
	WriteRows       Right = "content.rows"     // of look-up tables, the own committee's: they become a draft
	PublishContent  Right = "content.publish"  // what others wrote
	WithdrawContent Right = "content.withdraw" // a notice, at once; another brings it back
)

// rights is the one place that gives each role its rights. Nobody may both write and check: the auditor changes nothing, the
// admin answers nobody and reads no tickets. A committee keeps its own residents' entries but does not erase people. Who
// writes broadcasts approves none; an emergency, which passes windows and frequency caps, is let go by an approver alone.
var rights = map[Role][]Right{
	Author: {ReadCommittees, ReadInbox, AnswerInbox, ApproveAnswers, ReadBroadcasts, WriteBroadcasts, ScheduleBroadcasts,
		ReadContent, WriteContent, WithdrawContent, ReadEmergencies},
	Approver: {ReadCommittees, ReadInbox, ApproveAnswers, ReadBroadcasts, ApproveBroadcasts, ScheduleBroadcasts, SendEmergency,
		ReadContent, PublishContent, WithdrawContent, ReadEmergencies},
	Committee: {ReadResidents, WriteResidents, ReadCommittees, ReadBroadcasts, WriteBroadcasts, ScheduleBroadcasts, ReadContent, WriteRows},
	Auditor:   {ReadResidents, ReadCommittees, ReadStaff, ReadAudit, ReadSettings, ReadInbox, ReadAlarms, ReadBroadcasts, ReadContent, ReadEmergencies},
	Admin: {ReadResidents, WriteResidents, EraseResidents, ExportResidents, ReadCommittees, WriteCommittees, ReadStaff, ManageStaff, ReadAudit, ReadSettings,
		ReadAlarms, AcknowledgeAlarms, AnswerFeedback, UndoStops, ReadBroadcasts, ReadContent, ReadEmergencies},
}

// Rights are all that some role has, in the order in which roles list them.
func Rights() (all []Right) {
	for _, role := range Roles {
		for _, right := range rights[role] {
			if !slices.Contains(all, right) {
				all = append(all, right)
			}
		}
	}
	return all
}

// May says whether the role has the right. For a role that NeedsOwnCommittee it holds within that committee only.
func (r Role) May(right Right) bool { return slices.Contains(rights[r], right) }

// NeedsOwnCommittee says that every right of the role ends at the committee that the person belongs to.
func (r Role) NeedsOwnCommittee() bool { return r == Committee }

// Sees says whether rows of a committee (a code; "" for residents of none) are within the person's reach. It says nothing
// of rights: ask May as well.
func (p Person) Sees(committee string) bool {
	return !p.Role.NeedsOwnCommittee() || committee != "" && committee == p.Committee
}
