// Package wire is the JSON that the API's server and its clients exchange. It has no logic that needs either of them.
package wire

import "strings"

const (
	// Prefix is the path under which the API is served.
	Prefix = "/api/v1"
	// Document is where the API describes itself, to everybody.
	Document = Prefix + "/openapi.json"
	// IdempotencyKey is the header with which a client names a change: given again within a day, it is done once.
	IdempotencyKey = "Idempotency-Key"
	// KeyExpires is the header of every answer to a key that says until when the key opens, in RFC 3339.
	KeyExpires = "X-Key-Expires"
)

// problemType begins the type of every problem.
const problemType = "urn:towncrier:problem:"

// Problem is why a request was refused, as problem details (RFC 9457). It never repeats a value that was sent.
type Problem struct {
	Type    string  `json:"type" doc:"Which problem it is, for programs: urn:towncrier:problem:NAME" example:"urn:towncrier:problem:phone-taken"`
	Title   string  `json:"title" doc:"The status in words"`
	Status  int     `json:"status" doc:"HTTP status code"`
	Detail  string  `json:"detail,omitempty" doc:"What is wrong, and what would be right"`
	Request string  `json:"request,omitempty" doc:"The request's id, as in X-Request-Id and in the server's log"`
	Errors  []Fault `json:"errors,omitempty" doc:"Which fields are wrong"`
	Theirs  string  `json:"theirs,omitempty" doc:"What somebody else wrote meanwhile, when two wrote one text"`
}

// Fault is what is wrong with one field.
type Fault struct {
	Location string `json:"location" doc:"Where: body.phone, query.limit, path.id, header.Idempotency-Key" example:"body.phone"`
	Message  string `json:"message"`
}

// ProblemType is the type of the problem with a name.
func ProblemType(name string) string { return problemType + name }

// Name is what programs know the problem by.
func (p Problem) Name() string { return strings.TrimPrefix(p.Type, problemType) }
