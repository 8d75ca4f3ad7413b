package wire

import "time"

// NumberList is an uploaded list of numbers, without them.
type NumberList struct {
	ID             string    `json:"id" example:"LABCDEFGHIJ" doc:"Id to use as list of an audience"`
	Title          string    `json:"title"`
	Committee      string    `json:"committee,omitempty" doc:"Code of the committee that uploaded it"`
	CommitteeLabel string    `json:"committee_label,omitempty" doc:"Its name and code"`
	Author         string    `json:"author,omitempty" doc:"Staff id of who uploaded it"`
	AuthorLabel    string    `json:"author_label,omitempty" doc:"Name and id"`
	Lines          int       `json:"lines" doc:"Lines with a number that were read into it; a number given twice counts twice. Only hashes are kept"`
	CreatedAt      time.Time `json:"created_at"`
}

// CreateNumberList is the body of POST /lists.
type CreateNumberList struct {
	Title string `json:"title" minLength:"1" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"Shown to colleagues only"`
}

// AddNumbers is the body of POST /lists/{id}/numbers.
type AddNumbers struct {
	Numbers []string `json:"numbers,omitempty" nullable:"false" doc:"Mainland mobile numbers"`
	CSV     string   `json:"csv,omitempty" doc:"Or a table with a number in each row: in the first column, or in that headed 手机号, 手机, 电话 or phone"`
}

// AddedNumbers says nothing about single numbers: an official who uploads one could find out whether its owner asked to be erased.
type AddedNumbers struct {
	Lines  int        `json:"lines" doc:"Lines with a mainland mobile number, which were taken"`
	Wrong  int        `json:"wrong" doc:"Lines with something else, which were not"`
	Faults []RowFault `json:"faults" nullable:"false" doc:"The first of the wrong ones"`
}

// RowFault never repeats what was sent.
type RowFault struct {
	Row     int    `json:"row" doc:"From 1; of a table, the heading counts"`
	Message string `json:"message"`
}
