package wire

import "time"

// Acceptance is the body of POST /broadcasts/{id}/submit.
type Acceptance struct {
	Accept []string `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings to accept: every name that the preview shows"`
}

// Approval is a yes to exactly one thing.
type Approval struct {
	Hash   string   `json:"hash" pattern:"^[0-9a-f]{12,64}$" patternDescription:"12 to 64 hex digits" doc:"hash of the version that was reviewed: its first 12 digits, or more"`
	Accept []string `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings to accept: the same as in accepted of the version that was reviewed"`
}

// Reason is why a broadcast or a series is rejected, cancelled or stopped.
type Reason struct {
	Why string `json:"why" minLength:"1" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"Shown to colleagues, in Chinese"`
}

// OptionalReason is the body of POST /broadcasts/{id}/pause: an official who stops a mistake has no time for a reason.
type OptionalReason struct {
	Why string `json:"why,omitempty" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"Shown to colleagues, in Chinese"`
}

// Resent is what resending did.
type Resent struct {
	Recipients *int   `json:"recipients" doc:"Recipients who certainly received nothing, and get it again; null below ten"`
	Label      string `json:"recipients_label" doc:"recipients in words, in Chinese"`
}

// FellBack is what going on to the next channel did.
type FellBack struct {
	Recipients *int   `json:"recipients" doc:"Recipients whose delivery is unknown, and for whom the next channel is used; null below ten"`
	Label      string `json:"recipients_label" doc:"recipients in words, in Chinese"`
}

// TestBroadcast is the body of POST /broadcasts/{id}/test.
type TestBroadcast struct {
	Channel string `json:"channel" enum:"subscription,template,sms"`
	To      string `json:"to,omitempty" maxLength:"32" doc:"Staff id of the colleague who gets it, once the broadcast is submitted; yourself when left out"`
}

// Tested is the outcome of a test message.
type Tested struct {
	State      string `json:"state"`
	StateLabel string `json:"state_label" doc:"In Chinese"`
	Class      string `json:"class,omitempty" doc:"Kind of failure"`
	Code       string `json:"code,omitempty" doc:"The provider's error code"`
	CodeLabel  string `json:"code_label,omitempty" doc:"What the code means, in Chinese"`
	Advice     string `json:"advice,omitempty" doc:"What an operator must do before anything can be sent, in Chinese"`
}

// Test is a test message, and what came of it so far.
type Test struct {
	At           time.Time `json:"at"`
	Channel      string    `json:"channel"`
	ChannelLabel string    `json:"channel_label" doc:"In Chinese"`
	Asker        string    `json:"asker" doc:"Staff id"`
	AskerLabel   string    `json:"asker_label" doc:"Name and id"`
	To           string    `json:"to" doc:"Staff id"`
	ToLabel      string    `json:"to_label" doc:"Name and id"`
	Phone        string    `json:"phone" doc:"Their registered number, masked; in WeChat it went to who bound that number" example:"199****0001"`
	State        string    `json:"state"`
	StateLabel   string    `json:"state_label" doc:"In Chinese"`
	Class        string    `json:"class,omitempty" doc:"Kind of failure"`
	Code         string    `json:"code,omitempty" doc:"The provider's error code"`
	CodeLabel    string    `json:"code_label,omitempty" doc:"What the code means, in Chinese"`
	UpdatedAt    time.Time `json:"updated_at"`
}
