package wire

// MaxSheet is how many bytes the spreadsheet of a look-up table may have: four times what a table may have, for spreadsheets carry more than
// their cells.
const MaxSheet = 4 << 20

// TableWritten is what a spreadsheet makes of a look-up table.
type TableWritten struct {
	Table   string        `json:"table" doc:"Its id: tables/ID.csv"`
	Name    string        `json:"name" doc:"What the city calls it"`
	Draft   *ContentDraft `json:"draft,omitempty" doc:"That it was written into; absent for a preview"`
	Digest  string        `json:"digest" doc:"SHA-256 of the table as the draft has it from now on"`
	Rows    int           `json:"rows" doc:"How many the table has from now on"`
	Added   []string      `json:"added" nullable:"false" doc:"Names of rows, against the table as it was in the draft or, for a new draft, in force; 200 at most"`
	Removed []string      `json:"removed" nullable:"false" doc:"As added"`
	Changed []TableChange `json:"changed" nullable:"false" doc:"Cells of rows that were there, 200 at most"`
	Counts  TableCounts   `json:"counts" doc:"Of rows, all of them"`
	Notes   []string      `json:"notes" nullable:"false" doc:"What of the file was not read, such as hidden rows"`
}

// TableChange is a cell that is another.
type TableChange struct {
	Row    string `json:"row" doc:"Its name"`
	Column string `json:"column" doc:"What officials call it"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// TableCounts are numbers of rows.
type TableCounts struct {
	Added   int `json:"added"`
	Removed int `json:"removed"`
	Changed int `json:"changed"`
}
