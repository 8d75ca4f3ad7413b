package wire

import "time"

// Export is a request to export numbers in full.
type Export struct {
	ID          string    `json:"id" doc:"Id for towncrier roster export --numbers --request"`
	Committee   string    `json:"committee,omitempty" doc:"Code; the whole city when absent"`
	Why         string    `json:"why"`
	AskedBy     string    `json:"asked_by" doc:"kind:name, as in the audit log"`
	AskedAt     time.Time `json:"asked_at"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero" doc:"From then on it can be used once, within an hour"`
	UsedBy      string    `json:"used_by,omitempty"`
	UsedAt      time.Time `json:"used_at,omitzero"`
}

// AskExport is the body of POST /exports.
type AskExport struct {
	Committee string `json:"committee,omitempty" maxLength:"32" doc:"Code: only its residents; the whole city when left out"`
	Why       string `json:"why" minLength:"1" maxLength:"64"`
}
