package wire

import "time"

// EmergencyTemplate is what the city keeps ready for an emergency of one kind.
type EmergencyTemplate struct {
	ID     string           `json:"id" example:"water"`
	Title  string           `json:"title" example:"停水"`
	Fields []EmergencyField `json:"fields" nullable:"false"`
}

// EmergencyField is what an official fills in.
type EmergencyField struct {
	ID       string `json:"id" example:"where"`
	Label    string `json:"label" doc:"In Chinese" example:"哪里停水"`
	Kind     string `json:"kind" enum:"text,time"`
	Max      int    `json:"max,omitempty" doc:"Characters of a text at most"`
	Optional bool   `json:"optional,omitempty" doc:"May be left out; then unsaid is said"`
	Unsaid   string `json:"unsaid,omitempty"`
	Example  string `json:"example" doc:"Made up"`
}

// DeclareEmergency is the body of POST /emergencies and /emergencies/preview.
type DeclareEmergency struct {
	Template string            `json:"template" minLength:"1" maxLength:"64" doc:"Id or title of a template for emergencies; the id is kept"`
	Fields   map[string]string `json:"fields" doc:"By id or label of the template's fields. A time is 19:00 of today, 明天6:00 or 2026-11-30 19:00, in the city's time"`
	Audience Rule              `json:"audience"`
}

// ApproveEmergency is the body of POST /emergencies/{id}/approve.
type ApproveEmergency struct {
	Hash string `json:"hash" pattern:"^[0-9a-fA-F]{12,64}$" patternDescription:"at least the first 12 digits of the hash" doc:"Of the emergency that was looked at, its first 12 digits at least"`
}

// Emergency is a notice, an answer and a broadcast that one hash approves, and what is said when it is over.
type Emergency struct {
	ID            string              `json:"id,omitempty" example:"EABCDEFGHIJ" doc:"Also of its notice; absent in a preview, of which nothing is kept"`
	Status        string              `json:"status" enum:"submitted,approved,out,ending,ended,dropped"`
	StatusLabel   string              `json:"status_label" doc:"In Chinese"`
	Why           string              `json:"why,omitempty" doc:"Why it was dropped, or does not go on; in Chinese"`
	Template      string              `json:"template"`
	Title         string              `json:"title" doc:"Of the template"`
	Fields        []EmergencyValue    `json:"fields" nullable:"false"`
	Audience      Rule                `json:"audience"`
	AudienceLabel string              `json:"audience_label" doc:"On one line, in Chinese"`
	Says          EmergencyStatement  `json:"says"`
	Ends          EmergencyStatement  `json:"ends" doc:"What is said when it is over, {ended} being the time then. It is part of the hash: one person says it"`
	Utterances    []string            `json:"utterances" nullable:"false" doc:"Questions that the answer is given to"`
	Sends         *Estimate           `json:"sends,omitempty" doc:"What the broadcast would do now; while it waits for approval"`
	Worse         []string            `json:"worse" nullable:"false" doc:"Known questions that are answered worse while it is in force; approved with it"`
	Warnings      []string            `json:"warnings" nullable:"false" doc:"Names of the broadcast's warnings, and that the known questions could not be tried in time; approved with it"`
	Hash          string              `json:"hash,omitempty" doc:"Over all that is said, sent and answered, and to whom"`
	Author        string              `json:"author,omitempty"`
	AuthorName    string              `json:"author_name,omitempty"`
	Approver      string              `json:"approver,omitempty"`
	ApproverName  string              `json:"approver_name,omitempty"`
	PausedBy      string              `json:"paused_by,omitempty" doc:"Staff id of who paused it before anything was sent"`
	PausedByName  string              `json:"paused_by_name,omitempty"`
	EndedBy       string              `json:"ended_by,omitempty"`
	EndedByName   string              `json:"ended_by_name,omitempty"`
	DeclaredAt    time.Time           `json:"declared_at"`
	ApprovedAt    time.Time           `json:"approved_at,omitzero"`
	EndedAt       time.Time           `json:"ended_at,omitzero"`
	Revision      int                 `json:"revision,omitempty" doc:"Of the content, in which it was published"`
	Broadcast     *EmergencyBroadcast `json:"broadcast,omitempty" doc:"Once it is there"`
	AllClear      *EmergencyBroadcast `json:"all_clear,omitempty" doc:"The broadcast that says that it is over, once it is there"`
	Told          []EmergencyTold     `json:"told" nullable:"false" doc:"Approvers who were to be told by text"`
	Untold        string              `json:"untold,omitempty" doc:"Why nobody can be told by text, and what to do; in Chinese"`
}

// EmergencyEnd is what ending an emergency would do.
type EmergencyEnd struct {
	ID      string             `json:"id"`
	Ends    EmergencyStatement `json:"ends" doc:"What would be said, as of now"`
	Answers []StoppedAnswer    `json:"answers" nullable:"false" doc:"Answers that would say that it is over"`
	Sends   *Estimate          `json:"sends,omitempty" doc:"What the broadcast that says that it is over would do; absent when nobody was sent anything"`
	ContentStops
}

// EmergencyValue is a field as it was filled in.
type EmergencyValue struct {
	ID    string `json:"id"`
	Label string `json:"label" doc:"In Chinese"`
	Value string `json:"value"`
}

// EmergencyStatement is what residents read.
type EmergencyStatement struct {
	Notice   string        `json:"notice,omitempty" doc:"Id; absent in a preview"`
	Headline string        `json:"headline"`
	Issuer   string        `json:"issuer"`
	Passages []Passage     `json:"passages" nullable:"false"`
	Answer   string        `json:"answer"`
	Texts    []MessageText `json:"texts" nullable:"false" doc:"By channel"`
}

// EmergencyBroadcast is where a broadcast of an emergency stands.
type EmergencyBroadcast struct {
	ID          string `json:"id" example:"BABCDEFGHIJ"`
	Status      string `json:"status"`
	StatusLabel string `json:"status_label" doc:"In Chinese"`
	Why         string `json:"why,omitempty"`
}

// EmergencyTold is what became of telling an approver.
type EmergencyTold struct {
	Staff      string `json:"staff"`
	StaffName  string `json:"staff_name"`
	Phone      string `json:"phone,omitempty" doc:"Registered number, masked"`
	Event      string `json:"event" enum:"waits,went-out"`
	EventLabel string `json:"event_label" doc:"In Chinese"`
	State      string `json:"state" enum:"sent,no-number,refused,later,off"`
	StateLabel string `json:"state_label" doc:"In Chinese"`
}
