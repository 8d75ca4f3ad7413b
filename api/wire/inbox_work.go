package wire

import "time"

// TicketMatter is a group of like tickets as a list shows it.
type TicketMatter struct {
	Ticket   Ticket      `json:"ticket" doc:"The first of the group"`
	Tickets  int         `json:"tickets" doc:"How many the group has"`
	Proposed bool        `json:"proposed" doc:"An answer waits for a second person"`
	Hold     *TicketHold `json:"hold,omitempty"`
}

// TicketHold is who has a ticket. Anybody may take it over.
type TicketHold struct {
	Name  string    `json:"name"`
	Mine  bool      `json:"mine" doc:"It is you"`
	Until time.Time `json:"until,omitzero" doc:"Left out when it was handed to them: they have it until somebody takes it over"`
}

// TicketWork is what colleagues know of a ticket.
type TicketWork struct {
	Hold       *TicketHold       `json:"hold,omitempty"`
	Notes      []TicketNote      `json:"notes" nullable:"false" doc:"The oldest first"`
	Colleagues []TicketColleague `json:"colleagues" nullable:"false" doc:"To whom it may be handed"`
	Phrases    []string          `json:"phrases" nullable:"false" doc:"Ready phrases of the city's content"`
	Reach      string            `json:"reach" doc:"now, later (when they next write), or nobody: whether an answer reaches the asker"`
	ReachLabel string            `json:"reach_label"`
}

// TicketNote is what a colleague wrote for colleagues.
type TicketNote struct {
	Name string    `json:"name"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// TicketColleague is somebody who may answer.
type TicketColleague struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SuggestedAnswers are where an answer may be found.
type SuggestedAnswers struct {
	Bot     ContentOutcome  `json:"bot" doc:"What the bot says now to who begins with this question"`
	Nearest []NearestAnswer `json:"nearest" nullable:"false" doc:"At most three that rest on a notice, the nearest first"`
	Earlier []EarlierAnswer `json:"earlier" nullable:"false" doc:"At most three answers to like questions, the most like first"`
}

// NearestAnswer is an answer of the content.
type NearestAnswer struct {
	Intent string `json:"intent"`
	Title  string `json:"title"`
	Answer string `json:"answer"`
	Score  int    `json:"score" doc:"Of the matcher, in hundredths: from -200 to 200"`
}

// EarlierAnswer is what an official answered before.
type EarlierAnswer struct {
	Number     string    `json:"number"`
	Text       string    `json:"text"`
	Answer     string    `json:"answer"`
	AnsweredAt time.Time `json:"answered_at"`
	Likeness   int       `json:"likeness" doc:"Of the questions, in percent"`
}

// HoldTicket is the body of POST /inbox/{number}/hold.
type HoldTicket struct {
	Over bool `json:"over,omitempty" doc:"Take it over from who has it"`
}

// HandTicket is the body of POST /inbox/{number}/hand.
type HandTicket struct {
	To string `json:"to" minLength:"1" maxLength:"64" doc:"Id of the colleague"`
}

// NoteTicket is the body of POST /inbox/{number}/notes.
type NoteTicket struct {
	Text string `json:"text" minLength:"1" doc:"At most 500 characters"`
}

// SeparateTickets is the body of POST /inbox/{number}/separate.
type SeparateTickets struct {
	Numbers []string `json:"numbers" minItems:"1" maxItems:"200" nullable:"false" doc:"Those that ask something else"`
}
