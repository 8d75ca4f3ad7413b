package wire

import "time"

// ContentStatus is what answers residents now.
type ContentStatus struct {
	Revision int    `json:"revision" doc:"Number of the revision in force; 0 while it is the folder that the server was started with"`
	Serving  int    `json:"serving" doc:"Number of the revision that answers in the process that was asked; differs for a second after a publication"`
	Folder   string `json:"folder" doc:"SHA-256 over the folder in force"`
	Outside  string `json:"outside,omitempty" doc:"SHA-256 over the folder that the server was started with, when it is neither in force nor what revisions began with: somebody edited it, and nothing is answered from it"`
	Notices  int    `json:"notices"`
	Intents  int    `json:"intents"`
}

// Revision is one state of the city's content.
type Revision struct {
	Number       int       `json:"number"`
	Kind         string    `json:"kind" enum:"folder,published,withdrawn,reinstated,rolled_back,emergency,over"`
	Label        string    `json:"label" doc:"The kind, in Chinese"`
	Folder       string    `json:"folder" doc:"SHA-256 over the whole folder"`
	Title        string    `json:"title"`
	Draft        string    `json:"draft,omitempty"`
	Notice       string    `json:"notice,omitempty" doc:"That was withdrawn or reinstated, or is an emergency's"`
	Successor    string    `json:"successor,omitempty" doc:"Of a withdrawn notice"`
	BackTo       int       `json:"back_to,omitempty" doc:"The revision that was returned to"`
	Author       string    `json:"author,omitempty" doc:"Who wrote it, withdrew the notice, or ended the emergency"`
	AuthorName   string    `json:"author_name,omitempty"`
	AuthorRole   string    `json:"author_role" doc:"What the author did, in Chinese"`
	Approver     string    `json:"approver,omitempty" doc:"Who published it, or reinstated the notice"`
	ApproverName string    `json:"approver_name,omitempty"`
	ApproverRole string    `json:"approver_role" doc:"What the approver did, in Chinese; empty when it needs none"`
	At           time.Time `json:"at"`
}

// ContentFile is a file of the city's folder.
type ContentFile struct {
	Path   string `json:"path"`
	Digest string `json:"digest" doc:"SHA-256 of its bytes"`
	Size   int    `json:"size" doc:"In bytes"`
}

// ContentText is a file with what it holds.
type ContentText struct {
	ContentFile
	Text string `json:"text"`
}

// ContentChange is what a draft makes of a file.
type ContentChange struct {
	Path    string `json:"path"`
	Removed bool   `json:"removed,omitempty"`
	Before  string `json:"before" doc:"What the folder in force has; empty for a new file"`
	After   string `json:"after" doc:"What the draft makes of it; empty for a removed one"`
	Digest  string `json:"digest,omitempty" doc:"SHA-256 of after; absent for a removed one"`
}

// ContentDifferences is what becomes of the known questions after a draft.
type ContentDifferences struct {
	Asked  int                 `json:"asked" doc:"How many questions are known"`
	Worse  int                 `json:"worse" doc:"Each of these is accepted by its text when the draft is submitted"`
	Better int                 `json:"better"`
	Other  int                 `json:"other"`
	Items  []ContentDifference `json:"items" nullable:"false" doc:"Those that are answered otherwise, the worse first, then the better"`
	Stops  ContentStops        `json:"stops"`
}

// ContentDifference is a known question that a draft answers otherwise.
type ContentDifference struct {
	Question string         `json:"question"`
	Verdict  string         `json:"verdict" enum:"worse,better,other"`
	Label    string         `json:"label" doc:"The verdict, in Chinese"`
	Right    []string       `json:"right" nullable:"false" doc:"Intents that are right to answer it; none where declining is right. Empty for a question that a resident filed and of which nobody said which intent is right"`
	File     string         `json:"file" doc:"Where the question is written; empty for one that a resident filed"`
	Line     int            `json:"line"`
	Told     string         `json:"told,omitempty" doc:"Of a question that a resident filed: what an official answered, without numbers, names and addresses. Only for who may read tickets"`
	Before   ContentOutcome `json:"before"`
	After    ContentOutcome `json:"after"`
}

// ContentOutcome is what a resident gets who begins with a question.
type ContentOutcome struct {
	Label   string   `json:"label" doc:"What becomes of the question, in Chinese"`
	Intents []string `json:"intents" nullable:"false" doc:"The one that answers, or those that a menu offers"`
	Text    string   `json:"text" doc:"The answer with its source, or the menu; empty when the question is declined"`
}

// ContentQuestions are questions of an official's own.
type ContentQuestions struct {
	Questions []string `json:"questions" minItems:"1" maxItems:"50" nullable:"false" doc:"As residents write them" items.maxLength:"200"`
}

// ContentAsked is what becomes of one of them.
type ContentAsked struct {
	Question string         `json:"question"`
	Before   ContentOutcome `json:"before" doc:"By what the draft is on"`
	After    ContentOutcome `json:"after" doc:"By the draft"`
}

