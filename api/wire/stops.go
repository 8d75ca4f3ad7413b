package wire

import "time"

// Stops counts stops that came by SMS under one callback key.
type Stops struct {
	Key    string    `json:"key" doc:"Id of the callback key that the replies came under, as the server logs it"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Stops  int       `json:"stops"`
	Undone int       `json:"undone"`
}

// Undo is a request to undo stops.
type Undo struct {
	ID              string    `json:"id"`
	Key             string    `json:"key"`
	Since           time.Time `json:"since"`
	Until           time.Time `json:"until"`
	Why             string    `json:"why"`
	AskedBy         string    `json:"asked_by"`
	AskedByName     string    `json:"asked_by_name,omitempty"`
	AskedAt         time.Time `json:"asked_at"`
	ConfirmedBy     string    `json:"confirmed_by,omitempty"`
	ConfirmedByName string    `json:"confirmed_by_name,omitempty"`
	ConfirmedAt     time.Time `json:"confirmed_at,omitzero"`
	Undone          int       `json:"undone" doc:"Numbers that may be texted again"`
	Left            int       `json:"left" doc:"Stops that are still to be undone: confirm again until it is 0"`
}

// AskUndo is the body of POST /stops/undo.
type AskUndo struct {
	Key   string    `json:"key" minLength:"1" maxLength:"32" doc:"Id of a callback key, as GET /stops shows it"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until" doc:"End of the span, included; not in the future"`
	Why   string    `json:"why" minLength:"1" maxLength:"64"`
}
