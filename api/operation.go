package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// operation is what an API operation is before its types.
type operation struct {
	method  string
	path    string
	id      string
	summary string
	right   staff.Right
	secret  bool // the answer holds a secret that is shown once
	// proposal says that the body holds a broadcast's proposal, of which the domain names the fields.
	proposal bool
	limit    time.Duration // ends a request; requestTimeout when 0. One that uploads or streams has none of its own
	upload   bool          // the body is a file, and the handler reads it as it comes
	stream   bool          // the answer is written as it is made
	kept     bool          // the client may keep the answer
	labels   []*labelled
}

const (
	anyStaff staff.Right = ""
	// public is the right of an operation that takes no key, and counts against a limit of its own.
	public staff.Right = "public"
)

// handler does an operation for the member of staff who calls it.
type handler[I, O any] = func(ctx context.Context, caller staff.Person, in *I) (*O, error)

func get(path, id, summary string, right staff.Right) operation {
	return operation{method: http.MethodGet, path: path, id: id, summary: summary, right: right}
}

func post(path, id, summary string, right staff.Right) operation {
	return operation{method: http.MethodPost, path: path, id: id, summary: summary, right: right}
}

func put(path, id, summary string, right staff.Right) operation {
	return operation{method: http.MethodPut, path: path, id: id, summary: summary, right: right}
}

func patch(path, id, summary string, right staff.Right) operation {
	return operation{method: http.MethodPatch, path: path, id: id, summary: summary, right: right}
}

func del(path, id, summary string, right staff.Right) operation {
	return operation{method: http.MethodDelete, path: path, id: id, summary: summary, right: right}
}

func (op operation) showsSecret() operation {
	op.secret = true
	return op
}

func (op operation) withProposal() operation {
	op.proposal = true
	return op.labelled("body.proposal.messages.channel", labelOf[broadcast.Channel])
}

// withConsents says that the body holds consents.
func (op operation) withConsents() operation {
	return op.labelled("body.consents.what", roster.ConsentLabel).labelled("body.consents.basis", labelOf[roster.Basis])
}

// readsTheLog gives an operation the time to read all of the audit log.
func (op operation) readsTheLog() operation {
	op.limit = countingTimeout
	return op
}

// countsResidents gives an operation the time to read every resident.
func (op operation) countsResidents() operation {
	op.limit = countingTimeout
	return op
}

// checksContent gives an operation the time to check a large city's content whole, and to ask a draft of it every known question.
func (op operation) checksContent() operation {
	op.limit = countingTimeout
	return op
}

// uploads is for an operation whose body is a file of up to maxUpload. Its input embeds uploaded. It may take as long as bytes arrive, and is
// not keyed: who sends a file again is recognised by the file.
func (op operation) uploads() operation {
	op.upload = true
	return op
}

// streams is for an operation whose answer has any length: its handler returns a *streamed. It may take as long as the client takes bytes.
func (op operation) streams() operation {
	op.stream = true
	return op
}

// impersonal is for a reading of which nothing is about a resident, or about the access of a member of staff. Only such an answer has an
// ETag, and may be kept by the client.
func (op operation) impersonal() operation {
	op.kept = true
	return op
}

func (op operation) changes() bool { return op.method != http.MethodGet }

// tagged says whether the answer has an ETag.
func (op operation) tagged() bool { return op.kept }

// keyed says whether an Idempotency-Key is honoured: it is one person's.
func (op operation) keyed() bool {
	return op.changes() && op.right != public && !op.upload && !op.stream
}

// at is where the request has a field that a domain names.
func (op operation) at(field string) string {
	switch {
	case op.upload && (field == "text" || field == "files"):
		return "body"
	case op.upload, !op.changes():
		return "query." + field
	case !op.proposal, field == "cron", field == "until", strings.HasPrefix(field, "repeat"):
		return "body." + field
	case field == "expire":
		return "body.expire_minutes"
	case field == "fallback.wait":
		field = "fallback.wait_minutes"
	}
	return "body.proposal." + field
}
