package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"towncrier/api/wire"
)

// problemDetails is why a request was refused, as huma writes what a handler returns.
type problemDetails struct {
	wire.Problem
	headers http.Header
}

func (p *problemDetails) Error() string             { return p.Type }
func (p *problemDetails) GetStatus() int            { return p.Status }
func (p *problemDetails) GetHeaders() http.Header   { return p.headers }
func (p *problemDetails) ContentType(string) string { return "application/problem+json" }

func refuse(status int, name, detail string, faults ...wire.Fault) *problemDetails {
	return &problemDetails{Problem: wire.Problem{Type: wire.ProblemType(name), Title: http.StatusText(status), Status: status, Detail: detail, Errors: faults}}
}

// badFields is the detail of a refusal whose faults say which fields are wrong.
const badFields = "有填写不对的地方，请按提示修改"

// invalid refuses a field that a schema cannot describe.
func invalid(location, message string) *problemDetails {
	return refuse(http.StatusUnprocessableEntity, "invalid", badFields, faultAt(location, message))
}

// faultAt is what is wrong with the field at a location.
func faultAt(location, message string) wire.Fault {
	return wire.Fault{Location: location, Message: message}
}

// retryAfter says when to try again: whole seconds, at least one.
func (p *problemDetails) retryAfter(d time.Duration) *problemDetails {
	seconds := max(1, int((d+time.Second-1)/time.Second))
	p.headers = http.Header{"Retry-After": {strconv.Itoa(seconds)}}
	return p
}

// finish adds what is known of the request: its id, and the names of the fields.
func (p *problemDetails) finish(info *requestInfo) {
	p.Request = info.id
	for i, f := range p.Errors {
		if name := info.operation.fieldName(f.Location); name != "" && f.Message != p.Detail {
			p.Errors[i].Message = name + "：" + f.Message
		}
	}
}

// asProblem rewrites huma's own errors: they would echo the value that was sent. It also finishes every problem.
func asProblem(ctx huma.Context, _ string, body any) (any, error) {
	if e, ok := body.(*huma.ErrorModel); ok {
		body = fromHuma(e, infoOf(ctx.Context()).operation)
	}
	if p, ok := body.(*problemDetails); ok {
		p.finish(infoOf(ctx.Context()))
	}
	return body, nil
}

var names = map[int]string{
	http.StatusBadRequest:            "malformed",
	http.StatusUnprocessableEntity:   "invalid",
	http.StatusRequestEntityTooLarge: "too-large",
}

func fromHuma(e *huma.ErrorModel, op operation) *problemDetails {
	name := names[e.Status]
	if name == "" {
		name = "refused"
	}
	if e.Status >= http.StatusInternalServerError {
		return refuse(e.Status, "internal", brokenHere)
	}
	p := refuse(e.Status, name, badFields)
	for _, f := range e.Errors {
		message := inChinese(f.Message)
		if l := op.labelsAt(f.Location); l != nil && strings.HasPrefix(message, oneOf) {
			message = oneOf + l.choices()
		}
		p.Errors = append(p.Errors, faultAt(plainLocation(f.Location), message))
	}
	return p
}

var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,40}(\[\d{1,4}\])?$`)

// plainLocation hides parts of a location that are no field's name: a phone number may have been sent as one.
func plainLocation(location string) string {
	parts := strings.Split(location, ".")
	for i, part := range parts {
		if !fieldName.MatchString(part) {
			parts[i] = "?"
		}
	}
	return strings.Join(parts, ".")
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problemDetails) {
	p.finish(infoOf(r.Context()))
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // fails when the client is gone
}
