package wire

import "time"

// Export is a request to export numbers in full.
type Export struct {
	ID              string    `json:"id"`
	State           string    `json:"state" enum:"waiting,confirmed,used,expired" doc:"waiting: to be confirmed by another admin; confirmed: the file can be fetched by who asked"`
	Committee       string    `json:"committee,omitempty" doc:"Code; the whole city when absent"`
	CommitteeName   string    `json:"committee_name,omitempty"`
	Why             string    `json:"why"`
	AskedBy         string    `json:"asked_by" doc:"kind:name, as in the audit log"`
	AskedByName     string    `json:"asked_by_name,omitempty"`
	AskedAt         time.Time `json:"asked_at"`
	ConfirmedBy     string    `json:"confirmed_by,omitempty"`
	ConfirmedByName string    `json:"confirmed_by_name,omitempty"`
	ConfirmedAt     time.Time `json:"confirmed_at,omitzero" doc:"From then on the file can be fetched once, within an hour"`
	UsedBy          string    `json:"used_by,omitempty"`
	UsedByName      string    `json:"used_by_name,omitempty"`
	UsedAt          time.Time `json:"used_at,omitzero" doc:"When the file was fetched, also one that broke off on its way"`
}

// AskExport is the body of POST /exports.
type AskExport struct {
	Committee string `json:"committee,omitempty" maxLength:"64" doc:"Code or name: only its residents; the whole city when left out"`
	Why       string `json:"why" minLength:"1" maxLength:"64"`
}
