package wire

// Acceptance is the body of POST /broadcasts/{id}/submit.
type Acceptance struct {
	Accept []string `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings that are accepted: all that a preview shows a name of"`
}

// Approval is a yes to exactly one thing.
type Approval struct {
	Hash   string   `json:"hash" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hex digits" doc:"hash of what was looked at, as the answer showed it"`
	Accept []string `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings that are accepted: the same as accepted of what was looked at"`
}

// Reason is why a broadcast or a series is rejected, cancelled or stopped.
type Reason struct {
	Why string `json:"why" minLength:"1" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"For colleagues, in Chinese"`
}

// OptionalReason is the body of POST /broadcasts/{id}/pause: an official who stops a mistake has no time for a reason.
type OptionalReason struct {
	Why string `json:"why,omitempty" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"For colleagues, in Chinese"`
}

// Resent is what resending did.
type Resent struct {
	Recipients *int   `json:"recipients" doc:"How many are sent to once more: those whom nothing reached for certain; null below ten"`
	Label      string `json:"recipients_label" doc:"recipients in words, in Chinese"`
}

// FellBack is what going on to the next channel did.
type FellBack struct {
	Recipients *int   `json:"recipients" doc:"For how many it goes on to the next channel: those of whom it is unknown whether they got it; null below ten"`
	Label      string `json:"recipients_label" doc:"recipients in words, in Chinese"`
}

// TestBroadcast is the body of POST /broadcasts/{id}/test.
type TestBroadcast struct {
	Channel string `json:"channel" enum:"subscription,template,sms"`
	To      string `json:"to,omitempty" maxLength:"32" doc:"Staff id of the colleague who shall look at it, once it is submitted; left out, it goes to yourself"`
}

// Tested is what became of a test message.
type Tested struct {
	State      string `json:"state"`
	StateLabel string `json:"state_label" doc:"In Chinese"`
	Class      string `json:"class,omitempty" doc:"Of a failure"`
	Code       string `json:"code,omitempty" doc:"The provider's"`
	CodeLabel  string `json:"code_label,omitempty" doc:"What the code means, in Chinese"`
	Advice     string `json:"advice,omitempty" doc:"What an operator has to do before anything goes, in Chinese"`
}
