package wire

import "time"

// Check is how something stands that the server rests on.
type Check struct {
	Name       string    `json:"name" doc:"As the log and the metrics have it"`
	Label      string    `json:"label" doc:"In Chinese"`
	OK         bool      `json:"ok" doc:"Nobody has to do anything about it"`
	State      string    `json:"state" enum:"ok,down,full,read-only,unchecked,warning,fault"`
	StateLabel string    `json:"state_label" doc:"In Chinese"`
	Since      time.Time `json:"since,omitzero" doc:"Since when it has been so, as far as the server that answers knows"`
	Do         string    `json:"do,omitempty" doc:"What it harms, and what to do, in Chinese; when it is not ok"`
}
