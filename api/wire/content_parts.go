package wire

// ContentKind is a kind of parts of which the content consists: each is edited as a form.
type ContentKind struct {
	Name    string         `json:"name" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
	Label   string         `json:"label" doc:"The name, in Chinese"`
	Path    string         `json:"path" doc:"The file in which its parts stand; with *, a file a part"`
	IDField string         `json:"id_field" doc:"The field that names a part"`
	Fields  []ContentField `json:"fields" nullable:"false" doc:"In the order of a file"`
}

// ContentField is a field of all parts of a kind.
type ContentField struct {
	Name   string         `json:"name"`
	Label  string         `json:"label" doc:"What officials read for it"`
	Needed bool           `json:"needed,omitempty" doc:"A part without it is refused"`
	Many   bool           `json:"many,omitempty" doc:"It is a list"`
	YesNo  bool           `json:"yes_no,omitempty" doc:"It is true or false"`
	Words  []ContentWord  `json:"words,omitempty" nullable:"false" doc:"What it may be, when it is one of a few"`
	Within []ContentField `json:"within,omitempty" nullable:"false" doc:"The fields of what stands in it; of a rule within a rule absent, since they are the same"`
}

// ContentWord is what a field may be. Forms take either.
type ContentWord struct {
	Name  string `json:"name"`
	Label string `json:"label" doc:"What officials read for it"`
}

// ContentPart is an entry of the content as a form.
type ContentPart struct {
	Kind    string         `json:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
	ID      string         `json:"id" doc:"Or the name of a button, or a line of a file of lines"`
	Path    string         `json:"path"`
	Value   map[string]any `json:"value,omitempty" doc:"By the fields of its kind, as the file has them: texts, true or false, lists, and forms within the form. Absent of a sentence that the city has none of its own of, and of a file that must be mended first"`
	Digest  string         `json:"digest,omitempty" doc:"SHA-256 of the value: the was of a change"`
	Fault   string         `json:"fault,omitempty" doc:"Why there is no value: the file must be mended first, as a file"`
	Use     string         `json:"use,omitempty" doc:"Of a sentence of the bot: when it is said"`
	BuiltIn string         `json:"built_in,omitempty" doc:"Of a sentence of the bot: what it says when the city has none of its own; what stands in braces is filled in"`
	Remarks []string       `json:"remarks,omitempty" nullable:"false" doc:"Of a part that was just written: what to look at twice, and what must be mended elsewhere before the draft is submitted"`
}

// PutContentPart writes a part.
type PutContentPart struct {
	Value  map[string]any `json:"value" doc:"The whole form; a field that is left out, or says nothing, is not there afterwards"`
	Was    string         `json:"was,omitempty" maxLength:"64" doc:"Digest of the value that was looked at; absent for a part that was not there"`
	Before string         `json:"before,omitempty" maxLength:"200" doc:"Id of the part that it comes to stand before; absent leaves it where it is, or puts a new one at the end"`
}
