package wire

import "time"

// Task is what waits for you, or several of a kind that do.
type Task struct {
	Kind  string    `json:"kind" doc:"Which task it is, for programs"`
	Label string    `json:"label" doc:"What it is"`
	ID    string    `json:"id,omitempty" doc:"Of what waits; left out where several wait"`
	Title string    `json:"title,omitempty"`
	Since time.Time `json:"since,omitzero" doc:"Since when it waits"`
	Why   string    `json:"why,omitempty"`
	N     int       `json:"n,omitempty" doc:"How many wait, where several do"`
	// Proposal is what the answer is approved by.
	Proposal string `json:"proposal,omitempty" doc:"Of answer-approve: the id of the proposed answer"`
}
