package api

import (
	"net/http"

	"towncrier/staff"
)

// routes is every operation and the right that it needs.
func (a *server) routes() {
	const (
		get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
		made, done                 = http.StatusCreated, http.StatusNoContent
	)
	register(a, operation{"get-me", get, "/me", "Show the key's owner and their rights", "", 0, false}, a.me)
	register(a, operation{"register-phone", post, "/me/phone", "Send a code to your own number, to register it", "", 0, false}, a.registerPhone)
	register(a, operation{"confirm-phone", post, "/me/phone/confirm", "Register the number with the code that was sent to it", "", 0, false}, again(a, a.confirmPhone, a.phoneRegistered, "staff.phone"))
	register(a, operation{"activate", post, "/activate", "Open an invitation with its activation code and the code sent to your number", public, 0, false}, a.activate)

	register(a, operation{"list-residents", get, "/residents", "List residents", staff.ReadResidents, 0, false}, a.listResidents)
	register(a, operation{"create-resident", post, "/residents", "Add a resident", staff.WriteResidents, made, false}, again(a, a.createResident, a.residentAdded, "resident.add"))
	register(a, operation{"search-residents", post, "/residents/search", "Find the resident with a phone number", staff.ReadResidents, 0, false}, a.searchResidents)
	register(a, operation{"get-resident", get, "/residents/{id}", "Show a resident", staff.ReadResidents, 0, false}, a.getResident)
	register(a, operation{"change-resident", patch, "/residents/{id}", "Change the given fields of a resident", staff.WriteResidents, 0, false}, again(a, a.changeResident, a.residentChanged, "resident.change"))
	register(a, operation{"erase-resident", del, "/residents/{id}", "Erase a resident for good", staff.EraseResidents, done, false}, again(a, a.eraseResident, nothingShown, "resident.erase"))
	register(a, operation{"set-preference", put, "/residents/{id}/preferences", "Record whether a resident wants a topic or a channel", staff.WriteResidents, 0, false}, again(a, a.setPreference, a.residentChanged, "resident.prefer"))
	register(a, operation{"list-texts", get, "/residents/{id}/texts", "List messages sent to a resident, newest first", staff.ReadResidents, 0, false}, a.listTexts)
	register(a, operation{"get-stats", get, "/stats", "Count residents", staff.ReadResidents, 0, false}, a.stats)

	register(a, operation{"list-committees", get, "/committees", "List committees", staff.ReadCommittees, 0, false}, a.listCommittees)
	register(a, operation{"get-committee", get, "/committees/{code}", "Show a committee", staff.ReadCommittees, 0, false}, a.getCommittee)
	register(a, operation{"put-committee", put, "/committees/{code}", "Create or replace a committee", staff.WriteCommittees, 0, false}, again(a, a.putCommittee, a.committeePut, "committee.put"))
	register(a, operation{"delete-committee", del, "/committees/{code}", "Delete a committee that has no residents", staff.WriteCommittees, done, false}, again(a, a.deleteCommittee, nothingShown, "committee.delete"))

	register(a, operation{"list-staff", get, "/staff", "List staff", staff.ReadStaff, 0, false}, a.listStaff)
	register(a, operation{"add-staff", post, "/staff", "Add a member of staff", staff.ManageStaff, made, false}, again(a, a.addStaff, a.staffAdded, "staff.add"))
	register(a, operation{"disable-staff", post, "/staff/{id}/disable", "Disable a member of staff, at once", staff.ManageStaff, 0, false}, again(a, a.disableStaff, a.staffChanged, "staff.disable"))
	register(a, operation{"enable-staff", post, "/staff/{id}/enable", "Enable a disabled member of staff", staff.ManageStaff, 0, false}, again(a, a.enableStaff, a.staffChanged, "staff.enable"))
	register(a, operation{"list-keys", get, "/staff/{id}/keys", "List the keys of a member of staff, without their secrets", staff.ReadStaff, 0, false}, a.listKeys)
	register(a, operation{"invite-staff", post, "/staff/{id}/invitations", "Invite a member of staff to open a new key; the activation code is shown once", staff.ManageStaff, made, true}, a.inviteStaff)
	register(a, operation{"list-invitations", get, "/staff/invitations", "List invitations, newest first", staff.ReadStaff, 0, false}, a.listInvitations)
	register(a, operation{"confirm-invitation", post, "/staff/invitations/{invitation}/confirm", "Confirm an invitation that another admin issued", staff.ManageStaff, 0, false}, again(a, a.confirmInvitation, a.invitationConfirmed, "staff.confirm"))
	register(a, operation{"withdraw-invitation", del, "/staff/invitations/{invitation}", "Withdraw an invitation", staff.ManageStaff, done, false}, again(a, a.withdrawInvitation, nothingShown, "staff.withdraw"))
	register(a, operation{"revoke-key", del, "/staff/{id}/keys/{key}", "Revoke a key", staff.ManageStaff, done, false}, again(a, a.revokeKey, nothingShown, "staff.revoke"))

	register(a, operation{"list-audit", get, "/audit", "List the audit log, newest first", staff.ReadAudit, 0, false}, a.listAudit)
	register(a, operation{"verify-audit", get, "/audit/verify", "Verify that the audit log is whole and unchanged", staff.ReadAudit, 0, false}, a.verifyAudit)

	register(a, operation{"list-alarms", get, "/alarms", "List alarms, newest first", staff.ReadAlarms, 0, false}, a.listAlarms)
	register(a, operation{"acknowledge-alarm", post, "/alarms/{kind}/acknowledge", "Acknowledge an alarm", staff.AcknowledgeAlarms, done, false}, again(a, a.acknowledgeAlarm, nothingShown, "alarm.acknowledge"))

	register(a, operation{"list-stops", get, "/stops", "Count stops received by SMS, by callback key", staff.ReadAlarms, 0, false}, a.listStops)
	register(a, operation{"ask-undo", post, "/stops/undo", "Request to undo the stops received under a callback key in a time span", staff.UndoStops, made, false}, again(a, a.askUndo, a.undoAsked, "stops.ask"))
	register(a, operation{"get-undo", get, "/stops/undo/{id}", "Show a request to undo stops", staff.ReadAlarms, 0, false}, a.getUndo)
	register(a, operation{"confirm-undo", post, "/stops/undo/{id}/confirm", "Confirm another admin's request to undo stops, and undo them", staff.UndoStops, 0, false}, a.confirmUndo)

	register(a, operation{"ask-export", post, "/exports", "Request an export of residents with their numbers in full", staff.ExportResidents, made, false}, again(a, a.askExport, a.exportAsked, "export.ask"))
	register(a, operation{"get-export", get, "/exports/{id}", "Show a request to export numbers in full", staff.ReadAudit, 0, false}, a.getExport)
	register(a, operation{"confirm-export", post, "/exports/{id}/confirm", "Confirm another admin's request to export numbers in full", staff.ExportResidents, 0, false}, again(a, a.confirmExport, a.exportConfirmed, "export.confirm"))

	register(a, operation{"list-tickets", get, "/inbox", "List tickets in the order of filing", staff.ReadInbox, 0, false}, a.listTickets)
	register(a, operation{"get-ticket", get, "/inbox/{number}", "Show a ticket and its group", staff.ReadInbox, 0, false}, a.getTicket)
	register(a, operation{"answer-ticket", post, "/inbox/{number}/answer", "Answer a ticket; propose the answer when several people asked", staff.AnswerInbox, 0, false}, again(a, a.answerTicket, a.ticketsSettled, "ticket.answer", "ticket.propose"))
	register(a, operation{"approve-answer", post, "/inbox/{number}/approve", "Approve an answer to several people, or the closing of their tickets, that a colleague proposed", staff.ApproveAnswers, 0, false}, again(a, a.approveAnswer, a.ticketsSettled, "ticket.approve"))
	register(a, operation{"stop-sender", post, "/inbox/{number}/stop", "Stop texts to the number that wrote a reply by SMS, and close the ticket", staff.AnswerInbox, done, false}, a.stopSender)
	register(a, operation{"close-ticket", post, "/inbox/{number}/close", "Close a ticket without an answer; propose it when several people asked", staff.AnswerInbox, 0, false}, again(a, a.closeTicket, a.ticketsSettled, "ticket.close", "ticket.propose"))
}

