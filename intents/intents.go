package intents

// Intent is one topic that residents ask about: intents/ID.yaml.
type Intent struct {
	ID         string
	Title      string   // the question as a menu shows it
	Utterances []string // what people say, in many registers
	Written    int      // how many of Utterances, its first, somebody wrote or made their own; the rest a program proposed
	Answer     string
	Citations  []Citation
	FollowUps  []string // intent IDs, most related first
	Silent     bool     // no notice answers this: Answer says so and where to turn
	Action     Action   // what the bot does besides answering
	Slots      []Slot
	Urgent     []string // words of an emergency: see yield
	Whole      []string // words of a matter of which all passages cited are quoted: see whole
	Quotes     []string // the texts of these passages, which no file of an intent has: its reader fills them in
	File       string
	Lines      map[string]int // line of each key in File, and of "utterances[3]" and its like, for messages
}

// Action names a behaviour of the dialogue that an intent triggers.
type Action string

const (
	NoAction  Action = ""
	Greet     Action = "greet"
	Help      Action = "help"
	Thanks    Action = "thanks"
	Human     Action = "human"     // hand over to a person
	Source    Action = "source"    // where the last answer came from
	OptOut    Action = "optout"    // stop notices
	OptIn     Action = "optin"     // start notices
	Suggest   Action = "suggest"   // file a suggestion
	Bind      Action = "bind"      // bind a phone by a code
	Place     Action = "place"     // choose where one lives
	Subscribe Action = "subscribe" // choose topics of notices
	Mine      Action = "mine"      // what is kept of the resident, and what was sent
	Erase     Action = "erase"     // delete the resident
	Privacy   Action = "privacy"   // how personal data are used
)

// actions are all but NoAction, as a message lists them.
var actions = []Action{Greet, Help, Thanks, Human, Source, OptOut, OptIn, Suggest, Bind, Place, Subscribe, Mine, Erase, Privacy}

// Citation points at one passage of a notice.
type Citation struct {
	Notice  string
	Passage int
}

// Slot is a detail that an intent can look up: it asks for it, finds it in a table, or says that it is unknown.
// Templates name columns as {name}; a part in [square brackets] is left out when a column in it is empty.
type Slot struct {
	Name    string // "community"
	Table   string // the table that knows it
	Ask     string // asked when the message does not name it
	Found   string // template over the row
	Unknown string // said when the table has no such row; never repeats what was typed
}

// Entry is one name that a slot may take, with its aliases.
type Entry struct {
	Name    string
	Aliases []string
}

// Decision is what to do with a match.
type Decision int

const (
	Decline Decision = iota // out of scope
	Clarify                 // offer a menu of Options
	Answer                  // sure of Ranked[0]
)

// Scored is one ranked intent.
type Scored struct {
	ID    string
	Score float64 // comparable within one match only
}

// Match is what a text means.
type Match struct {
	Decision   Decision
	Ranked     []Scored // every intent, best first; never empty unless the set is
	Options    []string // for Clarify: one to three intent IDs, best first; for Answer: what else is asked of in so many words
	Confidence float64  // calibrated probability that Ranked[0] is right, 0..1
	Slots      map[string]SlotValue
}

// SlotValue is what was recognised in the text for a slot.
type SlotValue struct {
	Entries []string    // canonical names in the gazetteer, several when the text is ambiguous; empty when unknown
	Text    string      // the words that looked like a value; personal data: never echoed, never logged
	Others  []SlotValue // further ones that the text names
}

// Context is what the dialogue knows before the text is read. The zero value is a fresh conversation.
type Context struct {
	Topic string // the last intent answered, whose neighbours are likelier now
}