// ContentDraft is a set of changes of the city's content.
type ContentDraft struct {
	ID            string    `json:"id"`
	Title         string    `json:"title"`
	Status        string    `json:"status" enum:"draft,submitted,published,dropped"`
	Label         string    `json:"label" doc:"The status, in Chinese"`
	Files         []string  `json:"files" nullable:"false" doc:"Paths that it changes; a list of drafts leaves them out"`
	BackTo        int       `json:"back_to,omitempty" doc:"The revision that it returns to"`
	Reinstate     []string  `json:"reinstate,omitempty" nullable:"false" doc:"Withdrawn notices that it brings back"`
	Committee     string    `json:"committee,omitempty" doc:"Whose rows of look-up tables it is"`
	CommitteeName string    `json:"committee_name,omitempty"`
	Author        string    `json:"author"`
	AuthorName    string    `json:"author_name,omitempty"`
	Editors       []string  `json:"editors" nullable:"false" doc:"All who changed it: none of them may publish it"`
	EditorNames   []string  `json:"editor_names" nullable:"false"`
	Accepted      []string  `json:"accepted,omitempty" nullable:"false" doc:"Known questions that are answered worse, and were accepted by name"`
	Stops         []string  `json:"stops,omitempty" nullable:"false" doc:"Ids of the broadcasts and series that it stops, as they were when it was submitted; part of the hash"`
	Hash          string    `json:"hash,omitempty" doc:"Of what was submitted; publishing takes its first 12 digits"`
	Why           string    `json:"why,omitempty" doc:"It was returned"`
	Version       int       `json:"version"`
	Stale         bool      `json:"stale,omitempty" doc:"It is based on what is no longer in force: rebase it"`
	CreatedAt     time.Time `json:"created_at"`
	ChangedAt     time.Time `json:"changed_at"`
	Revision      int       `json:"revision,omitempty" doc:"What it became"`
}

// NewContentDraft begins a draft.
type NewContentDraft struct {
	Title string `json:"title" minLength:"1" maxLength:"60" pattern:"^\\P{C}*$" patternDescription:"text on one line"`
}

// RebaseContent puts a draft on what is in force.
type RebaseContent struct {
	Keep []string `json:"keep,omitempty" nullable:"false" maxItems:"1000" doc:"What both sides changed and stays as the draft has it: paths, or rows of look-up tables as in tables/T.csv#NAME"`
	Take []string `json:"take,omitempty" nullable:"false" maxItems:"1000" doc:"What both sides changed and becomes as it is in force, named as in keep"`
}

// SubmitContent asks for a second person.
type SubmitContent struct {
	Accept []string `json:"accept,omitempty" nullable:"false" maxItems:"10000" doc:"Known questions that may be answered worse"`
}

// ReturnContent gives a draft back to its author.
type ReturnContent struct {
	Why string `json:"why" minLength:"1" maxLength:"500" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"Shown to colleagues, in Chinese"`
}

// PublishContent publishes what was looked at.
type PublishContent struct {
	Hash string `json:"hash" pattern:"^[0-9a-fA-F]{12,64}$" patternDescription:"at least the first 12 digits of the hash" doc:"Of the draft, its first 12 digits at least"`
}

// RollBackContent begins a draft that returns to an older revision.
type RollBackContent struct {
	Reinstate []string `json:"reinstate,omitempty" nullable:"false" maxItems:"1000" doc:"Notices withdrawn since that come back with it"`
}

// WithdrawNotice withdraws a notice at once.
type WithdrawNotice struct {
	Successor string `json:"successor,omitempty" maxLength:"64" doc:"The notice in force that residents are sent to"`
}

// Notice is a published notice.
type Notice struct {
	ID           string    `json:"id"`
	Headline     string    `json:"headline"`
	Issuer       string    `json:"issuer"`
	Publisher    string    `json:"publisher"`
	Date         string    `json:"date" format:"date"`
	YearInferred bool      `json:"year_inferred,omitempty" doc:"The paper prints no year"`
	Area         string    `json:"area"`
	ReviewBy     string    `json:"review_by" format:"date"`
	Overdue      bool      `json:"overdue,omitempty" doc:"Its review-by date has passed"`
	Status       string    `json:"status" enum:"in_force,superseded,withdrawn"`
	Label        string    `json:"label" doc:"The status, in Chinese"`
	Successor    string    `json:"successor,omitempty"`
	Passages     []Passage `json:"passages" nullable:"false"`
	Intents      []string  `json:"intents" nullable:"false" doc:"Answers that cite it"`
}

// Passage is a numbered statement of a notice; a citation is NOTICE#NUMBER.
type Passage struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// Withdrawal is what withdrawing a notice stops.
type Withdrawal struct {
	Notice    string `json:"notice"`
	Successor string `json:"successor,omitempty" doc:"The notice that residents would be sent to"`
	ContentStops
}

// ContentStops is what an act stops that changes the content.
type ContentStops struct {
	Intents    []StoppedAnswer `json:"intents" nullable:"false" doc:"Answers that would be given no more: they are gone, or would say that their notice is withdrawn"`
	Broadcasts []StoppedSend   `json:"broadcasts" nullable:"false" doc:"Broadcasts that would stop; drafts could not be submitted"`
	Series     []StoppedSend   `json:"series" nullable:"false" doc:"Series that would stop"`
	Drafts     []string        `json:"drafts" nullable:"false" doc:"Prepared drafts of which no broadcast could be made"`
}

// StoppedAnswer is an answer that would be given no more.
type StoppedAnswer struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// StoppedSend is a broadcast or a series that would stop.
type StoppedSend struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status string `json:"status" doc:"Of a broadcast; empty for a series"`
	Label  string `json:"label" doc:"The status, in Chinese"`
	Why    string `json:"why" doc:"In Chinese"`
	New    bool   `json:"new,omitempty" doc:"It was not to be stopped yet when the draft was submitted: the draft has to be submitted again"`
}
