package wire

import "time"

// Import is a file of residents or committees that was uploaded, and what became of it.
type Import struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind" enum:"residents,committees"`
	Name       string    `json:"name" doc:"Of the file"`
	By         string    `json:"by" doc:"Staff id of the person who uploaded it"`
	ByName     string    `json:"by_name,omitempty" doc:"In lists"`
	State      string    `json:"state" enum:"queued,judging,judged,starting,importing,done,failed"`
	StateLabel string    `json:"state_label"`
	Ahead      int       `json:"ahead" doc:"How many are before it, in the queue: one at a time is read or written"`
	UploadedAt time.Time `json:"uploaded_at"`
	EndsAt     time.Time `json:"ends_at" doc:"When nothing of it is left"`
	Problem    string    `json:"problem,omitempty" doc:"Why it failed, and what to do"`

	Committee string `json:"committee,omitempty" doc:"Of the whole file, as it was given"`
	Basis     string `json:"basis,omitempty" doc:"Of the whole file, as it was given"`
	Date      string `json:"date,omitempty" doc:"Of the whole file, as it was given"`

	Read           int              `json:"read" doc:"Rows so far, while it is judged"`
	Format         string           `json:"format,omitempty" doc:"How the file is written"`
	Notes          []string         `json:"notes" nullable:"false" doc:"What of the file is not read"`
	Headings       []string         `json:"headings" nullable:"false" doc:"By column"`
	UnknownColumns []string         `json:"unknown_columns" nullable:"false" doc:"Headings that mean nothing, and are not imported"`
	Places         []UnknownPlace   `json:"unknown_communities" nullable:"false" doc:"Communities that their committee does not have; imported as written"`
	PlacesMore     int              `json:"unknown_communities_more" doc:"Rows with such communities that are not listed"`
	Rows           int              `json:"rows" doc:"That hold something, below the heading"`
	Good           int              `json:"good" doc:"Rows that can be imported"`
	Bad            int              `json:"bad" doc:"Rows that cannot"`
	Repeated       int              `json:"repeated" doc:"Rows with the number of an earlier row"`
	Faults         int              `json:"faults"`
	FaultsListed   int              `json:"faults_listed" doc:"How many of the faults are listed one by one"`
	FaultKinds     []ImportFaultSum `json:"fault_kinds" nullable:"false"`
	Mended         int              `json:"mended" doc:"Cells and rows that were corrected here"`
	Planned        *ImportCounts    `json:"planned,omitempty" doc:"Of committees: what the import would do"`

	Chosen  string        `json:"chosen,omitempty" enum:"all,good" doc:"Which rows it was started with"`
	Resumed int           `json:"resumed" doc:"Rows that an interrupted import of the same file had written"`
	Written int           `json:"written" doc:"Rows so far"`
	Counts  *ImportCounts `json:"counts,omitempty" doc:"What it did, once it is done"`
}

// UnknownPlace is a community that its committee does not have.
type UnknownPlace struct {
	Committee     string `json:"committee" doc:"Code"`
	CommitteeName string `json:"committee_name"`
	Community     string `json:"community"`
	Rows          int    `json:"rows"`
}

// ImportFaultSum counts the faults of a kind.
type ImportFaultSum struct {
	Kind string `json:"kind"`
	N    int    `json:"n"`
}

// ImportCounts is what an import does.
type ImportCounts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Erased    int `json:"erased" doc:"Skipped: their owner asked to be deleted"`
	Held      int `json:"held" doc:"Skipped: a committee cannot bring in these numbers"`
	Stopped   int `json:"stopped" doc:"Of those written, how many get no texts"`
}

// ImportFault is what is wrong at one place of a file. It holds no phone number.
type ImportFault struct {
	Row    int    `json:"row" doc:"As spreadsheets count"`
	Column string `json:"column,omitempty" doc:"Its heading; absent when the row is meant"`
	Cell   string `json:"cell,omitempty" example:"B7"`
	Kind   string `json:"kind"`
	Text   string `json:"text" doc:"What is wrong, and what would be right"`
}

// ImportRow is a row that an import leaves out, or one that it takes and another repeats.
type ImportRow struct {
	Row    int               `json:"row" doc:"As spreadsheets count"`
	Cells  []ImportCell      `json:"cells" nullable:"false" doc:"By column, those that hold something or have a fault"`
	Faults []ImportCellFault `json:"faults" nullable:"false" doc:"Of the whole row"`
	Note   string            `json:"note,omitempty" doc:"Why it is there without a fault of its own"`
}

// ImportCell is a cell of such a row.
type ImportCell struct {
	Cell   string            `json:"cell" example:"B7"`
	Column string            `json:"column,omitempty" doc:"Its heading"`
	Text   string            `json:"text" doc:"What stands there"`
	Masked bool              `json:"masked" doc:"Whether the middle of the text is left out, because it is a number or could be one"`
	Faults []ImportCellFault `json:"faults" nullable:"false"`
}

// ImportCellFault is what is wrong there.
type ImportCellFault struct {
	Kind string `json:"kind"`
	Text string `json:"text" doc:"What is wrong, and what would be right"`
}

// MendImport is the body of PATCH /imports/{id}/rows. Only rows that have a fault, or had one before they were corrected here, are corrected.
type MendImport struct {
	Cells    []MendedCell `json:"cells,omitempty" nullable:"false" maxItems:"1000"`
	LeaveOut []int        `json:"leave_out,omitempty" nullable:"false" maxItems:"1000" doc:"Rows to be left out, as if the file did not have them"`
}

// MendedCell is what stands in a cell instead.
type MendedCell struct {
	Cell string `json:"cell" maxLength:"10" example:"B7"`
	Text string `json:"text" maxLength:"500"`
}

// StartImport is the body of POST /imports/{id}/start.
type StartImport struct {
	Rows string `json:"rows" enum:"all,good" doc:"all is refused while there are bad rows"`
}
