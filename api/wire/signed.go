package wire

import "time"

// Signed is every field that the hash of a broadcast or a series covers, and nothing else.
type Signed struct {
	Hash   string        `json:"hash,omitempty" doc:"What is approved; set on submission"`
	Intact bool          `json:"intact" doc:"The fields are what the hash covers; false before submission, and when a template or a passage changed since"`
	Groups []SignedGroup `json:"groups" nullable:"false"`
}

// SignedGroup is the fields about one thing.
type SignedGroup struct {
	Group  string        `json:"group" enum:"matter,content,basis,audience,cost,time,fallback"`
	Label  string        `json:"label" doc:"In Chinese"`
	Fields []SignedField `json:"fields" nullable:"false" doc:"In the order in which they are hashed"`
}

// SignedField is one field as people read it. Counts of few people are not in it.
type SignedField struct {
	Field string `json:"field" doc:"Its name in what is hashed" example:"send at"`
	Part  string `json:"part,omitempty" doc:"Of several alike: the channel, the passage or the list; in Chinese" example:"短信"`
	Label string `json:"label" doc:"In Chinese"`
	Value string `json:"value" doc:"In Chinese; empty when nothing is written"`
	Depth int    `json:"depth,omitempty" doc:"Of a condition of the audience: within how many others it stands"`
}

// BroadcastRevision is a version of a broadcast or a series that somebody wrote, submitted or judged.
type BroadcastRevision struct {
	Version    int64     `json:"version"`
	Act        string    `json:"act" enum:"new,edit,submit,reject,approve"`
	ActLabel   string    `json:"act_label" doc:"In Chinese"`
	By         string    `json:"by" doc:"Staff id"`
	ByLabel    string    `json:"by_label" doc:"Name and id"`
	At         time.Time `json:"at"`
	Why        string    `json:"why,omitempty" doc:"Why it was rejected"`
	Submission int       `json:"submission,omitempty" doc:"1 of the first that was submitted, 2 of the second"`
}

// Difference is what became of one version in another.
type Difference struct {
	Label   string             `json:"label" doc:"In Chinese" example:"与第2次送审相比，有3处不同"`
	From    *BroadcastRevision `json:"from,omitempty" doc:"Left out when nothing was submitted before"`
	To      *BroadcastRevision `json:"to,omitempty" doc:"Left out for what it says now"`
	Changes []Change           `json:"changes" nullable:"false"`
}

// Change is a field that is in one version only, or reads otherwise in the later.
type Change struct {
	Group      string `json:"group" enum:"matter,content,basis,audience,cost,time,fallback"`
	GroupLabel string `json:"group_label" doc:"In Chinese"`
	SignedField
	Fate      string  `json:"fate" enum:"removed,added,changed"`
	FateLabel string  `json:"fate_label" doc:"In Chinese"`
	Before    string  `json:"before,omitempty" doc:"What a changed field said"`
	Pieces    []Piece `json:"pieces" nullable:"false" doc:"before and value of a changed field in one, character by character"`
}

// Piece is a part of a text.
type Piece struct {
	Fate      string `json:"fate" enum:"kept,removed,added"`
	FateLabel string `json:"fate_label" doc:"In Chinese"`
	Text      string `json:"text"`
}

// Approver is a colleague who can approve something now.
type Approver struct {
	ID    string `json:"id" doc:"Staff id"`
	Label string `json:"label" doc:"Name and id"`
}
