package bot

// stateVersion names the shape of State. A state of another version, left behind by an older or newer process, is
// treated as a fresh conversation. Fields that an older process drops and reads as empty keep the version: a resident in the
// middle of binding a phone is then asked again, and no conversation is lost to a deployment.
const stateVersion = 1

// State is what a conversation remembers between two messages: which menu is on the resident's screen, which question
// of ours is open, what is half written. It is small (under 24 KiB as JSON), serialises with encoding/json, and holds
// what the resident wrote only while a suggestion or a question waits for their yes: treat it as personal data. It never
// holds a phone number: those are redacted before anything is kept.
type State struct {
	Version int        `json:"v"`
	Helped  bool       `json:"helped,omitempty"`  // a decline told what can be asked
	Topics  []string   `json:"topics,omitempty"`  // intents of the last answer; the first is the context
	Said    []uint32   `json:"said,omitempty"`    // marks of the texts of that answer: another text is no repetition
	Told    [][]uint32 `json:"told,omitempty"`    // marks of the passages that the last answer quoted, reply by reply
	Menu    []string   `json:"menu,omitempty"`    // intents of the numbered menu on the screen
	Asked   bool       `json:"asked,omitempty"`   // Menu was a clarifying question, not related questions
	Runners []string   `json:"runners,omitempty"` // the next-best readings of the last question
	Step    Step       `json:"step,omitempty"`
	Names   []string   `json:"names,omitempty"` // rows to choose from, while Step is StepSlot
	Aside   bool       `json:"aside,omitempty"` // something else was asked since Step
	Draft   Draft      `json:"draft,omitzero"`
	Offer   Offer      `json:"offer,omitzero"`
	Filed   []int64    `json:"filed,omitempty"`   // Unix times of declined questions filed within the hour
	Handed  int64      `json:"handed,omitempty"`  // Unix time of the last hand-off ticket
	Handoff string     `json:"handoff,omitempty"` // its number
	Coded   int64      `json:"coded,omitempty"`   // Unix time at which a verification code was asked for
	Home    Home       `json:"home,omitzero"`
	Waiting []string   `json:"waiting,omitempty"` // answers of officials that did not fit yet
}

// Step is the question of ours that the resident has not answered yet.
type Step string

const (
	NoStep      Step = ""
	StepSlot    Step = "slot"    // which community
	StepWhat    Step = "what"    // a suggestion: what it is about
	StepWhere   Step = "where"   // a suggestion: where
	StepConfirm Step = "confirm" // a suggestion: submit it?
	StepOffer   Step = "offer"   // record the declined question?
	StepPerson  Step = "person"  // a person is wanted: what is to be asked of them

	StepAgree     Step = "agree"     // a phone: agreed to the notice?
	StepNumber    Step = "number"    // a phone: which number
	StepCode      Step = "code"      // a phone: the code that was sent to it
	StepPlace     Step = "place"     // which committee or community
	StepPlaced    Step = "placed"    // a place was recorded, and can be taken back
	StepNeighbour Step = "neighbour" // of the committee whose QR code was scanned?
	StepTopics    Step = "topics"    // which topics are wanted
	StepStops     Step = "stops"     // which topics are not
	StepErase     Step = "erase"     // delete everything?
)

// Draft is a suggestion being written. It outlives a change of topic until it is submitted or dropped.
type Draft struct {
	Text  string `json:"text,omitempty"`
	Where string `json:"where,omitempty"`
}

// Offer is a question that can be recorded when the resident says so.
type Offer struct {
	Text  string `json:"text,omitempty"`
	Topic string `json:"topic,omitempty"` // nearest intent, "" when none
	Filed bool   `json:"filed,omitempty"` // it is in the inbox already: only its number is still on offer
	Kept  int64  `json:"kept,omitempty"`  // what Unanswered keeps of it, to be forgotten when it is filed
	Flow  string `json:"flow,omitempty"`  // the intent whose flow made the offer, "" after a plain decline
}

func (s *State) topic() string {
	if len(s.Topics) == 0 {
		return ""
	}
	return s.Topics[0]
}