// broadcastRoutes is every operation that has to do with broadcasts.
func (a *server) broadcastRoutes() {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		made, done          = http.StatusCreated, http.StatusNoContent
		read, write         = staff.ReadBroadcasts, staff.WriteBroadcasts
		approve, schedule   = staff.ApproveBroadcasts, staff.ScheduleBroadcasts
	)
	a.rights = append(a.rights, staff.SendEmergency) // asked for by the broadcast, not by an operation

	register(a, operation{"list-broadcasts", get, "/broadcasts", "List broadcasts, newest first", read, 0, false}, a.listBroadcasts)
	register(a, operation{"create-broadcast", post, "/broadcasts", "Draft a broadcast", write, made, false}, again(a, a.createBroadcast, a.broadcastMade, "broadcast.new"))
	register(a, operation{"get-broadcast", get, "/broadcasts/{id}", "Show a broadcast", read, 0, false}, a.getBroadcast)
	register(a, operation{"change-broadcast", put, "/broadcasts/{id}", "Replace the content of a broadcast; it becomes a draft and loses its approval", write, 0, false}, again(a, a.changeBroadcast, a.broadcastChanged, "broadcast.edit"))
	register(a, operation{"preview-broadcast", get, "/broadcasts/{id}/preview", "Preview recipients, channels, cost and warnings of a broadcast", read, 0, false}, a.previewBroadcast)
	register(a, operation{"test-broadcast", post, "/broadcasts/{id}/test", "Send a test message to yourself or, once submitted, to a colleague", write, 0, false}, again(a, a.testBroadcast, a.testTried, "broadcast.test"))
	register(a, operation{"submit-broadcast", post, "/broadcasts/{id}/submit", "Submit a broadcast for approval", write, 0, false}, again(a, a.submitBroadcast, a.broadcastChanged, "broadcast.submit"))
	register(a, operation{"approve-broadcast", post, "/broadcasts/{id}/approve", "Approve this exact version, identified by its hash", approve, 0, false}, again(a, a.approveBroadcast, a.broadcastChanged, "broadcast.approve"))
	register(a, operation{"reject-broadcast", post, "/broadcasts/{id}/reject", "Reject a broadcast, which returns it to its author as a draft", approve, 0, false}, again(a, a.rejectBroadcast, a.broadcastChanged, "broadcast.reject"))
	register(a, operation{"schedule-broadcast", post, "/broadcasts/{id}/schedule", "Schedule an approved broadcast for its approved time", schedule, 0, false}, again(a, a.scheduleBroadcast, a.broadcastChanged, "broadcast.schedule"))
	register(a, operation{"confirm-broadcast", post, "/broadcasts/{id}/confirm", "Confirm a broadcast that is on hold", approve, 0, false}, again(a, a.confirmBroadcast, a.broadcastChanged, "broadcast.confirm"))
	register(a, operation{"pause-broadcast", post, "/broadcasts/{id}/pause", "Pause a broadcast", schedule, 0, false}, again(a, a.pauseBroadcast, a.broadcastChanged, "broadcast.pause"))
	register(a, operation{"resume-broadcast", post, "/broadcasts/{id}/resume", "Resume a paused broadcast", schedule, 0, false}, again(a, a.resumeBroadcast, a.broadcastChanged, "broadcast.resume"))
	register(a, operation{"cancel-broadcast", post, "/broadcasts/{id}/cancel", "Cancel a broadcast", schedule, 0, false}, again(a, a.cancelBroadcast, a.broadcastChanged, "broadcast.cancel"))
	register(a, operation{"resend-broadcast", post, "/broadcasts/{id}/resend", "Resend to recipients whom certainly nothing reached", schedule, 0, false}, again(a, a.resendBroadcast, a.resent, "broadcast.resend"))
	register(a, operation{"fallback-broadcast", post, "/broadcasts/{id}/fallback", "Use the next channel for recipients whose delivery is unknown", schedule, 0, false}, again(a, a.fallbackBroadcast, a.wentOn, "broadcast.fallback"))
	register(a, operation{"report-broadcast", get, "/broadcasts/{id}/report", "Report deliveries by channel and state, and costs", read, 0, false}, a.reportBroadcast)
	register(a, operation{"reach-broadcast", get, "/broadcasts/{id}/reach", "Report recipients reached, by committee", read, 0, false}, a.reachBroadcast)
	register(a, operation{"list-deliveries", get, "/broadcasts/{id}/deliveries", "List deliveries", read, 0, false}, a.listDeliveries)

	register(a, operation{"list-series", get, "/series", "List series", read, 0, false}, a.listSeries)
	register(a, operation{"create-series", post, "/series", "Create a series: a broadcast that is repeated", write, made, false}, again(a, a.createSeries, a.seriesMade, "series.new"))
	register(a, operation{"get-series", get, "/series/{id}", "Show a series", read, 0, false}, a.getSeries)
	register(a, operation{"change-series", put, "/series/{id}", "Replace the content of a series; it loses its approval", write, 0, false}, again(a, a.changeSeries, a.seriesChanged, "series.edit"))
	register(a, operation{"approve-series", post, "/series/{id}/approve", "Approve this exact version of a series, identified by its hash", approve, 0, false}, again(a, a.approveSeries, a.seriesChanged, "series.approve"))
	register(a, operation{"stop-series", post, "/series/{id}/stop", "Stop a series", schedule, 0, false}, again(a, a.stopSeries, a.seriesChanged, "series.stop"))

	register(a, operation{"list-lists", get, "/lists", "List number lists, newest first", read, 0, false}, a.listLists)
	register(a, operation{"create-list", post, "/lists", "Create a number list", write, made, false}, again(a, a.createList, a.listMade, "list.new"))
	register(a, operation{"get-list", get, "/lists/{id}", "Show a number list, without its numbers", read, 0, false}, a.getList)
	register(a, operation{"add-numbers", post, "/lists/{id}/numbers", "Add numbers to a number list", write, 0, false}, a.addNumbers)
	register(a, operation{"delete-list", del, "/lists/{id}", "Delete a number list", write, done, false}, again(a, a.deleteList, nothingShown, "list.delete"))

	register(a, operation{"list-drafts", get, "/drafts", "List the city's prepared drafts", read, 0, false}, a.listDrafts)
	register(a, operation{"list-templates", get, "/templates", "List message templates", read, 0, false}, a.listTemplates)
}

// reply is an operation's answer.
type reply[T any] struct{ Body T }

// created is the answer to what made something new.
type created[T any] struct {
	Location string `header:"Location"`
	Body     T
}

// nothing is the input or the answer of an operation without one.
type nothing struct{}

// each makes an answer's items; never nil, so that an empty list is [].
func each[T, V any](all []T, view func(T) V) []V {
	views := make([]V, 0, len(all))
	for _, one := range all {
		views = append(views, view(one))
	}
	return views
}
