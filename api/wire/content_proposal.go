package wire

// ProposeContent is a notice's text, and what residents would ask of it; or, without a text, edits of a notice that a draft has.
type ProposeContent struct {
	Text      string            `json:"text,omitempty" minLength:"20" maxLength:"20000" doc:"The notice as printed: headline, body and signature, a line each; absent to cut and merge what the draft has of the notice"`
	Subjects  []ProposedSubject `json:"subjects,omitempty" nullable:"false" minItems:"1" maxItems:"20" doc:"What residents would ask about, of a text"`
	Edits     []PassageEdit     `json:"edits,omitempty" nullable:"false" minItems:"1" maxItems:"50" doc:"Cuts and merges of passages, one after another. Passages keep their numbers; what cites them follows"`
	ID        string            `json:"id,omitempty" pattern:"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" patternDescription:"a notice's id" doc:"Of the notice; absent for the next of N1, N2, …"`
	Publisher string            `json:"publisher,omitempty" maxLength:"60" doc:"Where it was printed, when it does not say so"`
	Draft     string            `json:"draft,omitempty" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number" doc:"Puts the files into this draft"`
}

// PassageEdit cuts a passage in two, or merges the one that follows into it: one of cut and merge.
type PassageEdit struct {
	Passage int    `json:"passage" minimum:"1"`
	Cut     string `json:"cut,omitempty" maxLength:"200" doc:"How the second piece begins; it takes the number after the highest"`
	Merge   int    `json:"merge,omitempty" minimum:"1" doc:"The number of the passage that follows, which is given up"`
}

// ProposedSubject is something that residents ask about.
type ProposedSubject struct {
	Name string   `json:"name" minLength:"2" maxLength:"10" doc:"As residents say it: 停水"`
	ID   string   `json:"id,omitempty" pattern:"^[a-z][a-z0-9-]{0,40}$" patternDescription:"small letters, digits and -" doc:"The beginning of the answers' ids; absent for the name as it is read"`
	Also []string `json:"also,omitempty" nullable:"false" maxItems:"10" doc:"Other ways to say it"`
}

// ContentProposal is what an author begins with. Nothing of it is in force, and nothing is kept but in a draft that was named.
type ContentProposal struct {
	Notice  ProposedNotice   `json:"notice"`
	Intents []ProposedIntent `json:"intents" nullable:"false"`
	Files   []ContentText    `json:"files" nullable:"false" doc:"The same as files of the city's folder"`
	Draft   *ContentDraft    `json:"draft,omitempty" doc:"With the files in it"`
}

// ProposedNotice is what was found in the text.
type ProposedNotice struct {
	ID           string    `json:"id"`
	Headline     string    `json:"headline"`
	Issuer       string    `json:"issuer"`
	Publisher    string    `json:"publisher"`
	Date         string    `json:"date" format:"date"`
	YearInferred bool      `json:"year_inferred,omitempty" doc:"The text prints no year beside its date"`
	ReviewBy     string    `json:"review_by" format:"date" doc:"The last day that it prints, or three months on"`
	Paragraphs   []string  `json:"paragraphs" nullable:"false" doc:"As pasted"`
	Passages     []Passage `json:"passages" nullable:"false" doc:"Cut where a statement ends"`
	Marks        []Mark    `json:"marks" nullable:"false" doc:"Figures, dates, names and telephone numbers"`
	Doubts       []string  `json:"doubts" nullable:"false" doc:"What was not found or was guessed, in Chinese"`
}

// Mark is something of a passage to look at twice.
type Mark struct {
	Kind    string `json:"kind" enum:"figure,date,name,phone"`
	Label   string `json:"label" doc:"The kind, in Chinese"`
	Passage int    `json:"passage"`
	Start   int    `json:"start" doc:"In characters of the passage"`
	End     int    `json:"end"`
	Text    string `json:"text"`
}

// ProposedIntent is a question that residents ask of any notice, with what this one says to it.
type ProposedIntent struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Asks       string             `json:"asks" doc:"What is asked, in Chinese"`
	Silent     bool               `json:"silent,omitempty" doc:"No passage answers it: the answer says so"`
	Whole      []string           `json:"whole,omitempty" nullable:"false" doc:"Of the answer that quotes the whole notice: the words by which residents name its matter"`
	Answer     string             `json:"answer"`
	Sentences  []ProposedSentence `json:"sentences" nullable:"false" doc:"The answer, part by part"`
	Utterances []string           `json:"utterances" nullable:"false"`
	Taken      []TakenUtterance   `json:"taken" nullable:"false" doc:"Utterances that another intent answers now"`
}

// ProposedSentence is a part of an answer.
type ProposedSentence struct {
	Text     string `json:"text"`
	Passages []int  `json:"passages" nullable:"false" doc:"That it rests on; none for where to turn"`
}

// TakenUtterance is an utterance that another intent answers now.
type TakenUtterance struct {
	Utterance string `json:"utterance"`
	Intent    string `json:"intent"`
}
