package broadcast

import (
	"time"

	"towncrier/roster"
)

// Candidate is a resident as rules and the planner see them: neither number nor openid, only whether there is one.
type Candidate struct {
	Subject      string // the resident's random subject id
	Committee    string // code; "" when unknown, as the next three
	Community    string // name
	Street       string // of the committee
	Area         string // of the committee
	SelfDeclared bool   // they said in WeChat where they live, and nobody has checked it
	Tags         []string
	Lists        []string // uploaded lists that name their number, of those that were asked for
	Phone        bool     // has a number
	WeChat       bool     // follows, or else agreed to subscription notifications
	Suppressed   bool     // the number is not to be texted
	Consents     []roster.Consent
	Preferences  []roster.Preference
	Templates    []string // provider's ids of WeChat templates with their long-term consent
	Recent       int      // broadcasts that were sent to them lately, emergencies not counted
}

func (c Candidate) resident() roster.Resident {
	return roster.Resident{Consents: c.Consents, Preferences: c.Preferences}
}

// Scope is the audience of a broadcast, and what its planner goes by.
type Scope struct {
	Rule      Rule
	Committee string // code, of the committee that sends it to its own; "" when the city does
	Topic     string
	Template  string    // provider's id of the subscription notification's template; "" without one
	Since     time.Time // from when Recent counts
	Declared  bool      // whether SelfDeclared matters; it stays false where it does not
	Most      int       // Recent may stay 0 where fewer broadcasts than this began since then; 0 when it does not matter
}

// Bucket counts residents that a planner cannot tell apart, by the fields of Candidate that it reads, and with Scope.Declared by SelfDeclared.
type Bucket struct {
	Candidate
	N int
}
