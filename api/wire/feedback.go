package wire

import "time"

// Feedback is what a colleague said of the console.
type Feedback struct {
	ID             string    `json:"id" example:"FABCDEFGHIJ"`
	Person         string    `json:"person" doc:"Staff id"`
	PersonName     string    `json:"person_name"`
	Page           string    `json:"page,omitempty" doc:"Path of the page of the console that they came from"`
	Text           string    `json:"text"`
	At             time.Time `json:"at"`
	Answer         string    `json:"answer,omitempty"`
	AnsweredBy     string    `json:"answered_by,omitempty" doc:"Staff id"`
	AnsweredByName string    `json:"answered_by_name,omitempty"`
	AnsweredAt     time.Time `json:"answered_at,omitzero"`
}

// GiveFeedback is the body of POST /feedback.
type GiveFeedback struct {
	Text string `json:"text" maxLength:"1000"`
	Page string `json:"page,omitempty" maxLength:"200" doc:"Path of the page of the console that it is about"`
}

// AnswerFeedback is the body of POST /feedback/{id}/answer.
type AnswerFeedback struct {
	Answer string `json:"answer" maxLength:"1000"`
}
