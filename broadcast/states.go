package broadcast

// Event is what happens to a delivery.
type Event string

const (
	Promote       Event = "promote"     // the channel before it failed: this one is next
	Claim         Event = "claim"       // leased to one worker, which calls the provider
	Accept        Event = "accept"      // the provider took it
	NotSent       Event = "not_sent"    // certainly not accepted: may be tried again
	Fail          Event = "fail"        // not accepted, and will not be
	Doubt         Event = "doubt"       // a time-out, a 5xx, or a lease that ran out
	ReportOK      Event = "report_ok"   // a receipt or the provider's record: it arrived
	ReportLost    Event = "report_lost" // a receipt or the provider's record: it did not
	GiveUp        Event = "give_up"     // in doubt, and nobody can be asked; or 72 hours without news
	CancelUnsent  Event = "cancel"      // the broadcast was cancelled
	ExpireUnsent  Event = "expire"      // the broadcast's time is over
	SuppressLater Event = "suppress"    // between freezing and the call they left, said no, or got it another way
)

// transitions is the state machine of a delivery; states.md draws it. It begins as Planned, Pending or Suppressed.
//
// A receipt is believed in every state that a call may have come before, Pending and the ends included: a call that was
// in doubt and was then not found may have arrived all the same. Delivered and Suppressed are final.
var transitions = map[State]map[Event]State{
	Planned: {Promote: Pending, CancelUnsent: Withdrawn, ExpireUnsent: Lapsed, SuppressLater: Suppressed},
	Pending: {
		Claim: InFlight, CancelUnsent: Withdrawn, ExpireUnsent: Lapsed, SuppressLater: Suppressed,
		ReportOK: Delivered, ReportLost: Undelivered,
	},
	InFlight: {
		Accept: Accepted, NotSent: Pending, Fail: Failed, Doubt: InDoubt, GiveUp: Unknown, SuppressLater: Suppressed,
		ReportOK: Delivered, ReportLost: Undelivered,
	},
	Accepted: {ReportOK: Delivered, ReportLost: Undelivered, GiveUp: Unknown},
	InDoubt: {
		Accept: Accepted, NotSent: Pending, Fail: Failed, GiveUp: Unknown,
		ReportOK: Delivered, ReportLost: Undelivered,
	},
	Unknown:     {ReportOK: Delivered, ReportLost: Undelivered},
	Undelivered: {ReportOK: Delivered},
	Failed:      {ReportOK: Delivered},
	Withdrawn:   {ReportOK: Delivered},
	Lapsed:      {ReportOK: Delivered},
	Delivered:   {},
	Suppressed:  {},
}

// CanBecome says whether one event leads from a state to another.
func CanBecome(from, to State) bool {
	for _, next := range transitions[from] {
		if next == to {
			return true
		}
	}
	return false
}

// Settled says that nothing of ours goes on with the delivery: only a late receipt may still change it. Planned is settled
// once no delivery of its recipient before it is open.
func (s State) Settled() bool {
	switch s {
	case Planned, Pending, InFlight, Accepted, InDoubt:
		return false
	}
	return true
}

// MayHaveArrived says that the resident may have got it.
func (s State) MayHaveArrived() bool {
	switch s {
	case InFlight, Accepted, Delivered, InDoubt, Unknown:
		return true
	}
	return false
}

// Step is what happens to a broadcast.
type Step string

const (
	Drafts    Step = "new"
	Edits     Step = "edit" // voids every approval
	Submits   Step = "submit"
	Rejects   Step = "reject"
	Approves  Step = "approve"
	Schedules Step = "schedule"
	Holds     Step = "hold"
	Begins    Step = "begin"   // its time has come: the audience is frozen
	Sends     Step = "send"    // the audience is whole and as large as approved, or confirmed
	Confirms  Step = "confirm" // the confirmation of one that was overdue: it waits for its window again
	Pauses    Step = "pause"
	Resumes   Step = "resume"   // what had not begun
	Refreezes Step = "refreeze" // what was paused while the audience was being frozen
	Finishes  Step = "finish"
	Resends   Step = "resend"
	FallsBack Step = "fallback" // to the next channel, from what is unknown
	PutsBack  Step = "put_back" // the database was put back from a backup: a person has to look
	Cancels   Step = "cancel"
	Expires   Step = "expire"
	Tests     Step = "test" // changes nothing

	Withdraws  Step = "withdraw"  // a notice that it rests on is not in force any more: see basis.go
	Reinstates Step = "reinstate" // it is again
)

// life is the state machine of a broadcast; states.md draws it.
var life = map[Status]map[Step]Status{
	Draft:     {Edits: Draft, Submits: Submitted, Cancels: Cancelled},
	Submitted: {Edits: Draft, Rejects: Draft, Approves: Approved, Withdraws: Submitted, Reinstates: Submitted, Cancels: Cancelled},
	Approved:  {Edits: Draft, Schedules: Scheduled, Withdraws: Approved, Reinstates: Approved, Cancels: Cancelled},
	Scheduled: {Edits: Draft, Begins: Freezing, Holds: Held, Withdraws: Held, Pauses: Paused, PutsBack: Paused, Cancels: Cancelled, Expires: Expired},
	Held: {Edits: Draft, Confirms: Scheduled, Refreezes: Freezing, Sends: Sending, Withdraws: Held, Reinstates: Held, PutsBack: Paused,
		Cancels: Cancelled, Expires: Expired},
	Freezing: {Holds: Held, Sends: Sending, Withdraws: Held, Pauses: Paused, PutsBack: Paused, Cancels: Cancelled, Expires: Expired},
	Sending:  {Finishes: Done, Withdraws: Held, Pauses: Paused, PutsBack: Paused, Cancels: Cancelled, Expires: Expired, FallsBack: Sending},
	Paused: {Resumes: Scheduled, Refreezes: Freezing, Sends: Sending, Withdraws: Held, Reinstates: Held, PutsBack: Paused, Cancels: Cancelled,
		Expires: Expired, FallsBack: Paused},
	Done:      {Resends: Sending, FallsBack: Sending},
	Cancelled: {},
	Expired:   {},
}

// After is the status that a step leads to. ok is false when it cannot be taken there.
func (s Status) After(step Step) (to Status, ok bool) {
	to, ok = life[s][step]
	return to, ok
}

// from are the labels of the statuses in which a step can be taken.
func (s Step) from() (labels []string) {
	for _, status := range []Status{Draft, Submitted, Approved, Scheduled, Held, Freezing, Sending, Paused, Done} {
		if _, ok := life[status][s]; ok {
			labels = append(labels, status.Label())
		}
	}
	return labels
}

// Over says that a broadcast sends nothing more unless somebody resends.
func (s Status) Over() bool { return s == Done || s == Cancelled || s == Expired }
